#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Moments as people write them.
public enum MomentText {
  /// RFC 3339 (`2026-11-22T03:00:00Z`, `2026-11-22T03:00:00.5+01:00`), local time (`2026-11-22 03:00`, `2026-11-22 03:00:30`), or how
  /// long ago (`-90s`, `-30m`, `-2h`, `-1d`).
  ///
  /// - Parameter now: microseconds since 1970-01-01 00:00 UTC.
  /// - Returns: the same unit; nil: it is none of these.
  public static func parse(_ text: String, now: Int64) -> Int64? {
    if text.hasPrefix("-") { return ago(text.dropFirst()).map { now - $0 } }
    var rest = text[...]
    guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2), take(&rest, "-"),
      let day = number(&rest, 2), take(&rest, "T") || take(&rest, " "), let hour = number(&rest, 2), take(&rest, ":"),
      let minute = number(&rest, 2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60
    else { return nil }
    var second = 0
    var fraction: Int64 = 0
    if take(&rest, ":") {
      guard let seconds = number(&rest, 2), seconds <= 60 else { return nil }
      second = seconds
      if take(&rest, ".") {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        rest = rest.dropFirst(digits.count)
        fraction = Int64((digits + "000000").prefix(6)) ?? 0
      }
    }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    parts.tm_isdst = -1
    let seconds: Int64
    if rest.isEmpty {
      seconds = Int64(mktime(&parts))
    } else {
      guard let zone = zone(&rest), rest.isEmpty else { return nil }
      seconds = Int64(timegm(&parts)) - zone
    }
    return seconds * 1_000_000 + fraction
  }

  /// In seconds east of UTC.
  private static func zone(_ rest: inout Substring) -> Int64? {
    if take(&rest, "Z") || take(&rest, "z") { return 0 }
    let isEast = take(&rest, "+")
    guard isEast || take(&rest, "-"), let hours = number(&rest, 2), take(&rest, ":"), let minutes = number(&rest, 2) else {
      return nil
    }
    return Int64(hours * 3600 + minutes * 60) * (isEast ? 1 : -1)
  }

  private static func ago(_ text: Substring) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), (0...100_000).contains(count) else {
      return nil
    }
    return count * unit * 1_000_000
  }

  private static func take(_ rest: inout Substring, _ mark: Character) -> Bool {
    guard rest.first == mark else { return false }
    rest.removeFirst()
    return true
  }

  private static func number(_ rest: inout Substring, _ digits: Int) -> Int? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    rest = rest.dropFirst(digits)
    return Int(text)
  }
}
