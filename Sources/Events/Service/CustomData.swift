public import Model

/// The `custom_data` of everybody whom an event concerns, merged (reference/afanasy.md section 6.3): keys that begin with `-` are
/// comments, objects are merged key by key, lists are joined, and anything else is taken from whoever comes later.
public struct CustomData: Sendable {
  public private(set) var merged = JSONObject()
  /// What could not be understood, each a sentence that says whose and where.
  public private(set) var faults: [String] = []

  public init() {}

  /// Takes one object's share. A text is read as JSON; nothing and an empty text are nobody's fault.
  ///
  /// - Parameter owner: whose, for messages: `job "film"`.
  public mutating func take(_ value: JSONValue?, of owner: String) {
    guard let value, value != .null else { return }
    var data = value
    if case .string(let text) = value {
      guard text.contains(where: { !$0.isWhitespace }) else { return }
      do throws(JSONSyntaxError) {
        data = try JSONParser.parse(text)
      } catch {
        faults.append("the custom_data of \(owner) is left out, it is not JSON: \(error)")
        return
      }
    }
    guard case .object(let object) = data else {
      faults.append("the custom_data of \(owner) is left out: expected an object, found \(data.typeName)")
      return
    }
    merged = Self.merge(merged, object)
  }

  /// Linear in the size of both.
  static func merge(_ first: JSONObject, _ second: JSONObject) -> JSONObject {
    var members = first.members
    var places: [String: Int] = [:]
    for (at, member) in members.enumerated() { places[member.key] = at }
    for (key, value) in second.members where !key.hasPrefix("-") {
      guard let at = places[key] else {
        places[key] = members.count
        members.append((key, withoutComments(value)))
        continue
      }
      switch (members[at].value, value) {
      case (.object(let old), .object(let new)): members[at].value = .object(merge(old, new))
      case (.array(let old), .array(let new)): members[at].value = .array(old + new)
      default: members[at].value = withoutComments(value)
      }
    }
    return JSONObject(members)
  }

  private static func withoutComments(_ value: JSONValue) -> JSONValue {
    guard case .object(let object) = value else { return value }
    return .object(merge(JSONObject(), object))
  }
}
