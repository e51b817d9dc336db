/// How long to wait before the next try to connect: full jitter over a span that doubles from 0.1 s to 10 s, so that a thousand
/// agents whose server restarts do not come back at once.
struct Backoff {
  static let firstMilliseconds: Int64 = 100
  static let lastMilliseconds: Int64 = 10_000

  private var span = firstMilliseconds

  mutating func reset() { span = Self.firstMilliseconds }

  mutating func next(using generator: inout some RandomNumberGenerator) -> Int64 {
    defer { span = min(Self.lastMilliseconds, span * 2) }
    return Int64.random(in: 0...span, using: &generator)
  }
}
