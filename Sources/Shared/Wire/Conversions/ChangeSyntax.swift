public import Model

/// A change on the command line: `KEY=VALUE`, `KEY+=WORD`, `KEY-=WORD`.
public enum ChangeSyntax {
  /// The value is JSON when it can be read as JSON, else a string; nothing is the empty string.
  ///
  /// - Throws: `Failure(.usage)`.
  public static func parse(_ text: String) throws(Failure) -> EditRequest.Change {
    guard let equals = text.firstIndex(of: "=") else {
      throw Failure(.usage, "\"\(text)\" is no change (expected KEY=VALUE, KEY+=WORD or KEY-=WORD)")
    }
    var key = text[..<equals]
    let rest = String(text[text.index(after: equals)...])
    var manner = EditRequest.Manner.set
    if key.last == "+" { manner = .add } else if key.last == "-" { manner = .remove }
    if manner != .set { key.removeLast() }
    guard !key.isEmpty, !key.contains(where: \.isWhitespace) else {
      throw Failure(.usage, "\"\(text)\" names no key (expected KEY=VALUE)")
    }
    if manner != .set {
      guard !rest.isEmpty else { throw Failure(.usage, "\"\(text)\": expected a word behind the =") }
      return EditRequest.Change(key: String(key), value: .string(rest), manner: manner)
    }
    var value = value(rest)
    // A text in which JSON stands: it is meant as it was written.
    if key == "custom_data", value.string == nil { value = .string(rest) }
    return EditRequest.Change(key: String(key), value: value)
  }

  public static func value(_ text: String) -> JSONValue {
    if text.isEmpty { return .string("") }
    return (try? JSONParser.parse(text)) ?? .string(text)
  }
}
