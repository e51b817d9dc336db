/// What a job says besides its name, owner, priority and blocks (reference/afanasy.md section 1.4).
public struct JobParameters: Hashable, Sendable {
  public var work = WorkParameters()
  /// Path of its branch.
  public var branch = "/"
  /// Stop after the preview frames of `sequential` until this is unset (section 4.6).
  public var previewApproval = false
  /// Each task runs only on the render whose name is the task's (section 3.16).
  public var maintenance = false
  public var ignoreNimby = false
  public var ignorePaused = false
  /// May stop tasks of lower priority when nothing is free.
  public var preempt = false
  /// Not before this moment; `never`: at once.
  public var timeWait = Instant.never
  /// Seconds from creation to deletion in whatever state; -1: as its user says; 0: no end.
  public var timeLife: Int32 = -1
  /// Regular expression on whole names of the same user's other jobs; empty: none (section 3.11).
  public var dependMask = ""
  /// On those of all users.
  public var dependMaskGlobal = ""
  public var commandPre = ""
  public var commandPost = ""
  /// Tasks to be tried before all others, in this order.
  public var tryNext: [TryNext] = []

  public init() {}
}

/// A task that was asked to be tried first.
public struct TryNext: Hashable, Sendable {
  public var block: BlockIndex
  public var task: TaskIndex
  public init(block: BlockIndex, task: TaskIndex) {
    self.block = block
    self.task = task
  }
}
