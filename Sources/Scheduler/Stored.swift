public import Model

/// One change of what is stored. The values are what a `Store` keeps; how it keeps them is its own affair.
///
/// What is large and rare lies aside, so that what comes with every start and end is small to move.
public enum StoreChange: Sendable {
  indirect case putJob(StoredJob)
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
  indirect case putRender(StoredRender)
  case deleteRender(RenderID)
  indirect case putUser(StoredUser)
  case deleteUser(String)
  indirect case putPool(StoredPool)
  case deletePool(String)
  indirect case putBranch(StoredBranch)
  case deleteBranch(String)
  /// The job's document without the tasks of listed blocks: its parameters and those of its blocks changed.
  indirect case putJobParameters(JobID, JobSpec)
  /// Tasks of a listed block were appended or changed: those from `first` on, with the whole of the spec's parameters.
  indirect case appendTasks(JobID, BlockIndex, first: Int, JobSpec)
  case putErrorHost(StoredErrorHost)
  /// Of one block: of it and its tasks.
  case deleteErrorHosts(JobID, BlockIndex)
  /// A line of the journal; the store keeps the last `Limits.journalEntries` of each object.
  case journal(JournalEntry)
  /// A command of the system job; `task` nil while it waits to become one.
  case putSystemCommand(StoredSystemCommand)
  /// It became this task.
  case placeSystemCommand(UInt64, TaskIndex)
  case deleteSystemCommand(UInt64)
  /// The store keeps the last `Limits.events`.
  case putEvent(FarmEvent)
  /// An order that can be undone.
  indirect case putUndo(StoredUndo)
  /// It was, or its time is over.
  case deleteUndo(UInt64)
  /// Numbers are reserved in blocks: a loaded farm goes on above this one.
  case putCounter(Counter, UInt64)
}

public enum Counter: String, Sendable, CaseIterable { case job, render, lease, journal, undo }

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
  public var preCommands: PreCommands
  public init(
    id: JobID, priority: UInt8, isOffline: Bool, created: Instant, started: Instant = .never, done: Instant = .never,
    preCommands: PreCommands = .none
  ) {
    self.preCommands = preCommands
    self.id = id
    self.priority = priority
    self.isOffline = isOffline
    self.created = created
    self.started = started
    self.done = done
  }
}

/// How far a job is with the commands that run before it begins.
public enum PreCommands: UInt8, Sendable, Hashable {
  /// It has none, or they are done.
  case none
  case waiting
  /// One failed for good: the job is paused, and starting it runs them again.
  case failed
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
  public var capacityCoefficient: Int32
  /// Of a multi-host task: 0 for the master, from 1 for its slaves.
  public var hostNumber: Int32
  /// What it holds; nil: what its block says.
  public var hold: RunHold?
  public init(
    lease: Lease, key: TaskKey, render: RenderID, started: Instant, capacityCoefficient: Int32 = 1, hostNumber: Int32 = 0,
    hold: RunHold? = nil
  ) {
    self.lease = lease
    self.key = key
    self.render = render
    self.started = started
    self.capacityCoefficient = capacityCoefficient
    self.hostNumber = hostNumber
    self.hold = hold
  }
}

