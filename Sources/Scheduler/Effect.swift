public import Model

/// Everything that the farm wants done. There is no other way out.
///
/// The shell hands on the effects of a batch in order, and those that let somebody else rely on the new state
/// (`needsDurability`) only when the batch's `store` rows are on disk.
public enum Effect: Sendable {
  case store(StoreChange)

  // To renders.
  case accepted(RenderID, connection: ConnectionID, keep: [Lease])
  case refused(connection: ConnectionID, Failure)
  case start(RenderID, RunStart)
  case stop(RenderID, Lease)
  /// The result is recorded, or counts for nothing any more: the agent may forget the run.
  case acknowledge(RenderID, Lease)
  /// The render is gone for good or was replaced: close what remains of this connection.
  case drop(connection: ConnectionID, reason: String)

  // To people.
  case answer(RequestID, Answer)

  // To whoever watches.
  case changed(Change)
  case log(LogRecord)

  // To the shell.
  /// The job is gone: its output files too.
  case removeOutput(JobID)
}

/// One start of one task, as a render needs it beyond what its block says.
public struct RunStart: Sendable, Hashable {
  public var lease: Lease
  public var key: TaskKey
  /// Which start of the task this is, from 1: names its output file.
  public var start: Int32
  public init(lease: Lease, key: TaskKey, start: Int32) {
    self.lease = lease
    self.key = key
    self.start = start
  }
}

public enum Answer: Sendable, Hashable {
  /// `name` differs from the submitted one when that was taken (section 4.1: unique by a number appended).
  case submitted(JobID, name: String)
  case operated([OperationOutcome])
  case rendersOperated([RenderOutcome])
  case failed(Failure)
}

public struct RenderOutcome: Sendable, Hashable {
  public var name: String
  public var isDone: Bool
  public var message: String
  public init(name: String, isDone: Bool, message: String) {
    self.name = name
    self.isDone = isDone
    self.message = message
  }
}

/// What views may have to show anew. Ids only: a view asks the farm for the rows it has on screen.
public enum Change: Sendable, Hashable {
  case jobAdded(JobID)
  case job(JobID)
  case jobRemoved(JobID)
  case task(TaskKey)
  /// Many tasks of a block at once.
  case block(JobID, BlockIndex)
  case renderAdded(RenderID)
  case render(RenderID)
  case renderRemoved(RenderID)
  case user(String)
}

/// A line of a node's log.
public struct LogRecord: Sendable, Hashable {
  public enum Level: UInt8, Sendable { case debug, info, notice, warning, error }
  public enum Subject: Sendable, Hashable { case job(JobID), task(TaskKey), render(RenderID), farm }
  public var level: Level
  public var subject: Subject
  public var actor: Actor?
  public var text: String
  public init(_ level: Level, _ subject: Subject, _ text: String, by actor: Actor? = nil) {
    self.level = level
    self.subject = subject
    self.actor = actor
    self.text = text
  }
}
