import Testing
import Text

@Suite("Text from outside on a terminal")
struct SanitizeTests {
  @Test(
    "what could act on the terminal becomes visible or is left out",
    arguments: [
      ("plain name_01.v2", "plain name_01.v2"), ("日本 🎬 é", "日本 🎬 é"), ("a\u{1B}[31mred", "a␛[31mred"), ("a\tb", "a b"),
      ("a\nb\rc", "a␊b␍c"), ("a\u{0}b\u{7}\u{7F}", "a␀b␇␡"), ("a\u{9B}31m", "a·31m"), ("abc\u{202E}fed", "abc·fed"),
      ("a\u{200B}b\u{FEFF}c\u{AD}d", "abcd"), ("👨\u{200D}👩", "👨👩"), ("x\u{2028}y", "x·y"), ("❤\u{FE0F}", "❤"),
      ("a\u{378}b", "a▯b"), ("\u{301}abc", "abc"), ("z\u{301}\u{302}\u{303}\u{304}", "z\u{301}\u{302}"), ("tag\u{E0041}", "tag"),
    ])
  func lines(text: String, expected: String) {
    #expect(Array(Sanitize.line(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("nothing that a line leaves over controls a terminal, whatever scalar comes in")
  func everyScalar() {
    // Planes 3 to 13 hold ideographs or nothing; 15 and 16 are for private use.
    for value in [UInt32(0)...0x2FFFF, 0xE0000...0xE1000, 0xFFFF0...0x100010, 0x10FFF0...0x10FFFF].joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for left in Sanitize.line("a" + String(scalar)).unicodeScalars {
        if !Width.isPrintable(left) || (0x202A...0x202E).contains(left.value) || (0x2066...0x2069).contains(left.value) {
          Issue.record("U+\(String(value, radix: 16)) leaves U+\(String(left.value, radix: 16))")
        }
      }
    }
  }

  @Test("output keeps its lines and tabs; colours go, other sequences become visible")
  func output() {
    #expect(Sanitize.output("one\ttwo\nthree\r\nfour") == "one\ttwo\nthree\nfour")
    #expect(Sanitize.output("\u{1B}[1;31mError\u{1B}[0m: no\u{1B}[K file") == "Error: no file")
    #expect(Sanitize.output("\u{1B}]0;title\u{7}x") == "␛]0;title␇x")
    #expect(Sanitize.output("\u{1B}[2J\u{1B}[H") == "␛[2J␛[H")
    #expect(Sanitize.output("10%\r20%\r") == "10%\n20%\n")
    #expect(Sanitize.output("end\u{1B}") == "end␛")
  }

  @Test("cut at any byte, output is the same")
  func portions() {
    let bytes = Array("日本\u{1B}[1;31mred\u{1B}[0m\r\nz\u{301}\u{1B}[5n \u{1B}\u{1B}[m🎬é\u{1B}[".utf8) + [0xFF, 0xE6, 0x97]
    var whole = OutputFilter()
    let expected = whole.feed(bytes) + whole.finish()
    for cut in 0...bytes.count {
      var filter = OutputFilter()
      #expect(filter.feed(bytes[..<cut]) + filter.feed(bytes[cut...]) + filter.finish() == expected)
    }
    var filter = OutputFilter()
    #expect(bytes.map { filter.feed([$0]) }.joined() + filter.finish() == expected)
  }
}
