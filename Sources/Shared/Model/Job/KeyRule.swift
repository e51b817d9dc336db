/// What a JSON key of a node may hold. One table a level (`JobKeys`, `BlockKeys`, `TaskKeys`) drives validation, typo hints, warnings,
/// the later `set`, and the tables of reeve-job(5).
public struct KeyRule: Sendable {
  public enum Kind: Sendable {
    case bool
    /// A whole number in a range.
    case integer(ClosedRange<Int64>)
    /// At most so many bytes of UTF-8, no NUL.
    case string(Int)
    /// A regular expression that must compile; empty matches nothing special.
    case pattern
    /// One of some words.
    case word([String])
    case integerMap(ClosedRange<Int64>)
    case stringMap
    case strings(Int)
    /// Read by a rule of its own.
    case special
  }

  public enum Standing: Sendable {
    /// The scheduler, the server or the agent acts on it.
    case enforced
    /// Kept and shown, and nothing acts on it by design.
    case kept
    /// Kept and shown; nothing acts on it in this version: the submitter is warned when it is given.
    case later
    /// Of no meaning in a submission (computed by the server): accepted, left out.
    case computed
  }

  public let name: String
  public let kind: Kind
  public let standing: Standing

  init(_ name: String, _ kind: Kind, _ standing: Standing) {
    self.name = name
    self.kind = kind
    self.standing = standing
  }

  /// Checks an object against a table.
  ///
  /// - Parameter warnings: gets a line for each key that is accepted without effect in this version.
  /// - Throws: `DocumentError` for an unknown key (with the known one it resembles), a wrong type, a value out of range.
  static func check(
    _ object: JSONObject, _ rules: [KeyRule], path: @autoclosure () -> String, warnings: inout [String]
  ) throws(DocumentError) {
    // Paths are made only for messages: a document may have a million tasks.
    func place(_ key: String) -> String {
      let path = path()
      return path.isEmpty ? key : path + "." + key
    }
    for (key, value) in object.members {
      // Empty keys and keys that begin with "-" are comments, as in CGRU's files.
      if key.isEmpty || key.hasPrefix("-") { continue }
      guard let rule = rules.first(where: { $0.name == key }) else { throw DocumentError(place(key), unknown(key, rules)) }
      try rule.check(value, path: place(key))
      if case .later = rule.standing { warnings.append("\(place(key)): accepted, without effect in this version") }
    }
  }

  private static func unknown(_ key: String, _ rules: [KeyRule]) -> String {
    let near = rules.map { (rule: $0, distance: editDistance($0.name, key)) }.min { $0.distance < $1.distance }
    if let near, near.distance <= max(1, key.utf8.count / 3) {
      return "unknown key; did you mean \"\(near.rule.name)\"?"
    }
    return "unknown key (put '-' before it to keep it as a comment)"
  }

  private func check(_ value: JSONValue, path: @autoclosure () -> String) throws(DocumentError) {
    func wrong(_ expected: String) -> DocumentError { DocumentError(path(), "expected \(expected), found \(value.typeName)") }
    switch kind {
    case .bool:
      // Afanasy's own files have 0 and 1 as well.
      if case .bool = value { return }
      if case .integer(0...1) = value { return }
      throw wrong("true or false")
    case .integer(let range):
      guard case .integer(let number) = value else { throw wrong("a whole number") }
      guard range.contains(number) else {
        throw DocumentError(path(), "\(number) is out of range (\(range.lowerBound) to \(range.upperBound))")
      }
    case .string(let limit):
      guard case .string(let text) = value else { throw wrong("a string") }
      try Self.checkText(text, limit, path())
    case .pattern:
      guard case .string(let text) = value else { throw wrong("a regular expression in a string") }
      try Self.checkText(text, Limits.patternBytes, path())
      do { _ = try Pattern(text) } catch { throw DocumentError(path(), "\(error)") }
    case .word(let words):
      guard case .string(let text) = value, words.contains(text) else {
        throw DocumentError(path(), "expected one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
      }
    case .integerMap(let range):
      guard case .object(let map) = value else { throw wrong("an object of whole numbers") }
      for (key, value) in map.members {
        guard case .integer(let number) = value, range.contains(number) else {
          throw DocumentError("\(path()).\(key)", "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
      }
    case .stringMap:
      guard case .object(let map) = value else { throw wrong("an object of strings") }
      guard map.members.count <= Limits.environmentEntries else {
        throw DocumentError(path(), "more than \(Limits.environmentEntries) entries")
      }
      for (key, value) in map.members {
        guard case .string(let text) = value else {
          throw DocumentError("\(path()).\(key)", "expected a string, found \(value.typeName)")
        }
        try Self.checkText(key, Limits.nameBytes, "\(path()).\(key)")
        try Self.checkText(text, Limits.textBytes, "\(path()).\(key)")
      }
    case .strings(let count):
      guard case .array(let list) = value else { throw wrong("a list of strings") }
      guard list.count <= count else { throw DocumentError(path(), "more than \(count) entries") }
      for (index, value) in list.enumerated() {
        guard case .string(let text) = value else {
          throw DocumentError("\(path())[\(index)]", "expected a string, found \(value.typeName)")
        }
        try Self.checkText(text, Limits.textBytes, "\(path())[\(index)]")
      }
    case .special: break
    }
  }

  static func checkText(_ text: String, _ limit: Int, _ path: @autoclosure () -> String) throws(DocumentError) {
    if text.utf8.count > limit { throw DocumentError(path(), "longer than \(limit) bytes") }
    if text.utf8.contains(0) { throw DocumentError(path(), "contains a NUL character") }
  }

  /// Levenshtein's distance: both are short names.
  private static func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8.prefix(64))
    let b = Array(b.utf8.prefix(64))
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var before = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let change = before + (a[i] == b[j] ? 0 : 1)
        before = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
