import ArgumentParser
import Model
import Text
import Wire

struct SysJobCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "sysjob",
    abstract: "Shows the farm's own work: commands of jobs, events, wakes; its log; drops what it has to do.",
    usage: """
      reeve sysjob [--block BLOCK] [--limit N]
      reeve sysjob log [--limit N]
      reeve sysjob restart [--yes] BLOCK [TASK]
      """,
    discussion: """
      BLOCK is post_commands, events or wake_on_lan. restart drops its commands: those that wait in line, and all that are tasks \
      already or only the one named. It asks first. See reeve-sysjob(7).
      """)

  @Argument(help: ArgumentHelp("Nothing, or log, or restart with a block and maybe a task.", valueName: "words"))
  var words: [String] = []

  @Option(help: "The commands of this block, by its name or number.")
  var block: String?

  @Option(help: ArgumentHelp("At most so many commands or lines, 1 to 5000.", valueName: "n"))
  var limit = 100

  @Flag(help: "Does not ask.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  enum Order: Equatable {
    case show(block: SystemBlock?)
    case log
    case restart(SystemBlock, task: UInt32?)
  }

  func order() throws(Failure) -> Order {
    guard (1...Limits.rowsPerPage).contains(limit) else {
      throw Failure(.usage, "--limit: expected 1 to \(Limits.rowsPerPage), found \(limit)")
    }
    switch words.first {
    case nil: return .show(block: try block.map { text throws(Failure) in try Self.block(text) })
    case "log" where words.count == 1 && block == nil: return .log
    case "restart" where (2...3).contains(words.count) && block == nil:
      var task: UInt32?
      if words.count == 3 {
        guard let number = UInt32(words[2]) else {
          throw Failure(.usage, "\"\(words[2])\" is no task (expected its number; see 'reeve sysjob --block \(words[1])')")
        }
        task = number
      }
      return .restart(try Self.block(words[1]), task: task)
    case "restart": throw Failure(.usage, "restart: expected a block, and maybe a task (see 'reeve sysjob --help')")
    default: throw Failure(.usage, "expected nothing, log, or restart BLOCK [TASK] (see 'reeve sysjob --help')")
    }
  }

  /// By its name or number.
  private static func block(_ text: String) throws(Failure) -> SystemBlock {
    if let found = SystemBlock.allCases.first(where: { $0.name == text || "\($0.rawValue)" == text }) { return found }
    let names = SystemBlock.allCases.map(\.name).joined(separator: ", ")
    throw Failure(.notFound, "the system job has no block \"\(text)\" (its blocks are \(names))")
  }

  var changesTheFarm: Bool { words.first == "restart" }

  func perform(_ call: Call) async throws -> Int32 {
    switch try order() {
    case .show(let block): return try await show(block, call)
    case .log:
      try await Farm.with(call) { farm in
        let rows = Array(try await farm.journal(object: "job \(JobID.system)", before: 0, limit: limit).reversed())
        if call.wantsJSON {
          call.show(.object(["journal": .array(rows.map { .object(JournalPresentation.json($0)) })]))
        } else {
          call.show(SystemPresentation.journal(rows))
        }
      }
      return 0
    case .restart(let block, let task): return try await restart(block, task, call)
    }
  }

  private func show(_ block: SystemBlock?, _ call: Call) async throws -> Int32 {
    try await Farm.with(call) { farm in
      let (blocks, tasks) = try await farm.systemJob(block, limit: limit)
      if call.wantsJSON { return call.show(SystemPresentation.json(blocks, block == nil ? nil : tasks)) }
      let shown = blocks.filter { block == nil || $0.block == block }
      call.show(SystemPresentation.table(shown))
      if block != nil, !tasks.isEmpty {
        call.show([""])
        call.show(SystemPresentation.table(tasks, now: farm.now))
        let left = shown.reduce(0) { $0 + $1.pending } - tasks.count
        if left > 0 { call.say("\(Format.count(left, "more command")) (--limit shows more)") }
      }
      for complaint in SystemPresentation.complaints(shown) { call.say(complaint) }
    }
    return 0
  }

  private func restart(_ block: SystemBlock, _ task: UInt32?, _ call: Call) async throws -> Int32 {
    try Confirmation.requireTerminal(yes: yes, call)
    return try await Farm.with(call) { farm in
      if !yes {
        let (blocks, _) = try await farm.systemJob(nil, limit: 1)
        let row = blocks.first { $0.block == block }
        let count = task == nil ? row?.pending ?? 0 : (row?.waiting ?? 0) + 1
        guard try Confirmation.ask("Drop \(Format.count(count, "command")) of \(block.name)? [y/N] ", call) else {
          throw Failure(.failed, "nothing was dropped")
        }
      }
      let tasks = task.map { [TaskRange(first: Int64($0), last: Int64($0))] } ?? []
      return try await farm.carryOut(
        [Operation(kind: .restart, jobs: .ids([.system]), block: .index(block.index), tasks: tasks)], call)
    }
  }
}
