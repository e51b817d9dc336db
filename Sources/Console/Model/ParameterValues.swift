public import Model
import Wire

/// A node whose parameters are asked for.
public enum ParameterPlace: Hashable, Sendable {
  case job(JobID)
  case block(JobID, BlockIndex)
  case task(JobID, BlockIndex, TaskIndex)
  case branch(String)
  case render(String)
  case pool(String)
  case user(String)
}

/// How a node's parameters stand, as the server says.
public struct ParameterValues: Hashable, Sendable {
  /// Those that are told: at least all that are not as they are by default.
  public var own: JSONObject
  /// What is asked where the node says nothing, the nearest first: `pool /farm`.
  public var above: [Above]

  public struct Above: Hashable, Sendable {
    public var name: String
    public var own: JSONObject
    public init(name: String, own: JSONObject) {
      self.name = name
      self.own = own
    }
  }

  public init(own: JSONObject, above: [Above] = []) {
    self.own = own
    self.above = above
  }

  /// The node's own value; nil: neither it nor the table says one.
  func value(_ row: ParameterRow) -> JSONValue? { own[row.key] ?? row.byDefault }

  /// What the node has because one above says so; nil: it says itself, or nothing above does.
  func inherited(_ row: ParameterRow) -> (value: JSONValue, from: String)? {
    guard row.isInherited, Self.saysNothing(value(row)) else { return nil }
    for node in above {
      if let value = node.own[row.key], !Self.saysNothing(value) { return (value, node.name) }
    }
    return nil
  }

  private static func saysNothing(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null?, .string("")?: true
    case .integer(let number)?: number < 0
    default: false
    }
  }
}

extension OrderNodes {
  /// Where the parameters of the first of them are.
  var place: ParameterPlace? {
    switch self {
    case .jobs(let ids): ids.first.map(ParameterPlace.job)
    case .block(let job, let block): .block(job, block)
    case .tasks(let job, let block, let tasks):
      tasks.first.map { .task(job, block, TaskIndex(Int($0.first))) }
    case .branches(let names): names.first.map(ParameterPlace.branch)
    case .renders(let names): names.first.map(ParameterPlace.render)
    case .pools(let names): names.first.map(ParameterPlace.pool)
    case .users(let names): names.first.map(ParameterPlace.user)
    case .system: nil
    }
  }
}

/// Values of parameters as people type them.
enum ParameterText {
  /// As it can be typed again.
  static func text(_ value: JSONValue, _ kind: KeyRule.Kind) -> String {
    let short = NodeText.text(value)
    return self.value(short, kind) == value ? short : value.text()
  }

  /// What was typed: JSON, or the words of a list, or `NAME=VALUE` for each member of a map. What is a text is taken as it stands.
  static func value(_ text: String, _ kind: KeyRule.Kind) -> JSONValue {
    if text == "null" { return .null }
    switch kind {
    case .string, .pattern, .mask, .path, .word: return .string(text)
    case .strings where !text.trimmed.hasPrefix("["):
      return .array(text.split(separator: " ").map { .string(String($0)) })
    case .integers where !text.trimmed.hasPrefix("["):
      return .array(text.split(separator: " ").map { ChangeSyntax.value(String($0)) })
    case .integerMap, .weights, .ticketCounts, .stringMap:
      if text.trimmed.hasPrefix("{") { return ChangeSyntax.value(text) }
      var object = JSONObject()
      for word in text.split(separator: " ") {
        guard let equals = word.firstIndex(of: "=") else { return .string(text) }
        let value = String(word[word.index(after: equals)...])
        object[String(word[..<equals])] = kind == .stringMap ? .string(value) : ChangeSyntax.value(value)
      }
      return .object(object)
    default: return ChangeSyntax.value(text.trimmed)
    }
  }
}
