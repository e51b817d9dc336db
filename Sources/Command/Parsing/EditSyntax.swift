import Model
import Wire

/// Whose parameters are meant by the words behind `set`, and by a line of `whatif --set`.
enum EditSyntax {
  enum Kind: String, CaseIterable {
    case jobs, blocks, tasks, renders, pools, branches, users

    /// The word, or its singular: `job`, `branch`.
    init?(word: String) {
      guard let found = Self.allCases.first(where: { $0.rawValue == word || $0.singular == word }) else { return nil }
      self = found
    }

    var singular: String { self == .branches ? "branch" : String(rawValue.dropLast()) }
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  /// The words in front of the first change name nodes.
  static func split(_ words: [String]) throws(Failure) -> (selectors: [String], changes: [EditRequest.Change]) {
    guard let first = words.firstIndex(where: isChange) else {
      throw Failure(.usage, "no change is given (expected KEY=VALUE, as priority=50)")
    }
    var changes: [EditRequest.Change] = []
    for word in words[first...] { changes.append(try ChangeSyntax.parse(word)) }
    return (Array(words[..<first]), changes)
  }

  /// A change begins with a key: letters, digits, and for members of maps points and more.
  private static func isChange(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "="), let first = word.first, first.isASCII, first.isLetter else { return false }
    let key = word[..<equals].prefix { $0 != "." }
    return key.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" || $0 == "+" || $0 == "-" }
  }

  /// A line as `job 12 priority=150`, `block 12 render capacity=500` or `pool / tickets_pool.NUKE=40`: exactly one node, and values
  /// without spaces, or in quotes.
  static func line(_ text: String) throws(Failure) -> EditRequest {
    func wrong(_ what: String) -> Failure {
      Failure(.usage, "--set \"\(text)\": \(what) (expected as 'job 12 priority=150' or 'pool / tickets_pool.NUKE=40')")
    }
    var words = try self.words(text)
    guard !words.isEmpty else { throw wrong("it is empty") }
    guard let kind = Kind(word: words.removeFirst()) else { throw wrong("it names no kind of node (\(Kind.words))") }
    let (selectors, changes) = try split(words)
    switch (kind, selectors.count) {
    case (.jobs, 1): return EditRequest(target: .jobs(try JobTarget.selection(selectors[0])), changes: changes)
    case (.blocks, 2):
      return EditRequest(
        target: .blocks(try JobTarget.selection(selectors[0]), BlockSelection(text: selectors[1])), changes: changes)
    case (.renders, 1): return EditRequest(target: .renders(.names(selectors)), changes: changes)
    case (.pools, 1): return EditRequest(target: .pools(.names(selectors)), changes: changes)
    case (.branches, 1): return EditRequest(target: .branches(.names(selectors)), changes: changes)
    case (.users, 1): return EditRequest(target: .users(.names(selectors)), changes: changes)
    case (.tasks, _): throw wrong("tasks cannot be tried")
    case (.blocks, _): throw wrong("expected a job and a block of it")
    default: throw wrong("expected one \(kind.singular)")
    }
  }

  /// Words between spaces; quotes of either kind keep spaces.
  static func words(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw Failure(.usage, "\"\(text)\": a quote is not closed") }
    if let word { words.append(word) }
    return words
  }
}
