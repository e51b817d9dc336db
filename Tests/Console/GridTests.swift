import Testing

@testable import Console

@Suite struct GridTests {
  private func put(_ text: String, columns: Int = 20, isASCII: Bool = false) -> String {
    var grid = Grid(Size(rows: 1, columns: columns), isASCII: isASCII)
    grid.put(text, row: 0, column: 0)
    return grid.text[0]
  }

  @Test("a wide character takes two cells and is never cut in half")
  func wide() {
    var grid = Grid(Size(rows: 1, columns: 8))
    #expect(grid.put("a漢字b", row: 0, column: 0) == 6)
    #expect(grid[0, 2].scalar == 0)
    #expect(put("abc漢", columns: 4) == "abc")
  }

  @Test("half of a wide character does not stay behind when it is written over")
  func halves() {
    var grid = Grid(Size(rows: 1, columns: 4))
    grid.put("漢字", row: 0, column: 0)
    grid.put("x", row: 0, column: 1)
    #expect(grid.text == [" x字"])
    grid.put("y", row: 0, column: 2)
    #expect(grid.text == [" xy"])
  }

  @Test(
    "what could do harm on a terminal becomes a mark",
    arguments: [
      ("\u{1B}[31mred", "␛[31mred"), ("bell\u{7}", "bell␇"), ("a\nb\r", "a␊b␍"), ("\u{7F}", "␡"), ("\u{9B}2J\u{9D}0;x", "·2J·0;x"),
      ("\u{202E}abc\u{2066}", "·abc·"), ("a\u{200B}b\u{FEFF}c\u{AD}d", "abcd"), ("a\tb", "a       b"), ("\r\n", "␍"),
      ("e\u{301}", "e\u{301}"), ("👩\u{200D}💻", "👩"), ("👍🏽", "👍"), ("\u{1B}]52;c;aGk=\u{7}", "␛]52;c;aGk=␇"),
    ])
  func marks(_ text: String, _ shown: String) { #expect(put(text, columns: 30) == shown) }

  @Test(
    "in ASCII too, and quotes and dashes find their like",
    arguments: [("\u{1B}[0m", "^[[0m"), ("漢é", "???"), ("“a” – b…", "\"a\" - b..."), ("\u{9B}", "?")])
  func ascii(_ text: String, _ shown: String) { #expect(put(text, isASCII: true) == shown) }

  @Test("every scalar there is leaves nothing in a cell that a terminal obeys")
  func everyScalar() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), value < 0x3400 || value > 0xD7FF || value % 97 == 0 else { continue }
      for glyph in Glyphs(String(Character(scalar))) {
        #expect(glyph.scalar >= 0x20 && !(0x7F..<0xA0).contains(glyph.scalar))
        #expect(glyph.width == 1 || glyph.width == 2)
      }
    }
  }

  @Test("only rows that differ are handed over")
  func changed() {
    var one = Grid(Size(rows: 3, columns: 4))
    var two = one
    two.put("x", row: 1, column: 2)
    #expect(two.changedRows(since: one) == [1])
    #expect(two.changedRows(since: nil) == [0, 1, 2])
    one.put("x", row: 1, column: 2)
    #expect(two.changedRows(since: one).isEmpty)
  }

  @Test(
    "numbers fit their columns",
    arguments: [
      (0, 4, "0"), (9999, 4, "9999"), (12_345, 4, "12k"), (1_234_567, 4, "1.2M"), (100_000, 4, "100k"), (100_000, 7, "100000"),
    ])
  func compact(_ number: Int, _ columns: Int, _ text: String) { #expect(Numbers.compact(number, columns: columns) == text) }
}
