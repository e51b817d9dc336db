import Model
import Text

/// What cells of several tables have in common.
enum Cells {
  static func state(_ state: StateBits) -> Table.Cell {
    let colour: Colour? =
      if state.contains(.error) { .error } else if state.contains(.running) { .running } else if state.contains(.offline) { .off }
      else if state.contains(.done) { .done } else if state.contains(.waitDependency) { .waiting }
      else if state.contains(.warning) { .warning } else { nil }
    return .init(state.isEmpty ? "-" : state.text, colour)
  }

  static func state(_ state: RenderState) -> Table.Cell {
    let colour: Colour? =
      if !state.contains(.online) { .off } else if state.contains(.sick) { .error } else if state.contains(.busy) { .running }
      else if !state.isDisjoint(with: [.nimby, .NIMBY, .paused]) { .waiting } else { .done }
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
