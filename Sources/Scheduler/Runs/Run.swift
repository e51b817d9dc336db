import Model

/// A task that is out on a render.
struct Run: Sendable {
  /// What becomes of the task when the run ends, once somebody asked for the end.
  enum Intent: UInt8, Sendable {
    /// Back on the queue; what ends well meanwhile is done.
    case requeue
    /// As new, however it ends.
    case restart
    case skip
    /// The job is gone.
    case forget
  }

  let lease: Lease
  let key: TaskKey
  /// Place in `Farm.blocks`; meaningless once `intent` is `.forget`.
  let block: Int
  /// Place in `Farm.renders`.
  let render: Int
  let capacity: Int32
  let started: Instant
  /// Its place in the render's list.
  var place: Int
  /// Last sign of it.
  var seen: Instant
  /// A stop was asked for. The store knows the run no more: its lease is fenced.
  var intent: Intent?
  /// -1: unknown.
  var percent: Int32 = -1
  var frame: Int32 = -1
  var activity = ""
  var coefficient: Int32 = 1
  var tickets: [TicketNeed] = []
  var needs = RunNeeds()
  /// What it uses, as its render says.
  var memoryMB: Int32 = 0

  /// Whether it may be stopped for a job of higher priority.
  var mayBePreempted: Bool { true }
}

/// What a run may take of its render beyond capacity.
struct RunNeeds: Sendable {
  var memoryMB: Int32 = 0
  var diskGB: Int32 = 0
  var gpuMemoryMB: Int32 = 0
  /// Free disk when it started.
  var diskAtStart: Int64 = 0

  var isAny: Bool { memoryMB > 0 || diskGB > 0 || gpuMemoryMB > 0 }
}
