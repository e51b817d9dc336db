/// How long to wait before the next try to connect: full jitter over a span that doubles up to 10 s, so that the agents of a large farm
/// do not come back at once: when their server was away for a while, a tenth of them tries in a second.
public struct Backoff: Sendable {
  public static let firstMilliseconds: Int64 = 100
  /// Who was connected is one of many that lose their server at the same moment.
  public static let lostMilliseconds: Int64 = 1000
  public static let lastMilliseconds: Int64 = 10_000

  private var span = firstMilliseconds

  public init() {}

  /// The server was there: a next loss begins anew.
  public mutating func reset() { span = Self.lostMilliseconds }

  /// - Returns: milliseconds.
  public mutating func next(using generator: inout some RandomNumberGenerator) -> Int64 {
    defer { span = min(Self.lastMilliseconds, span * 2) }
    return Int64.random(in: 0...span, using: &generator)
  }
}
