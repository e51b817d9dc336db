/// A job's number: given in order of submission, never reused. Job 1 is the system job.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt32
  public init(_ value: UInt32) { self.value = value }
  public static func < (a: JobID, b: JobID) -> Bool { a.value < b.value }
  public var description: String { "\(value)" }

  /// The system job (reference/afanasy.md section 5).
  public static let system = JobID(1)
}

/// A block's place in its job, from 0.
public struct BlockIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt16
  public init(_ value: UInt16) { self.value = value }
  public init(_ value: Int) { self.value = UInt16(value) }
  public static func < (a: BlockIndex, b: BlockIndex) -> Bool { a.value < b.value }
  public var description: String { "\(value)" }
}

/// A task's place in its block, from 0.
public struct TaskIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt32
  public init(_ value: UInt32) { self.value = value }
  public init(_ value: Int) { self.value = UInt32(value) }
  public static func < (a: TaskIndex, b: TaskIndex) -> Bool { a.value < b.value }
  public var description: String { "\(value)" }
}

/// One task of one block of one job.
public struct TaskKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let job: JobID
  public let block: BlockIndex
  public let task: TaskIndex

  public init(job: JobID, block: BlockIndex, task: TaskIndex) {
    self.job = job
    self.block = block
    self.task = task
  }

  public static func < (a: TaskKey, b: TaskKey) -> Bool {
    (a.job, a.block, a.task) < (b.job, b.block, b.task)
  }

  /// As in logs: `14[0][23]`, job, block and task.
  public var description: String { "\(job)[\(block)][\(task)]" }
}

/// A render's number: given at first registration, kept as long as the server knows the name.
public struct RenderID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt32
  public init(_ value: UInt32) { self.value = value }
  public static func < (a: RenderID, b: RenderID) -> Bool { a.value < b.value }
  public var description: String { "\(value)" }
}

/// The number of one start of one task: grows for ever, over restarts too. A result that carries a lease which is no
/// longer out is late, and counts for nothing.
public struct Lease: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt64
  public init(_ value: UInt64) { self.value = value }
  public static func < (a: Lease, b: Lease) -> Bool { a.value < b.value }
  public var description: String { "\(value)" }
}

/// One connection to the server, numbered by the server as long as it runs.
public struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
  public let value: UInt64
  public init(_ value: UInt64) { self.value = value }
  public var description: String { "\(value)" }
}

/// A request of a client that waits for its answer.
public struct RequestID: Hashable, Sendable {
  public let connection: ConnectionID
  /// The client's own number for it.
  public let number: UInt64
  public init(connection: ConnectionID, number: UInt64) {
    self.connection = connection
    self.number = number
  }
}
