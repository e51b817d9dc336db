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
  /// Rules of its pool that the agent itself keeps: sent after `accepted`, and when they change.
  case configure(RenderID, RenderConfiguration)
  case stop(RenderID, Lease)
  /// The machine is to fall asleep.
  case sleep(RenderID)
  /// The result is recorded, or counts for nothing any more: the agent may forget the run.
  case acknowledge(RenderID, Lease)
  /// The render is gone for good or was replaced: close what remains of this connection.
  case drop(connection: ConnectionID, reason: String)

  // To people.
  case answer(RequestID, Answer)

  // To whoever watches.
  case changed(Change)
  case log(LogRecord)
  case event(FarmEvent)
  /// For whoever remembers runs: of a multi-host task its master's.
  case ended(RunEnd)

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
  /// How many times the block's capacity it has (section 3.9): `@AF_CAPACITY@`.
  public var capacityCoefficient: Int32
  /// Of a multi-host task (section 3.15): 0 for the master, from 1 for its slaves.
  public var hostNumber: Int32
  /// The master's: names of the renders of its slaves, for `@AF_HOSTS@`; empty for all other runs.
  public var hosts: [String]
  /// Of a task of the system job: what it runs instead of its block's command.
  public var system: SystemCommand?
  public init(
    lease: Lease, key: TaskKey, start: Int32, capacityCoefficient: Int32 = 1, hostNumber: Int32 = 0, hosts: [String] = [],
    system: SystemCommand? = nil
  ) {
    self.system = system
    self.lease = lease
    self.key = key
    self.start = start
    self.capacityCoefficient = capacityCoefficient
    self.hostNumber = hostNumber
    self.hosts = hosts
  }
}

/// What an agent does by itself as its pool says (section 1.12), in seconds.
public struct RenderConfiguration: Sendable, Hashable {
  public var heartbeat: Int32
  public var resources: Int32
  public var zombie: Int32
  /// Leaves when it had no task for so long; 0: never.
  public var exitNoTask: Int32
  public init(heartbeat: Int32, resources: Int32, zombie: Int32, exitNoTask: Int32) {
    self.heartbeat = heartbeat
    self.resources = resources
    self.zombie = zombie
    self.exitNoTask = exitNoTask
  }
}

public enum Answer: Sendable, Hashable {
  /// `name` differs from the submitted one when that was taken (section 4.1: unique by a number appended).
  /// `warnings` are what the farm has to say besides what the document's reader said.
  case submitted(JobID, name: String, warnings: [String] = [])
  case operated([OperationOutcome], undo: UndoOffer? = nil)
  case rendersOperated([RenderOutcome], undo: UndoOffer? = nil)
  case edited([NodeOutcome], undo: UndoOffer? = nil)
  case undone(UndoOutcome)
  /// The places of the new blocks in the job, or of the new tasks in the block.
  case added(JobID, first: Int, count: Int)
  case failed(Failure)
}

public struct RenderOutcome: Sendable, Hashable {
  public var name: String
  public var isDone: Bool
  public var message: String
  /// false: the person's role does not allow it.
  public var isPermitted: Bool
  public init(name: String, isDone: Bool, message: String, isPermitted: Bool = true) {
    self.isPermitted = isPermitted
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
  case pool(String)
  case branch(String)
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
