import Glibc
import Testing
import Text

@Suite("Columns that text takes")
struct WidthTests {
  @Test(
    "a scalar has the width that glibc says",
    arguments: [
      ("a", 1), ("é", 1), ("─", 1), ("α", 1), ("日", 2), ("한", 2), ("🎬", 2), ("\u{301}", 0), ("\u{200D}", 0), ("Ａ", 2), ("█", 1),
      ("☰", 1), ("\u{7}", 0), ("\u{1160}", 0), ("\u{E000}", 1), ("\u{10FFFF}", 1),
    ] as [(Unicode.Scalar, Int)])
  func widthOfScalars(scalar: Unicode.Scalar, width: Int) {
    #expect(Width.of(scalar) == width)
  }

  @Test("the tables agree with this machine's wcwidth for everything that it can print")
  func tablesAgreeWithLibrary() throws {
    // The tables are those of glibc 2.36; a newer one knows more characters. The module map hides both functions.
    typealias Version = @convention(c) () -> UnsafePointer<CChar>
    typealias WidthOf = @convention(c) (wchar_t) -> Int32
    let version = unsafeBitCast(try #require(dlsym(nil, "gnu_get_libc_version")), to: Version.self)
    let wcwidth = unsafeBitCast(try #require(dlsym(nil, "wcwidth")), to: WidthOf.self)
    guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil), String(cString: version()) == "2.36" else { return }
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    var differing: [String] = []
    for value in [UInt32(0xA0)...0x323AF, 0xE0000...0xE1000, 0xEFFF0...0x100010, 0x10FFF0...0x10FFFF].joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let width = Int(wcwidth(wchar_t(value)))
      if width < 0 ? Width.isPrintable(scalar) : Width.of(scalar) != width { differing.append(String(value, radix: 16)) }
    }
    #expect(differing == [])
  }

  @Test(
    "cutting never splits a wide character, never exceeds the width, and keeps combining marks",
    arguments: [
      ("render", 10, "render"), ("render", 6, "render"), ("render", 5, "rend…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"),
      ("日本語", 4, "日…"), ("日本語", 2, "…"), ("日本語", 1, "…"), ("日本語", 0, ""), ("e\u{301}tude", 3, "e\u{301}t…"), ("", 3, ""),
    ])
  func cutting(text: String, columns: Int, expected: String) {
    let cut = Width.cut(text, to: columns)
    #expect(cut == expected)
    #expect(Width.of(cut) <= columns)
  }

  @Test("an ellipsis that does not fit is left out")
  func longEllipsis() {
    #expect(Width.cut("abcdef", to: 2, ellipsis: "...") == "ab")
    #expect(Width.cut("abcdef", to: 5, ellipsis: "...") == "ab...")
  }

  @Test("padding counts columns, not characters")
  func padding() {
    #expect(Width.pad("日本", to: 6) == "日本  ")
    #expect(Width.pad("日本", to: 6, alignment: .right) == "  日本")
    #expect(Width.pad("日本", to: 3) == "日本")
    #expect(Width.fit("日本語", to: 4) == "日… ")
  }
}
