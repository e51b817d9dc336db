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
    case done
    case suspend
    /// It broke a limit: its error is counted already, and how it ends says no more.
    case error
    /// The same, and its task will be tried again.
    case errorReady
    /// The job is gone.
    case forget

    /// As it is told to others.
    var wish: RunEnd.Wish? {
      switch self {
      case .requeue: .requeue
      case .restart: .restart
      case .skip: .skip
      case .done: .done
      case .suspend: .suspend
      case .error, .errorReady: .error
      case .forget: nil
      }
    }
  }

  let lease: Lease
  let key: TaskKey
  /// Place in `Farm.blocks`; meaningless once `intent` is `.forget`.
  let block: Int
  /// Place in `Farm.renders`.
  let render: Int
  var capacity: Int32
  var started: Instant
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
  /// How many times its block's capacity it has; 0: it is in the slot that its render keeps for the system job.
  var coefficient: Int32 = 1
  var isInKeptSlot = false
  var role = RunRole.alone
  /// Of a slave of a multi-host task, from 1.
  var hostNumber: Int32 = 0
  var tickets: [TicketNeed] = []
  var needs = RunNeeds()
  /// What it uses, as its render says.
  var memoryMB: Int32 = 0
  /// How far it is, and since when.
  var position = RunProgress().position
  var progressed: Instant
  /// The next of its limits in time.
  var timer: TimerID?

  init(
    lease: Lease, key: TaskKey, block: Int, render: Int, capacity: Int32, started: Instant, place: Int = 0, seen: Instant
  ) {
    self.lease = lease
    self.key = key
    self.block = block
    self.render = render
    self.capacity = capacity
    self.started = started
    self.place = place
    self.seen = seen
    progressed = seen
  }

  /// The phase in which a stop that was asked for leaves its task; nil: as the run ends.
  var target: TaskPhase? {
    switch intent {
    case .skip: .skipped
    case .done: .done
    case .suspend: .suspended
    case .error: .error
    case .errorReady: .errorReady
    case .requeue, .restart, .forget, nil: nil
    }
  }

  /// Whether it may be stopped for a job of higher priority.
  var mayBePreempted: Bool { role == .alone }
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
