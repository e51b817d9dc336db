import ArgumentParser
import Model

struct EventsCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Shows what has happened on the farm: jobs created, done, in error, deleted; renders gone, sick, idle, overloaded.",
    discussion: """
      The last ones, the newest at the end. Under SENT stands whether the event service was asked, because somebody's custom_data \
      may want it. --follow goes on as they happen, over restarts of the server too; with --json each is a document on a line.
      """)

  @Option(help: ArgumentHelp("Of this job.", valueName: "number"))
  var job: UInt32?

  @Option(help: ArgumentHelp("Of this render.", valueName: "name"))
  var render: String?

  @Option(help: ArgumentHelp("At most so many that have happened, 0 to 10000.", valueName: "n"))
  var limit = 100

  @Flag(name: .shortAndLong, help: "Goes on as they happen.")
  var follow = false

  @OptionGroup var global: GlobalOptions

  /// Empty: of all.
  func object() throws(Failure) -> String {
    guard (0...Limits.events).contains(limit) else {
      throw Failure(.usage, "--limit: expected 0 to \(Limits.events), found \(limit)")
    }
    switch (job, render) {
    case (nil, nil): return ""
    case (let job?, nil): return "job \(job)"
    case (nil, let render?): return "render \(render)"
    case (_?, _?): throw Failure(.usage, "--job and --render exclude each other")
    }
  }

  var inside: String? { follow ? "events are followed on their screen" : nil }

  func perform(_ call: Call) async throws -> Int32 {
    let object = try object()
    if follow {
      var reader = EventReader(call: call, object: object, last: limit)
      try await reader.run()
      return 0
    }
    try await Farm.with(call) { farm in
      let rows = limit == 0 ? [] : try await farm.pastEvents(object: object, limit: limit)
      var list = ListWriter(call, key: "events")
      list.page(EventPresentation.table(rows), rows.map(EventPresentation.json))
      list.finish()
    }
    return 0
  }
}
