public import Model
import SwiftProtobuf

/// What a render's machine has, as JSON: for the store.
public enum MachineText {
  public static func text(_ interfaces: [NetworkInterface]) throws -> String {
    try WireInterface.jsonString(from: interfaces.map(WireInterface.init))
  }

  public static func text(_ resources: HostResources) throws -> String { try WireResources(resources).jsonString() }

  public static func interfaces(_ text: String) throws -> [NetworkInterface] {
    try WireInterface.array(fromJSONString: text).map(NetworkInterface.init)
  }

  /// `{}`: nothing is known.
  public static func resources(_ text: String) throws -> HostResources {
    text == "{}" ? HostResources() : HostResources(try WireResources(jsonString: text))
  }
}
