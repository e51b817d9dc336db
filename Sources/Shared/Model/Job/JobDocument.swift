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
    let (value, tasks): (JSONValue, [Int: ListedTasks])
    do { (value, tasks) = try JSONParser.parseJob(bytes) } catch { throw DocumentError("", "not JSON: \(error)") }
    return try read(value, tasks, defaultUser, defaultPriority)
  }

  public static func read(
    _ value: JSONValue, defaultUser: String, defaultPriority: UInt8 = Limits.defaultPriority
  ) throws(DocumentError) -> Reading {
    try read(value, [:], defaultUser, defaultPriority)
  }

  /// - Parameter tasks: of blocks whose tasks are not in `value`.
  private static func read(
    _ value: JSONValue, _ tasks: [Int: ListedTasks], _ defaultUser: String, _ defaultPriority: UInt8
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
    try Parameters.job.check(job, path: "", warnings: &warnings)

    var spec = JobSpec(name: "", user: defaultUser, priority: defaultPriority, blocks: [])
    Parameters.job.fill(&spec, from: job)
    guard !spec.name.isEmpty else { throw DocumentError("name", "expected the job's name, a string that is not empty") }
    guard !spec.user.isEmpty else { throw DocumentError("user_name", "expected a user's name") }
    spec.blocks = try blocks(of: job, tasks, warnings: &warnings)
    _ = try BlockDependencies(spec.blocks)
    try Parameters.checkMasks(spec)
    try checkTries(job, spec)
    return Reading(job: spec, warnings: bounded(warnings))
  }

  /// The list `blocks` of a job or of an addition to one.
  static func blocks(
    of object: JSONObject, _ tasks: [Int: ListedTasks], warnings: inout [String]
  ) throws(DocumentError) -> [BlockSpec] {
    guard let given = object["blocks"] else { throw DocumentError("blocks", "expected a list of one block or more") }
    guard case .array(let list) = given else { throw DocumentError("blocks", "expected a list, found \(given.typeName)") }
    guard !list.isEmpty else { throw DocumentError("blocks", "expected one block or more, found an empty list") }
    guard list.count <= Limits.blocksPerJob else { throw DocumentError("blocks", "more than \(Limits.blocksPerJob) blocks") }

    var blocks: [BlockSpec] = []
    var total = 0
    for (index, value) in list.enumerated() {
      let block = try self.block(value, tasks[index], path: "blocks[\(index)]", warnings: &warnings)
      total += block.taskCount
      guard total <= Limits.tasksPerJob else {
        throw DocumentError("blocks[\(index)]", "more than \(Limits.tasksPerJob) tasks in one job")
      }
      blocks.append(block)
    }
    return blocks
  }

  /// The tasks to be tried first: two lists of the same length, of tasks that there are.
  private static func checkTries(_ job: JSONObject, _ spec: JobSpec) throws(DocumentError) {
    let blocks = job["try_this_blocks_num"]?.array?.count ?? 0
    let tasks = job["try_this_tasks_num"]?.array?.count ?? 0
    guard blocks == tasks else {
      throw DocumentError("try_this_tasks_num", "expected \(blocks) as in try_this_blocks_num, found \(tasks)")
    }
    for (index, next) in spec.parameters.tryNext.enumerated() {
      guard Int(next.block.value) < spec.blocks.count else {
        throw DocumentError("try_this_blocks_num[\(index)]", "the job has no block \(next.block)")
      }
      guard Int(next.task.value) < spec.blocks[Int(next.block.value)].taskCount else {
        throw DocumentError("try_this_tasks_num[\(index)]", "block \(next.block) has no task \(next.task)")
      }
    }
  }

  /// A thousand blocks may each give the same cause to warn.
  static func bounded(_ warnings: [String]) -> [String] {
    let most = 50
    guard warnings.count > most else { return warnings }
    return warnings.prefix(most) + ["and \(warnings.count - most) more of the same kind"]
  }

  private static func block(
    _ value: JSONValue, _ tasks: ListedTasks?, path: String, warnings: inout [String]
  ) throws(DocumentError) -> BlockSpec {
    guard case .object(let block) = value else { throw DocumentError(path, "expected an object, found \(value.typeName)") }
    try Parameters.block.check(block, path: path, warnings: &warnings)
    var spec = Parameters.block.defaults
    Parameters.block.fill(&spec, from: block)
    guard !spec.name.isEmpty else { throw DocumentError("\(path).name", "expected the block's name, a string that is not empty") }
    if spec.service.isEmpty { spec.service = "generic" }

    if let given = block["tasks"], block["frame_first"] == nil, block["frame_last"] == nil, !spec.flags.contains(.numeric) {
      let list = if let tasks { try checked(tasks, path) } else { try listed(given, path: path) }
      spec.work = .listed(list, framesPerTask: block["frames_per_task"]?.integer ?? 1)
    } else {
      if block["tasks"] != nil { throw DocumentError("\(path).tasks", "a block has either tasks or a frame range, not both") }
      spec.flags.insert(.numeric)
      spec.work = .numeric(try frames(block, path: path))
    }
    spec.complete()
    try spec.check(path: path)
    return spec
  }

  static func frames(_ block: JSONObject, path: String) throws(DocumentError) -> Frames {
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
    guard frames.isPossible else { throw DocumentError("\(path).frame_last", "a number of its frames is out of range") }
    guard frames.taskCount <= Limits.tasksPerBlock else {
      throw DocumentError("\(path).frame_last", "\(frames.taskCount) tasks; a block has at most \(Limits.tasksPerBlock)")
    }
    return frames
  }

  static func listed(_ value: JSONValue, path: String) throws(DocumentError) -> TaskList {
    let place = path.isEmpty ? "tasks" : path + ".tasks"
    guard case .array(let list) = value else { throw DocumentError(place, "expected a list, found \(value.typeName)") }
    var reading = ListedTasks()
    do throws(DocumentError) {
      for (index, value) in list.enumerated() {
        guard index < Limits.tasksPerBlock else {
          throw DocumentError(place, "more than \(Limits.tasksPerBlock) tasks")
        }
        reading.tasks.append(try task(value, path: "\(place)[\(index)]"))
      }
    } catch { reading.fault = error }
    reading.tasks.trim()
    return try checked(reading, path)
  }

  static func checked(_ reading: ListedTasks, _ path: String) throws(DocumentError) -> TaskList {
    if let fault = reading.fault { throw fault }
    guard !reading.tasks.isEmpty else {
      throw DocumentError(path.isEmpty ? "tasks" : path + ".tasks", "expected one task or more, found an empty list")
    }
    return reading.tasks
  }

  static func task(_ value: JSONValue, path: @autoclosure () -> String) throws(DocumentError) -> TaskSpec {
    guard case .object(let object) = value else { throw DocumentError(path(), "expected an object, found \(value.typeName)") }
    var warnings: [String] = []
    try Parameters.task.check(object, path: path(), warnings: &warnings)
    var task = Parameters.task.defaults
    Parameters.task.fill(&task, from: object)
    return task
  }
}
