/// A row of a list of pools.
public struct PoolSummary: Hashable, Sendable {
  public var path: String
  public var parameters: PoolParameters
  /// Its own with the parents' (section 1.12).
  public var effectivePriority: Int32
  public var renders: Int32
  public var online: Int32
  public var busy: Int32
  public var running: Int32
  public var capacityUsed: Int64
  /// Tickets in use in its subtree.
  public var ticketsUsed: [String: Int32]
  public var created: Instant
  public init(
    path: String, parameters: PoolParameters, effectivePriority: Int32 = 99, renders: Int32 = 0, online: Int32 = 0, busy: Int32 = 0,
    running: Int32 = 0, capacityUsed: Int64 = 0, ticketsUsed: [String: Int32] = [:], created: Instant = .never
  ) {
    self.path = path
    self.parameters = parameters
    self.effectivePriority = effectivePriority
    self.renders = renders
    self.online = online
    self.busy = busy
    self.running = running
    self.capacityUsed = capacityUsed
    self.ticketsUsed = ticketsUsed
    self.created = created
  }
}

/// A row of a list of branches.
public struct BranchSummary: Hashable, Sendable {
  public var path: String
  public var parameters: BranchParameters
  /// In its subtree.
  public var jobs: Int32
  public var running: Int32
  public var capacityUsed: Int64
  public var created: Instant
  public init(
    path: String, parameters: BranchParameters, jobs: Int32 = 0, running: Int32 = 0, capacityUsed: Int64 = 0,
    created: Instant = .never
  ) {
    self.path = path
    self.parameters = parameters
    self.jobs = jobs
    self.running = running
    self.capacityUsed = capacityUsed
    self.created = created
  }
}

/// A line of a node's log (section 2.6): who changed what, from where, when.
public struct JournalEntry: Hashable, Sendable {
  /// Grows for ever.
  public var number: UInt64
  public var time: Instant
  /// `user@host`, or `reeve` itself.
  public var subject: String
  /// `jobs set`, `renders nimby`, `jobs restart-errors`…
  public var type: String
  /// `job 14`, `pool /farm`, `render r01`…
  public var object: String
  public var info: String
  public init(number: UInt64, time: Instant, subject: String, type: String, object: String, info: String) {
    self.number = number
    self.time = time
    self.subject = subject
    self.type = type
    self.object = object
    self.info = info
  }
}
