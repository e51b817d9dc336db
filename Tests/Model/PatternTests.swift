import Model
import Testing

@Suite("Regular expressions")
struct PatternTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    let subject: String
    /// The captures of the first match, the whole first; "-" for a group without a part in it; empty: no match.
    let captures: [String]
    let isWhole: Bool
    init(_ pattern: String, _ subject: String, _ captures: [String], whole: Bool = false) {
      self.pattern = pattern
      self.subject = subject
      self.captures = captures
      isWhole = whole
    }
    var testDescription: String { "/\(pattern)/ on \"\(subject)\"" }
  }

  static let cases: [Case] = [
    // Plain text.
    Case("", "", [""], whole: true), Case("", "abc", [""]),
    Case("abc", "abc", ["abc"], whole: true), Case("abc", "xxabcx", ["abc"]), Case("abc", "ab", []),
    Case("ä€𝄞", "xä€𝄞", ["ä€𝄞"]), Case("{foo}", "{foo}", ["{foo}"], whole: true), Case("a{,3}", "a{,3}", ["a{,3}"], whole: true),
    Case("]}", "]}", ["]}"], whole: true),
    // One character.
    Case(".", "\n", []), Case(".", "\r", []), Case(".", "ä", ["ä"], whole: true), Case("a.c", "a𝄞c", ["a𝄞c"], whole: true),
    Case("\\.", "a.", ["."]), Case("\\x41\\u00e4\\u{1D11E}", "Aä𝄞", ["Aä𝄞"], whole: true),
    Case("\\n\\t\\r\\f\\v\\0", "\n\t\r\u{0C}\u{0B}\0", ["\n\t\r\u{0C}\u{0B}\0"], whole: true),
    Case("\\-\\/\\@\\ ", "-/@ ", ["-/@ "], whole: true),
    // Classes.
    Case("[a-c]+", "xxabcabd", ["abcab"]), Case("[^a-c]+", "abxyzc", ["xyz"]), Case("[a-z^]+", "A^b^", ["^b^"]),
    Case("[-a]+", "b-a-", ["-a-"]), Case("[a-]+", "b-a-", ["-a-"]), Case("[\\]]", "]", ["]"], whole: true),
    Case("[\\w-]+", "ab-1_ ", ["ab-1_"]), Case("[\\d.]+", "v1.25x", ["1.25"]), Case("[\\D]+", "12ab3", ["ab"]),
    Case("[^\\D]+", "ab12c", ["12"]), Case("[[:alpha:]]+", "12abC3", ["abC"]), Case("[^[:space:]]+", " ab c", ["ab"]),
    Case("[[:digit:]x]+", "a1x2", ["1x2"]), Case("[[:d]+", "a[:d", ["[:d"]), Case("[\\b]", "\u{8}", ["\u{8}"], whole: true),
    Case("[à-ü]+", "aéî", ["éî"]), Case("[^é]", "é€", ["€"]), Case("[a\\-z]+", "m-za", ["-za"]), Case("[.+*]+", "a.+*", [".+*"]),
    Case("\\d+", "frame 0042.", ["0042"]), Case("\\w+", "-a_9-", ["a_9"]), Case("\\s", "\u{A0}", ["\u{A0}"], whole: true),
    Case("\\S+\\D\\W", "  ab- ", ["ab- "]),
    // Anchors and edges.
    Case("^a", "ba", []), Case("^a", "ab", ["a"]), Case("a$", "ab", []), Case("a$", "ba", ["a"]), Case("^$", "", [""], whole: true),
    Case("$", "a\n", [""]), Case("a$", "a\n", []), Case("^b", "a\nb", []), Case("\\Aab\\z", "ab", ["ab"], whole: true),
    Case("\\bfoo\\b", "a foo b", ["foo"]), Case("\\bfoo\\b", "afoo foob", []), Case("\\Boo\\B", "foot", ["oo"]),
    Case("\\b", "", []), Case("\\B", "", [""], whole: true), Case("(^a|b)c", "acbc", ["ac", "a"]),
    Case("(^a|b)c", "xacbc", ["bc", "b"]),
    // Groups and alternatives.
    Case("(a)(b)?", "ac", ["a", "a", "-"]), Case("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""], whole: true),
    Case("(?:a|b)+", "cabba", ["abba"]), Case("a|b|", "c", [""]), Case("(a*)*", "aa", ["aa", "aa"], whole: true),
    Case("(a*)+", "b", ["", ""]), Case("(a|b)*", "abx", ["ab", "b"]), Case("((a)|(b))*", "ab", ["ab", "b", "a", "b"], whole: true),
    Case("x(?:yz|y)z", "xyz", ["xyz"], whole: true), Case("(render|comp)_v(\\d+)", "old comp_v012", ["comp_v012", "comp", "012"]),
    Case("()", "a", ["", ""]), Case("(|a)+", "aaa", ["", ""], whole: true),
    // Quantifiers.
    Case("a*", "baaa", [""]), Case("a+", "baaa", ["aaa"]), Case("a+?", "baaa", ["a"]), Case("a*?b", "aab", ["aab"], whole: true),
    Case("a??b", "ab", ["ab"], whole: true), Case("<.+?>", "<a><b>", ["<a>"], whole: true),
    Case("<.+>", "<a><b>", ["<a><b>"], whole: true),
    Case("a{2}", "aaa", ["aa"]), Case("a{2,}", "aaaa", ["aaaa"], whole: true), Case("a{2,3}", "aaaa", ["aaa"]),
    Case("a{2,3}?", "aaaa", ["aa"]), Case("a{0}b", "ab", ["b"]), Case("(ab){2,3}", "abababab", ["ababab", "ab"]),
    Case("a{0,2}", "aaa", ["aa"]), Case("(a?){3}", "aa", ["aa", ""], whole: true), Case("[ab]{3}", "abab", ["aba"]),
    // As services use them.
    Case(
      "^Rendered (\\d+) of (\\d+) pixels \\((\\d+)%\\)", "Rendered 1500 of 76800 pixels (1%)",
      ["Rendered 1500 of 76800 pixels (1%)", "1500", "76800", "1"], whole: true),
    Case("Fra:(\\d+) ", "Fra:12 Mem:8M", ["Fra:12 ", "12"]), Case("frame= *(\\d+)", "frame=  101 fps=24", ["frame=  101", "101"]),
  ]

  @Test("finds what a backtracking matcher would find first", arguments: cases)
  func table(_ one: Case) throws {
    let pattern = try Pattern(one.pattern)
    let match = pattern.firstMatch(in: one.subject)
    #expect((match?.captures.map { $0.map(String.init) ?? "-" } ?? []) == one.captures)
    #expect(pattern.isFound(in: one.subject) == !one.captures.isEmpty)
    #expect(pattern.matchesWhole(one.subject) == one.isWhole)
    if let match { #expect(String(one.subject[match.range]) == one.captures[0]) }
  }

  @Test("a match in a part of a text has the part's own indices")
  func substring() throws {
    let text = "ü frame 12 of 30"
    let part = text.dropFirst(3)
    let match = try #require(try Pattern("(\\d+) of").firstMatch(in: part))
    #expect(text[match.range] == "12 of")
    #expect(match.captures[1] == "12")
    #expect(match.text == "12 of")
    #expect(try Pattern("^rame").isFound(in: part))
  }

  @Test(
    "case is ignored in letters, classes and beyond ASCII",
    arguments: [
      ("abc", "ABC", true), ("[a-c]+", "ABC", true), ("[^a]b", "Ab", false), ("ärger", "ÄRGER", true), ("[à-ü]+", "ÉÎ", true),
      ("\\x41", "a", true), ("жук", "Жук", true), ("[^é]b", "Éb", false), ("k1", "K1", true), ("a_b", "A-B", false),
    ])
  func ignoringCase(pattern: String, subject: String, isMatch: Bool) throws {
    #expect(try Pattern(pattern, ignoringCase: true).matchesWhole(subject) == isMatch)
    #expect(try Pattern("(?i)" + pattern).matchesWhole(subject) == isMatch)
    #expect(try Pattern("^x*" + pattern, ignoringCase: true).isFound(in: "X" + subject) == isMatch)
  }

  @Test(
    "a fault names its place and a way out",
    arguments: [
      ("(a", 1, "'(' without its ')'"), ("a)", 2, "')' without its '('"), ("[a", 1, "'[' without its ']'"),
      ("a[]b]", 2, "an empty class"),
      ("[^]", 1, "an empty class"), ("*a", 1, "nothing before it to repeat"), ("a|+", 3, "nothing before it"),
      ("(?:*)", 4, "nothing before it"),
      ("{2}", 3, "nothing before it"), ("a**", 3, "a second quantifier"), ("a{2}{3}", 5, "a second quantifier"),
      ("a*+", 3, "a second quantifier"),
      ("^*", 2, "an anchor cannot be repeated"), ("\\b+", 3, "an anchor"), ("a{3,2}", 2, "the second number is the smaller one"),
      ("a{1001}", 2, "more than 1000 times"), ("a{1,99999999999999999999}", 2, "more than 1000 times"), ("a\\", 2, "at the end"),
      ("(a)\\1", 4, "back references are not supported"), ("(?=a)", 1, "look-ahead is not supported"), ("a(?!b)", 2, "look-ahead"),
      ("(?<=a)", 1, "look-behind is not supported"), ("(?<!a)", 1, "look-behind"), ("(?<n>a)", 1, "names are not supported"),
      ("(?P<n>a)", 1, "names are not supported"), ("a(?i)b", 2, "only at the very beginning"),
      ("(?#x)", 1, "unknown kind of group"),
      ("\\q", 1, "unknown escape \\q"), ("\\p{L}", 1, "Unicode classes"), ("\\x4", 1, "2 hexadecimal digits"),
      ("\\uD800", 1, "surrogate"),
      ("\\u{110000}", 1, "0 to 10FFFF"), ("\\01", 1, "octal"), ("[z-a]", 2, "whose end is before its beginning"),
      ("[a-\\d]", 2, "cannot end in a class"),
      ("[[:alfa:]]", 2, "unknown class [:alfa:]"), ("[[.a.]]", 2, "collating"), ("[[=a=]]", 2, "collating"), ("[\\1]", 2, "octal"),
      ("((a{100}){100}){100}", 4, "becomes too large"), ("(((?:){1000}){1000}){1000}", 7, "becomes too large"),
    ])
  func faults(pattern: String, position: Int, message: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
    #expect(error?.position == position)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.description.hasPrefix("bad regular expression at character \(position): ") == true)
  }

  @Test("length, depth and number of groups are bounded")
  func bounds() throws {
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "a", count: Limits.patternBytes + 1)) }
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "(?:", count: 101) + String(repeating: ")", count: 101)) }
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "()", count: 65)) }
    #expect(try Pattern(String(repeating: "(?:", count: 100) + "a" + String(repeating: ")", count: 100)).matchesWhole("a"))
    #expect(try Pattern("a{1000}").matchesWhole(String(repeating: "a", count: 1000)))
    #expect(try Pattern(String(repeating: "ab|", count: 1300) + "cd").matchesWhole("cd"))
  }

  @Test("patterns are equal by text and case")
  func equality() throws {
    #expect(try Pattern("a+") == Pattern("a+"))
    #expect(try Pattern("a+") != Pattern("a+", ignoringCase: true))
    #expect(try Set([Pattern("a"), Pattern("a"), Pattern("b")]).count == 2)
  }

  @Test(
    "what hangs a backtracking matcher is finished in a moment",
    arguments: [
      "(a+)+b", "(a*)*b", "(a|a)*b", "(a|aa)+b", "(.*a){20}b", "(?:a?){30}a{30}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y",
      ".*.*=.*b",
    ])
  func catastrophes(_ text: String) throws {
    let subject = String(repeating: "a", count: 100_000)
    let pattern = try Pattern(text)
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(!pattern.matchesWhole(subject))
      #expect(!pattern.isFound(in: subject))
    }
    // Without optimisation and on a busy machine; a backtracking matcher would need years.
    #expect(time < .seconds(60))
  }
}
