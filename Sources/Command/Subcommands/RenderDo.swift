import ArgumentParser
import Model
import Wire

struct RenderDoCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "render-do",
    abstract: "Operates renders.",
    discussion: """
      nimby             takes tasks of its own user only
      NIMBY             takes no tasks
      free              takes tasks of everybody again
      pause             takes no tasks until unpaused
      unpause           ends that
      eject             stops what runs there; the tasks go back on the queue
      eject-not-own     the same with the tasks of others than its own user
      heal-sick         it is no longer sick
      restore-defaults  capacity and number of tasks are its pool's again
      sleep             its machine falls asleep
      wake              its machine is woken by another render
      """)

  @Argument(
    help: ArgumentHelp(
      "nimby, NIMBY, free, pause, unpause, eject, eject-not-own, heal-sick, restore-defaults, sleep or wake.", valueName: "op"))
  var order: RenderOrder

  @Argument(help: ArgumentHelp("Renders by name.", valueName: "render"))
  var names: [String] = []

  @Option(help: ArgumentHelp("The renders whose whole name this regular expression matches, instead.", valueName: "re"))
  var mask: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if names.isEmpty, mask == nil { throw ValidationError("no render is named (give names, or --mask)") }
    if !names.isEmpty, mask != nil { throw ValidationError("renders and --mask exclude each other") }
  }

  var changesTheFarm: Bool { true }

  func perform(_ call: Call) async throws -> Int32 {
    if let mask { _ = try JobTarget.selection(mask: mask) }
    return try await Farm.with(call) { farm in
      var all = names
      if let mask {
        var query = WireListRenders()
        query.mask = mask
        try await farm.renders(query) { all += $0.map(\.name) }
        if all.isEmpty { throw Failure(.notFound, "no render is meant by --mask \"\(mask)\" (see 'reeve renders')") }
      }
      let (outcomes, undo) = try await farm.operateRenders(order, names: all)
      if call.wantsJSON { call.show(UndoPresentation.adding([undo], to: OutcomePresentation.json(outcomes))) }
      return try call.conclude(outcomes.map { ($0.done, !$0.notPermitted, OutcomePresentation.line($0)) }, undo: [undo])
    }
  }
}
