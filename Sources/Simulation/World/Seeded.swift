import Model

/// Numbers that look like chance and come again with the same seed (SplitMix64).
public struct Seeded: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(_ seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Seeded {
  /// A stream of its own for each of several purposes: what one of them takes does not move the others.
  init(_ seed: UInt64, _ purpose: UInt64) {
    var mixed = Seeded(seed &+ purpose &* 0xD6E8_FEB8_6659_FD93)
    self.init(mixed.next())
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }
  mutating func chance(_ one: Int, in of: Int) -> Bool { number(1...of) <= one }
  mutating func span(_ milliseconds: ClosedRange<Int>) -> Span {
    Span(microseconds: Int64(number(milliseconds.lowerBound * 1000...milliseconds.upperBound * 1000)))
  }
  mutating func one<T>(of all: [T]) -> T { all[number(0...all.count - 1)] }
}
