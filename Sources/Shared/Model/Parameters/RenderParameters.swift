/// What people set on a render (reference/afanasy.md section 1.11).
public struct RenderParameters: Hashable, Sendable {
  public var priority = Limits.defaultPriority
  /// Path of its pool.
  public var pool = "/"
  /// Overrides what its pool says.
  public var farm = FarmParameters()
  /// Kept keys that nothing acts on: annotation, custom_data, hidden.
  public var other = JSONObject()

  public init() {}
}
