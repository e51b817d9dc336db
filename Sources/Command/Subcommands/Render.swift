import ArgumentParser
import Model
import Wire

struct RenderCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Shows one render in full; forgets renders that are offline.",
    usage: "reeve render NAME\nreeve render delete [--yes] NAME …",
    discussion: "A render comes by itself when its agent registers. Asks before it forgets one.")

  @Argument(help: ArgumentHelp("The render's name or number, or delete and names.", valueName: "render"))
  var words: [String] = []

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { words.count > 1 }

  func perform(_ call: Call) async throws -> Int32 {
    switch try NodeWords.parse(words, .render, canCreate: false) {
    case .order(let order): return try await order.carryOut(yes: yes, "render", call)
    case .show(let name):
      try await Farm.with(call) { farm in
        let (row, parameters) = try await farm.render(name)
        if call.wantsJSON {
          call.show(.object(["render": .object(RenderPresentation.json(row, parameters))]))
        } else {
          call.show(RenderPresentation.lines(row, parameters, width: call.out.columns, now: farm.now))
        }
      }
      return 0
    }
  }
}

extension Farm {
  /// By name, and if there is none of that name, by number.
  fileprivate func render(_ text: String) async throws -> (summary: RenderSummary, parameters: JSONObject) {
    var query = WireListRenders()
    query.names = [text]
    do {
      if let found = try await rendersInFull(query).first(where: { $0.summary.name == text }) { return found }
    } catch let failure as Failure where failure.code == .notFound {}
    if let number = UInt32(text),
      let found = try await rendersInFull(WireListRenders()).first(where: { $0.summary.id.value == number })
    {
      return found
    }
    throw Failure(.notFound, "there is no render \"\(text)\" (see 'reeve renders')")
  }
}
