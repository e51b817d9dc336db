/// How many tasks stand where. Kept up to date with each change, never counted anew.
public struct TaskCounts: Hashable, Sendable {
  public var total: Int32 = 0
  public var ready: Int32 = 0
  public var waitingDependency: Int32 = 0
  public var running: Int32 = 0
  public var waitingReconnect: Int32 = 0
  public var done: Int32 = 0
  public var skipped: Int32 = 0
  public var error: Int32 = 0
  public var errorReady: Int32 = 0
  public var suspended: Int32 = 0
  public var warning: Int32 = 0
  public init() {}

  public subscript(phase: TaskPhase) -> Int32 {
    get {
      switch phase {
      case .ready: ready
      case .waitingDependency: waitingDependency
      case .running: running
      case .waitingReconnect: waitingReconnect
      case .done: done
      case .skipped: skipped
      case .error: error
      case .errorReady: errorReady
      case .suspended: suspended
      }
    }
    set {
      switch phase {
      case .ready: ready = newValue
      case .waitingDependency: waitingDependency = newValue
      case .running: running = newValue
      case .waitingReconnect: waitingReconnect = newValue
      case .done: done = newValue
      case .skipped: skipped = newValue
      case .error: error = newValue
      case .errorReady: errorReady = newValue
      case .suspended: suspended = newValue
      }
    }
  }

  /// Tasks of which nothing more is to come: done or skipped.
  public var finished: Int32 { done + skipped }
  public var isAllFinished: Bool { finished == total }
  /// Finished tasks in percent, rounded down; 100 only when all are.
  public var percent: Int32 { total == 0 ? 0 : Int32(Int64(finished) * 100 / Int64(total)) }

  public static func + (a: TaskCounts, b: TaskCounts) -> TaskCounts {
    var sum = a
    sum.total += b.total
    sum.warning += b.warning
    for phase in TaskPhase.allCases { sum[phase] += b[phase] }
    return sum
  }
}

/// A row of a list of jobs.
public struct JobSummary: Hashable, Sendable {
  public var id: JobID
  public var name: String
  public var user: String
  public var priority: UInt8
  public var state: StateBits
  public var counts: TaskCounts
  public var created: Instant
  public var started: Instant
  public var done: Instant
  public var blockCount: Int32
  public var annotation: String
  /// Afanasy's 128 letters over the whole job (section 2.4).
  public var progressBar: String
  /// Path of its branch, in lists that were asked for; empty where it was not.
  public var branch: String

  public init(
    id: JobID, name: String, user: String, priority: UInt8, state: StateBits, counts: TaskCounts, created: Instant,
    started: Instant, done: Instant, blockCount: Int32, annotation: String = "", progressBar: String = "", branch: String = ""
  ) {
    self.id = id
    self.name = name
    self.user = user
    self.priority = priority
    self.state = state
    self.counts = counts
    self.created = created
    self.started = started
    self.done = done
    self.blockCount = blockCount
    self.annotation = annotation
    self.progressBar = progressBar
    self.branch = branch
  }
}

/// A row of a list of blocks.
public struct BlockSummary: Hashable, Sendable {
  public var job: JobID
  public var block: BlockIndex
  public var name: String
  public var service: String
  public var state: StateBits
  public var counts: TaskCounts
  public var capacity: Int32
  /// Errors of all its tasks since their last reset.
  public var errors: Int32
  /// Renders on which it failed and that were not forgiven yet, and those of them that it avoids (`p_error_hosts`, `p_avoid_hosts`).
  public var errorHosts: Int32
  public var avoidedHosts: Int32
  /// Seconds that its finished tasks ran, together.
  public var runSeconds: Int64
  public var started: Instant
  public var done: Instant

  public init(
    job: JobID, block: BlockIndex, name: String, service: String, state: StateBits, counts: TaskCounts, capacity: Int32,
    errors: Int32 = 0, errorHosts: Int32 = 0, avoidedHosts: Int32 = 0, runSeconds: Int64 = 0, started: Instant = .never,
    done: Instant = .never
  ) {
    self.errorHosts = errorHosts
    self.avoidedHosts = avoidedHosts
    self.job = job
    self.block = block
    self.name = name
    self.service = service
    self.state = state
    self.counts = counts
    self.capacity = capacity
    self.errors = errors
    self.runSeconds = runSeconds
    self.started = started
    self.done = done
  }
}

/// A row of a list of tasks (section 1.7).
public struct TaskSummary: Hashable, Sendable {
  public var key: TaskKey
  public var name: String
  public var phase: TaskPhase
  public var flags: TaskFlags
  /// 0...100; -1 while nothing is known.
  public var percent: Int32
  /// Frame inside the task; -1 while nothing is known.
  public var frame: Int32
  public var starts: Int32
  public var errors: Int32
  /// Name of the last render; empty if never started.
  public var render: String
  public var started: Instant
  /// When it finished; while it runs, the last sign of it.
  public var finished: Instant
  public var activity: String
  /// Why it failed, from the last error; empty otherwise.
  public var reason: String

  public var state: StateBits { StateBits(phase, flags) }

  public init(
    key: TaskKey, name: String, phase: TaskPhase, flags: TaskFlags = [], percent: Int32 = -1, frame: Int32 = -1,
    starts: Int32 = 0, errors: Int32 = 0, render: String = "", started: Instant = .never, finished: Instant = .never,
    activity: String = "", reason: String = ""
  ) {
    self.key = key
    self.name = name
    self.phase = phase
    self.flags = flags
    self.percent = percent
    self.frame = frame
    self.starts = starts
    self.errors = errors
    self.render = render
    self.started = started
    self.finished = finished
    self.activity = activity
    self.reason = reason
  }
}

/// A row of a list of renders.
public struct RenderSummary: Hashable, Sendable {
  public var id: RenderID
  public var name: String
  public var user: String
  public var state: RenderState
  public var priority: UInt8
  public var capacity: Int32
  public var capacityUsed: Int32
  public var maxTasks: Int32
  public var running: [TaskKey]
  public var resources: HostResources
  public var version: String
  public var os: String
  public var address: String
  public var registered: Instant
  /// Last sign of life.
  public var seen: Instant
  /// Since when it is busy or idle.
  public var changed: Instant

  public init(
    id: RenderID, name: String, user: String, state: RenderState, priority: UInt8 = Limits.defaultPriority, capacity: Int32,
    capacityUsed: Int32 = 0, maxTasks: Int32, running: [TaskKey] = [], resources: HostResources = HostResources(),
    version: String = "", os: String = "", address: String = "", registered: Instant = .never, seen: Instant = .never,
    changed: Instant = .never
  ) {
    self.id = id
    self.name = name
    self.user = user
    self.state = state
    self.priority = priority
    self.capacity = capacity
    self.capacityUsed = capacityUsed
    self.maxTasks = maxTasks
    self.running = running
    self.resources = resources
    self.version = version
    self.os = os
    self.address = address
    self.registered = registered
    self.seen = seen
    self.changed = changed
  }
}

/// A row of a list of users.
public struct UserSummary: Hashable, Sendable {
  public var name: String
  public var jobs: Int32
  public var running: Int32
  public init(name: String, jobs: Int32, running: Int32) {
    self.name = name
    self.jobs = jobs
    self.running = running
  }
}
