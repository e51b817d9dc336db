import Model
import Testing

/// A regular expression that a test made, matched in the simplest way there is.
private indirect enum Expression {
  case empty
  case letter(Character)
  case dot
  case oneOf([Character], isNegated: Bool)
  case start, end
  case sequence([Expression])
  case either([Expression])
  case repeated(Expression, Int, Int?, isLazy: Bool)

  var text: String {
    switch self {
    case .empty: "(?:)"
    case .letter(let letter): String(letter)
    case .dot: "."
    case .oneOf(let letters, let isNegated): "[\(isNegated ? "^" : "")\(String(letters))]"
    case .start: "^"
    case .end: "$"
    case .sequence(let parts): parts.map { if case .either = $0 { "(?:\($0.text))" } else { $0.text } }.joined()
    case .either(let options): options.map(\.text).joined(separator: "|")
    case .repeated(let inner, let least, let most, let isLazy):
      "(?:\(inner.text))" + Self.quantifier(least, most) + (isLazy ? "?" : "")
    }
  }

  private static func quantifier(_ least: Int, _ most: Int?) -> String {
    switch (least, most) {
    case (0, nil): "*"
    case (1, nil): "+"
    case (0, 1): "?"
    case (_, nil): "{\(least),}"
    case (_, let most?): least == most ? "{\(least)}" : "{\(least),\(most)}"
    }
  }

  /// All places where a match that begins at `at` may end, most preferred first: plain backtracking. Pieces that match nothing
  /// end their own repetition.
  func ends(_ text: [Character], _ at: Int) -> [Int] {
    switch self {
    case .empty: return [at]
    case .letter(let letter): return at < text.count && text[at] == letter ? [at + 1] : []
    case .dot: return at < text.count && text[at] != "\n" ? [at + 1] : []
    case .oneOf(let letters, let isNegated): return at < text.count && letters.contains(text[at]) != isNegated ? [at + 1] : []
    case .start: return at == 0 ? [at] : []
    case .end: return at == text.count ? [at] : []
    case .sequence(let parts):
      var places = [at]
      for part in parts { places = Self.unique(places.flatMap { part.ends(text, $0) }) }
      return places
    case .either(let options): return Self.unique(options.flatMap { $0.ends(text, at) })
    case .repeated(let inner, let least, let most, let isLazy):
      if most == 0 { return [at] }
      var more: [Int] = []
      for end in inner.ends(text, at) where end > at || least > 0 {
        let rest = Expression.repeated(inner, max(0, least - 1), most.map { $0 - 1 }, isLazy: isLazy)
        more += rest.ends(text, end)
      }
      if least > 0 { return Self.unique(more) }
      return Self.unique(isLazy ? [at] + more : more + [at])
    }
  }

  private static func unique(_ places: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return places.filter { seen.insert($0).inserted }
  }

  var canBeEmpty: Bool {
    switch self {
    case .empty, .start, .end: true
    case .letter, .dot, .oneOf: false
    case .sequence(let parts): parts.allSatisfy(\.canBeEmpty)
    case .either(let options): options.contains(where: \.canBeEmpty)
    case .repeated(let inner, let least, _, _): least == 0 || inner.canBeEmpty
    }
  }

  static func random(_ depth: Int, _ random: inout SplitMix) -> Expression {
    let letters: [Character] = ["a", "b", "c", "é"]
    if depth == 0 || random.next(8) == 0 {
      switch random.next(9) {
      case 0: return .empty
      case 1: return .dot
      case 2: return .oneOf([letters[random.next(4)], letters[random.next(4)]], isNegated: random.next(2) == 0)
      case 3: return random.next(2) == 0 ? .start : .end
      default: return .letter(letters[random.next(4)])
      }
    }
    switch random.next(5) {
    case 0, 1: return .sequence((0..<random.next(3) + 1).map { _ in .random(depth - 1, &random) })
    case 2: return .either((0..<random.next(3) + 1).map { _ in .random(depth - 1, &random) })
    default:
      let inner = Expression.random(depth - 1, &random)
      let least = random.next(3)
      let most: Int? = random.next(2) == 0 ? nil : least + random.next(3)
      // What repeats the empty text is preferred differently by different matchers: left to the test of wholes.
      return .repeated(inner, least, most, isLazy: random.next(3) == 0)
    }
  }

  var repeatsEmpty: Bool {
    switch self {
    case .repeated(let inner, _, _, _): inner.canBeEmpty || inner.repeatsEmpty
    case .sequence(let parts), .either(let parts): parts.contains(where: \.repeatsEmpty)
    default: false
    }
  }
}

@Suite("Regular expressions against a naive matcher")
struct PatternPropertyTests {
  @Test("thousands of random expressions on random texts agree with backtracking", arguments: 1...8)
  func agreement(seed: Int) throws {
    var random = SplitMix(UInt64(seed))
    let letters: [Character] = ["a", "b", "c", "é", "\n"]
    for _ in 0..<500 {
      let expression = Expression.random(3, &random)
      let pattern = try Pattern(expression.text)
      for _ in 0..<6 {
        let text = (0..<random.next(8)).map { _ in letters[random.next(random.next(4) == 0 ? 5 : 3)] }
        let starts = (0...text.count).map { expression.ends(text, $0) }
        let note = Comment(rawValue: "seed \(seed): /\(expression.text)/ on \"\(String(text))\"")
        #expect(pattern.matchesWhole(String(text)) == starts[0].contains(text.count), note)
        let first = starts.firstIndex { !$0.isEmpty }
        #expect(pattern.isFound(in: String(text)) == (first != nil), note)
        let match = pattern.firstMatch(in: String(text))
        #expect((match != nil) == (first != nil), note)
        if let match, let first {
          let string = String(text)
          #expect(string.distance(from: string.startIndex, to: match.range.lowerBound) == first, note)
          if !expression.repeatsEmpty { #expect(match.text.count == starts[first][0] - first, note) }
        }
      }
    }
  }

  @Test("no text makes the parser fail otherwise than by a PatternError", arguments: 1...4)
  func fuzz(seed: Int) {
    var random = SplitMix(UInt64(seed) &* 77)
    let pieces: [String] = [
      "(", ")", "(?:", "(?", "[", "]", "[^", "[:", ":]", "{", "}", "{2,", "{3}", "{,", "*", "+", "?", "|", "^", "$", "\\", "\\b",
      "\\x4", "\\u{",
      "\\d", "-", ",", "a", "z", "0", "9", ".", "é", "𝄞", "\0", "\u{301}", "\n", "(?i)", "\\0", "[[.", "=]",
    ]
    for _ in 0..<5_000 {
      var text = ""
      for _ in 0..<random.next(14) {
        text +=
          random.next(6) == 0
          ? String(decoding: [UInt8(random.next(256)), UInt8(random.next(256))], as: UTF8.self) : pieces[random.next(pieces.count)]
      }
      do throws(PatternError) {
        let pattern = try Pattern(text, ignoringCase: random.next(2) == 0)
        let subject = "a0-é𝄞\n" + text
        let isWhole = pattern.matchesWhole(subject)
        let match = pattern.firstMatch(in: subject)
        #expect(pattern.isFound(in: subject) == (match != nil))
        #expect(!isWhole || match != nil)
        if let match { #expect(match.captures.count == pattern.groupCount + 1) }
      } catch {
        #expect(error.position >= 1 && error.position <= text.unicodeScalars.count + 1)
        #expect(!error.message.isEmpty)
      }
    }
  }
}
