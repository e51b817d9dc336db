import Model
import Text

/// Lengths of time and moments, for people.
enum Times {
  static func text(_ span: Span) -> String { Format.duration(seconds: span.seconds) }

  /// How long something took, or takes until now; `-` when it has not begun.
  static func run(from started: Instant, to ended: Instant, now: Instant) -> String {
    if started == .never { return "-" }
    return text((ended == .never ? now : ended) - started)
  }

  /// Local time of the day: `23:59:59`.
  static func clock(_ instant: Instant) -> String { String(TimeText.local(microseconds: instant.microseconds).suffix(8)) }

  /// Local time as far as there is room: in 19 columns all of it, in 11 the day of another day, else the time of the day.
  static func fitted(_ instant: Instant, columns: Int, now: Instant) -> String {
    let full = moment(instant)
    if columns >= 19 || instant == .never { return full }
    let isToday = full.prefix(10) == moment(now).prefix(10)
    return columns < 11 || isToday ? clock(instant) : String(full.dropFirst(5).prefix(11))
  }

  /// Local time; `-` for never.
  static func moment(_ instant: Instant) -> String {
    instant == .never ? "-" : TimeText.local(microseconds: instant.microseconds)
  }
}
