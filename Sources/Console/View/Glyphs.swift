import Text

/// What one or two cells show.
struct Glyph: Hashable, Sendable {
  var scalar: UInt32
  /// 0, or one mark of no width.
  var combining: UInt32 = 0
  /// Columns: 1 or 2.
  var width: Int = 1
}

/// The glyphs of a text from anywhere: what may do harm on a terminal becomes a visible mark.
///
/// One glyph a grapheme cluster: its first scalar, and at most one mark on it. Joiners, variation selectors, skin tones and the
/// second half of a flag are left out, because terminals disagree about the columns that they take. Control characters become
/// their control pictures (`␛`; `^[` in ASCII), C1 controls and what reorders text `·` (`?`), what glibc does not know `▯`.
/// Tabs advance to the next multiple of 8.
struct Glyphs<Source: StringProtocol>: Sequence {
  let text: Source
  let isASCII: Bool

  init(_ text: Source, isASCII: Bool = false) {
    self.text = text
    self.isASCII = isASCII
  }

  func makeIterator() -> Iterator { Iterator(text.makeIterator(), isASCII) }

  struct Iterator: IteratorProtocol {
    private var characters: Source.Iterator
    private let isASCII: Bool
    private var column = 0
    /// Glyphs that a character has still to give.
    private var repeated: (glyph: Glyph, count: Int) = (Glyph(scalar: 0x20), 0)

    init(_ characters: Source.Iterator, _ isASCII: Bool) {
      self.characters = characters
      self.isASCII = isASCII
    }

    mutating func next() -> Glyph? {
      if repeated.count > 0 {
        repeated.count -= 1
        column += repeated.glyph.width
        return repeated.glyph
      }
      while let character = characters.next() {
        guard let glyph = glyph(of: character) else { continue }
        column += glyph.width
        return glyph
      }
      return nil
    }

    private mutating func glyph(of character: Character) -> Glyph? {
      if let byte = character.asciiValue, byte >= 0x20, byte < 0x7F { return Glyph(scalar: UInt32(byte)) }
      var scalars = character.unicodeScalars.makeIterator()
      guard let first = scalars.next() else { return nil }
      let value = first.value
      if value == 0x09 {
        repeated = (Glyph(scalar: 0x20), 7 - column % 8)
        return Glyph(scalar: 0x20)
      }
      if value < 0x20 || value == 0x7F {
        if isASCII {
          repeated = (Glyph(scalar: value ^ 0x40), 1)
          return Glyph(scalar: 0x5E)
        }
        return Glyph(scalar: value == 0x7F ? 0x2421 : 0x2400 + value)
      }
      if value >= 0x80, value < 0xA0 || Self.reorders(value) { return Glyph(scalar: isASCII ? 0x3F : 0xB7) }
      let width = Width.of(first)
      if width == 0 || Self.isInvisible(first) { return nil }
      if isASCII {
        let near = Self.nearest(value)
        repeated = (Glyph(scalar: near.scalar), near.count * width - 1)
        return Glyph(scalar: near.scalar)
      }
      var combining: UInt32 = 0
      while let next = scalars.next() {
        if Width.of(next) == 0, !Self.isInvisible(next), !Self.reorders(next.value) {
          combining = next.value
          break
        }
      }
      return Glyph(scalar: Width.isPrintable(first) ? value : 0x25AF, combining: combining, width: width)
    }

    /// What stands for a character where there is only ASCII: as many of it as make about its width.
    private static func nearest(_ value: UInt32) -> (scalar: UInt32, count: Int) {
      switch value {
      case 0x201C...0x201F: (0x22, 1)  // quotes
      case 0x2018...0x201B: (0x27, 1)
      case 0x2010...0x2015, 0x2500, 0xB7: (0x2D, 1)  // dashes, lines, dots
      case 0x2026: (0x2E, 3)  // ellipsis
      case 0x203A, 0x25B8: (0x3E, 1)
      case 0xD7: (0x78, 1)
      case 0x2502: (0x7C, 1)
      default: (0x3F, 1)
      }
    }

    /// Line and paragraph separator; marks, embeddings, overrides and isolates of writing direction.
    private static func reorders(_ value: UInt32) -> Bool {
      switch value {
      case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
      default: false
      }
    }

    /// Joiners, fillers, selectors, tags: no ink.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value < 0x20 || scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
    }
  }

  /// Columns that the text takes.
  var width: Int { reduce(0) { $0 + $1.width } }
}
