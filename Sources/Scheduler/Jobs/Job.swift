import Model

/// A job as the scheduler keeps it.
struct Job: Sendable {
  let id: JobID
  var spec: JobSpec
  var user: Int
  var priority: UInt8
  var isOffline: Bool
  /// Places in `Farm.blocks`, by block index.
  var blocks: [Int]
  /// Place of its branch in `Farm.branches`.
  var branch = 0
  /// The priority by which its running tasks are counted.
  var countedPriority: UInt8 = 0
  /// Place in the solver's work tree; -1: not in it.
  var node = -1
  /// Its blocks that have something to start, by index. Places in `Farm.blocks`.
  var ready: [Int] = []
  /// Running tasks by place in `Farm.renders`, while there is a limit per host.
  var onHost: [Int: Int32] = [:]
  /// Where and why its last task started.
  var lastStart: LastStart?
  /// The sum of what its blocks present.
  var counts = Counts()
  var created: Instant
  var started = Instant.never
  var done = Instant.never
  /// Some task of it is an error, and that was said.
  var hasErrors = false

  /// Watches that see it, while it is not done, and those that it waits for itself: places in `Watches`.
  var seenBy: [Int] = []
  var watches: [Int] = []
  /// How many of its own see some other job.
  var heldBy = 0
  /// `time_wait` is still to come.
  var waitsForTime = false
  var waitTimer: TimerID?
  var lifeTimer: TimerID?
  var preCommands = PreCommands.none
  /// It is hidden, and its deletion can still be undone.
  var isDeleted = false
  /// How many of them have not ended.
  var preCommandsLeft = 0

  /// A place that holds no job.
  static let vacant = Job(
    id: JobID(0), spec: JobSpec(name: "", user: "", blocks: []), user: 0, priority: 0, isOffline: true, blocks: [], created: .never)

  var stored: StoredJobState {
    StoredJobState(
      id: id, priority: priority, isOffline: isOffline, created: created, started: started, done: done,
      preCommands: preCommands)
  }
}

/// The last start of a task of a job.
struct LastStart: Sendable {
  var render: Int
  var at: Instant
  var cause: Cause

  /// What had happened: the command that led to it.
  enum Cause: Sendable, CustomStringConvertible {
    case submitted
    case order(Actor)
    case renderCame(String)
    case taskEnded(TaskKey, on: String)
    case renderFree(String)
    case time

    var description: String {
      switch self {
      case .submitted: "a job was submitted and the render was free"
      case .order(let actor): "\(actor.description) changed something"
      case .renderCame(let name): "\(name) came online"
      case .taskEnded(let key, let name): "task \(key) ended on \(name)"
      case .renderFree(let name): "\(name) was free"
      case .time: "its time had come"
      }
    }
  }
}

/// A user: made at the first job, or when one of the user's renders is nimby.
struct User: Sendable {
  let name: String
  var parameters: UserParameters
  var registered: Instant
  var jobs: Int32 = 0
  var running: Int32 = 0
  /// Places in `Farm.jobs`.
  var jobPlaces: Set<Int> = []
  /// How many of the renders that are nimby are the user's.
  var nimbyRenders = 0
  var says = NodeValues()
  var rate = StartRate()
  var use = FadingUse()
  /// Running tasks by place in `Farm.renders`, while there is a limit per host.
  var onHost: [Int: Int32] = [:]
  /// Whether the store has been told.
  var isStored = false

  var stored: StoredUser { StoredUser(name: name, parameters: parameters, registered: registered, used: use.used, usedAt: use.at) }

  /// Whether there is a limit that can keep its tasks from starting.
  var isLimited: Bool {
    parameters.isPaused || parameters.priority == 0 || parameters.work.maxRunningTasks >= 0
      || parameters.work.maxRunningTasksPerHost >= 0 || parameters.work.maxTasksPerSecond >= 0
  }
}
