extension JobDocument {
  /// Blocks for a job that is there: `{"blocks": […]}`, each checked as one of a new job is. Their dependencies are the job's to
  /// check, since they may wait for blocks that it has.
  ///
  /// - Throws: `DocumentError` that names the first fault's place.
  public static func readBlocks(_ bytes: [UInt8]) throws(DocumentError) -> (blocks: [BlockSpec], warnings: [String]) {
    let (root, tasks) = try addition("blocks", bytes)
    var warnings: [String] = []
    let blocks = try blocks(of: root, tasks, warnings: &warnings)
    return (blocks, bounded(warnings))
  }

  /// Tasks for a listed block that is there: `{"tasks": […]}`. Whether they need commands of their own is the block's to say.
  ///
  /// - Throws: `DocumentError` that names the first fault's place.
  public static func readTasks(_ bytes: [UInt8]) throws(DocumentError) -> TaskList {
    let (root, tasks) = try addition("tasks", bytes)
    if let tasks = tasks[0] { return try checked(tasks, "") }
    return try listed(root["tasks"] ?? .null, path: "")
  }

  private static func addition(
    _ key: String, _ bytes: [UInt8]
  ) throws(DocumentError) -> (root: JSONObject, tasks: [Int: ListedTasks]) {
    guard bytes.count <= Limits.documentBytes else {
      throw DocumentError("", "the document is longer than \(Limits.documentBytes >> 20) MiB")
    }
    let (value, tasks): (JSONValue, [Int: ListedTasks])
    do { (value, tasks) = try JSONParser.parseJob(bytes, .addition) } catch { throw DocumentError("", "not JSON: \(error)") }
    guard case .object(let root) = value else {
      throw DocumentError("", "expected an object with the key \"\(key)\", found \(value.typeName)")
    }
    guard root[key] != nil else { throw DocumentError("", "expected the key \"\(key)\"") }
    if let stray = root.members.first(where: { $0.key != key && !$0.key.isEmpty && !$0.key.hasPrefix("-") }) {
      throw DocumentError(stray.key, "unknown key beside \"\(key)\"")
    }
    return (root, tasks)
  }
}
