/// Numbers as people read them.
public enum Format {
  /// A length of time in two units at most: `0s`, `42s`, `5m07s`, `1h02m`, `3d04h`. Negative lengths as 0.
  public static func duration(seconds: Int64) -> String {
    let seconds = max(0, seconds)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m\(two(seconds % 60))s"
    case ..<86_400: return "\(seconds / 3600)h\(two(seconds % 3600 / 60))m"
    default: return "\(seconds / 86_400)d\(two(seconds % 86_400 / 3600))h"
    }
  }

  /// Binary units: `512 B`, `3.4 GiB`, `118 MiB`: one decimal below ten, rounded down. Negative sizes as 0.
  public static func size(bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 0
    var tenths = max(0, bytes).multipliedReportingOverflow(by: 10)
    if tenths.overflow {
      tenths = (max(0, bytes) / 1024 * 10, false)
      unit = 1
    }
    var value = tenths.partialValue
    while value >= 10_240, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    if unit == 0 { return "\(value / 10) B" }
    return value < 100 ? "\(value / 10).\(value % 10) \(units[unit])" : "\(value / 10) \(units[unit])"
  }

  public static func size(mebibytes: Int64) -> String { size(bytes: clampedProduct(mebibytes, 1 << 20)) }
  public static func size(gibibytes: Int64) -> String { size(bytes: clampedProduct(gibibytes, 1 << 30)) }

  /// Hundredths as `1.25`.
  public static func hundredths(_ value: Int32) -> String {
    let magnitude = Int64(value).magnitude
    return "\(value < 0 ? "-" : "")\(magnitude / 100).\(two(Int64(magnitude % 100)))"
  }

  /// `1 task`, `12 tasks`.
  public static func count(_ number: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func clampedProduct(_ a: Int64, _ b: Int64) -> Int64 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? (a < 0 ? 0 : .max) : product
  }
}
