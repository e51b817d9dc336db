/// All parameters of one kind of node, in the order in which they are written and shown.
public struct ParameterTable<Node: Sendable>: Sendable {
  /// For messages: `job`, `pool`…
  public let node: String
  public let parameters: [Parameter<Node>]
  /// Keys that a server works out: taken in a document and left out, never set.
  public let computed: [String]
  /// A node of which nobody said anything.
  public let defaults: Node
  private let places: [String: Int]
  private let computedKeys: Set<String>
  private let other: Place<Node, JSONObject>?

  /// - Parameters:
  ///   - required: keys without a default.
  ///   - other: where the node keeps what nothing acts on.
  init(
    _ node: String, defaults: Node, other: Place<Node, JSONObject>?, required: Set<String> = [], computed: [String] = [],
    _ parameters: [Parameter<Node>]
  ) {
    self.node = node
    self.defaults = defaults
    self.other = other
    self.computed = computed
    computedKeys = Set(computed)
    self.parameters = parameters.map { parameter in
      var parameter = parameter
      if parameter.isInNode, !required.contains(parameter.key) { parameter.defaultValue = parameter.get(defaults) }
      return parameter
    }
    places = Dictionary(parameters.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public subscript(key: String) -> Parameter<Node>? { places[key].map { parameters[$0] } }

  /// Its value in a node; nil: there is no such parameter.
  public func value(_ key: String, of node: Node) -> JSONValue? { self[key].map { $0.get(node) } }

  // MARK: Writing

  /// The node as an object that `fill` takes again.
  ///
  /// - Parameter isComplete: with what is as it is by default too.
  public func json(of node: Node, isComplete: Bool = false) -> JSONObject {
    var members: [(key: String, value: JSONValue)] = []
    for parameter in parameters where parameter.isInNode && (isComplete || !parameter.isKept) {
      let value = parameter.get(node)
      if isComplete || parameter.isAlwaysWritten || value != parameter.defaultValue { members.append((parameter.key, value)) }
    }
    if !isComplete, let other { members += node[keyPath: other].members }
    return JSONObject(members)
  }

  // MARK: Reading

  /// Checks an object against the table.
  ///
  /// - Parameter warnings: gets a line for each key that is accepted without effect.
  /// - Throws: `DocumentError` for an unknown key (with the known one it resembles), a wrong type, a value out of range.
  func check(_ object: JSONObject, path: @autoclosure () -> String, warnings: inout [String]) throws(DocumentError) {
    func place(_ key: String) -> String {
      let path = path()
      return path.isEmpty ? key : path + "." + key
    }
    for (key, value) in object.members {
      // Empty keys and keys that begin with "-" are comments, as in CGRU's files.
      if key.isEmpty || key.hasPrefix("-") || computedKeys.contains(key) { continue }
      guard let parameter = self[key] else { throw DocumentError(place(key), unknown(key)) }
      try KeyRule(key, parameter.kind).check(value, path: place(key))
      if case .withoutEffect(let reason) = parameter.access {
        warnings.append("\(place(key)): accepted, without effect: \(reason)")
      }
      if case .weights(let range) = parameter.kind {
        for (name, value) in value.object?.members ?? [] {
          guard let number = value.integer, !range.contains(number) else { continue }
          warnings.append("\(place(key)).\(name): \(number) counts as \(min(max(number, range.lowerBound), range.upperBound))")
        }
      }
    }
  }

  func unknown(_ key: String, hint: String = " (put '-' before it to keep it as a comment)") -> String {
    KeyRule.unknown(key, among: parameters.lazy.map(\.key), hint: hint)
  }

  /// Sets all that a checked object says.
  func fill(_ node: inout Node, from object: JSONObject) {
    for (key, value) in object.members {
      if let set = self[key]?.set { set(&node, value) }
    }
  }

  /// A node from an object that `json(of:)` made, perhaps in an earlier version: what is not understood is left at its default.
  public func stored(_ object: JSONObject) -> Node {
    var node = defaults
    fillStored(&node, from: object)
    return node
  }

  func fillStored(_ node: inout Node, from object: JSONObject) {
    for (key, value) in object.members {
      guard let parameter = self[key], let set = parameter.set else { continue }
      guard (try? KeyRule(key, parameter.kind).check(value, path: key)) != nil else { continue }
      set(&node, value)
    }
  }

  // MARK: Editing

  /// The parameter that a key means, with the member when it means one of a map.
  private func find(_ key: String) throws(DocumentError) -> (Parameter<Node>, member: String?) {
    let found: (Parameter<Node>, String?)
    if let parameter = self[key] {
      found = (parameter, nil)
    } else if let dot = key.firstIndex(of: "."), let parameter = self[String(key[..<dot])], parameter.kind.isMap {
      found = (parameter, String(key[key.index(after: dot)...]))
    } else if let dot = key.firstIndex(of: "."), self[String(key[..<dot])] != nil {
      throw DocumentError(key, "\(key[..<dot]) has no members")
    } else if computedKeys.contains(key) {
      throw DocumentError(key, "computed by the server, it cannot be set")
    } else {
      throw DocumentError(key, unknown(key, hint: " of a \(node)"))
    }
    switch found.0.access {
    case .editable: return found
    case .submitted(let reason): throw DocumentError(key, "not editable: \(reason)")
    case .withoutEffect(let reason): throw DocumentError(key, "not editable: \(reason)")
    }
  }

  /// Checks a change of a parameter that stands beside the node's value (`isInNode` is false): the caller sets it.
  ///
  /// - Returns: the checked value.
  public func checked(_ change: Edit.Change) throws(DocumentError) -> JSONValue {
    let (parameter, _) = try find(change.key)
    try KeyRule(change.key, parameter.kind).check(change.value, path: change.key)
    return parameter.kind == .bool ? .bool(change.value.isTrue) : change.value
  }

  /// Makes one change; what the values of different parameters must have in common is the caller's to check.
  ///
  /// - Parameter restoring: gives the value when the change says null.
  /// - Returns: the value before and after; of the member, when the key names one.
  func edit(
    _ node: inout Node, _ change: Edit.Change, restoring defaults: Node
  ) throws(DocumentError) -> (old: JSONValue, new: JSONValue) {
    let (parameter, member) = try find(change.key)
    guard let set = parameter.set else { throw DocumentError(change.key, "not a part of the \(self.node)'s own parameters") }
    let rule = KeyRule(parameter.key, parameter.kind)
    let old = parameter.get(node)
    guard let member else {
      if change.value == .null {
        guard parameter.defaultValue != nil else { throw DocumentError(change.key, "expected a value: it has no default") }
        set(&node, parameter.get(defaults))
      } else {
        try rule.check(change.value, path: change.key)
        set(&node, change.value)
      }
      return (old, parameter.get(node))
    }
    guard !member.isEmpty else { throw DocumentError(change.key, "expected a name behind the '.'") }
    var map = old.object ?? JSONObject()
    if change.value == .null {
      map[member] = nil
    } else {
      try rule.check(.object([member: change.value]), path: parameter.key)
      map[member] = change.value
      try rule.check(.object(map), path: parameter.key)
    }
    set(&node, .object(map))
    return (old[member] ?? .null, parameter.get(node)[member] ?? .null)
  }
}
