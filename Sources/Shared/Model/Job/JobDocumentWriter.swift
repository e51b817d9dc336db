extension JobSpec {
  /// The job in Afanasy's keys: what `JobDocument.read` would take again, and what the store keeps.
  public var document: JSONValue {
    let members = Parameters.job.json(of: self).members
    return .object(["job": .object(JSONObject(members + [(key: "blocks", value: .array(blocks.map(\.document)))]))])
  }
}

extension JobSpec {
  /// The same without the tasks of listed blocks, which a store keeps apart: `JobDocument.stored` takes both again.
  public var documentWithoutTasks: JSONValue {
    let members = Parameters.job.json(of: self).members
    let list = blocks.map { JSONValue.object(JSONObject($0.membersWithoutTasks)) }
    return .object(["job": .object(JSONObject(members + [(key: "blocks", value: .array(list))]))])
  }
}

extension BlockSpec {
  public var document: JSONValue {
    var members = membersWithoutTasks
    if case .listed(let tasks, _) = work {
      members.append(("tasks", .array(tasks.map { .object(Parameters.task.json(of: $0)) })))
    }
    return .object(JSONObject(members))
  }

  fileprivate var membersWithoutTasks: [(key: String, value: JSONValue)] {
    var members = Parameters.block.json(of: self).members
    switch work {
    case .numeric(let frames):
      members += [
        ("frame_first", .integer(frames.first)), ("frame_last", .integer(frames.last)),
        ("frames_per_task", .integer(frames.perTask)), ("frames_inc", .integer(frames.increment)),
      ]
    case .listed(_, let perTask):
      if perTask != 1 { members.append(("frames_per_task", .integer(perTask))) }
    }
    return members
  }
}
