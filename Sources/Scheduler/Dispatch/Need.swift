import Model

/// `1.1^priority / (resources + 1)` (reference/afanasy.md section 3.3): who has the most need comes first.
enum Need {
  /// 1.1 to the power of each priority.
  private static let powers: [Double] = {
    var powers: [Double] = []
    var power = 1.0
    for _ in 0...255 {
      powers.append(power)
      power *= 1.1
    }
    return powers
  }()

  static func value(priority: UInt8, resources: Double) -> Double { powers[Int(priority)] / (resources + 1) }

  /// Orders as need does, the greatest first.
  static func rank(_ need: Double) -> UInt64 { ~need.bitPattern }
}

/// Past use that fades: half of it is forgotten after each half-life. Counted in tasks times seconds.
struct FadingUse: Sendable, Hashable {
  private(set) var used: Double = 0
  private(set) var at = Instant.never

  init(used: Double = 0, at: Instant = .never) {
    self.used = used
    self.at = at
  }

  /// - Parameter running: tasks that ran since the last settling.
  mutating func settle(_ now: Instant, running: Int32, halflife: Span) {
    if at != .never, now > at {
      let left = Self.halved(Double((now - at).microseconds) / Double(halflife.microseconds))
      used = used * left + Double(running) * Self.mean(halflife) * (1 - left)
    }
    at = now
  }

  /// The tasks that, running all the time, would have left as much.
  func tasks(halflife: Span) -> Double { used / Self.mean(halflife) }

  /// Seconds by which a second's use counts in all, ∫ 2^(-t/h) dt.
  private static func mean(_ halflife: Span) -> Double { Double(halflife.microseconds) / 1_000_000 / 0.693_147_180_559_945_3 }

  /// 2 to the power of minus x.
  static func halved(_ x: Double) -> Double {
    guard x < 1000 else { return 0 }
    let whole = x.rounded(.down)
    let y = (x - whole) * 0.693_147_180_559_945_3
    // e^-y for y below ln 2, to the last digit that matters.
    var term = 1.0
    var sum = 1.0
    for n in 1...18 {
      term *= -y / Double(n)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: -Int(whole), significand: 1)
  }
}