/// What a run holds of its render and of the farm's tickets until it ends, though its block says something else by now.
public struct RunHold: Sendable, Hashable {
  public var capacity: Int32
  public var tickets: [String: Int32]
  public init(capacity: Int32, tickets: [String: Int32]) {
    self.capacity = capacity
    self.tickets = tickets
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
  /// nimby, NIMBY, paused: what people set; sick; what sleeps or is woken.
  public var state: RenderState
  public var registered: Instant
  /// What people set; its priority counts, not the one beside.
  public var parameters: RenderParameters
  /// Users whose tasks failed on it one after the other.
  public var failedUsers: [String]
  // As its machine was when its agent last registered, or when it fell asleep: what wakes it, and what masks ask of it meanwhile.
  public var os: String
  public var interfaces: [NetworkInterface]
  public var resources: HostResources
  /// Since when it falls asleep, sleeps or is woken, as `state` says.
  public var wolSince: Instant
  /// How often it was woken since then.
  public var wakes: UInt8
  public init(
    id: RenderID, name: String, agent: String, user: String, capacity: Int32, maxTasks: Int32,
    priority: UInt8 = Limits.defaultPriority, state: RenderState = [], registered: Instant = .never,
    parameters: RenderParameters = RenderParameters(), failedUsers: [String] = [], os: String = "",
    interfaces: [NetworkInterface] = [], resources: HostResources = HostResources(), wolSince: Instant = .never, wakes: UInt8 = 0
  ) {
    self.os = os
    self.interfaces = interfaces
    self.resources = resources
    self.wolSince = wolSince
    self.wakes = wakes
    self.parameters = parameters
    self.failedUsers = failedUsers
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
  public var parameters: UserParameters
  public var registered: Instant
  /// Decayed use of the farm in task-seconds, as of `usedAt` (`af_fairshare_halflife`).
  public var used: Double
  public var usedAt: Instant
  public init(
    name: String, parameters: UserParameters = UserParameters(), registered: Instant = .never, used: Double = 0,
    usedAt: Instant = .never
  ) {
    self.name = name
    self.parameters = parameters
    self.registered = registered
    self.used = used
    self.usedAt = usedAt
  }
}

public struct StoredPool: Sendable, Hashable {
  public var path: String
  public var parameters: PoolParameters
  public var created: Instant
  public init(path: String, parameters: PoolParameters, created: Instant) {
    self.path = path
    self.parameters = parameters
    self.created = created
  }
}

public struct StoredBranch: Sendable, Hashable {
  public var path: String
  public var parameters: BranchParameters
  public var created: Instant
  /// As of `StoredUser`.
  public var used: Double
  public var usedAt: Instant
  public init(path: String, parameters: BranchParameters, created: Instant, used: Double = 0, usedAt: Instant = .never) {
    self.path = path
    self.parameters = parameters
    self.created = created
    self.used = used
    self.usedAt = usedAt
  }
}

/// Errors on a render of a block (`task` nil) or of one task of it, since the last was forgiven. `count` 0: none any more.
public struct StoredErrorHost: Sendable, Hashable {
  public var job: JobID
  public var block: BlockIndex
  public var task: TaskIndex?
  public var render: RenderID
  public var count: Int32
  public var last: Instant
  public init(job: JobID, block: BlockIndex, task: TaskIndex?, render: RenderID, count: Int32, last: Instant) {
    self.job = job
    self.block = block
    self.task = task
    self.render = render
    self.count = count
    self.last = last
  }
}

public struct StoredSystemCommand: Sendable, Hashable {
  public var command: SystemCommand
  public var task: TaskIndex?
  public init(command: SystemCommand, task: TaskIndex? = nil) {
    self.command = command
    self.task = task
  }
}

/// An order that can be undone (`UndoRecord`); jobs that it deleted are stored as before, and nobody sees them.
public struct StoredUndo: Sendable, Hashable {
  public var number: UInt64
  public var user: String
  public var host: String
  public var at: Instant
  public var until: Instant
  public var text: String
  /// A JSON list of what it did (`UndoText`).
  public var parts: String
  public init(number: UInt64, user: String, host: String, at: Instant, until: Instant, text: String, parts: String) {
    self.number = number
    self.user = user
    self.host = host
    self.at = at
    self.until = until
    self.text = text
    self.parts = parts
  }
}

/// All that a store gives back at start.
public struct StoreSnapshot: Sendable {
  public var jobs: [StoredJob] = []
  public var tasks: [StoredTask] = []
  public var runs: [StoredRun] = []
  public var renders: [StoredRender] = []
  public var users: [StoredUser] = []
  public var pools: [StoredPool] = []
  public var branches: [StoredBranch] = []
  public var errorHosts: [StoredErrorHost] = []
  public var systemCommands: [StoredSystemCommand] = []
  public var undos: [StoredUndo] = []
  public var counters: [Counter: UInt64] = [:]
  public init() {}
}
