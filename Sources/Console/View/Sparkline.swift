/// A row of small bars, the newest at the right.
enum Sparkline {
  /// Heights from 0 to 7 for the last values that fit; nil where there is none.
  ///
  /// - Parameters:
  ///   - values: the oldest first; nil: not known then.
  ///   - top: what the highest bar stands for, more than 0.
  static func heights(_ values: [Double?], top: Double, columns: Int) -> [Int?] {
    let shown = values.suffix(max(0, columns)).map { value in
      value.map { max(0, min(7, Int(($0 / top * 8).rounded(.down)))) }
    }
    return [Int?](repeating: nil, count: max(0, columns - shown.count)) + shown
  }

  /// A round number that is not less than any value: 1, 2 or 5 times a power of ten.
  static func top(of values: [Double], least: Double) -> Double {
    let most = max(least, values.max() ?? 0)
    var power = 1.0
    while power * 10 <= most { power *= 10 }
    return [1, 2, 5, 10].lazy.map { $0 * power }.first { $0 >= most } ?? most
  }
}

extension Symbols {
  /// A bar of a sparkline, from 0 to 7; the lowest is seen too.
  func spark(_ height: Int) -> Glyph {
    let ascii: [Unicode.Scalar] = ["_", ".", ",", "-", "=", "+", "*", "#"]
    let height = max(0, min(7, height))
    return Glyph(scalar: isASCII ? ascii[height].value : 0x2581 + UInt32(height))
  }
}

extension Painter {
  mutating func sparkline(_ values: [Double?], top: Double, row: Int, column: Int, columns: Int, style: Style) {
    for (offset, height) in Sparkline.heights(values, top: top, columns: columns).enumerated() {
      if let height { grid.set(symbols.spark(height), row: row, column: column + offset, style: style) }
    }
  }
}
