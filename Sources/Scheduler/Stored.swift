public import Model

/// One change of what is stored. The values are what a `Store` keeps; how it keeps them is its own affair.
public enum StoreChange: Sendable {
  case putJob(StoredJob)
  /// Everything about the job but its document: state, times, priority.
  case putJobState(StoredJobState)
  /// The job with its tasks and runs.
  case deleteJob(JobID)
  /// A task that differs from "never started and waiting".
  case putTask(StoredTask)
  /// The task is as new again.
  case deleteTask(TaskKey)
  /// All tasks of a block are as new again.
  case deleteTasks(JobID, BlockIndex)
  /// A run is out.
  case putRun(StoredRun)
  /// It is over.
  case deleteRun(Lease)
  case putRender(StoredRender)
  case deleteRender(RenderID)
  case putUser(StoredUser)
  /// Numbers are reserved in blocks: a loaded farm goes on above this one.
  case putCounter(Counter, UInt64)
}

public enum Counter: String, Sendable, CaseIterable { case job, render, lease }

public struct StoredJob: Sendable {
  public var id: JobID
  /// Parsed again by `JobDocument.read`; the canonical document without state.
  public var spec: JobSpec
  public var state: StoredJobState
  public init(id: JobID, spec: JobSpec, state: StoredJobState) {
    self.id = id
    self.spec = spec
    self.state = state
  }
}

public struct StoredJobState: Sendable, Hashable {
  public var id: JobID
  public var priority: UInt8
  public var isOffline: Bool
  public var created: Instant
  public var started: Instant
  public var done: Instant
  public init(id: JobID, priority: UInt8, isOffline: Bool, created: Instant, started: Instant = .never, done: Instant = .never) {
    self.id = id
    self.priority = priority
    self.isOffline = isOffline
    self.created = created
    self.started = started
    self.done = done
  }
}

public struct StoredTask: Sendable, Hashable {
  public var key: TaskKey
  /// Never `running` nor `waitingReconnect` (a run says that) nor `waitingDependency` (computed): such a task is stored as `ready`.
  public var phase: TaskPhase
  public var flags: TaskFlags
  public var starts: Int32
  public var errors: Int32
  public var render: RenderID?
  public var started: Instant
  public var finished: Instant
  public var reason: String
  public init(
    key: TaskKey, phase: TaskPhase, flags: TaskFlags, starts: Int32, errors: Int32, render: RenderID?, started: Instant,
    finished: Instant, reason: String = ""
  ) {
    self.key = key
    self.phase = phase
    self.flags = flags
    self.starts = starts
    self.errors = errors
    self.render = render
    self.started = started
    self.finished = finished
    self.reason = reason
  }
}

public struct StoredRun: Sendable, Hashable {
  public var lease: Lease
  public var key: TaskKey
  public var render: RenderID
  public var started: Instant
  public init(lease: Lease, key: TaskKey, render: RenderID, started: Instant) {
    self.lease = lease
    self.key = key
    self.render = render
    self.started = started
  }
}

public struct StoredRender: Sendable, Hashable {
  public var id: RenderID
  public var name: String
  public var agent: String
  public var user: String
  public var capacity: Int32
  public var maxTasks: Int32
  public var priority: UInt8
  /// nimby, NIMBY, paused: what people set.
  public var state: RenderState
  public var registered: Instant
  public init(
    id: RenderID, name: String, agent: String, user: String, capacity: Int32, maxTasks: Int32,
    priority: UInt8 = Limits.defaultPriority, state: RenderState = [], registered: Instant = .never
  ) {
    self.id = id
    self.name = name
    self.agent = agent
    self.user = user
    self.capacity = capacity
    self.maxTasks = maxTasks
    self.priority = priority
    self.state = state
    self.registered = registered
  }
}

public struct StoredUser: Sendable, Hashable {
  public var name: String
  public var errorsRetries: Int8
  public var registered: Instant
  public init(name: String, errorsRetries: Int8 = 3, registered: Instant = .never) {
    self.name = name
    self.errorsRetries = errorsRetries
    self.registered = registered
  }
}

/// All that a store gives back at start.
public struct StoreSnapshot: Sendable {
  public var jobs: [StoredJob] = []
  public var tasks: [StoredTask] = []
  public var runs: [StoredRun] = []
  public var renders: [StoredRender] = []
  public var users: [StoredUser] = []
  public var counters: [Counter: UInt64] = [:]
  public init() {}
}
