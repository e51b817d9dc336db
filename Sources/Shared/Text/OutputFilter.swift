/// Output of programs on its way to a terminal, portion by portion: bytes in, harmless text out, wherever the portions were cut.
///
/// Newlines and tabs stay; a carriage return begins a new line (programs redraw their progress with it); sequences that only set
/// colours or erase are left out; every other control becomes visible (`Sanitize.line`), every byte that is not UTF-8 `�`.
public struct OutputFilter: Sendable {
  /// Bytes of a character whose rest has not come yet: 3 at most.
  private var partial: [UInt8] = []
  /// An escape sequence whose end has not come yet: `sequenceLimit` at most.
  private var sequence: [Unicode.Scalar] = []
  private var marks = Sanitize.combiningMarks
  private var followsReturn = false

  private static let sequenceLimit = 32

  public init() {}

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> String {
    var all = partial
    all.append(contentsOf: bytes)
    let whole = Self.wholeCharacters(all)
    partial = Array(all[whole...])
    var out = String.UnicodeScalarView()
    for scalar in String(decoding: all[..<whole], as: UTF8.self).unicodeScalars { take(scalar, &out) }
    return String(out)
  }

  /// What was held back.
  public mutating func finish() -> String {
    var out = String.UnicodeScalarView()
    let rest = partial
    partial = []
    for scalar in String(decoding: rest, as: UTF8.self).unicodeScalars { take(scalar, &out) }
    flushSequence(&out)
    return String(out)
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ out: inout String.UnicodeScalarView) {
    if !sequence.isEmpty {
      sequence.append(scalar)
      switch (sequence.count, scalar.value) {
      case (2, 0x5B): return
      case (3..., 0x20...0x3F) where sequence.count < Self.sequenceLimit: return
      case (3..., 0x6D), (3..., 0x4B):
        // CSI … m, CSI … K.
        sequence = []
        return
      default:
        // Not one of the harmless: all of it is shown, and what it ends with may begin another.
        sequence.removeLast()
        flushSequence(&out)
      }
    }
    let wasReturn = followsReturn
    followsReturn = scalar == "\r"
    switch scalar {
    case "\u{1B}": sequence = [scalar]
    case "\n":
      if !wasReturn { out.append("\n") }
      marks = Sanitize.combiningMarks
    case "\r":
      out.append("\n")
      marks = Sanitize.combiningMarks
    case "\t":
      out.append("\t")
      marks = 0
    default: Sanitize.append(scalar, to: &out, marks: &marks)
    }
  }

  private mutating func flushSequence(_ out: inout String.UnicodeScalarView) {
    for scalar in sequence { Sanitize.append(scalar, to: &out, marks: &marks) }
    sequence = []
  }

  /// How many of the bytes make whole characters (or can never become one).
  private static func wholeCharacters(_ bytes: [UInt8]) -> Int {
    var at = bytes.count
    var behind = 0
    while at > 0, behind < 3 {
      at -= 1
      behind += 1
      let byte = bytes[at]
      if byte & 0xC0 == 0x80 { continue }
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return needed > behind ? at : bytes.count
    }
    return bytes.count
  }
}
