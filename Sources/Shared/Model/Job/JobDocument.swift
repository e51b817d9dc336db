/// The Afanasy-format document of a job: `{"job": {…}}` (section 4.7).
public enum JobDocument {
  /// What came of reading a document.
  public struct Reading: Sendable {
    public var job: JobSpec
    /// Lines for the submitter: what was accepted without effect.
    public var warnings: [String]
  }

  /// Reads and checks a document whole.
  ///
  /// - Parameters:
  ///   - defaultUser: the owner when the document names none.
  ///   - defaultPriority: likewise (`af_priority`).
  /// - Throws: `DocumentError` that names the first fault's place.
  public static func read(
    _ bytes: some Sequence<UInt8>, defaultUser: String, defaultPriority: UInt8 = Limits.defaultPriority
  ) throws(DocumentError) -> Reading {
    let bytes = Array(bytes)
    guard bytes.count <= Limits.documentBytes else {
      throw DocumentError("", "the document is longer than \(Limits.documentBytes >> 20) MiB")
    }
    let value: JSONValue
    do { value = try JSONParser.parse(bytes) } catch { throw DocumentError("", "not JSON: \(error)") }
    return try read(value, defaultUser: defaultUser, defaultPriority: defaultPriority)
  }

  public static func read(
    _ value: JSONValue, defaultUser: String, defaultPriority: UInt8 = Limits.defaultPriority
  ) throws(DocumentError) -> Reading {
    guard case .object(let root) = value else {
      throw DocumentError("", "expected an object with the key \"job\", found \(value.typeName)")
    }
    guard let inner = root["job"] else { throw DocumentError("", "expected the key \"job\"") }
    if let stray = root.members.first(where: { $0.key != "job" && !$0.key.isEmpty && !$0.key.hasPrefix("-") }) {
      throw DocumentError(stray.key, "unknown key beside \"job\"")
    }
    guard case .object(let job) = inner else { throw DocumentError("job", "expected an object, found \(inner.typeName)") }
    var warnings: [String] = []
    try KeyRule.check(job, JobKeys.all, path: "", warnings: &warnings)

    let name = job["name"]?.string ?? ""
    guard !name.isEmpty else { throw DocumentError("name", "expected the job's name, a string that is not empty") }
    let user = job["user_name"]?.string ?? defaultUser
    guard !user.isEmpty else { throw DocumentError("user_name", "expected a user's name") }
    guard let given = job["blocks"] else { throw DocumentError("blocks", "expected a list of one block or more") }
    guard case .array(let list) = given else { throw DocumentError("blocks", "expected a list, found \(given.typeName)") }
    guard !list.isEmpty else { throw DocumentError("blocks", "expected one block or more, found an empty list") }
    guard list.count <= Limits.blocksPerJob else { throw DocumentError("blocks", "more than \(Limits.blocksPerJob) blocks") }

    var blocks: [BlockSpec] = []
    var total = 0
    for (index, value) in list.enumerated() {
      let block = try self.block(value, path: "blocks[\(index)]", warnings: &warnings)
      total += block.taskCount
      guard total <= Limits.tasksPerJob else {
        throw DocumentError("blocks[\(index)]", "more than \(Limits.tasksPerJob) tasks in one job")
      }
      blocks.append(block)
    }
    _ = try BlockDependencies(blocks)
    let spec = JobSpec(
      name: name, user: user, priority: UInt8(job["priority"]?.integer ?? Int64(defaultPriority)),
      isOffline: flag(job["offline"]), blocks: blocks,
      other: rest(job, JobKeys.all, ["name", "user_name", "priority", "offline", "blocks"]))
    return Reading(job: spec, warnings: bounded(warnings))
  }

  /// A thousand blocks may each give the same cause to warn.
  private static func bounded(_ warnings: [String]) -> [String] {
    let most = 50
    guard warnings.count > most else { return warnings }
    return warnings.prefix(most) + ["and \(warnings.count - most) more of the same kind"]
  }

  private static func flag(_ value: JSONValue?) -> Bool { value?.bool ?? (value?.integer == 1) }

  private static func rest(_ object: JSONObject, _ rules: [KeyRule], _ taken: Set<String>) -> JSONObject {
    JSONObject(
      object.members.filter { member in
        guard !taken.contains(member.key), let rule = rules.first(where: { $0.name == member.key }) else { return false }
        if case .computed = rule.standing { return false }
        return true
      })
  }

