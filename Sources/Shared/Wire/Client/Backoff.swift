/// How long to wait before the next try to connect: full jitter over a span that doubles from 0.1 s to 10 s, so that a thousand
/// agents whose server restarts do not come back at once: however many they are, a tenth of them comes in a second.
public struct Backoff: Sendable {
  public static let firstMilliseconds: Int64 = 100
  public static let lastMilliseconds: Int64 = 10_000

  private var span = firstMilliseconds

  public init() {}

  public mutating func reset() { span = Self.firstMilliseconds }

  /// - Returns: milliseconds.
  public mutating func next(using generator: inout some RandomNumberGenerator) -> Int64 {
    defer { span = min(Self.lastMilliseconds, span * 2) }
    return Int64.random(in: 0...span, using: &generator)
  }
}
