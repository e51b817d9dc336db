public import Model

/// The whole farm as one value. See `apply`.
public struct Farm: Sendable {
  public init(settings: FarmSettings = FarmSettings(), snapshot: StoreSnapshot = StoreSnapshot(), at now: Instant) {}
  public mutating func apply(_ command: Command, at now: Instant) -> [Effect] { [] }
  public var nextTimer: Instant? { nil }
}
