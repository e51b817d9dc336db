/// The blocks of the system job, by their places in it (reference/afanasy.md section 5).
public enum SystemBlock: Int, Sendable, CaseIterable {
  case postCommands, events, wakeOnLan

  public var name: String {
    switch self {
    case .postCommands: "post_commands"
    case .events: "events"
    case .wakeOnLan: "wake_on_lan"
    }
  }

  public var index: BlockIndex { BlockIndex(rawValue) }
}

/// Work of the server's own, done on the farm by a task of the system job.
public struct SystemCommand: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// For when a job was deleted.
    case post = 1
    /// For before a job begins.
    case pre
    /// Of which `text` is the event as JSON: what the event service reads.
    case event
    case wake

    public var block: SystemBlock {
      switch self {
      case .post, .pre: .postCommands
      case .event: .events
      case .wake: .wakeOnLan
      }
    }
  }

  /// Given in the order in which commands came; never twice.
  public var number: UInt64
  public var kind: Kind
  /// A command line; of an event its JSON.
  public var text: String
  public var workingDirectory: String
  /// Whose it is: of the job's owner, or of the render's.
  public var user: String
  /// Of the job, or of the render that it is about.
  public var jobName: String
  /// What people see for it: the first word of the command, or the name of the event.
  public var taskName: String
  public var created: Instant
  /// Of a pre-command: the job that waits for it.
  public var job: JobID?
  /// The render that is to be woken.
  public var render: RenderID?

  public init(
    number: UInt64 = 0, kind: Kind, text: String, workingDirectory: String = "", user: String, jobName: String,
    taskName: String = "",
    created: Instant = .never, job: JobID? = nil, render: RenderID? = nil
  ) {
    self.number = number
    self.kind = kind
    self.text = text
    self.workingDirectory = workingDirectory
    self.user = user
    self.jobName = jobName
    self.taskName = taskName.isEmpty ? Self.firstWord(text) : taskName
    self.created = created
    self.job = job
    self.render = render
  }

  /// The first word of the first 32 characters, as in Afanasy.
  static func firstWord(_ text: String) -> String {
    String(text.prefix(32).split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\n" }).first ?? "")
  }

  /// What it takes of the memory kept for commands that wait, in bytes.
  public var size: Int {
    128 + text.utf8.count + workingDirectory.utf8.count + user.utf8.count + jobName.utf8.count + taskName.utf8.count
  }
}

/// What the farm says of itself to whoever wants to know (reference/afanasy.md section 6).
public enum EventName: String, Sendable, CaseIterable {
  case jobCreated = "JOB_CREATED"
  case jobDone = "JOB_DONE"
  case jobError = "JOB_ERROR"
  case jobDeleted = "JOB_DELETED"
  case renderZombie = "RENDER_ZOMBIE"
  case renderSick = "RENDER_SICK"
  case renderNoTask = "RENDER_NO_TASK"
  case renderOverload = "RENDER_OVERLOAD"
  /// Waking it was tried as often as it may be.
  case renderWakeFailed = "RENDER_WAKE_FAILED"
}

/// An event, as people see it.
public struct FarmEvent: Sendable, Hashable {
  public var number: UInt64
  public var time: Instant
  public var name: EventName
  /// `job 14` or `render r01`.
  public var object: String
  /// Of the job, or of the render's user.
  public var user: String
  public var info: String
  /// Somebody's `custom_data` may want it: the event service was asked.
  public var isSent: Bool

  public init(number: UInt64, time: Instant, name: EventName, object: String, user: String, info: String, isSent: Bool) {
    self.number = number
    self.time = time
    self.name = name
    self.object = object
    self.user = user
    self.info = info
    self.isSent = isSent
  }
}

/// A block of the system job, as people see it.
public struct SystemBlockSummary: Sendable, Hashable {
  public var block: SystemBlock
  public var service: String
  /// Commands that wait to become tasks.
  public var waiting = 0
  /// Tasks by what they do.
  public var ready = 0
  public var running = 0
  /// To be tried again.
  public var retrying = 0
  /// Since the server started.
  public var done: Int64 = 0
  public var failed: Int64 = 0
  /// Online renders that may run it.
  public var renders = 0
  public init(block: SystemBlock, service: String) {
    self.block = block
    self.service = service
  }
}

/// A command of the system job, as people see it.
public struct SystemTaskSummary: Sendable, Hashable {
  public var command: SystemCommand
  /// nil: it waits to become a task.
  public var key: TaskKey?
  public var phase: TaskPhase
  public var starts: Int32
  public var errors: Int32
  public var render: String
  public var reason: String
  public init(
    command: SystemCommand, key: TaskKey? = nil, phase: TaskPhase = .ready, starts: Int32 = 0, errors: Int32 = 0,
    render: String = "",
    reason: String = ""
  ) {
    self.command = command
    self.key = key
    self.phase = phase
    self.starts = starts
    self.errors = errors
    self.render = render
    self.reason = reason
  }
}
