import Model
import Scheduler

/// What people ask for: jobs of all shapes, operations, edits, additions. Most of it makes sense.
struct Wishes: Sendable {
  let user: String
  /// Jobs there are at most; beyond it some are deleted.
  var jobs = 10
  var renders: [String]

  func next(_ farm: Farm, _ now: Instant, _ chance: inout Seeded) -> Request? {
    let ids = farm.jobIDs(limit: 1000)
    let done = ids.filter { farm.jobState($0)?.contains(.done) == true }
    if ids.count > jobs || (done.count > 3 && chance.chance(1, in: 3)), let id = done.isEmpty ? ids.first : done.first {
      return .operate(Operation(kind: .delete, jobs: .ids([id])))
    }
    let id = ids.isEmpty ? nil : chance.one(of: ids)
    switch chance.number(0...19) {
    case 0...6: return .submit(job(now, &chance))
    case 7...11: return id.map { .operate(operation($0, &chance)) }
    case 12...14: return id.map { .edit(edit($0, now, &chance)) }
    case 15: return id.flatMap { add(farm, $0, &chance) }
    case 16:
      return .operateRenders(
        chance.one(of: [.nimby, .free, .free, .pause, .unpause, .eject, .healSick]), [chance.one(of: renders)])
    case 17:
      // What the root pool says is not theirs to take back.
      let orders = farm.undoSummaries().filter { $0.user != "root" }
      return .undo(orders.isEmpty || chance.chance(1, in: 2) ? nil : chance.one(of: orders).number)
    default: return .list
    }
  }

  // MARK: - Jobs

  private static let masks = ["job0", "job1", "job[23].*", ".*-1", "nothing"]

  private func job(_ now: Instant, _ chance: inout Seeded) -> JobSpec {
    var blocks: [BlockSpec] = []
    for index in 0...chance.number(0...2) {
      var block = self.block(index, &chance)
      if index > 0, chance.chance(1, in: 3) { block.dependMask = "b0" }
      if index > 0, chance.chance(1, in: 2) { block.tasksDependMask = "b\(index - 1)" }
      vary(&block, &chance)
      blocks.append(block)
    }
    var spec = JobSpec(
      name: "job\(chance.number(0...3))", user: user, priority: UInt8(chance.number(1...4) * 30),
      isOffline: chance.chance(1, in: 6), blocks: blocks)
    if chance.chance(1, in: 5) { spec.parameters.branch = chance.one(of: ["/film", "/film/shot", "/other"]) }
    if chance.chance(1, in: 4) { spec.parameters.dependMask = chance.one(of: Self.masks) }
    if chance.chance(1, in: 8) { spec.parameters.dependMaskGlobal = chance.one(of: Self.masks) }
    if chance.chance(1, in: 8) { spec.parameters.timeWait = now + .seconds(Int64(chance.number(0...300))) }
    if chance.chance(1, in: 12) { spec.parameters.timeLife = Int32(chance.number(60...2000)) }
    spec.parameters.previewApproval = chance.chance(1, in: 8)
    if chance.chance(1, in: 6) {
      spec.parameters.tryNext = (0...2).map { _ in
        TryNext(block: BlockIndex(chance.number(0...2)), task: TaskIndex(chance.number(0...6)))
      }
    }
    if chance.chance(1, in: 6) { spec.parameters.commandPre = "pre" }
    if chance.chance(1, in: 4) { spec.parameters.commandPost = "post" }
    return spec
  }

  private func block(_ index: Int, _ chance: inout Seeded) -> BlockSpec {
    let work: BlockSpec.Work
    if chance.chance(1, in: 3) {
      let tasks = (0..<chance.number(1...9)).map { TaskSpec(name: "\($0)", command: "true") }
      work = .listed(TaskList(tasks), framesPerTask: chance.one(of: [1, 2, -2]))
    } else {
      work = .numeric(
        Frames(
          first: 1, last: Int64(chance.number(1...30)), perTask: Int64(chance.number(1...3)), increment: Int64(chance.number(1...2))
        ))
    }
    return BlockSpec(
      name: "b\(index)", service: chance.one(of: ["generic", "nuke"]), work: work, command: "render @#@",
      capacity: Int32(chance.one(of: [300, 500, 1000])), errorsRetries: Int8(chance.number(-1...2)))
  }

