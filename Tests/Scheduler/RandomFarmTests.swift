import Model
import Simulation
import Testing

@testable import Scheduler

/// Farms under random commands: what must always hold is checked after each.
@Suite("Whatever happens")
struct RandomFarmTests {
  @Test("the invariants hold, and a farm loaded from the store is the same farm", arguments: [1, 2, 3, 4, 5, 6, 7, 26, 108])
  func invariants(seed: Int) { check(RandomWorld(seed: UInt64(seed)), seed) }

  @Test("3.15 the same with tasks on several renders", arguments: [1, 6, 8, 112])
  func parties(seed: Int) { check(RandomWorld(seed: UInt64(seed), hasParties: true), seed) }

  @Test("5 the same with commands of new and deleted jobs", arguments: [1, 2, 3, 4, 5, 6])
  func commands(seed: Int) { check(RandomWorld(seed: UInt64(seed), hasCommands: true), seed) }

  private func check(_ world: RandomWorld, _ seed: Int) {
    var world = world
    for step in 0..<260 {
      world.step()
      let faults = world.faults(isThorough: step % 8 == 0)
      if !faults.isEmpty {
        Issue.record("seed \(seed), step \(step): \(world.did): \(faults.joined(separator: "; "))")
        return
      }
    }
  }

  @Test("the same commands give the same effects", arguments: 1...3)
  func deterministic(seed: Int) {
    var first = RandomWorld(seed: UInt64(seed), hasParties: seed == 2)
    var second = RandomWorld(seed: UInt64(seed), hasParties: seed == 2)
    for _ in 0..<300 {
      first.step()
      second.step()
      #expect("\(first.driver.last)" == "\(second.driver.last)")
    }
  }
}

/// A farm, and agents that do what agents do, some of it wrong.
struct RandomWorld {
  var driver = FarmDriver(settings: settings)
  var generator: Seeded
  /// What the last step did, for the report.
  var did = ""
  private var agents: [Agent] = []

  private struct Agent {
    var name: String
    var connection: ConnectionID?
    var id = RenderID(0)
    /// What runs there, by its lease.
    var runs: [Lease: TaskKey] = [:]
    /// Results whose acknowledgement did not come.
    var finished: [Lease: TaskKey] = [:]
  }

  /// Sleep and its ends come within the time of a test.
  private static let settings: FarmSettings = {
    var settings = FarmSettings()
    settings.wolFallTimeout = .seconds(30)
    settings.wakeTimeout = .seconds(20)
    settings.wakeInterval = .seconds(3)
    settings.overflowMemory = 50
    return settings
  }()

  /// Some tasks run on several renders.
  let hasParties: Bool
  /// Jobs have commands for before and after, and people do to the system job what they may.
  let hasCommands: Bool

