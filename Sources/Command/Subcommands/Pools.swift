import ArgumentParser
import Model
import Wire

struct PoolsCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "pools", abstract: "Lists the pools of renders, parents first.")

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    try await Farm.with(call) { farm in
      let rows = try await farm.pools()
      var list = ListWriter(call, key: "pools")
      list.page(NodePresentation.table(rows), rows.map(NodePresentation.json))
      list.finish()
    }
    return 0
  }
}

struct PoolCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool",
    abstract: "Shows one pool in full; makes and removes pools.",
    usage: "reeve pool PATH\nreeve pool create PATH …\nreeve pool delete [--yes] PATH …",
    discussion: "A pool that is removed leaves its renders to the pool above. Asks before it removes one.")

  @Argument(help: ArgumentHelp("The pool's path, or create or delete and paths.", valueName: "path"))
  var words: [String] = []

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { words.count > 1 }

  func perform(_ call: Call) async throws -> Int32 {
    switch try NodeWords.parse(words, .pool, canCreate: true) {
    case .order(let order): return try await order.carryOut(yes: yes, "pool", call)
    case .show(let path):
      try await Farm.with(call) { farm in
        guard let row = try await farm.pools().first(where: { $0.path == path }) else {
          throw Failure(.notFound, "there is no pool \"\(path)\" (see 'reeve pools')")
        }
        if call.wantsJSON {
          call.show(.object(["pool": .object(NodePresentation.json(row))]))
        } else {
          call.show(NodePresentation.lines(row))
        }
      }
      return 0
    }
  }
}
