extension JobSpec {
  /// The job in Afanasy's keys: what `read` would take again, and what the store keeps.
  public var document: JSONValue {
    var job = JSONObject()
    job["name"] = .string(name)
    job["user_name"] = .string(user)
    job["priority"] = .integer(Int64(priority))
    if isOffline { job["offline"] = .bool(true) }
    let object = JSONObject(job.members + other.members + [(key: "blocks", value: .array(blocks.map(\.document)))])
    return .object(["job": .object(object)])
  }
}

extension BlockSpec {
  public var document: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("name", .string(name)), ("service", .string(service)), ("capacity", .integer(Int64(capacity))),
      ("flags", .integer(Int64(flags.rawValue))),
    ]
    if !parser.isEmpty { members.append(("parser", .string(parser))) }
    if !command.isEmpty { members.append(("command", .string(command))) }
    if !workingDirectory.isEmpty { members.append(("working_directory", .string(workingDirectory))) }
    if !environment.isEmpty { members.append(("environment", Self.map(environment))) }
    if !files.isEmpty { members.append(("files", .array(files.map(JSONValue.string)))) }
    if !tasksName.isEmpty { members.append(("tasks_name", .string(tasksName))) }
    if errorsRetries >= 0 { members.append(("errors_retries", .integer(Int64(errorsRetries)))) }
    if !dependMask.isEmpty { members.append(("depend_mask", .string(dependMask))) }
    if !tasksDependMask.isEmpty { members.append(("tasks_depend_mask", .string(tasksDependMask))) }
    switch work {
    case .numeric(let frames):
      members += [
        ("frame_first", .integer(frames.first)), ("frame_last", .integer(frames.last)),
        ("frames_per_task", .integer(frames.perTask)), ("frames_inc", .integer(frames.increment)),
      ]
      return .object(JSONObject(members + other.members))
    case .listed(let tasks, let perTask):
      if perTask != 1 { members.append(("frames_per_task", .integer(perTask))) }
      let list = tasks.map { task -> JSONValue in
        var one: [(key: String, value: JSONValue)] = [("name", .string(task.name))]
        if !task.command.isEmpty { one.append(("command", .string(task.command))) }
        if !task.files.isEmpty { one.append(("files", .array(task.files.map(JSONValue.string)))) }
        if !task.environment.isEmpty { one.append(("environment", Self.map(task.environment))) }
        return .object(JSONObject(one))
      }
      return .object(JSONObject(members + other.members + [(key: "tasks", value: .array(list))]))
    }
  }

  private static func map(_ values: [String: String]) -> JSONValue {
    .object(JSONObject(values.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
  }
}
