/// What a JSON key of a node may hold: drives validation, the help of `reeve set`, and the tables of the man pages.
public struct KeyRule: Sendable {
  public enum Kind: Sendable, Hashable {
    case bool
    /// A whole number in a range.
    case integer(ClosedRange<Int64>)
    /// At most so many bytes of UTF-8, no NUL.
    case string(Int)
    /// A regular expression that must compile; empty matches nothing special.
    case pattern
    /// Parts of names, or a regular expression: as the node's `hosts_mask_type` says, when all is known.
    case mask
    /// Of a pool or a branch: `/farm/fast`.
    case path
    /// One of some words.
    case word([String])
    case integerMap(ClosedRange<Int64>)
    /// Numbers beyond the range are taken as its ends (section 1.3: `pools`).
    case weights(ClosedRange<Int64>)
    /// How many of each ticket there are: a count, or Afanasy's `[count, usage, hosts, max_hosts]`.
    case ticketCounts
    case stringMap
    case strings(Int)
    /// At most so many whole numbers in a range.
    case integers(ClosedRange<Int64>, Int)
    /// Read by a rule of its own.
    case special(String)

    /// Whether members can be set one by one: `tickets.NUKE`.
    public var isMap: Bool {
      switch self {
      case .integerMap, .weights, .ticketCounts, .stringMap: true
      default: false
      }
    }

    /// For people: `whole number, 0 to 255`.
    public var words: String {
      switch self {
      case .bool: "true or false"
      case .integer(let range): "whole number, \(Self.words(range))"
      case .string(let limit): "string, up to \(limit) bytes"
      case .pattern: "regular expression"
      case .mask: "host mask"
      case .path: "path"
      case .word(let words): words.joined(separator: " or ")
      case .integerMap(let range), .weights(let range): "object of whole numbers, \(Self.words(range))"
      case .ticketCounts: "object of counts"
      case .stringMap: "object of strings, up to \(Limits.environmentEntries)"
      case .strings(let count): "list of strings, up to \(count)"
      case .integers: "list of whole numbers"
      case .special(let words): words
      }
    }

    private static func words(_ range: ClosedRange<Int64>) -> String {
      range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    }
  }

  public let name: String
  public let kind: Kind

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// - Throws: `DocumentError` at `path` for a wrong type or a value out of range.
  func check(_ value: JSONValue, path: @autoclosure () -> String) throws(DocumentError) {
    func wrong(_ expected: String) -> DocumentError { DocumentError(path(), "expected \(expected), found \(value.typeName)") }
    switch kind {
    case .bool:
      // Afanasy's own files have 0 and 1 as well.
      if case .bool = value { return }
      if case .integer(0...1) = value { return }
      throw wrong("true or false")
    case .integer(let range):
      guard case .integer(let number) = value else { throw wrong("a whole number") }
      guard range.contains(number) else { throw DocumentError(path(), Self.outOfRange(number, range)) }
    case .string(let limit):
      guard case .string(let text) = value else { throw wrong("a string") }
      try Self.checkText(text, limit, path())
    case .mask:
      guard case .string(let text) = value else { throw wrong("a mask of names in a string") }
      try Self.checkText(text, Limits.patternBytes, path())
    case .pattern:
      guard case .string(let text) = value else { throw wrong("a regular expression in a string") }
      try Self.checkText(text, Limits.patternBytes, path())
      try Self.checkPattern(text, path())
    case .path:
      guard case .string(let text) = value else { throw wrong("a path in a string") }
      try Self.checkText(text, Limits.nameBytes, path())
      try Self.checkPath(text, path())
    case .word(let words):
      guard case .string(let text) = value, words.contains(text) else {
        throw DocumentError(path(), "expected one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
      }
    case .integerMap(let range):
      for (key, value) in try Self.members(value, "an object of whole numbers", Limits.tickets, path()) {
        guard case .integer(let number) = value, range.contains(number) else {
          throw DocumentError("\(path()).\(key)", "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
      }
    case .weights:
      for (key, value) in try Self.members(value, "an object of whole numbers", Limits.environmentEntries, path()) {
        guard case .integer = value else {
          throw DocumentError("\(path()).\(key)", "expected a whole number, found \(value.typeName)")
        }
      }
    case .ticketCounts:
      for (key, value) in try Self.members(value, "an object of counts", Limits.tickets, path()) {
        try TicketCount.check(value, path: "\(path()).\(key)")
      }
    case .stringMap:
      for (key, value) in try Self.members(value, "an object of strings", Limits.environmentEntries, path()) {
        guard case .string(let text) = value else {
          throw DocumentError("\(path()).\(key)", "expected a string, found \(value.typeName)")
        }
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
    case .integers(let range, let count):
      guard case .array(let list) = value else { throw wrong("a list of whole numbers") }
      guard list.count <= count else { throw DocumentError(path(), "more than \(count) entries") }
      for (index, value) in list.enumerated() {
        guard case .integer(let number) = value else {
          throw DocumentError("\(path())[\(index)]", "expected a whole number, found \(value.typeName)")
        }
        guard range.contains(number) else { throw DocumentError("\(path())[\(index)]", Self.outOfRange(number, range)) }
      }
    case .special: break
    }
  }

  static func outOfRange(_ number: Int64, _ range: ClosedRange<Int64>) -> String {
    range.upperBound == .max
      ? "\(number) is out of range (\(range.lowerBound) or more)"
      : "\(number) is out of range (\(range.lowerBound) to \(range.upperBound))"
  }

  private static func members(
    _ value: JSONValue, _ expected: String, _ limit: Int, _ path: @autoclosure () -> String
  ) throws(DocumentError) -> [(key: String, value: JSONValue)] {
    guard case .object(let map) = value else { throw DocumentError(path(), "expected \(expected), found \(value.typeName)") }
    guard map.members.count <= limit else { throw DocumentError(path(), "more than \(limit) entries") }
    for member in map.members { try checkText(member.key, Limits.nameBytes, "\(path()).\(member.key)") }
    return map.members
  }

  static func checkText(_ text: String, _ limit: Int, _ path: @autoclosure () -> String) throws(DocumentError) {
    if text.utf8.count > limit { throw DocumentError(path(), "longer than \(limit) bytes") }
    if text.utf8.contains(0) { throw DocumentError(path(), "contains a NUL character") }
  }

  static func checkPattern(_ text: String, _ path: @autoclosure () -> String) throws(DocumentError) {
    do { _ = try Pattern(text) } catch { throw DocumentError(path(), "\(error)") }
  }

  static func checkPath(_ text: String, _ path: @autoclosure () -> String) throws(DocumentError) {
    guard text.hasPrefix("/") else { throw DocumentError(path(), "expected a path that begins with '/', found \"\(text)\"") }
    guard !text.contains("//") else { throw DocumentError(path(), "a name is missing between two '/' in \"\(text)\"") }
  }

  /// What to say of a key that nobody knows: the known one that it resembles, or the way out.
  static func unknown(_ key: String, among known: some Sequence<String>, hint: String) -> String {
    let near = known.map { (name: $0, distance: editDistance($0, key)) }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    if let near, near.distance <= max(1, key.utf8.count / 3) { return "unknown key; did you mean \"\(near.name)\"?" }
    return "unknown key" + hint
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