  private static func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }
  private static func map(_ value: JSONValue?) -> [String: String] {
    Dictionary((value?.object?.members ?? []).compactMap { m in m.value.string.map { (m.key, $0) } }, uniquingKeysWith: { $1 })
  }

  private static func block(
    _ value: JSONValue, path: String, warnings: inout [String]
  ) throws(DocumentError) -> BlockSpec {
    guard case .object(let block) = value else { throw DocumentError(path, "expected an object, found \(value.typeName)") }
    try KeyRule.check(block, BlockKeys.all, path: path, warnings: &warnings)
    let name = block["name"]?.string ?? ""
    guard !name.isEmpty else { throw DocumentError("\(path).name", "expected the block's name, a string that is not empty") }
    var flags = BlockFlags(rawValue: UInt16(block["flags"]?.integer ?? 0))
    let later = flags.subtracting([.numeric, .skipThumbnails])
    if !later.isEmpty { warnings.append("\(path).flags: bits \(later.rawValue) accepted, without effect in this version") }

    let command = block["command"]?.string ?? ""
    let work: BlockSpec.Work
    if let tasks = block["tasks"], block["frame_first"] == nil, block["frame_last"] == nil, !flags.contains(.numeric) {
      work = try listed(tasks, command: command, perTask: block["frames_per_task"]?.integer ?? 1, path: path, warnings: &warnings)
    } else {
      if block["tasks"] != nil { throw DocumentError("\(path).tasks", "a block has either tasks or a frame range, not both") }
      flags.insert(.numeric)
      work = .numeric(try frames(block, path: path))
      guard command.contains(where: { !$0.isWhitespace }) else {
        throw DocumentError("\(path).command", "expected a command for the frames of this block")
      }
    }
    return BlockSpec(
      name: name, service: nonEmpty(block["service"]?.string) ?? "generic", parser: block["parser"]?.string ?? "", work: work,
      command: command, workingDirectory: block["working_directory"]?.string ?? "", environment: map(block["environment"]),
      files: strings(block["files"]), tasksName: block["tasks_name"]?.string ?? "",
      capacity: Int32(block["capacity"]?.integer ?? 1000), errorsRetries: Int8(block["errors_retries"]?.integer ?? -1),
      dependMask: block["depend_mask"]?.string ?? "", tasksDependMask: block["tasks_depend_mask"]?.string ?? "", flags: flags,
      other: rest(
        block, BlockKeys.all,
        [
          "name", "service", "parser", "flags", "frame_first", "frame_last", "frames_per_task", "frames_inc", "tasks",
          "tasks_name", "command", "working_directory", "files", "environment", "capacity", "errors_retries", "depend_mask",
          "tasks_depend_mask",
        ]))
  }

  private static func nonEmpty(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }

  private static func frames(_ block: JSONObject, path: String) throws(DocumentError) -> Frames {
    guard let first = block["frame_first"]?.integer else {
      throw DocumentError("\(path).frame_first", "expected the first frame (or a list \"tasks\")")
    }
    guard let last = block["frame_last"]?.integer else { throw DocumentError("\(path).frame_last", "expected the last frame") }
    guard last >= first else { throw DocumentError("\(path).frame_last", "\(last) is before frame_first \(first)") }
    let perTask = block["frames_per_task"]?.integer ?? 1
    guard perTask >= 1 else {
      throw DocumentError("\(path).frames_per_task", "expected 1 or more in a block with a frame range, found \(perTask)")
    }
    let frames = Frames(first: first, last: last, perTask: perTask, increment: block["frames_inc"]?.integer ?? 1)
    guard frames.taskCount <= Limits.tasksPerBlock else {
      throw DocumentError("\(path).frame_last", "\(frames.taskCount) tasks; a block has at most \(Limits.tasksPerBlock)")
    }
    return frames
  }

  private static func listed(
    _ value: JSONValue, command: String, perTask: Int64, path: String, warnings: inout [String]
  ) throws(DocumentError) -> BlockSpec.Work {
    guard case .array(let list) = value else { throw DocumentError("\(path).tasks", "expected a list, found \(value.typeName)") }
    guard !list.isEmpty else { throw DocumentError("\(path).tasks", "expected one task or more, found an empty list") }
    guard list.count <= Limits.tasksPerBlock else {
      throw DocumentError("\(path).tasks", "more than \(Limits.tasksPerBlock) tasks")
    }
    guard perTask != 0 else { throw DocumentError("\(path).frames_per_task", "expected a number other than 0") }
    let hasCommand = command.contains { !$0.isWhitespace }
    var tasks: [TaskSpec] = []
    tasks.reserveCapacity(list.count)
    for (index, value) in list.enumerated() {
      guard case .object(let task) = value else {
        throw DocumentError("\(path).tasks[\(index)]", "expected an object, found \(value.typeName)")
      }
      try KeyRule.check(task, TaskKeys.all, path: "\(path).tasks[\(index)]", warnings: &warnings)
      let own = task["command"]?.string ?? ""
      guard hasCommand || own.contains(where: { !$0.isWhitespace }) else {
        throw DocumentError("\(path).tasks[\(index)].command", "neither the task nor its block has a command")
      }
      tasks.append(
        TaskSpec(
          name: task["name"]?.string ?? "", command: own, files: strings(task["files"]), environment: map(task["environment"])))
    }
    return .listed(tasks, framesPerTask: perTask)
  }
}
