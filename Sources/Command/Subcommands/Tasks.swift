import ArgumentParser
import Model
import Wire

struct TasksCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "tasks", abstract: "Lists the tasks of a job.")

  @OptionGroup var target: JobTarget

  @Option(help: "Only this block, by its number or name.")
  var block: String?

  @Option(
    help: ArgumentHelp("Only tasks in one of these states: running, error,done, or Afanasy's letters as RUN.", valueName: "states"))
  var state: String?

  @OptionGroup var global: GlobalOptions

  func query() throws(Failure) -> WireListTasks {
    var query = WireListTasks()
    query.selector = WireJobSelector(try target.selection())
    query.block = block ?? ""
    if let state { query.state = try StateSyntax.jobs(state).rawValue }
    return query
  }

  func perform(_ call: Call) async throws -> Int32 {
    let query = try query()
    try await Farm.with(call) { farm in
      var list = ListWriter(call, key: "tasks")
      try await farm.tasks(query) { rows in
        list.page(TaskPresentation.table(rows, now: farm.now), rows.map(TaskPresentation.json))
      }
      list.finish()
    }
    return 0
  }
}