  private func vary(_ block: inout BlockSpec, _ chance: inout Seeded) {
    block.parameters.sequential = chance.one(of: [1, 1, -1, 0, 3, -2])
    block.parameters.errorsAvoidHost = Int8(chance.number(-1...2))
    block.parameters.errorsTaskSameHost = Int8(chance.number(-1...2))
    block.parameters.errorsForgiveTime = Int32(chance.one(of: [-1, 0, 20]))
    if chance.chance(1, in: 3) { block.parameters.tickets = [chance.one(of: ["NUKE", "RAM"]): Int32(chance.number(1...2))] }
    if chance.chance(1, in: 6) { block.parameters.maxRunningTasks = Int32(chance.number(1...4)) }
    if chance.chance(1, in: 8) { block.parameters.taskMaxRunTime = Int32(chance.number(10...90)) }
    if chance.chance(1, in: 12) { block.parameters.taskProgressChangeTimeout = Int32(chance.number(60...200)) }
    if chance.chance(1, in: 8) { block.flags.insert(.dependSubTask) }
    if chance.chance(1, in: 10) { block.flags.insert(.suspendNewTasks) }
    if chance.chance(1, in: 6) { (block.parameters.capacityCoeffMin, block.parameters.capacityCoeffMax) = (1, 3) }
    if chance.chance(1, in: 8) { block.parameters.commandPost = "post of a block" }
    guard chance.chance(1, in: 7) else { return }
    block.flags.insert(.multiHost)
    // Each host takes its own: there might never be enough for all.
    block.parameters.tickets = [:]
    if chance.chance(1, in: 2) { block.flags.insert(.masterOnSlave) }
    if chance.chance(1, in: 2) { block.flags.insert(.slaveLostIgnore) }
    block.parameters.multihostMin = Int8(chance.number(1...2))
    block.parameters.multihostMax = block.parameters.multihostMin + Int8(chance.number(0...1))
    block.parameters.multihostMaxWait = UInt16(chance.number(0...5))
    block.parameters.multihostServiceWait = UInt16(chance.number(0...5))
    block.parameters.multihostService = chance.one(of: ["", "slave"])
  }

  // MARK: - What is done to them

  private func operation(_ id: JobID, _ chance: inout Seeded) -> Operation {
    let kinds = Operation.Kind.allCases + [.pause, .start, .start, .pause, .start, .restartErrors]
    let kind = chance.one(of: kinds)
    var tasks: [TaskRange] = []
    var block: BlockSelection?
    if !kind.isForJobsOnly, chance.chance(1, in: 2) {
      let first = Int64(chance.number(0...9))
      tasks = [TaskRange(first: first, last: first + Int64(chance.number(0...9)), isFrames: chance.chance(1, in: 2))]
      block = .index(BlockIndex(chance.number(0...1)))
    }
    return Operation(kind: kind, jobs: .ids([id]), block: block, tasks: tasks, affectsDepends: chance.chance(1, in: 4))
  }

  private func edit(_ id: JobID, _ now: Instant, _ chance: inout Seeded) -> Edit {
    let number = Int64(chance.number(-1...3))
    let ofJob: [(String, JSONValue)] = [
      ("priority", .integer(Int64(chance.number(1...8) * 30))), ("priority", .integer(Int64(chance.number(1...8) * 30))),
      ("offline", .bool(chance.chance(1, in: 3))), ("depend_mask", .string(chance.one(of: ["", "", "job0", "job[23].*"]))),
      ("time_wait", .integer(now.seconds + Int64(chance.number(-5...300)))), ("ppa", .bool(chance.chance(1, in: 4))),
      ("annotation", .string("note \(chance.number(0...99))")), ("annotation", .string("note \(chance.number(0...99))")),
      ("hosts_mask", .string(chance.one(of: ["", "render1 render2 render3"]))),
    ]
    let ofBlock: [(String, JSONValue)] = [
      ("capacity", .integer(Int64(chance.one(of: [300, 500, 1000])))), ("sequential", .integer(number)),
      ("errors_retries", .integer(number)), ("errors_avoid_host", .integer(number)), ("errors_task_same_host", .integer(number)),
      ("errors_forgive_time", .integer(Int64(chance.number(0...40)))),
      ("max_running_tasks", .integer(Int64(chance.number(-1...4)))),
      ("service", .string(chance.one(of: ["generic", "nuke"]))), ("depend_mask", .string(chance.one(of: ["", "b0"]))),
      ("tasks_depend_mask", .string(chance.one(of: ["", "b0", "b1"]))),
      ("task_max_run_time", .integer(Int64(chance.number(0...60)))),
    ]
    if chance.chance(1, in: 2) {
      let (key, value) = chance.one(of: ofJob)
      return Edit(target: .jobs(.ids([id])), changes: [.init(key: key, value: value)])
    }
    let (key, value) = chance.one(of: ofBlock)
    return Edit(
      target: .blocks(.ids([id]), chance.chance(1, in: 4) ? nil : .index(BlockIndex(chance.number(0...2)))),
      changes: [.init(key: key, value: value)])
  }

