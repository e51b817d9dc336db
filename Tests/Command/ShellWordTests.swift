@testable import Command
import Glibc
import Testing

@Suite("Quoting for sh")
struct ShellWordTests {
  @Test(
    "plain words stay as they are, frame marks stay whole",
    arguments: [
      ("render", "render"), ("/usr/bin/env", "/usr/bin/env"), ("--frame=3", "'--frame=3'"), ("", "''"), ("a b", "'a b'"),
      ("it's", "'it'\\''s'"), ("@#@", "'@#@'"), ("out.@####@.png", "'out.@####@.png'"), ("if", "'if'"), ("$HOME", "'$HOME'"),
      ("A=1", "'A=1'"), ("~", "'~'"), ("{", "'{'"), ("!", "'!'"),
    ])
  func words(word: String, quoted: String) { #expect(ShellWord.quote(word) == quoted) }

  /// What a program that `sh` starts with this command line gets as arguments.
  private func arguments(of line: String) throws -> [String] {
    // popen runs /bin/sh -c.
    let pipe = try #require(popen("printf '%s\\0' " + line, "r"))
    var bytes: [UInt8] = []
    var byte = fgetc(pipe)
    while byte != EOF {
      bytes.append(UInt8(truncatingIfNeeded: byte))
      byte = fgetc(pipe)
    }
    #expect(pclose(pipe) == 0)
    return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("sh gives back exactly the words that were quoted", arguments: UInt64(1)...60)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let pieces = [
      "a", "B", "7", " ", "'", "\"", "\\", "$", "`", "!", "#", "@#@", "*", "?", "[", "]", "{", "}", "(", ")", "<", ">", "|", "&",
      ";",
      "\n", "\t", "~", "=", "-", "%s", "%", "日本", "é", "\u{1B}", "\r", "^", ",", ".", "/", "\\n", "''",
    ]
    let words = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      (0..<Int.random(in: 0...10, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    #expect(try arguments(of: ShellWord.line(words)) == words)
  }

  @Test("a first word runs as a program, even when it looks like shell", arguments: ["if", "A=1", "!", "~", "time", "{", "-x"])
  func firstWord(word: String) throws {
    // A function of no such name: sh says that it cannot find the program, and exits with 127.
    let status = system(ShellWord.line([word, "x"]) + " >/dev/null 2>&1")
    #expect(word == "time" || (status >> 8) & 0xFF == 127)
  }
}

/// A small random source with a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
