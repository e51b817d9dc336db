/// How many columns text takes on a terminal: by the tables of glibc's `wcwidth`, which ncurses and most terminals believe.
///
/// Text that comes from outside goes through `Sanitize` first: widths are exact for what that leaves over.
public enum Width {
  /// 0, 1 or 2 columns. Controls have 0; what glibc does not know has 1, the width of the mark that `Sanitize` puts in its place.
  public static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value >= 0x20 && !(0x7F..<0xA0).contains(value) ? 1 : 0 }
    if value < 0x1100 { return contains(WidthTable.zero, value) ? 0 : 1 }
    if contains(WidthTable.wide, value) { return 2 }
    return contains(WidthTable.zero, value) ? 0 : 1
  }

  /// The sum over its scalars: a cell of a terminal holds one scalar and its combining marks, whatever Unicode's clusters say.
  public static func of(_ text: some StringProtocol) -> Int {
    var columns = 0
    for scalar in text.unicodeScalars { columns += of(scalar) }
    return columns
  }

  /// Whether glibc knows the scalar as something that can be printed, if only as a combining mark.
  public static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0xA0 { return value >= 0x20 && value < 0x7F }
    if value < 0x378 { return true }
    return !contains(WidthTable.unprintable, value)
  }

  /// The text, or as much of its beginning as fits with the ellipsis behind it. Never wider than `columns`, never half a wide
  /// character; combining marks stay with what they belong to.
  public static func cut(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
    if columns <= 0 { return "" }
    if text.utf8.count <= columns || of(text) <= columns { return text }
    let tail = of(ellipsis) <= columns ? ellipsis : ""
    let room = columns - of(tail)
    var used = 0
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      used += of(scalar)
      if used > room { break }
      kept.append(scalar)
    }
    return String(kept) + tail
  }

  /// The text with spaces up to `columns`; unchanged when it is that wide already.
  public static func pad(_ text: String, to columns: Int, alignment: Alignment = .left) -> String {
    let missing = columns - of(text)
    if missing <= 0 { return text }
    switch alignment {
    case .left: return text + String(repeating: " ", count: missing)
    case .right: return String(repeating: " ", count: missing) + text
    }
  }

  /// Cut or padded to exactly `columns`.
  public static func fit(_ text: String, to columns: Int, alignment: Alignment = .left, ellipsis: String = "…") -> String {
    pad(cut(text, to: columns, ellipsis: ellipsis), to: columns, alignment: alignment)
  }

  public enum Alignment: Sendable, Hashable { case left, right }

  /// Binary search in pairs of first and last.
  private static func contains(_ ranges: [UInt32], _ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count / 2 - 1
    while low <= high {
      let middle = (low + high) / 2
      if value < ranges[middle * 2] {
        high = middle - 1
      } else if value > ranges[middle * 2 + 1] {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
