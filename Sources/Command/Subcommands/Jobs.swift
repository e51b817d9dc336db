import ArgumentParser
import Model
import Wire

struct JobsCommand: FarmCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Lists jobs: your own, unless --user or --all says otherwise.")

  @Option(help: ArgumentHelp("The jobs of this user.", valueName: "name"))
  var user: String?

  @Flag(help: "The jobs of all users.")
  var all = false

  @Option(help: ArgumentHelp("Only jobs whose whole name this regular expression matches.", valueName: "re"))
  var mask: String?

  @Option(
    help: ArgumentHelp("Only jobs in one of these states: running, error,done, or Afanasy's letters as RUN.", valueName: "states"))
  var state: String?

  @OptionGroup var connection: ConnectionOptions

  func options(_ leading: LeadingOptions) -> LeadingOptions { connection.merged(leading) }

  func query(user own: String) throws(Failure) -> WireListJobs {
    if all, user != nil { throw Failure(.usage, "--user and --all exclude each other") }
    var query = WireListJobs()
    query.user = all ? "" : user ?? own
    if let mask { query.selector = WireJobSelector(try JobTarget.selection(mask: mask)) }
    if let state { query.state = try StateSyntax.jobs(state).rawValue }
    return query
  }

  func perform(_ call: Call) async throws -> Int32 {
    let query = try query(user: call.user)
    try await Farm.with(call) { farm in
      var list = ListWriter(call, key: "jobs")
      try await farm.jobs(query) { rows in
        list.page(JobPresentation.table(rows, now: farm.now), rows.map(JobPresentation.json))
      }
      list.finish()
    }
    return 0
  }
}
