public import Model

/// What the configuration says to the scheduler. Defaults are Afanasy's (section 10.2).
public struct FarmSettings: Sendable, Hashable {
  /// `af_priority`
  public var priority: UInt8 = Limits.defaultPriority
  /// `af_task_error_retries`: tries after the first, for users who say nothing else.
  public var errorRetries: Int8 = 3
  /// A render whose last sign is older is offline and its tasks go back (root pool's `zombie_time`).
  public var zombieTime: Span = .seconds(16)
  /// `af_task_reconnect_timeout`: after the server listens again, so long may a run's render stay away.
  public var reconnectTimeout: Span = .seconds(30)
  public init() {}
}
