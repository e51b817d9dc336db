/// What a user's node says (reference/afanasy.md section 1.13).
public struct UserParameters: Hashable, Sendable {
  public var priority = Limits.defaultPriority
  public var work = WorkParameters()
  public var isPaused = false
  /// Tries after the first.
  public var errorsRetries: UInt8 = 3
  /// Errors of a block on a render after which it avoids it; 0: never.
  public var errorsAvoidHost: UInt8 = 3
  /// The same of one task.
  public var errorsTaskSameHost: UInt8 = 3
  /// Seconds after which a render's errors are forgiven; 0: never.
  public var errorsForgiveTime: Int32 = 18_000
  /// Seconds from a job's creation to its deletion; 0: no end.
  public var jobsLifeTime: Int32 = 0
  /// Kept keys that nothing acts on: annotation, custom_data, hidden.
  public var other = JSONObject()

  public init() {}
}
