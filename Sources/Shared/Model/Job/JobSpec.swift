/// A job as its user asked for it: checked, with defaults filled in. What nothing acts on yet stays in `other`, so that no key of
/// a submitted document is lost.
public struct JobSpec: Hashable, Sendable {
  public var name: String
  public var user: String
  public var priority: UInt8
  /// Submitted paused.
  public var isOffline: Bool
  public var parameters: JobParameters
  public var blocks: [BlockSpec]
  /// Keys that are kept and shown, and that nothing acts on.
  public var other: JSONObject

  public init(
    name: String, user: String, priority: UInt8 = Limits.defaultPriority, isOffline: Bool = false,
    parameters: JobParameters = JobParameters(), blocks: [BlockSpec], other: JSONObject = JSONObject()
  ) {
    self.name = name
    self.user = user
    self.priority = priority
    self.isOffline = isOffline
    self.parameters = parameters
    self.blocks = blocks
    self.other = other
  }
}

/// A block of a job.
public struct BlockSpec: Hashable, Sendable {
  /// What the tasks are.
  public enum Work: Hashable, Sendable {
    /// Made from a frame range; nothing is stored for a task that waits.
    case numeric(Frames)
    /// Given one by one. `framesPerTask` serves only the mapping of dependencies (section 3.11); never 0.
    case listed(TaskList, framesPerTask: Int64)
  }

  public var name: String
  public var service: String
  public var parser: String
  public var work: Work
  public var command: String
  public var workingDirectory: String
  public var environment: [String: String]
  public var files: [String]
  /// Pattern of task names; empty: the default.
  public var tasksName: String
  /// What a task takes of a render's capacity, 1 or more.
  public var capacity: Int32
  /// Tries after the first; -1: the user's default.
  public var errorsRetries: Int8
  /// Regular expression on names of blocks of this job; empty: none.
  public var dependMask: String
  public var tasksDependMask: String
  public var flags: BlockFlags
  public var parameters: BlockParameters
  public var other: JSONObject

  public init(
    name: String, service: String = "generic", parser: String = "", work: Work, command: String = "",
    workingDirectory: String = "", environment: [String: String] = [:], files: [String] = [], tasksName: String = "",
    capacity: Int32 = 1000, errorsRetries: Int8 = -1, dependMask: String = "", tasksDependMask: String = "",
    flags: BlockFlags = [], parameters: BlockParameters = BlockParameters(), other: JSONObject = JSONObject()
  ) {
    self.name = name
    self.service = service
    self.parser = parser
    self.work = work
    self.command = command
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.files = files
    self.tasksName = tasksName
    self.capacity = capacity
    self.errorsRetries = errorsRetries
    self.dependMask = dependMask
    self.tasksDependMask = tasksDependMask
    self.flags = flags
    self.parameters = parameters
    self.other = other
  }

  public var taskCount: Int {
    switch work {
    case .numeric(let frames): Int(frames.taskCount)
    case .listed(let tasks, _): tasks.count
    }
  }

  /// The name people see for a task: as long as a name may be, however many marks the pattern has.
  public func taskName(_ task: Int) -> String {
    switch work {
    case .numeric(let frames):
      guard !tasksName.isEmpty else { return frames.name(of: task) }
      let (first, last) = frames.range(of: task)
      return Filling.numeric(tasksName, first: first, last: last, limit: Limits.nameBytes).beginning(Limits.nameBytes)
    case .listed(let tasks, _):
      guard tasks.indices.contains(task) else { return "task \(task)" }
      let own = tasks.name(task)
      if tasksName.isEmpty { return own.isEmpty ? "task \(task)" : own }
      return Filling.listed(tasksName, task: own, limit: Limits.nameBytes).beginning(Limits.nameBytes)
    }
  }
}

/// A task of a listed block.
public struct TaskSpec: Hashable, Sendable {
  public var name: String
  public var command: String
  public var files: [String]
  public var environment: [String: String]
  public init(name: String, command: String = "", files: [String] = [], environment: [String: String] = [:]) {
    self.name = name
    self.command = command
    self.files = files
    self.environment = environment
  }
}
