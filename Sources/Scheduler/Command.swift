public import Model

/// Everything that can happen to the farm. There is no other way in.
public enum Command: Sendable {
  // People.
  /// A checked document. Answered by `.submitted` or `.failed`.
  case submit(JobSpec, by: Actor, request: RequestID)
  case operate(Operation, by: Actor, request: RequestID)
  /// New values for parameters of nodes. Answered by `.edited`.
  case edit(Edit, by: Actor, request: RequestID)
  /// Several edits that are one order; the first that cannot be made at all ends it. Answered by `.edited`.
  case edits([Edit], by: Actor, request: RequestID)
  /// Takes back the person's last order, or a numbered one (`af_undo_grace`). Answered by `.undone` or `.failed`.
  case undo(UInt64?, by: Actor, request: RequestID)
  /// Makes or removes pools, branches, users, renders. Answered by `.edited`.
  case order(NodeOrder, by: Actor, request: RequestID)
  /// More blocks or tasks for a job. Answered by `.added`.
  case add(Addition, to: JobSelection, by: Actor, request: RequestID)
  /// The store refused the job (full disk): forget it without a trace. Its starts were never sent.
  case withdraw(JobID)

  // Renders.
  case renderRegistered(RenderRegistration, connection: ConnectionID)
  /// The connection is gone; the render may come back.
  case renderDisconnected(RenderID, connection: ConnectionID)
  /// The agent said that it leaves; its tasks go on under its keeper when `ejected` is false.
  case renderLeft(RenderID, connection: ConnectionID, ejected: Bool)
  /// A sign of life, with what was measured, if it was.
  case renderAlive(RenderID, HostResources?)
  case runStarted(RenderID, Lease)
  case runProgressed(RenderID, Lease, RunProgress)
  case runFinished(RenderID, Lease, TaskKey, RunResult)
  case operateRenders(RenderOperation, names: [String], by: Actor, request: RequestID)

  // Time.
  /// The server listens from now on: clocks of runs that were out when it went down begin here.
  case listening
  /// Some of the moments that `Farm.nextTimer` named have come.
  case time
}

public struct RenderRegistration: Sendable, Hashable {
  public var name: String
  /// The agent's own UUID, kept in its state directory: the same agent may take over its own broken connection.
  public var agent: String
  public var user: String
  public var version: String
  public var os: String
  public var address: String
  public var capacity: Int32
  public var maxTasks: Int32
  public var services: [String]
  public var interfaces: [NetworkInterface]
  public var resources: HostResources
  /// The state asked for at start: nimby, NIMBY, or neither.
  public var nimby: RenderState
  /// What runs on it, or waits to be acknowledged.
  public var runs: [RunReport]

  public init(
    name: String, agent: String, user: String, version: String = "", os: String = "", address: String = "",
    capacity: Int32 = 1100, maxTasks: Int32 = 4, services: [String] = [], interfaces: [NetworkInterface] = [],
    resources: HostResources = HostResources(), nimby: RenderState = [], runs: [RunReport] = []
  ) {
    self.name = name
    self.agent = agent
    self.user = user
    self.version = version
    self.os = os
    self.address = address
    self.capacity = capacity
    self.maxTasks = maxTasks
    self.services = services
    self.interfaces = interfaces
    self.resources = resources
    self.nimby = nimby
    self.runs = runs
  }
}

/// What people do to renders.
public enum RenderOperation: UInt8, Hashable, Sendable, CaseIterable {
  case nimby = 1, NIMBY, free, pause, unpause, eject
  /// Stops the tasks of others than the render's user.
  case ejectNotOwn
  /// Is no longer sick.
  case healSick
  case restoreDefaults
  /// Its machine is put to sleep, or woken (reference/afanasy.md section 7).
  case sleep, wake
}
