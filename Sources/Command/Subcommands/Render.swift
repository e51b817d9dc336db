import ArgumentParser
import Model
import Wire

struct RenderCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "render", abstract: "Shows one render in full.")

  @Argument(help: ArgumentHelp("The render's name or number.", valueName: "render"))
  var name: String

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    guard !name.isEmpty else { throw Failure(.usage, "an empty text names no render") }
    try await Farm.with(call) { farm in
      let row = try await farm.render(name)
      if call.wantsJSON {
        call.show(.object(["render": .object(RenderPresentation.json(row))]))
      } else {
        call.show(RenderPresentation.lines(row, width: call.out.columns, now: farm.now))
      }
    }
    return 0
  }
}

extension Farm {
  /// By name, and if there is none of that name, by number.
  fileprivate func render(_ text: String) async throws -> RenderSummary {
    var query = WireListRenders()
    query.names = [text]
    var found: RenderSummary?
    do {
      try await renders(query) { rows in found = found ?? rows.first { $0.name == text } }
    } catch let failure as Failure where failure.code == .notFound {}
    if found == nil, let number = UInt32(text) {
      try await renders(WireListRenders()) { rows in found = found ?? rows.first { $0.id.value == number } }
    }
    guard let found else { throw Failure(.notFound, "there is no render \"\(text)\" (see 'reeve renders')") }
    return found
  }
}
