import Model
import Simulation

@testable import Scheduler

/// A farm with a clock that a test turns, and a store in memory that takes every change as a real one would.
struct FarmDriver {
  var farm: Farm
  var now = Instant(seconds: 1_000_000)
  var store = MemoryStore()
  /// The effects of the last command.
  var last: [Effect] = []
  private var requests: UInt64 = 0
  private var connections: UInt64 = 0
  /// An administrator, unless the test is about who may.
  var actor = Actor(user: "anna", host: "desk", role: .administrator)

  /// - Parameter undoGrace: `af_undo_grace`; without it a deletion is final at once.
  init(settings: FarmSettings = FarmSettings(), undoGrace: Span = .seconds(0)) {
    var settings = settings
    settings.undoGrace = undoGrace
    farm = Farm(settings: settings, at: now)
  }

  @discardableResult
  mutating func apply(_ command: Command) -> [Effect] {
    last = farm.apply(command, at: now)
    for case .store(let change) in last { store.apply(change) }
    return last
  }

  /// Turns the clock, letting the farm look at each of its timers when it comes.
  mutating func advance(_ span: Span) -> [Effect] {
    let end = now + span
    var all: [Effect] = []
    while let timer = farm.nextTimer, timer <= end {
      now = max(now, timer)
      all += apply(.time)
    }
    now = end
    last = all
    return all
  }

  /// The farm dies; another one is loaded from the store. Its clocks have not begun.
  mutating func restart() {
    farm = Farm(settings: farm.settings, snapshot: store.snapshot, at: now)
  }

  private mutating func request() -> RequestID {
    requests += 1
    return RequestID(connection: ConnectionID(0), number: requests)
  }

  var answer: Answer? {
    for case .answer(_, let answer) in last { return answer }
    return nil
  }

  @discardableResult
  mutating func submit(_ spec: JobSpec) -> JobID {
    apply(.submit(spec, by: actor, request: request()))
    guard case .submitted(let id, _, _) = answer else { return JobID(0) }
    return id
  }

  @discardableResult
  mutating func operate(
    _ kind: Operation.Kind, _ jobs: JobSelection, block: BlockSelection? = nil, tasks: [TaskRange] = []
  ) -> Answer? {
    apply(.operate(Operation(kind: kind, jobs: jobs, block: block, tasks: tasks), by: actor, request: request()))
    return answer
  }

  @discardableResult
  mutating func operate(_ kind: Operation.Kind, _ job: JobID, block: Int? = nil, tasks: [TaskRange] = []) -> OperationOutcome? {
    guard case .operated(let all, _) = operate(kind, .ids([job]), block: block.map { .index(BlockIndex($0)) }, tasks: tasks) else {
      return nil
    }
    return all.first
  }

  @discardableResult
  mutating func operateRenders(_ operation: RenderOperation, _ names: String...) -> Answer? {
    apply(.operateRenders(operation, names: names, by: actor, request: request()))
    return answer
  }

  /// A connection that nobody used before.
  mutating func connection() -> ConnectionID {
    connections += 1
    return ConnectionID(connections)
  }

  @discardableResult
  mutating func register(
    _ name: String, agent: String? = nil, user: String = "farm", capacity: Int32 = 1000, maxTasks: Int32 = 100,
    services: [String] = [], nimby: RenderState = [], runs: [RunReport] = [], connection: ConnectionID? = nil
  ) -> RenderID {
    let connection = connection ?? self.connection()
    apply(
      .renderRegistered(
        RenderRegistration(
          name: name, agent: agent ?? "agent of \(name)", user: user, address: "10.0.0.1", capacity: capacity, maxTasks: maxTasks,
          services: services, nimby: nimby, runs: runs), connection: connection))
    return farm.render(named: name) ?? RenderID(0)
  }

  /// What the last command started, in order.
  var starts: [RunStart] {
    last.compactMap { if case .start(_, let start) = $0 { start } else { nil } }
  }
  var startedOn: [RenderID] {
    last.compactMap { if case .start(let render, _) = $0 { render } else { nil } }
  }
  var stops: [Lease] {
    last.compactMap { if case .stop(_, let lease) = $0 { lease } else { nil } }
  }
  var acknowledged: [Lease] {
    last.compactMap { if case .acknowledge(_, let lease) = $0 { lease } else { nil } }
  }
  var kept: [Lease]? {
    for case .accepted(_, _, let keep) in last { return keep }
    return nil
  }

  mutating func finish(
    _ lease: Lease, _ outcome: RunOutcome = .success, exitCode: Int32 = 0, reason: String = "", flags: TaskFlags = []
  ) {
    guard let run = farm.run(lease) else { return }
    apply(.runFinished(run.render, lease, run.key, RunResult(outcome: outcome, exitCode: exitCode, reason: reason, flags: flags)))
  }

  mutating func finish(_ job: JobID, _ task: Int, block: Int = 0, _ outcome: RunOutcome = .success, reason: String = "") {
    guard let lease = farm.lease(of: key(job, task, block: block)) else { return }
    finish(lease, outcome, reason: reason)
  }

  func key(_ job: JobID, _ task: Int, block: Int = 0) -> TaskKey {
    TaskKey(job: job, block: BlockIndex(block), task: TaskIndex(task))
  }
  func phase(_ job: JobID, _ task: Int, block: Int = 0) -> TaskPhase? { farm.task(key(job, task, block: block))?.phase }
  func phases(_ job: JobID, block: Int = 0) -> [TaskPhase] {
    farm.tasks(of: job, block: BlockIndex(block), limit: 1000).rows.map(\.phase)
  }
  /// One letter a task.
  func letters(_ job: JobID, block: Int = 0) -> String {
    farm.letters(job: job, block: BlockIndex(block), first: 0, cells: 1000, perCell: 1)
  }
}

/// A job with these blocks.
func job(
  _ blocks: BlockSpec..., name: String = "job", user: String = "anna", priority: UInt8 = 99, offline: Bool = false
) -> JobSpec {
  JobSpec(name: name, user: user, priority: priority, isOffline: offline, blocks: blocks)
}

/// A numeric block.
func frames(
  _ first: Int64, _ last: Int64, per perTask: Int64 = 1, by increment: Int64 = 1, name: String = "block", capacity: Int32 = 1000,
  service: String = "generic", retries: Int8 = -1, needs: String = "", needsTasks: String = ""
) -> BlockSpec {
  BlockSpec(
    name: name, service: service, work: .numeric(Frames(first: first, last: last, perTask: perTask, increment: increment)),
    command: "render @#@", capacity: capacity, errorsRetries: retries, dependMask: needs, tasksDependMask: needsTasks)
}

/// A listed block.
func list(
  _ count: Int, framesPerTask: Int64 = 1, name: String = "block", capacity: Int32 = 1000, needs: String = "",
  needsTasks: String = ""
) -> BlockSpec {
  BlockSpec(
    name: name, work: .listed(TaskList((0..<count).map { TaskSpec(name: "\($0)", command: "true") }), framesPerTask: framesPerTask),
    capacity: capacity, dependMask: needs, tasksDependMask: needsTasks)
}
