import ArgumentParser
import Model
import Wire

struct RendersCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "renders", abstract: "Lists the renders.")

  @Option(help: ArgumentHelp("Only renders whose whole name this regular expression matches.", valueName: "re"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "Only renders in one of these states: offline, online, busy, nimby, NIMBY, paused, sick, falling, sleeping, waking, or Afanasy's letters as RUN.",
      valueName: "states"))
  var state: String?

  @Option(help: ArgumentHelp("Only renders of this pool and those below it.", valueName: "path"))
  var pool: String?

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    let wanted = try state.map { text throws(Failure) in try StateSyntax.renders(text) }
    var query = WireListRenders()
    if let mask {
      _ = try JobTarget.selection(mask: mask)
      query.mask = mask
    }
    if let pool {
      guard pool.hasPrefix("/") else { throw Failure(.usage, "--pool: expected a path that begins with '/', found \"\(pool)\"") }
      query.pool = pool
    }
    // Offline is the absence of a state: then all are asked for, and chosen here.
    if let wanted, !wanted.offline { query.state = wanted.any.rawValue }
    try await Farm.with(call) { farm in
      var list = ListWriter(call, key: "renders")
      try await farm.renders(query) { rows in
        let rows = rows.filter { wanted?.matches($0.state) ?? true }
        list.page(RenderPresentation.table(rows, now: farm.now), rows.map(RenderPresentation.json))
      }
      list.finish()
    }
    return 0
  }
}
