import Testing

@testable import Console

@Suite struct InputParserTests {
  private func parse(_ text: String) -> [Input] {
    var parser = InputParser()
    return parser.feed(Array(text.utf8)) + parser.expire()
  }

  @Test(
    "bytes of a terminal are the keys that were pressed",
    arguments: [
      ("j", [Input.key(.character("j"))]), ("\u{1B}", [.key(.escape)]), ("\u{1B}\u{1B}", [.key(.escape), .key(.escape)]),
      ("\u{1B}[A", [.key(.up)]), ("\u{1B}OA", [.key(.up)]), ("\u{1B}[B\u{1B}[D", [.key(.down), .key(.left)]),
      ("\u{1B}[1;2A", [.key(.up, .shift)]), ("\u{1B}[1;5C", [.key(.right, .control)]), ("\u{1B}[1;3D", [.key(.left, .alt)]),
      ("\u{1B}[H", [.key(.home)]), ("\u{1B}OH", [.key(.home)]), ("\u{1B}[1~", [.key(.home)]), ("\u{1B}[7~", [.key(.home)]),
      ("\u{1B}[F", [.key(.end)]), ("\u{1B}[4~", [.key(.end)]), ("\u{1B}[5~\u{1B}[6~", [.key(.pageUp), .key(.pageDown)]),
      ("\u{1B}[3~", [.key(.delete)]), ("\u{1B}[2~", [.key(.insert)]),
      ("\u{1B}OP\u{1B}[15~", [.key(.function(1)), .key(.function(5))]),
      ("\u{1B}x", [.key(.character("x"), .alt)]), ("\u{1B}[Z", [.key(.tab, .shift)]), ("\t", [.key(.tab)]),
      ("\u{3}", [.control("c")]), ("\u{1A}", [.control("z")]), ("\r", [.key(.enter)]), ("\u{7F}", [.key(.backspace)]),
      ("é漢🎬", [.key(.character("é")), .key(.character("漢")), .key(.character("🎬"))]),
      ("\u{1B}[<0;300;6M", [.mouse(.press(1), row: 5, column: 299, [])]),
      ("\u{1B}[<0;300;6m", [.mouse(.release(1), row: 5, column: 299, [])]),
      ("\u{1B}[<64;11;6M\u{1B}[<65;11;6M", [.mouse(.wheelUp, row: 5, column: 10, []), .mouse(.wheelDown, row: 5, column: 10, [])]),
      ("\u{1B}[<18;2;3M", [.mouse(.press(3), row: 2, column: 1, .control)]),
      ("\u{1B}[M &!q", [.mouse(.press(1), row: 0, column: 5, []), .key(.character("q"))]),
      ("\u{1B}[?62;4cq", [.unknown("CSI"), .key(.character("q"))]),
      ("\u{1B}[999999999999999999999uq", [.unknown("CSI"), .key(.character("q"))]),
      ("\u{1B}[97;5u\u{1B}[27u", [.control("a"), .key(.escape)]),
      ("\u{1B}]11;rgb:0000/0000/0000\u{7}q", [.unknown("string"), .key(.character("q"))]),
      ("\u{1B}P1+r5463\u{1B}\\q", [.unknown("string"), .key(.character("q"))]),
      ("\u{1B}[200~rm -rf\nq\u{1B}[201~j", [.paste("rm -rf\nq"), .key(.character("j"))]),
      ("\u{1B}[200~a\u{1B}[Ab\u{1B}[201~", [.paste("a\u{1B}[Ab")]), ("\u{1B}[I\u{1B}[O", [.focus(true), .focus(false)]),
    ])
  func sequences(_ text: String, _ inputs: [Input]) { #expect(parse(text) == inputs) }

  @Test(
    "bytes that are no UTF-8 are no keys and take nothing along",
    arguments: [[0xFF, 0x71], [0xC3, 0x71], [0x80, 0x71], [0xF8, 0x71]])
  func broken(_ bytes: [UInt8]) {
    var parser = InputParser()
    #expect(parser.feed(bytes) + parser.expire() == [.key(.character("q"))])
  }

  @Test("however the bytes are cut, the keys are the same")
  func cuts() {
    let text = Array(
      "a\u{1B}[1;5Cé\u{1B}[<0;30;6M漢\u{1B}[200~x\u{1B}[y\u{1B}[201~z\u{1B}OPq\u{1B}]11;x\u{1B}\\k\u{1B}[M &!\u{1B}[?1;2c🎬".utf8)
    var whole = InputParser()
    let wanted = whole.feed(text)
    #expect(wanted.count == 14)
    for cut in 1..<text.count {
      var parser = InputParser()
      #expect(parser.feed(text[..<cut]) + parser.feed(text[cut...]) == wanted, "cut at \(cut)")
    }
    var single = InputParser()
    #expect(text.flatMap { single.feed([$0]) } == wanted)
  }

  @Test("a sequence that is too long is dropped up to its end, wherever the bytes were cut; what follows is read")
  func tooLong() {
    let control = Array("a\u{1B}[20\(String(repeating: "&", count: 200))0~b".utf8)
    let string = Array(
      "a\u{1B}]0;\(String(repeating: "x", count: 9000))\u{1B}\\b\u{1B}P\(String(repeating: "y", count: 5000))\u{7}c".utf8)
    for bytes in [control, string] {
      var whole = InputParser()
      let wanted = whole.feed(bytes)
      #expect(wanted.first == .key(.character("a")))
      #expect(wanted.filter { if case .key = $0 { true } else { false } }.count == (bytes == control ? 2 : 3))
      for cut in [1, 2, 7, 63, 64, 65, 66, 4095, 4096, 4097] {
        var parser = InputParser()
        var inputs: [Input] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
          inputs += parser.feed(bytes[start..<min(start + cut, bytes.count)])
        }
        #expect(inputs == wanted, "cut by \(cut)")
      }
    }
    // One that never ends is given up when nothing follows: the next key is a key.
    var parser = InputParser()
    _ = parser.feed(Array("\u{1B}]0;\(String(repeating: "x", count: 9000))".utf8))
    #expect(parser.isWaiting)
    #expect(parser.expire().isEmpty)
    #expect(parser.feed(Array("j".utf8)) == [.key(.character("j"))])
  }

  @Test("random bytes are parsed to the end, and kept memory is bounded")
  func noise() {
    var state: UInt64 = 7
    var parser = InputParser()
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let byte = UInt8(truncatingIfNeeded: state >> 33)
      // Half of them from what sequences are made of.
      let alphabet: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3C, 0x3B, 0x30, 0x31, 0x32, 0x4D, 0x7E, 0x5D, 0x07]
      _ = parser.feed([byte & 1 == 0 ? byte : alphabet[Int(byte) % alphabet.count]])
    }
    _ = parser.expire()
    #expect(parser.feed(Array("\u{1B}[201~".utf8)).count <= 1)
    #expect(parser.feed(Array("j".utf8)) == [.key(.character("j"))])
  }

  @Test(
    "keys are read as they are written",
    arguments: ["j", "Ctrl-L", "PgDn", "Shift-Tab", "F5", "Space", "Alt-x", "Ctrl-Left", "?", "-"])
  func names(_ name: String) { #expect(KeyStroke(name)?.description == name) }
}
