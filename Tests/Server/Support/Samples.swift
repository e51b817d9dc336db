import Model

/// Values of parameters that nobody has by default.
enum Samples {
  /// A node of which every parameter differs from what it is by default, made through its table.
  static func node<Node>(_ table: ParameterTable<Node>, leaving: Set<String> = []) -> Node {
    var members: [(key: String, value: JSONValue)] = []
    for (index, parameter) in table.parameters.enumerated() where parameter.isInNode && !leaving.contains(parameter.key) {
      members.append((parameter.key, value(parameter, index)))
    }
    return table.stored(JSONObject(members))
  }

  private static func value<Node>(_ parameter: Parameter<Node>, _ index: Int) -> JSONValue {
    switch parameter.kind {
    case .bool: .bool(parameter.defaultValue != .bool(true))
    case .integer(let range):
      [range.lowerBound + 3 + Int64(index), range.lowerBound + 3, range.upperBound, range.lowerBound].lazy.map(JSONValue.integer)
        .first { range.contains($0.integer ?? 0) && $0 != parameter.defaultValue } ?? .null
    case .string, .mask, .pattern: .string("\(parameter.key) \"ö\"")
    case .path: .string("/\(parameter.key)")
    case .word(let words): words.lazy.map(JSONValue.string).last { $0 != parameter.defaultValue } ?? .null
    case .integerMap, .weights: .object(["a": .integer(3), "/b": .integer(7)])
    case .ticketCounts: .object(["GPU": .array([.integer(3), .integer(0), .integer(0), .integer(2)]), "MEM": .integer(9)])
    case .stringMap: .object(["K": .string("v \(parameter.key)")])
    case .strings: .array([.string("x"), .string(parameter.key)])
    case .integers: .array([.integer(1), .integer(0)])
    case .special: .null
    }
  }

  /// Paths of the stored properties of a value that are the same in another: what a sample forgot.
  static func same(_ value: Any, _ other: Any, path: String = "") -> [String] {
    let fields = Mirror(reflecting: value)
    // Only structs of the project's own are looked into.
    guard fields.displayStyle == .struct, !fields.children.isEmpty, !(value is any Collection), !(value is JSONObject),
      !(value is any OptionSet), !isSingle(value)
    else { return "\(value)" == "\(other)" ? [path] : [] }
    return zip(fields.children, Mirror(reflecting: other).children).flatMap { field, otherField in
      same(field.value, otherField.value, path: "\(path).\(field.label ?? "?")")
    }
  }

  private static func isSingle(_ value: Any) -> Bool { value is Instant || value is JobID || value is RenderID || value is TaskKey }
}
