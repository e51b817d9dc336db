/// What people do to jobs, blocks and tasks (section 4.2).
public struct Operation: Hashable, Sendable {
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case start = 1, pause, stop, restart, restartErrors, restartRunning, restartSkipped, restartDone, skip, delete, resetErrorHosts
    case restartWarnings, restartPause, suspend, `continue`, done, tryNext, notTryNext

    /// The word on the command line and in logs.
    public var word: String {
      switch self {
      case .start: "start"
      case .pause: "pause"
      case .stop: "stop"
      case .restart: "restart"
      case .restartErrors: "restart-errors"
      case .restartRunning: "restart-running"
      case .restartSkipped: "restart-skipped"
      case .restartDone: "restart-done"
      case .skip: "skip"
      case .delete: "delete"
      case .resetErrorHosts: "reset-error-hosts"
      case .restartWarnings: "restart-warnings"
      case .restartPause: "restart-pause"
      case .suspend: "suspend"
      case .continue: "continue"
      case .done: "done"
      case .tryNext: "try-next"
      case .notTryNext: "not-try-next"
      }
    }
    /// Whether it is meant for whole jobs only.
    public var isForJobsOnly: Bool { self == .start || self == .pause || self == .delete || self == .restartPause }
  }

  public var kind: Kind
  public var jobs: JobSelection
  /// nil: all blocks.
  public var block: BlockSelection?
  /// Ranges of task numbers in the block, or of frames; empty: all tasks.
  public var tasks: [TaskRange]
  /// Restarts the tasks too that these depend on (section 3.11).
  public var affectsDepends: Bool

  public init(
    kind: Kind, jobs: JobSelection, block: BlockSelection? = nil, tasks: [TaskRange] = [], affectsDepends: Bool = false
  ) {
    self.kind = kind
    self.affectsDepends = affectsDepends
    self.jobs = jobs
    self.block = block
    self.tasks = tasks
  }
}

/// Which jobs are meant.
public enum JobSelection: Hashable, Sendable {
  case ids([JobID])
  case name(String)
  /// A regular expression on the whole name.
  case mask(String)
}

/// Which blocks of a job are meant.
public enum BlockSelection: Hashable, Sendable {
  case index(BlockIndex)
  case name(String)
}

/// Tasks from one number to another, both included; as frames when written `f10-f20`.
public struct TaskRange: Hashable, Sendable {
  public var first: Int64
  public var last: Int64
  public var isFrames: Bool
  public init(first: Int64, last: Int64, isFrames: Bool = false) {
    self.first = first
    self.last = last
    self.isFrames = isFrames
  }
}

/// What an operation did to one job.
public struct OperationOutcome: Hashable, Sendable {
  public var job: JobID
  public var name: String
  public var isDone: Bool
  /// For people: `restarted 12 tasks`, or why not.
  public var message: String
  public var changedTasks: Int32
  /// false: the person's role does not allow it.
  public var isPermitted: Bool
  public init(
    job: JobID, name: String, isDone: Bool, message: String, changedTasks: Int32 = 0, isPermitted: Bool = true
  ) {
    self.isPermitted = isPermitted
    self.job = job
    self.name = name
    self.isDone = isDone
    self.message = message
    self.changedTasks = changedTasks
  }
}

/// Who asks: checked by the scheduler, written to logs.
public struct Actor: Hashable, Sendable {
  public var user: String
  public var host: String
  /// At the moment of asking.
  public var role: Role
  public init(user: String, host: String, role: Role = .user) {
    self.user = user
    self.host = host
    self.role = role
  }
  /// `anna@desk`, `anna@desk (super user)`
  public var description: String { role == .user ? "\(user)@\(host)" : "\(user)@\(host) (\(role.word))" }
}

/// Why a request was refused. The raw values are the exit codes of `reeve` (interface.md).
public enum FailureCode: UInt8, Hashable, Sendable {
  case failed = 1, usage = 2, unreachable = 3, notPermitted = 4, notFound = 5, timedOut = 6
}

public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  public var code: FailureCode
  public var message: String
  public init(_ code: FailureCode, _ message: String) {
    self.code = code
    self.message = message
  }
  public var description: String { message }
}