  init(seed: UInt64, hasParties: Bool = false, hasCommands: Bool = false) {
    generator = Seeded(seed)
    self.hasParties = hasParties
    self.hasCommands = hasCommands
    // In half of the farms deletions can be undone.
    let undoGrace = Span.seconds(seed % 2 == 0 ? 0 : 8)
    driver = FarmDriver(settings: Self.settings, undoGrace: undoGrace)
    if hasCommands {
      var settings = FarmSettings()
      settings.systemTasksMax = 3
      settings.systemTaskLife = .seconds(60)
      driver = FarmDriver(settings: settings, undoGrace: undoGrace)
      driver.apply(.listening)
    }
    for index in 0..<5 { agents.append(Agent(name: "render\(index)")) }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func step() {
    driver.now = driver.now + .milliseconds(Int64(number(0...2000)))
    switch number(0...26) {
    case 0...1: submit()
    case 2...8: finish()
    case 9: progress()
    case 10...11: operate()
    case 12...13: connect()
    case 14: disconnect()
    case 15: leave()
    case 16: operateRenders()
    case 17: restartServer()
    case 18: time()
    case 19: lateResult()
    case 20: forget()
    case 21...22: edit()
    case 23: add()
    case 24: driver.undo(number(0...2) == 0 ? nil : driver.farm.undoSummaries().last?.number)
    default: alive()
    }
    deliver()
  }

  private mutating func submit() {
    guard driver.farm.jobCount < 12 else { return }
    var blocks: [BlockSpec] = []
    for index in 0...number(0...2) {
      let needs = index > 0 && number(0...2) == 0 ? "b0" : ""
      let needsTasks = index > 0 && number(0...1) == 0 ? "b\(index - 1)" : ""
      if number(0...2) == 0 {
        let perTask: Int64 = [1, 2, -2][number(0...2)]
        blocks.append(
          list(number(1...9), framesPerTask: perTask, name: "b\(index)", capacity: capacity(), needs: needs, needsTasks: needsTasks)
        )
      } else {
        blocks.append(
          frames(
            1, Int64(number(1...30)), per: Int64(number(1...3)), by: Int64(number(1...2)), name: "b\(index)", capacity: capacity(),
            service: ["generic", "nuke"][number(0...1)], retries: Int8(number(-1...2)), needs: needs, needsTasks: needsTasks))
      }
    }
    for index in blocks.indices { vary(&blocks[index]) }
    var spec = JobSpec(
      name: "job\(number(0...3))", user: ["anna", "ben"][number(0...1)], priority: UInt8(number(0...4) * 30),
      isOffline: number(0...5) == 0, blocks: blocks)
    if number(0...3) == 0 { spec.parameters.dependMask = masks[number(0...masks.count - 1)] }
    if number(0...5) == 0 { spec.parameters.dependMaskGlobal = masks[number(0...masks.count - 1)] }
    if number(0...5) == 0 { spec.parameters.timeWait = driver.now + .seconds(Int64(number(0...30))) }
    if number(0...5) == 0 { spec.parameters.timeLife = Int32(number(0...200)) }
    spec.parameters.previewApproval = number(0...3) == 0
    if number(0...3) == 0 {
      spec.parameters.tryNext = (0...3).map { _ in TryNext(block: BlockIndex(number(0...2)), task: TaskIndex(number(0...6))) }
    }
    if number(0...7) == 0 {
      spec.parameters.maintenance = true
      spec.blocks[0].work = .listed(TaskList((0...6).map { TaskSpec(name: "render\($0)", command: "true") }), framesPerTask: 1)
    }
    if hasCommands {
      if number(0...2) == 0 { spec.parameters.commandPre = "pre" }
      if number(0...1) == 0 { spec.parameters.commandPost = "post" }
      if number(0...2) == 0 { spec.blocks[0].parameters.commandPost = "post of a block" }
    }
    driver.submit(spec)
    did = "submit"
  }

  private let masks = ["job0", "job1", "job[23].*", ".*-1", "nothing"]

  /// What a block may say besides.
  private mutating func vary(_ block: inout BlockSpec) {
    block.parameters.sequential = [1, 1, -1, 0, 3, -2][number(0...5)]
    block.parameters.errorsAvoidHost = Int8(number(-1...2))
    block.parameters.errorsTaskSameHost = Int8(number(-1...2))
    block.parameters.errorsForgiveTime = [-1, 0, 20][number(0...2)]
    if number(0...3) == 0 { block.parameters.taskMaxRunTime = Int32(number(1...30)) }
    if number(0...3) == 0 { block.parameters.taskMinRunTime = Int32(number(1...3)) }
    if number(0...3) == 0 { block.parameters.taskProgressChangeTimeout = Int32(number(0...30)) }
    if number(0...3) == 0 { block.flags.insert(.dependSubTask) }
    if number(0...5) == 0 { block.flags.insert(.suspendNewTasks) }
    guard hasParties, number(0...1) == 0 else { return }
    block.flags.insert(.multiHost)
    if number(0...1) == 0 { block.flags.insert(.masterOnSlave) }
    if number(0...1) == 0 { block.flags.insert(.slaveLostIgnore) }
    block.parameters.multihostMin = Int8(number(1...2))
    block.parameters.multihostMax = block.parameters.multihostMin + Int8(number(0...1))
    block.parameters.multihostMaxWait = UInt16(number(0...5))
    block.parameters.multihostServiceWait = UInt16(number(0...5))
    block.parameters.multihostService = ["", "slave"][number(0...1)]
  }

  private mutating func edit() {
    let ids = driver.farm.jobIDs(limit: 100)
    guard !ids.isEmpty else { return }
    let id = ids[number(0...ids.count - 1)]
    let mask = JSONValue.string(["", masks[number(0...masks.count - 1)]][number(0...1)])
    let seconds = JSONValue.integer(Int64(number(0...40)))
    let jobChanges: [(String, JSONValue)] = [
      ("priority", .integer(Int64(number(0...4) * 30))), ("offline", .bool(number(0...2) == 0)), ("depend_mask", mask),
      ("depend_mask_global", mask), ("time_wait", .integer(driver.now.seconds + Int64(number(-5...30)))),
      ("time_life", .integer(300)),
      ("ppa", .bool(number(0...1) == 0)), ("maintenance", .bool(number(0...1) == 0)),
      ("user_name", .string(["anna", "ben"][number(0...1)])),
      ("annotation", .string("note \(number(0...9))")), ("hosts_mask", .string(["", "render1 render2"][number(0...1)])),
    ]
    let blockChanges: [(String, JSONValue)] = [
      ("capacity", .integer(Int64(capacity()))), ("sequential", .integer(Int64(number(-3...3)))),
      ("errors_retries", .integer(Int64(number(-1...3)))),
      ("errors_avoid_host", .integer(Int64(number(-1...3)))), ("errors_task_same_host", .integer(Int64(number(-1...3)))),
      ("errors_forgive_time", seconds), ("task_max_run_time", seconds), ("task_min_run_time", .integer(Int64(number(0...2)))),
      ("task_progress_change_timeout", seconds), ("service", .string(["generic", "nuke"][number(0...1)])),
      ("depend_mask", .string(["", "b0", "b1"][number(0...2)])), ("tasks_depend_mask", .string(["", "b0", "b1"][number(0...2)])),
      ("name", .string("b\(number(0...3))")),
    ]
    let userChanges: [(String, JSONValue)] = [
      ("errors_avoid_host", .integer(Int64(number(0...3)))), ("errors_task_same_host", .integer(Int64(number(0...3)))),
      ("errors_retries", .integer(Int64(number(0...3)))), ("errors_forgive_time", seconds),
      ("jobs_life_time", .integer(Int64(number(0...1) * 500))),
    ]
    let change: (String, JSONValue)
    switch number(0...9) {
    case 0...3:
      change = jobChanges[number(0...jobChanges.count - 1)]
      driver.edit(.jobs(.ids([id])), change)
    case 4...7:
      change = blockChanges[number(0...blockChanges.count - 1)]
      driver.edit(.blocks(.ids([id]), number(0...3) == 0 ? nil : .index(BlockIndex(number(0...2)))), change)
    case 8:
      change = userChanges[number(0...userChanges.count - 1)]
      driver.edit(.users(.names([["anna", "ben"][number(0...1)]])), change)
    default:
      let poolChanges: [(String, JSONValue)] = [
        ("sick_errors_count", .integer(Int64(number(0...2)))), ("busy_cpu", .integer(50)), ("busy_nimby_time", seconds),
        ("idle_cpu", .integer(60)), ("idle_wolsleep_time", seconds), ("no_task_event_time", seconds),
        ("overload_event_time", seconds), ("custom_data", .string(["", "{}"][number(0...1)])),
      ]
      change = poolChanges[number(0...poolChanges.count - 1)]
      driver.setPool(change.0, change.1)
    }
    did = "\(change.0) = \(change.1) of \(id)"
  }

  private mutating func add() {
    let ids = driver.farm.jobIDs(limit: 100)
    guard !ids.isEmpty else { return }
    let id = ids[number(0...ids.count - 1)]
    if number(0...2) == 0, driver.farm.blocks(of: id).count < 4 {
      var blocks = [
        frames(1, Int64(number(1...20)), name: "b\(number(0...4))", needsTasks: ["", "b0"][number(0...1)]),
        list(number(1...5), name: "b\(number(3...4))"),
      ]
      for index in blocks.indices { vary(&blocks[index]) }
      driver.add(.blocks(blocks), to: id)
      did = "blocks for \(id)"
    } else {
      let tasks = (0..<number(1...70)).map { TaskSpec(name: "render\($0)", command: "true") }
      driver.add(.tasks(.index(BlockIndex(number(0...2))), tasks), to: id)
      did = "\(tasks.count) tasks for \(id)"
    }
  }

  private mutating func capacity() -> Int32 { [300, 500, 1000][number(0...2)] }

  /// A run of a connected agent that is still the farm's.
  private mutating func someRun() -> (agent: Int, lease: Lease, key: TaskKey)? {
    let all = agents.indices.flatMap { agent in agents[agent].runs.keys.sorted().map { (agent, $0, agents[agent].runs[$0]!) } }
    return all.isEmpty ? nil : all[number(0...all.count - 1)]
  }

  private mutating func finish() {
    guard let (agent, lease, key) = someRun() else { return }
    agents[agent].runs[lease] = nil
    let outcomes: [RunOutcome] = [
      .success, .success, .success, .exitStatus, .killed, .parserError, .parserFatalError, .parserSuccess, .lost, .failedToStart,
      .skipped, .badFiles, .exitStatus,
    ]
    let outcome = outcomes[number(0...outcomes.count - 1)]
    agents[agent].finished[lease] = key
    if agents[agent].connection != nil {
      driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: outcome)))
      did = "\(key) \(outcome)"
    } else {
      did = "\(key) ends while its agent is away"
    }
  }

  private mutating func lateResult() {
    guard let lease = agents.flatMap({ $0.finished.keys }).min(),
      let agent = agents.firstIndex(where: { $0.finished[lease] != nil }),
      agents[agent].connection != nil, let key = agents[agent].finished[lease]
    else { return }
    driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: .success)))
    did = "\(key) reported again"
  }

  private mutating func progress() {
    guard let (agent, lease, key) = someRun(), agents[agent].connection != nil else { return }
    let progress = RunProgress(
      percent: Int32(number(0...100)), frame: Int32(number(0...30)), activity: "works", hasWarning: number(0...1) == 0)
    driver.apply(.runProgressed(agents[agent].id, lease, progress))
    did = "progress of \(key)"
  }

  private mutating func operateSystem() {
    let kind = Operation.Kind.allCases[number(0...Operation.Kind.allCases.count - 1)]
    // Whoever pauses it starts it again: else the farm stands.
    let operation = Operation(
      kind: kind, jobs: .ids([.system]), block: kind.isForJobsOnly || number(0...1) == 0 ? nil : .index(BlockIndex(number(0...2))))
    driver.apply(.operate(operation, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 9)))
    did = "\(kind.word) of the system job"
    if driver.farm.jobState(.system)?.contains(.offline) == true, number(0...3) > 0 {
      deliver()
      driver.operate(.start, JobID.system)
    }
  }

  private mutating func operate() {
    if hasCommands, number(0...5) == 0 { return operateSystem() }
    let ids = driver.farm.jobIDs(limit: 100)
    guard !ids.isEmpty else { return }
    let id = ids[number(0...ids.count - 1)]
    let kind = Operation.Kind.allCases[number(0...Operation.Kind.allCases.count - 1)]
    if kind == .delete, !hasCommands, number(0...2) > 0 { return }
    var tasks: [TaskRange] = []
    var block: Int?
    if !kind.isForJobsOnly, number(0...1) == 0 {
      let first = Int64(number(0...9))
      tasks = [TaskRange(first: first, last: first + Int64(number(0...9)), isFrames: number(0...1) == 0)]
      block = number(0...1)
    }
    let operation = Operation(
      kind: kind, jobs: .ids([id]), block: block.map { .index(BlockIndex($0)) }, tasks: tasks, affectsDepends: number(0...3) == 0)
    driver.apply(.operate(operation, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 9)))
    did = "\(kind.word) of \(id) block \(block ?? -1) tasks \(tasks)"
  }

  private mutating func connect() {
    let agent = number(0...agents.count - 1)
    agents[agent].connection = driver.connection()
    let all = agents[agent].runs.merging(agents[agent].finished) { a, _ in a }
    driver.apply(
      .renderRegistered(
        RenderRegistration(
          name: agents[agent].name, agent: agents[agent].name, user: ["anna", "ben"][agent % 2], capacity: [1000, 2500][agent % 2],
          maxTasks: Int32(1 + agent), services: [[], ["nuke"], ["generic", "nuke"]][agent % 3],
          interfaces: [NetworkInterface(name: "eth0", mac: "02:00:00:00:00:0\(agent)", addresses: [])],
          nimby: number(0...9) == 0 ? .nimby : [], runs: all.keys.sorted().map { RunReport(lease: $0, key: all[$0]!) }),
        connection: agents[agent].connection!))
    agents[agent].id = driver.farm.render(named: agents[agent].name)!
    let keep = Set(driver.kept ?? [])
    agents[agent].runs = agents[agent].runs.filter { keep.contains($0.key) }
    agents[agent].finished = agents[agent].finished.filter { keep.contains($0.key) }
    did = "\(agents[agent].name) registers"
    // Results that waited are delivered.
    for (lease, key) in agents[agent].finished.sorted(by: { $0.key < $1.key }) {
      deliver()
      driver.apply(.runFinished(agents[agent].id, lease, key, RunResult(outcome: .success)))
    }
  }

  private mutating func disconnect() {
    let agent = number(0...agents.count - 1)
    guard let connection = agents[agent].connection else { return }
    agents[agent].connection = nil
    driver.apply(.renderDisconnected(agents[agent].id, connection: connection))
    did = "\(agents[agent].name) loses its connection"
  }

  private mutating func leave() {
    let agent = number(0...agents.count - 1)
    guard let connection = agents[agent].connection else { return }
    let ejected = number(0...1) == 0
    agents[agent].connection = nil
    if ejected { agents[agent].runs = [:] }
    driver.apply(.renderLeft(agents[agent].id, connection: connection, ejected: ejected))
    did = "\(agents[agent].name) leaves"
  }

  private mutating func operateRenders() {
    let operation = RenderOperation.allCases[number(0...RenderOperation.allCases.count - 1)]
    driver.operateRenders(operation, agents[number(0...agents.count - 1)].name)
    did = "\(operation)"
  }

  private mutating func restartServer() {
    driver.restart()
    for agent in agents.indices { agents[agent].connection = nil }
    driver.apply(.listening)
    did = "the server restarts"
  }

  private mutating func time() {
    let effects = driver.advance(.seconds(Int64(number(1...20))))
    for case .drop(let connection, _) in effects {
      for agent in agents.indices where agents[agent].connection == connection { agents[agent].connection = nil }
    }
    did = "time passes"
  }

  /// An agent's keeper dies and takes all with it.
  private mutating func forget() {
    let agent = number(0...agents.count - 1)
    agents[agent].runs = [:]
    agents[agent].finished = [:]
    if let connection = agents[agent].connection {
      agents[agent].connection = nil
      driver.apply(.renderDisconnected(agents[agent].id, connection: connection))
    }
    did = "\(agents[agent].name) forgets"
  }

  private mutating func alive() {
    for agent in agents where agent.connection != nil {
      var resources = HostResources()
      resources.cpuPercent = Int32(number(0...100))
      (resources.memoryTotalMB, resources.memoryFreeMB) = (1000, Int64(number(0...1000)))
      driver.apply(.renderAlive(agent.id, number(0...1) == 0 ? nil : resources))
      deliver()
    }
    did = "signs of life"
  }

  /// Hands the effects of the last command to the agents.
  private mutating func deliver() {
    for effect in driver.last {
      switch effect {
      case .start(let render, let start):
        if let agent = agents.firstIndex(where: { $0.id == render && $0.connection != nil }) {
          agents[agent].runs[start.lease] = start.key
        }
      case .stop(let render, let lease):
        guard let agent = agents.firstIndex(where: { $0.id == render }), let key = agents[agent].runs.removeValue(forKey: lease)
        else { continue }
        agents[agent].finished[lease] = key
      case .acknowledge(let render, let lease):
        if let agent = agents.firstIndex(where: { $0.id == render }) { agents[agent].finished[lease] = nil }
      case .drop(let connection, _):
        for agent in agents.indices where agents[agent].connection == connection { agents[agent].connection = nil }
      case .sleep(let render):
        // Some machines do, and are silent from then on.
        guard let agent = agents.firstIndex(where: { $0.id == render }), number(0...2) > 0 else { continue }
        agents[agent].connection = nil
      default: break
      }
    }
  }
}
