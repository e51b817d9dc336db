import ArgumentParser
import Model
import Wire

/// What the operations on jobs have in common.
protocol OperationCommand: GlobalCommand {
  static var kind: Operation.Kind { get }
  func operations() throws(Failure) -> [Operation]
}

extension OperationCommand {
  var changesTheFarm: Bool { true }

  func perform(_ call: Call) async throws -> Int32 {
    let operations = try operations()
    return try await Farm.with(call) { farm in try await farm.carryOut(operations, call) }
  }
}

/// An operation on whole jobs.
protocol JobOperationCommand: OperationCommand {
  var target: JobTargets { get }
}

extension JobOperationCommand {
  func operations() throws(Failure) -> [Operation] {
    try target.selections().map { Operation(kind: Self.kind, jobs: $0) }
  }
}

/// An operation on jobs, blocks of them, or tasks.
protocol TaskOperationCommand: OperationCommand {
  var target: TaskTargets { get }
}

extension TaskOperationCommand {
  func operations() throws(Failure) -> [Operation] { try target.operations(Self.kind) }
}

/// Jobs, and what of them is meant.
struct TaskTargets: ParsableArguments {
  @OptionGroup var jobs: JobTargets

  @Option(help: "Only this block, by its number, from 0, or its name.")
  var block: String?

  @Option(help: ArgumentHelp("Only these tasks, by numbers and frames, as 1,3-5,f10-f20.", valueName: "list"))
  var tasks: String?

  @Flag(help: "The same with all tasks that these depend on, in other blocks of the job.")
  var withDepends = false

  func operations(_ kind: Operation.Kind) throws(Failure) -> [Operation] {
    var ranges: [TaskRange] = []
    if let tasks { ranges = try TaskListSyntax.parse(tasks) }
    if let block, block.isEmpty { throw Failure(.usage, "--block: expected a block's number or name, found nothing") }
    let place = block.flatMap { BlockSelection(text: $0) }
    return try jobs.selections().map { Operation(kind: kind, jobs: $0, block: place, tasks: ranges, affectsDepends: withDepends) }
  }
}

extension Farm {
  /// Has operations done, says what came of them, and gives the exit code: 1 when one of them was not done.
  func carryOut(_ operations: [Operation], _ call: Call) async throws -> Int32 {
    var outcomes: [OperationOutcome] = []
    var undos: [UndoOffer?] = []
    for operation in operations {
      let (some, undo) = try await operate(operation)
      undos.append(undo)
      if some.isEmpty { throw Failure(.notFound, "no job is meant by \(operation.jobs.text) (see 'reeve jobs --all')") }
      outcomes += some
    }
    if call.wantsJSON { call.show(UndoPresentation.adding(undos, to: OutcomePresentation.json(outcomes))) }
    return try call.conclude(outcomes.map { ($0.isDone, $0.isPermitted, OutcomePresentation.line($0)) }, undo: undos)
  }
}

extension Call {
  /// Says what came of each thing that was to be done, in JSON only what was not done: the rest is in the document.
  ///
  /// - Parameter undo: how it can be taken back.
  /// - Returns: 0 when all was done, 4 when nothing but rights was in the way of the rest, else 1.
  func conclude(_ outcomes: [(isDone: Bool, isPermitted: Bool, line: String)], undo: [UndoOffer?] = []) throws(Failure) -> Int32 {
    let failed = outcomes.filter { !$0.isDone }.map(\.line)
    let code: FailureCode = outcomes.contains { !$0.isDone && $0.isPermitted } ? .failed : .notPermitted
    if wantsJSON {
      if !failed.isEmpty { throw Failure(code, failed.joined(separator: "; ")) }
    } else {
      show(outcomes.filter(\.isDone).map(\.line))
      for line in failed { say(line) }
      if let line = UndoPresentation.line(undo.compactMap { $0 }) { show([line]) }
    }
    return failed.isEmpty ? 0 : Int32(code.rawValue)
  }
}
