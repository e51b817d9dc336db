import Model
import Text

/// What cells of several tables have in common.
enum Cells {
  static func state(_ state: StateBits) -> Table.Cell {
    // What matters most first.
    let colours: [(StateBits, Colour)] = [
      (.error, .error), (.running, .running), (.offline, .off), (.done, .done), (.waitDependency, .waiting), (.warning, .warning),
    ]
    return .init(state.isEmpty ? "-" : state.text, colours.first { state.contains($0.0) }?.1)
  }

  static func state(_ state: RenderState) -> Table.Cell {
    let colours: [(RenderState, Colour)] = [
      (.sick, .error), (.busy, .running), (.nimby, .waiting), (.NIMBY, .waiting), (.paused, .waiting),
      (.wolFalling, .waiting),
    ]
    if state.contains(.wolWaking) { return .init(state.text, .waiting) }
    let colour = state.contains(.online) ? colours.first { state.contains($0.0) }?.1 ?? .done : .off
    return .init(state.text, colour)
  }

  /// Zero without a colour.
  static func count(_ number: Int32, _ colour: Colour) -> Table.Cell { .init("\(number)", number > 0 ? colour : nil) }

  /// How long something took, or takes until now; `-` when it has not begun.
  static func span(_ from: Instant, _ to: Instant, now: Instant) -> String {
    guard from != .never else { return "-" }
    return Format.duration(seconds: ((to == .never ? now : to) - from).seconds)
  }

  /// Local time, for people; `-` for never.
  static func local(_ instant: Instant) -> String {
    instant == .never ? "-" : TimeText.local(microseconds: instant.microseconds)
  }

  /// RFC 3339 in UTC, for programs; null for never.
  static func time(_ instant: Instant) -> JSONValue {
    instant == .never ? .null : .string(TimeText.rfc3339(microseconds: instant.microseconds))
  }
}