  private func add(_ farm: Farm, _ id: JobID, _ chance: inout Seeded) -> Request {
    if chance.chance(1, in: 3), farm.blocks(of: id).count < 4 {
      var block = self.block(chance.number(3...5), &chance)
      vary(&block, &chance)
      return .add(.blocks([block]), to: id)
    }
    let tasks = (0..<chance.number(1...12)).map { TaskSpec(name: "more \($0)", command: "true") }
    return .add(.tasks(.index(BlockIndex(chance.number(0...2))), tasks), to: id)
  }

  /// What the root pool says, from the beginning.
  static func pools(_ chance: inout Seeded) -> [(String, JSONValue)] {
    [
      ("tickets_pool.NUKE", .integer(Int64(chance.number(2...4)))), ("tickets_pool.RAM", .integer(Int64(chance.number(2...6)))),
      ("sick_errors_count", .integer(Int64(chance.number(2...5)))),
    ]
  }

  // MARK: - The end

  /// Whatever may hold a job for ever by right is taken away, so that what is left to hold it is wrong.
  static func clearing(
    _ farm: Farm, _ now: Instant, cleared: inout Set<JobID>, by actor: Actor, request: RequestID
  ) -> [Command] {
    var commands: [Command] = []
    let open = farm.jobIDs(limit: .max).filter { farm.job($0)?.counts.isAllFinished == false }
    // The last jobs may come when the first ones were cleared already.
    let new = open.filter { cleared.insert($0).inserted }
    if !new.isEmpty {
      let values: [(String, JSONValue)] = [
        ("depend_mask", .string("")), ("depend_mask_global", .string("")), ("time_wait", .integer(0)), ("ppa", .bool(false)),
        ("hosts_mask", .string("")), ("time_life", .integer(0)), ("maintenance", .bool(false)),
      ]
      let ofBlocks: [(String, JSONValue)] = [
        ("max_running_tasks", .integer(-1)), ("task_max_run_time", .integer(0)), ("task_progress_change_timeout", .integer(0)),
        ("task_min_run_time", .integer(0)), ("errors_avoid_host", .integer(0)), ("errors_task_same_host", .integer(0)),
        ("service", .string("generic")), ("multihost_min", .integer(1)), ("multihost_service", .string("")),
      ]
      for id in new {
        for (key, value) in values {
          commands.append(
            .edit(Edit(target: .jobs(.ids([id])), changes: [.init(key: key, value: value)]), by: actor, request: request))
        }
        for (key, value) in ofBlocks {
          commands.append(
            .edit(Edit(target: .blocks(.ids([id]), nil), changes: [.init(key: key, value: value)]), by: actor, request: request))
        }
      }
    }
    for kind in [Operation.Kind.start, .continue, .restartErrors, .resetErrorHosts] where !open.isEmpty {
      commands.append(.operate(Operation(kind: kind, jobs: .ids(open)), by: actor, request: request))
    }
    let names = farm.renderIDs().compactMap { farm.render($0)?.name }
    for operation in [RenderOperation.free, .unpause, .healSick] where !names.isEmpty {
      commands.append(.operateRenders(operation, names: names, by: actor, request: request))
    }
    return commands
  }
}
