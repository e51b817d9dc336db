/// Makes text from outside fit for a terminal: names, annotations and output are written by anybody, and can carry escape
/// sequences that move the cursor, answer questions into the shell, or reverse what is read.
public enum Sanitize {
  /// One line of plain text. Controls become visible (`␛`, `␊`; `·` for C1 and what reorders text), tabs a space, what glibc does
  /// not know `▯`; what has no width and no ink is left out, and no more than two combining marks stay on one character.
  public static func line(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
    var out = String.UnicodeScalarView()
    var marks = combiningMarks
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        out.append(" ")
        marks = 0
      } else {
        append(scalar, to: &out, marks: &marks)
      }
    }
    return String(out)
  }

  /// Text of many lines: as `line`, with newlines and tabs kept. See `OutputFilter`.
  public static func output(_ text: some StringProtocol) -> String {
    var filter = OutputFilter()
    return filter.feed(text.utf8) + filter.finish()
  }

  /// Marks that may follow one character: two suffice for every living script's decomposed letters, and a tower does not fit.
  static let combiningMarks = 2

  /// - Parameter marks: combining marks since the last character with width; begins full, so that a mark alone is left out.
  static func append(_ scalar: Unicode.Scalar, to out: inout String.UnicodeScalarView, marks: inout Int) {
    guard let shown = shown(scalar) else { return }
    if Width.of(shown) == 0 {
      marks += 1
      if marks > combiningMarks { return }
    } else {
      marks = 0
    }
    out.append(shown)
  }

  /// What stands for the scalar; nil when it is left out.
  static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x20..<0x7F: return scalar
    // Control pictures.
    case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value)
    case 0x7F: return "␡"
    case 0x80..<0xA0: return "·"
    // Line and paragraph separator; marks, embeddings, overrides and isolates of writing direction.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: return "·"
    // Soft hyphen, joiners, fillers, invisible operators, byte order mark, variation selectors, annotations, tags.
    case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200D, 0x2060...0x2065, 0x206A...0x206F,
      0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
      return nil
    default: return Width.isPrintable(scalar) ? scalar : "▯"
    }
  }
}
