import ArgumentParser
import Model
import Wire

struct BranchesCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "branches", abstract: "Lists the branches of jobs, parents first.")

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    try await Farm.with(call) { farm in
      let rows = try await farm.branches()
      var list = ListWriter(call, key: "branches")
      list.page(NodePresentation.table(rows), rows.map(NodePresentation.json))
      list.finish()
    }
    return 0
  }
}

struct BranchCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "branch",
    abstract: "Shows one branch in full; makes and removes branches.",
    usage: "reeve branch PATH\nreeve branch create PATH …\nreeve branch delete [--yes] PATH …",
    discussion: "Asks before it removes one.")

  @Argument(help: ArgumentHelp("The branch's path, or create or delete and paths.", valueName: "path"))
  var words: [String] = []

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { words.count > 1 }

  func perform(_ call: Call) async throws -> Int32 {
    switch try NodeWords.parse(words, .branch, canCreate: true) {
    case .order(let order): return try await order.carryOut(yes: yes, "branch", call)
    case .show(let path):
      try await Farm.with(call) { farm in
        guard let row = try await farm.branches().first(where: { $0.path == path }) else {
          throw Failure(.notFound, "there is no branch \"\(path)\" (see 'reeve branches')")
        }
        if call.wantsJSON {
          call.show(.object(["branch": .object(NodePresentation.json(row))]))
        } else {
          call.show(NodePresentation.lines(row))
        }
      }
      return 0
    }
  }
}
