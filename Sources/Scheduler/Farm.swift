public import Model

/// The whole farm as one value: a state machine without clock, chance or input and output of its own.
///
/// `apply` is the only way in, and the effects that it returns are the only way out: the same commands at the same moments give
/// the same effects. A copy is a farm of its own, which is how "what if" is asked.
///
/// What is where: jobs, blocks, renders and runs lie in arrays and know each other by their places in them; the dictionaries lead
/// there from the ids of the outside and are never iterated. `Solver` has the order in which blocks get renders.
public struct Farm: Sendable {
  public let settings: FarmSettings

  // Jobs. Places are used again; ids are not. A place that nothing leads to holds a vacant job or block.
  var jobs: [Job] = []
  var freeJobs: [Int] = []
  var jobPlaces: [JobID: Int] = [:]
  var jobOrder = SortedChunks<JobID>()
  var jobNames = JobNames()
  /// Jobs whose deletion is not final; `jobPlaces`, `jobOrder` and `jobNames` do not have them.
  var deletedPlaces: [JobID: Int] = [:]
  var undos = Undos()
  var blocks: [Block] = []
  var freeBlocks: [Int] = []
  var watches = Watches()
  var people: [User] = []
  var peoplePlaces: [String: Int] = [:]

  // Trees. Places are never used again; the root is the first.
  var branches: [Branch] = []
  var branchPlaces: [String: Int] = [:]
  var pools: [Pool] = []
  var poolPlaces: [String: Int] = [:]

  // Renders stay once they are known.
  var renders: [Render] = []
  var renderPlaces: [RenderID: Int] = [:]
  var renderNames = SortedChunks<RenderName>()
  var renderNamePlaces: [String: Int] = [:]

  var system = SystemJob()
  var runs: [Run?] = []
  var freeRuns: [Int] = []
  var leases = LeaseTable()

  var solver = Solver()
  /// By service.
  var serviceTimes: [String: RunTimes] = [:]
  var wake = Wakes()
  /// It runs ahead of its time: nobody gives signs of life.
  var isAhead = false
  /// It is only looked at: nothing is started.
  var isStill = false
  var timers = Timers()
  var counters: Counters
  var onlineRenders = 0
  var busyRenders = 0
  /// What loading found amiss: goes out with the first batch.
  var repairs: [Effect] = []

  // For the length of one `apply`.
  /// What happened.
  var cause = LastStart.Cause.time
  var now: Instant
  var effects: [Effect] = []
  /// Events that somebody wants to hear of.
  var raised: [RaisedEvent] = []

  public init(settings: FarmSettings = FarmSettings(), snapshot: StoreSnapshot = StoreSnapshot(), at now: Instant) {
    self.settings = settings
    self.now = now
    counters = Counters(snapshot.counters)
    load(snapshot)
  }

  /// Applies one command.
  ///
  /// - Parameter now: never before that of the last command.
  /// - Returns: what is to be done, in order.
  public mutating func apply(_ command: Command, at now: Instant) -> [Effect] {
    var effects: [Effect] = []
    apply(command, at: now, into: &effects)
    return effects
  }

  /// The same, appending to the effects of a batch.
  public mutating func apply(_ command: Command, at now: Instant, into batch: inout [Effect]) {
    self.now = now
    swap(&effects, &batch)
    defer { swap(&effects, &batch) }
    if !repairs.isEmpty {
      effects += repairs
      repairs = []
    }
    cause = cause(of: command)
    switch command {
    case .submit(let spec, let actor, let request): submit(spec, by: actor, request)
    case .operate(let operation, let actor, let request): operate(operation, by: actor, request)
    case .withdraw(let job): withdraw(job)
    case .renderRegistered(let registration, let connection): register(registration, connection)
    case .renderDisconnected(let render, let connection): disconnected(render, connection)
    case .renderLeft(let render, let connection, let ejected): left(render, connection, ejected: ejected)
    case .renderAlive(let render, let resources): alive(render, resources)
    case .runStarted(let render, let lease): started(render, lease)
    case .runProgressed(let render, let lease, let progress): progressed(render, lease, progress)
    case .runFinished(let render, let lease, let key, let result): finished(render, lease, key, result)
    case .operateRenders(let operation, let names, let actor, let request): operateRenders(operation, names, by: actor, request)
    case .order(let order, let actor, let request): self.order(order, by: actor, request)
    case .edit(let edit, let actor, let request): self.edit([edit], by: actor, request)
    case .edits(let edits, let actor, let request): edit(edits, by: actor, request)
    case .undo(let number, let actor, let request): undo(number, by: actor, request)
    case .add(let addition, let job, let actor, let request): add(addition, to: job, by: actor, request)
    case .listening:
      makeSystemJob()
      listening()
    case .time:
      secondHasCome()
      fairShareHasCome()
      timeHasCome()
    }
    if isStill { return }
    sendEvents()
    dispatch()
    if goOnWaking() || !raised.isEmpty {
      sendEvents()
      dispatch()
    }
  }

  private func cause(of command: Command) -> LastStart.Cause {
    switch command {
    case .submit, .withdraw: return .submitted
    case .operate(_, let actor, _), .edit(_, let actor, _), .edits(_, let actor, _), .undo(_, let actor, _),
      .order(_, let actor, _), .add(_, _, let actor, _),
      .operateRenders(_, _, let actor, _):
      return .order(actor)
    case .renderRegistered(let registration, _): return .renderCame(registration.name)
    case .runFinished(let render, _, let key, _):
      return .taskEnded(key, on: renderPlaces[render].map { renders[$0].name } ?? "")
    case .renderDisconnected(let render, _), .renderLeft(let render, _, _), .renderAlive(let render, _), .runStarted(let render, _),
      .runProgressed(let render, _, _):
      return .renderFree(renderPlaces[render].map { renders[$0].name } ?? "")
    case .listening, .time: return .time
    }
  }

  /// When `.time` should come next; nil: not before something else happens. It may turn out to have been for nothing.
  public var nextTimer: Instant? {
    [timers.next, solver.nextSecond, solver.nextTick].compactMap { $0 }.min()
  }

  @inline(__always)
  mutating func emit(_ effect: Effect) { effects.append(effect) }
  @inline(__always)
  mutating func store(_ change: StoreChange) { effects.append(.store(change)) }
  @inline(__always)
  mutating func changed(_ change: Change) { effects.append(.changed(change)) }
  mutating func log(_ level: LogRecord.Level, _ subject: LogRecord.Subject, _ text: String, by actor: Actor? = nil) {
    effects.append(.log(LogRecord(level, subject, text, by: actor)))
  }
}

/// The farm in five numbers.
public struct FarmTotals: Hashable, Sendable {
  public var jobs: Int
  public var renders: Int
  public var online: Int
  /// Renders that run something.
  public var busy: Int
  public var runningTasks: Int
  public init(jobs: Int = 0, renders: Int = 0, online: Int = 0, busy: Int = 0, runningTasks: Int = 0) {
    self.jobs = jobs
    self.renders = renders
    self.online = online
    self.busy = busy
    self.runningTasks = runningTasks
  }
}
