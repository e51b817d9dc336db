import ArgumentParser
import Model

struct UndoCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Takes back an order: a deletion, a stop, a restart, new values.",
    discussion: """
      Without a number your last order. Orders can be taken back for 30 s, or as the server's af_undo_grace says; only what still \
      stands as the order left it is taken back, and what is not is told.
      """)

  @Argument(help: ArgumentHelp("The order's number, as its answer told it.", valueName: "number"))
  var number: UInt64?

  @Flag(help: "Shows what can be taken back, the newest first.")
  var list = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if list, number != nil { throw ValidationError("a number and --list exclude each other") }
    if number == 0 { throw ValidationError("numbers begin at 1") }
  }

  var changesTheFarm: Bool { !list }

  func perform(_ call: Call) async throws -> Int32 {
    try await Farm.with(call) { farm in
      if list {
        let rows = try await farm.undos()
        var list = ListWriter(call, key: "undos")
        list.page(UndoPresentation.table(rows), rows.map { UndoPresentation.json($0) })
        list.finish()
        return 0
      }
      let outcome = try await farm.undo(number)
      if call.wantsJSON { call.show(UndoPresentation.json(outcome)) } else { call.show(["undone: \(outcome.text)"]) }
      return try call.conclude(outcome.nodes.map { ($0.isDone, $0.isPermitted, NodePresentation.line($0)) })
    }
  }
}
