#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Moments as text: UTC for programs, local time for people.
public enum TimeText {
  /// RFC 3339 in UTC with as many decimals as are needed, `2025-11-22T01:53:07Z`, `2025-11-22T01:53:07.25Z`.
  ///
  /// - Parameter microseconds: since 1970-01-01 00:00 UTC.
  public static func rfc3339(microseconds: Int64) -> String {
    let seconds = floorDivide(microseconds, 1_000_000)
    let remainder = microseconds % 1_000_000
    var fraction = remainder < 0 ? remainder + 1_000_000 : remainder
    let days = floorDivide(seconds, 86_400)
    let (year, month, day) = civil(days: days)
    let clock = seconds - days * 86_400
    var text = "\(four(year))-\(Format.two(month))-\(Format.two(day))T"
    text += "\(Format.two(clock / 3600)):\(Format.two(clock % 3600 / 60)):\(Format.two(clock % 60))"
    if fraction > 0 {
      var digits = 6
      while fraction % 10 == 0 {
        fraction /= 10
        digits -= 1
      }
      let shown = String(fraction)
      text += "." + String(repeating: "0", count: digits - shown.count) + shown
    }
    return text + "Z"
  }

  /// `2025-11-22 02:53:07` in the time zone of the machine (`TZ`).
  public static func local(microseconds: Int64) -> String {
    var time = time_t(floorDivide(microseconds, 1_000_000))
    var parts = tm()
    guard localtime_r(&time, &parts) != nil else { return rfc3339(microseconds: microseconds) }
    let date = "\(four(Int64(parts.tm_year) + 1900))-\(Format.two(Int64(parts.tm_mon) + 1))-\(Format.two(Int64(parts.tm_mday)))"
    return "\(date) \(Format.two(Int64(parts.tm_hour))):\(Format.two(Int64(parts.tm_min))):\(Format.two(Int64(parts.tm_sec)))"
  }

  /// Gregorian date of a day, counted from 1970-01-01 (Hinnant's days_from_civil, backwards).
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a % b < 0 ? a / b - 1 : a / b }

  private static func four(_ year: Int64) -> String {
    let text = String(year)
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
  }
}
