/// Numbers that have few columns.
enum Numbers {
  /// All digits if they fit, otherwise thousands or millions, rounded down: `9999`, `12k`, `1.2M`.
  static func compact(_ number: Int, columns: Int) -> String {
    let full = String(number)
    if full.utf8.count <= columns { return full }
    var value = number.magnitude
    var tenth: UInt = 0
    var unit = ""
    for next in ["k", "M", "G", "T"] where value >= 1000 {
      tenth = value % 1000 / 100
      value /= 1000
      unit = next
    }
    let sign = number < 0 ? "-" : ""
    let precise = "\(sign)\(value).\(tenth)\(unit)"
    return value < 10 && tenth > 0 && precise.utf8.count <= columns ? precise : "\(sign)\(value)\(unit)"
  }

  /// Nothing where there is none: zeros would hide the numbers that tell something.
  static func quiet(_ number: Int32, columns: Int) -> String { number == 0 ? "-" : compact(Int(number), columns: columns) }
}
