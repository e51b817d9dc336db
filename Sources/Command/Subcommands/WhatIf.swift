import ArgumentParser
import Model
import Text
import Wire

struct WhatIfCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif",
    abstract: "Says how the jobs' ends would move if something were changed. Nothing is.",
    discussion: """
      The server runs a copy of the farm ahead, as it is and with the changes:
        reeve whatif --set 'job 12 priority=150' --set 'pool / tickets_pool.NUKE=40'
        reeve whatif --drain r07
      """)

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("A change as of 'reeve set', of one node; may be repeated.", valueName: "'kind name key=value'"))
  var edits: [String] = []

  @Option(
    parsing: .singleValue, help: ArgumentHelp("A render that takes no more tasks; may be repeated.", valueName: "render"))
  var drain: [String] = []

  @Flag(help: "Lists the jobs too whose end does not move.")
  var all = false

  @OptionGroup var global: GlobalOptions

  func requests() throws(Failure) -> [EditRequest] {
    guard !edits.isEmpty || !drain.isEmpty else { throw Failure(.usage, "nothing is to be tried (give --set or --drain)") }
    var requests: [EditRequest] = []
    for edit in edits { requests.append(try EditSyntax.line(edit)) }
    return requests
  }

  func perform(_ call: Call) async throws -> Int32 {
    let requests = try requests()
    try await Farm.with(call) { farm in
      let outcome = try await farm.whatIf(requests, drained: drain)
      let rows = outcome.rows.filter { all || ForecastPresentation.moves($0) }
      var list = ListWriter(call, key: "jobs")
      list.page(ForecastPresentation.table(rows), rows.map(ForecastPresentation.json))
      list.finish()
      let still = outcome.rows.count - rows.count
      if still > 0 { call.say("\(Format.count(still, "job")) would be done when they are without it") }
      if outcome.leftOut > 0 { call.say("\(Format.count(Int(outcome.leftOut), "more job")) not listed") }
    }
    return 0
  }
}
