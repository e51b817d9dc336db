import Model

/// Blocks or tasks for a job that is there: `{"blocks": […]}` or `{"tasks": […]}`, read and checked as those of a new job are.
enum AdditionDocument {
  struct Reading: Sendable {
    var addition: Addition
    var warnings: [String]
  }

  /// - Throws: `DocumentError` that names the first fault's place.
  static func blocks(_ bytes: [UInt8]) throws(DocumentError) -> Reading {
    let list = try list("blocks", bytes)
    let reading = try JobDocument.read(job([(key: "blocks", value: list)]), defaultUser: "-")
    return Reading(addition: .blocks(reading.job.blocks), warnings: reading.warnings)
  }

  /// Whether tasks need commands of their own is for the farm to say, which knows their block.
  ///
  /// - Throws: `DocumentError` that names the first fault's place.
  static func tasks(_ bytes: [UInt8], of selection: BlockSelection) throws(DocumentError) -> Reading {
    let list = try list("tasks", bytes)
    let block: JSONObject = ["name": .string("block"), "command": .string("-"), "tasks": list]
    do throws(DocumentError) {
      let reading = try JobDocument.read(job([(key: "blocks", value: .array([.object(block)]))]), defaultUser: "-")
      guard case .listed(let tasks, _) = reading.job.blocks[0].work else { throw DocumentError("tasks", "expected a list") }
      return Reading(addition: .tasks(selection, Array(tasks)), warnings: reading.warnings.map(unwrapped))
    } catch {
      throw DocumentError(unwrapped(error.path), error.message)
    }
  }

  private static func job(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
    .object(["job": .object(JSONObject([(key: "name", value: .string("addition"))] + members))])
  }

  /// As it stands in the document that was sent.
  private static func unwrapped(_ path: String) -> String {
    path.hasPrefix("blocks[0].") ? String(path.dropFirst("blocks[0].".count)) : path
  }

  private static func list(_ key: String, _ bytes: [UInt8]) throws(DocumentError) -> JSONValue {
    guard bytes.count <= Limits.documentBytes else {
      throw DocumentError("", "the document is longer than \(Limits.documentBytes >> 20) MiB")
    }
    let value: JSONValue
    do { value = try JSONParser.parse(bytes) } catch { throw DocumentError("", "not JSON: \(error)") }
    guard case .object(let root) = value else {
      throw DocumentError("", "expected an object with the key \"\(key)\", found \(value.typeName)")
    }
    guard let list = root[key] else { throw DocumentError("", "expected the key \"\(key)\"") }
    if let stray = root.members.first(where: { $0.key != key && !$0.key.isEmpty && !$0.key.hasPrefix("-") }) {
      throw DocumentError(stray.key, "unknown key beside \"\(key)\"")
    }
    return list
  }
}
