public import Model

/// An event as the server tells it (reference/afanasy.md section 6.2): what happened, to which job or render, and what everybody
/// concerned has in `custom_data`.
public struct EventDocument: Sendable {
  /// In bytes.
  public static let limit = 16 << 20
  /// What happened, in one breath.
  private static let namesLimit = 100

  /// The whole of it.
  public let root: JSONObject
  /// `JOB_DONE`…
  public let names: [String]
  public let customData: CustomData

  /// - Throws: `Failure` that says where it is wrong.
  public init(_ bytes: [UInt8]) throws(Failure) {
    let value: JSONValue
    do throws(JSONSyntaxError) { value = try JSONParser.parse(bytes) } catch {
      throw Failure(.usage, "the event is not JSON: \(error)\(bytes.isEmpty ? " (nothing came on standard input)" : "")")
    }
    guard case .object(let root) = value else { throw Failure(.usage, "the event: expected an object, found \(value.typeName)") }
    self.root = root
    guard let names = root["events"]?.array?.compactMap(\.string), !names.isEmpty else {
      throw Failure(.usage, "the event: expected a list of names in \"events\"")
    }
    self.names = Array(names.prefix(Self.namesLimit))
    var data = CustomData()
    for (key, value) in root.members {
      switch value {
      case .object(let object): data.take(object["custom_data"], of: Self.owner(key, object))
      case .array(let list):
        for case .object(let object) in list {
          data.take(object["custom_data"], of: Self.owner(key.hasSuffix("s") ? String(key.dropLast()) : key, object))
        }
      default: break
      }
    }
    customData = data
  }

  private static func owner(_ kind: String, _ object: JSONObject) -> String {
    let name = object["path"]?.string ?? object["name"]?.string
    return name.map { "\(kind) \(JSONValue.string($0).text())" } ?? kind
  }

  var user: JSONObject? { root["user"]?.object }
  var job: JSONObject? { root["job"]?.object }
  var render: JSONObject? { root["render"]?.object }

  /// What it is about: the render, else the job.
  var subject: String { (render ?? job ?? user)?["name"]?.string ?? "" }
}
