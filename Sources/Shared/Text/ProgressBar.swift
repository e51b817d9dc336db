/// A horizontal bar that is filled from the left.
public enum ProgressBar {
  /// Exactly `columns` wide: eighths of blocks, or `#` and `.` where a terminal has no Unicode.
  ///
  /// Full only when all is done, and not empty as soon as anything is.
  public static func text(done: Int64, of total: Int64, columns: Int, ascii: Bool = false) -> String {
    guard columns > 0 else { return "" }
    let steps = ascii ? columns : columns * 8
    var filled = 0
    if total > 0 {
      let done = min(max(0, done), total)
      filled = Int(Double(done) / Double(total) * Double(steps))
      if done == total { filled = steps } else { filled = min(filled, steps - 1) }
      if done > 0 { filled = max(filled, 1) }
    }
    if ascii { return String(repeating: "#", count: filled) + String(repeating: ".", count: columns - filled) }
    let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let whole = filled / 8
    let part = eighths[filled % 8]
    return String(repeating: "█", count: whole) + part
      + String(repeating: " ", count: columns - whole - (part.isEmpty ? 0 : 1))
  }
}
