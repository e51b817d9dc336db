/// A web address on the screen, for terminals that open one (OSC 8): where it stands, and the whole of it, also where only a part
/// is seen.
public struct Hyperlink: Hashable, Sendable {
  public var row: Int
  public var columns: Range<Int>
  public var target: String
  /// What stands in these columns as long as nothing else was drawn over it.
  var shown: [UInt32]
}

/// Web addresses in a text.
enum WebAddress {
  /// Longest that is taken for one: terminals leave out longer ones.
  static let longest = 2000

  /// Where addresses stand, and what they are. Only ASCII that an address may have is in one: nothing that a terminal would take
  /// for an order.
  static func all(in glyphs: [Glyph]) -> [(range: Range<Int>, target: String)] {
    var found: [(range: Range<Int>, target: String)] = []
    var at = 0
    while let colon = glyphs[at...].firstIndex(where: { $0.scalar == 0x3A }) {
      at = colon + 1
      guard let begin = scheme(before: colon, in: glyphs), begin >= found.last?.range.upperBound ?? 0,
        glyphs[at...].prefix(2).elementsEqual(slashes)
      else { continue }
      var end = colon + 3
      while end < glyphs.count, end - begin < longest, glyphs[end].combining == 0, isAllowed(glyphs[end].scalar) { end += 1 }
      at = end
      // One that goes on in letters that no address has is not known whole.
      if end < glyphs.count, glyphs[end].combining != 0 || isForeignLetter(glyphs[end].scalar) { continue }
      guard end - begin < longest else { continue }
      // What ends the sentence around it is not of it, nor is the other half of a bracket before it.
      let brackets = Set(glyphs[begin..<end].map(\.scalar))
      while end > colon + 3, isTrailing(glyphs[end - 1].scalar, brackets) { end -= 1 }
      guard end > colon + 3 else { continue }
      found.append((begin..<end, String(String.UnicodeScalarView(glyphs[begin..<end].compactMap { Unicode.Scalar($0.scalar) }))))
    }
    return found
  }

  private static let slashes = [Glyph(scalar: 0x2F), Glyph(scalar: 0x2F)]
  private static let schemes: [[UInt32]] = ["https", "http"].map { $0.unicodeScalars.map(\.value) }

  private static func scheme(before colon: Int, in glyphs: [Glyph]) -> Int? {
    for name in schemes {
      let begin = colon - name.count
      guard begin >= 0, glyphs[begin..<colon].map(\.scalar) == name else { continue }
      if begin > 0, isWord(glyphs[begin - 1].scalar) { return nil }
      return begin
    }
    return nil
  }

  private static func isWord(_ scalar: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(scalar), scalar.isASCII else { return false }
    return Character(scalar).isLetter || Character(scalar).isNumber
  }

  /// Of RFC 3986, sections 2.2 and 2.3, and the per cent sign.
  private static func isAllowed(_ scalar: UInt32) -> Bool {
    isWord(scalar) || Unicode.Scalar(scalar).map { "-._~:/?#[]@!$&'()*+,;=%".unicodeScalars.contains($0) } ?? false
  }

  private static func isForeignLetter(_ scalar: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(scalar), !scalar.isASCII else { return false }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isTrailing(_ scalar: UInt32, _ address: Set<UInt32>) -> Bool {
    guard let scalar = Unicode.Scalar(scalar) else { return false }
    switch scalar {
    case ".", ",", ";", ":", "!", "?", "'": return true
    case ")": return !address.contains(0x28)
    case "]": return !address.contains(0x5B)
    default: return false
    }
  }
}

extension Grid {
  /// What may be opened and is still to be seen: what was drawn over is not.
  public var hyperlinks: [Hyperlink] {
    links.filter { link in link.columns.map { self[link.row, $0].scalar } == link.shown }
  }

  /// Says of columns of a row, drawn before, that they stand for an address.
  mutating func link(row: Int, columns: Range<Int>, to target: String) {
    guard row >= 0, row < size.rows, columns.lowerBound >= 0, columns.upperBound <= size.columns, !columns.isEmpty else { return }
    links.append(Hyperlink(row: row, columns: columns, target: target, shown: columns.map { self[row, $0].scalar }))
  }
}
