/// Who may say something of a node, and when.
public enum ParameterAccess: Sendable, Hashable {
  /// Given at submission, or changed later.
  case editable
  /// Given at submission and fixed from then on; `reason` says why, for who tries.
  case submitted(reason: String)
  /// Taken and kept, and nothing can act on it.
  case withoutEffect(reason: String)
}

/// One thing that can be said of a node: its JSON key, what it may be, what it means, and where it stands in the node's value.
public struct Parameter<Node: Sendable>: Sendable {
  /// Afanasy's key.
  public let key: String
  public let kind: KeyRule.Kind
  /// Of numbers: `s`, `MB`…; empty: none.
  public let unit: String
  /// For help and man pages, in sentences.
  public let meaning: String
  public internal(set) var access: ParameterAccess
  /// What it is when nobody says; nil: there is no such value.
  public internal(set) var defaultValue: JSONValue?
  /// Kept and shown; nothing acts on it.
  public internal(set) var isKept = false
  /// Where the node says nothing, one above it is asked: the pool above, a job's user.
  public internal(set) var isInherited = false
  /// Written even where it is the default.
  var isAlwaysWritten = false
  let get: @Sendable (Node) -> JSONValue
  /// Takes a checked value; nil: the node's reader, or whoever holds the node, sees to it.
  let set: (@Sendable (inout Node, JSONValue) -> Void)?

  public var isEditable: Bool { access == .editable }
  /// Whether it is part of the node's value, or of what surrounds it (`user_name` and `nimby` of a render).
  public var isInNode: Bool { self.set != nil }

  init(
    _ key: String, _ kind: KeyRule.Kind, unit: String = "", _ meaning: String, access: ParameterAccess = .editable,
    get: @escaping @Sendable (Node) -> JSONValue, set: (@Sendable (inout Node, JSONValue) -> Void)?
  ) {
    self.key = key
    self.kind = kind
    self.unit = unit
    self.meaning = meaning
    self.access = access
    self.get = get
    self.set = set
  }

  /// The same of a node that has this one as a part.
  func part<Whole: Sendable>(of path: any WritableKeyPath<Whole, Node> & Sendable, key: String? = nil) -> Parameter<Whole> {
    let get = self.get
    var setter: (@Sendable (inout Whole, JSONValue) -> Void)?
    if let set = self.set {
      setter = { (whole: inout Whole, value: JSONValue) in set(&whole[keyPath: path], value) }
    }
    var parameter = Parameter<Whole>(
      key ?? self.key, kind, unit: unit, meaning, access: access, get: { (whole: Whole) in get(whole[keyPath: path]) }, set: setter)
    parameter.isInherited = isInherited
    return parameter
  }

  var inherited: Self {
    var parameter = self
    parameter.isInherited = true
    return parameter
  }

  var alwaysWritten: Self {
    var parameter = self
    parameter.isAlwaysWritten = true
    return parameter
  }
}

/// A place in a node's value, as tables name it.
typealias Place<Node, Value> = any WritableKeyPath<Node, Value> & Sendable

extension Parameter {
  /// A whole number. `range` lies within what `I` holds.
  static func number<I: FixedWidthInteger & Sendable>(
    _ key: String, _ place: Place<Node, I>, _ range: ClosedRange<Int64>, unit: String = "", access: ParameterAccess = .editable,
    _ meaning: String
  ) -> Self {
    Parameter(key, .integer(range), unit: unit, meaning, access: access) {
      .integer(Int64(clamping: $0[keyPath: place]))
    } set: {
      if let number = $1.integer { $0[keyPath: place] = I(clamping: number) }
    }
  }

  static func flag(_ key: String, _ place: Place<Node, Bool>, access: ParameterAccess = .editable, _ meaning: String) -> Self {
    Parameter(key, .bool, meaning, access: access) {
      .bool($0[keyPath: place])
    } set: {
      $0[keyPath: place] = $1.isTrue
    }
  }

  /// A text: a name, a mask, a pattern, a command.
  static func text(
    _ key: String, _ place: Place<Node, String>, _ kind: KeyRule.Kind, access: ParameterAccess = .editable, _ meaning: String
  ) -> Self {
    Parameter(key, kind, meaning, access: access) {
      .string($0[keyPath: place])
    } set: {
      if let text = $1.string { $0[keyPath: place] = text }
    }
  }

  static func path(_ key: String, _ place: Place<Node, String>, _ meaning: String) -> Self {
    Parameter(key, .path, meaning) {
      .string($0[keyPath: place])
    } set: {
      guard var text = $1.string else { return }
      while text.count > 1, text.hasSuffix("/") { text.removeLast() }
      $0[keyPath: place] = text
    }
  }

