/// A regular expression that is matched in time linear in the text, whatever the expression.
///
/// The syntax is that of ECMAScript (as in `std::regex`, which Afanasy uses), without what cannot be matched in linear time:
///
/// | written | matches |
/// |---|---|
/// | `.` | one character, not a line's end |
/// | `[a-z_]` `[^0-9]` `[[:alpha:]]` | one of a class, or none of it |
/// | `\d` `\w` `\s` `\D` `\W` `\S` | digit, letter of a word, space (ASCII letters and digits; all of Unicode's spaces) |
/// | `^` `$` `\b` `\B` | start and end of the text, edge of a word, no edge |
/// | `a\|b` `( )` `(?: )` | either, group, group without a capture |
/// | `*` `+` `?` `{n}` `{n,}` `{n,m}` | as often as possible; with a `?` behind, as seldom as possible |
/// | `\n` `\t` `\r` `\f` `\v` `\0` `\xHH` `\uHHHH` `\u{H…}` | one character |
/// | `(?i)` at the very beginning | ignores case |
///
/// Back references (`\1`) and look-around (`(?=…)`) are refused. What matches first is what a backtracking matcher in Perl's
/// manner would find first: leftmost, then by preference of the alternatives as they are written.
///
/// A pattern is at most `Limits.patternBytes` long and becomes at most `PatternProgram.sizeLimit` instructions; a match takes at
/// most time proportional to the length of the text times the size of the program.
public struct Pattern: Sendable, Hashable {
  /// The expression as it was given.
  public let text: String
  public let isIgnoringCase: Bool
  private let program: PatternProgram

  /// - Parameter ignoringCase: upper and lower case count as the same letter.
  /// - Throws: `PatternError` that names the place of the fault and the way out.
  public init(_ text: String, ignoringCase: Bool = false) throws(PatternError) {
    self.text = text
    isIgnoringCase = ignoringCase
    var parser = try PatternParser(text, ignoringCase: ignoringCase)
    let node = try parser.parse()
    program = try PatternProgram(node, groups: parser.groups, ignoringCase: parser.isIgnoringCase)
  }

  /// How many captures a match has besides the whole: pairs of `( )`, in the order in which they open.
  public var groupCount: Int { program.groups }

  /// The most steps that a byte of text may cost: what a caller multiplies who matches many texts for a stranger.
  public var stepsPerByte: Int { program.literal == nil ? program.instructions.count : 1 }

  /// Whether the expression matches all of the text, from its start to its end.
  public func matchesWhole(_ subject: some StringProtocol) -> Bool {
    Self.withUTF8(subject) { bytes in
      if let literal = program.literal { return Literal.equals(bytes, literal) }
      var machine = PatternMachine(program, bytes)
      return machine.matchesWhole()
    }
  }

  /// Whether the expression matches some part of the text.
  public func isFound(in subject: some StringProtocol) -> Bool {
    Self.withUTF8(subject) { bytes in
      if let literal = program.literal { return Literal.find(literal, in: bytes, from: 0) != nil }
      var machine = PatternMachine(program, bytes)
      return machine.isFound()
    }
  }

  /// What a match found.
  public struct Match: Sendable {
    /// The part that matched; in the indices of the text that was searched.
    public let range: Range<String.Index>
    /// By number of their group; 0 is the whole. nil: the group had no part in the match.
    public let captures: [Substring?]
    /// The part that matched.
    public var text: Substring { captures[0] ?? "" }
  }

  /// The leftmost match, with its captures; nil when there is none.
  public func firstMatch(in subject: some StringProtocol) -> Match? {
    let whole: Substring
    if let string = subject as? String {
      whole = string[...]
    } else if let part = subject as? Substring {
      whole = part
    } else {
      whole = String(subject)[...]
    }
    let found: [Int]? = Self.withUTF8(whole) { bytes in
      if let literal = program.literal {
        return Literal.find(literal, in: bytes, from: 0).map { [$0, $0 + literal.count] }
      }
      var machine = PatternMachine(program, bytes)
      return machine.firstMatch()
    }
    guard let found else { return nil }
    func index(_ offset: Int) -> String.Index { whole.utf8.index(whole.utf8.startIndex, offsetBy: offset) }
    let captures = stride(from: 0, to: found.count, by: 2).map { at -> Substring? in
      found[at] < 0 || found[at + 1] < 0 ? nil : whole[index(found[at])..<index(found[at + 1])]
    }
    return Match(range: index(found[0])..<index(found[1]), captures: captures)
  }

  private static func withUTF8<Result>(
    _ subject: some StringProtocol, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if let result = subject.utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = String(subject)
    return copy.withUTF8(body)
  }

  public static func == (a: Pattern, b: Pattern) -> Bool { a.text == b.text && a.isIgnoringCase == b.isIgnoringCase }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(isIgnoringCase)
  }
}