  /// One of the words of an enumeration.
  static func word<W: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ place: Place<Node, W>, _ meaning: String
  ) -> Self {
    Parameter(key, .word(W.allCases.map(\.rawValue)), meaning) {
      .string($0[keyPath: place].rawValue)
    } set: {
      if let word = $1.string.flatMap(W.init(rawValue:)) { $0[keyPath: place] = word }
    }
  }

  /// One of the words of an enumeration, or null.
  static func optionalWord<W: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ place: Place<Node, W?>, _ meaning: String
  ) -> Self {
    Parameter(key, .word(W.allCases.map(\.rawValue)), meaning) {
      $0[keyPath: place].map { .string($0.rawValue) } ?? .null
    } set: {
      $0[keyPath: place] = $1.string.flatMap(W.init(rawValue:))
    }
  }

  static func strings(_ key: String, _ place: Place<Node, [String]>, _ limit: Int, _ meaning: String) -> Self {
    Parameter(key, .strings(limit), meaning) {
      .array($0[keyPath: place].map(JSONValue.string))
    } set: {
      $0[keyPath: place] = $1.strings
    }
  }

  static func stringMap(_ key: String, _ place: Place<Node, [String: String]>, _ meaning: String) -> Self {
    Parameter(key, .stringMap, meaning) {
      .sorted($0[keyPath: place].mapValues(JSONValue.string))
    } set: {
      $0[keyPath: place] = $1.stringMap
    }
  }

  /// Whole numbers by name; those that are 0 are left out.
  static func numberMap(_ key: String, _ place: Place<Node, [String: Int32]>, _ kind: KeyRule.Kind, _ meaning: String) -> Self {
    Parameter(key, kind, meaning) {
      .sorted($0[keyPath: place].mapValues { .integer(Int64($0)) })
    } set: {
      var map: [String: Int32] = [:]
      for (key, value) in $1.object?.members ?? [] where !key.isEmpty {
        guard var number = value.integer else { continue }
        if case .weights(let range) = kind { number = min(max(number, range.lowerBound), range.upperBound) }
        if number != 0 { map[key] = Int32(clamping: number) }
      }
      $0[keyPath: place] = map
    }
  }

  static func tickets(_ key: String, _ place: Place<Node, [String: TicketCount]>, _ meaning: String) -> Self {
    Parameter(key, .ticketCounts, meaning) {
      .sorted($0[keyPath: place].mapValues(\.json))
    } set: {
      var map: [String: TicketCount] = [:]
      for (key, value) in $1.object?.members ?? [] where !key.isEmpty {
        if let count = TicketCount(value) { map[key] = count }
      }
      $0[keyPath: place] = map
    }
  }

  /// A key that nothing acts on: it stands among the node's other keys as it was given.
  static func kept(
    _ key: String, _ kind: KeyRule.Kind, in place: Place<Node, JSONObject>, access: ParameterAccess = .editable, _ meaning: String
  ) -> Self {
    let empty: JSONValue =
      switch kind {
      case .bool: .bool(false)
      case .stringMap: .object(JSONObject())
      default: .string("")
      }
    var parameter = Parameter(key, kind, meaning, access: access) {
      $0[keyPath: place][key] ?? empty
    } set: {
      var value = $1
      switch kind {
      case .bool: value = .bool(value.isTrue)
      case .stringMap:
        // An empty value takes a key out (section 1.4: `folders`).
        value = .object(JSONObject(value.object?.members.filter { $0.value != .string("") } ?? []))
      default: break
      }
      $0[keyPath: place][key] = value == empty ? nil : value
    }
    parameter.isKept = true
    return parameter
  }

  /// Read by the node's own reader.
  static func special(_ key: String, _ kind: KeyRule.Kind, access: ParameterAccess, _ meaning: String) -> Self {
    Parameter(key, kind, meaning, access: access, get: { _ in .null }, set: nil)
  }
}

extension JSONValue {
  var isTrue: Bool { bool ?? (integer == 1) }
  var strings: [String] { (array ?? []).compactMap(\.string) }
  var stringMap: [String: String] {
    Dictionary((object?.members ?? []).compactMap { m in m.value.string.map { (m.key, $0) } }, uniquingKeysWith: { $1 })
  }
  static func sorted(_ map: [String: JSONValue]) -> JSONValue {
    .object(JSONObject(map.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
  }
}

extension TicketCount {
  static let counts: ClosedRange<Int64> = 0...1_000_000_000
  static let hosts: ClosedRange<Int64> = -1...Int64(Limits.renders)

  /// A count; with a limit of hosts Afanasy's `[count, usage, hosts, max_hosts]`.
  public var json: JSONValue {
    maxHosts < 0 ? .integer(Int64(count)) : .array([.integer(Int64(count)), .integer(0), .integer(0), .integer(Int64(maxHosts))])
  }

  /// nil: Afanasy's dummy entry, with a count of -1, that only counts usage.
  init?(_ value: JSONValue) {
    let parts = value.array?.map { $0.integer ?? -1 } ?? [value.integer ?? -1]
    guard let count = parts.first, count >= 0 else { return nil }
    self.init(count: Int32(clamping: count), maxHosts: parts.count > 3 ? Int32(clamping: max(-1, parts[3])) : -1)
  }

  static func check(_ value: JSONValue, path: String) throws(DocumentError) {
    switch value {
    case .integer(let count):
      guard counts.contains(count) else { throw DocumentError(path, KeyRule.outOfRange(count, counts)) }
    case .array(let list):
      guard list.count == 4, list.allSatisfy({ $0.integer != nil }) else {
        throw DocumentError(path, "expected a count, or the four whole numbers [count, usage, hosts, max_hosts]")
      }
      let count = list[0].integer ?? 0
      let maxHosts = list[3].integer ?? 0
      guard count == -1 || counts.contains(count) else { throw DocumentError(path, KeyRule.outOfRange(count, counts)) }
      guard hosts.contains(maxHosts) else { throw DocumentError(path, "max_hosts: \(KeyRule.outOfRange(maxHosts, hosts))") }
    default: throw DocumentError(path, "expected a count, or a list of four whole numbers, found \(value.typeName)")
    }
  }
}
