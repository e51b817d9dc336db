extension JobSpec {
  /// The job in Afanasy's keys: what `JobDocument.read` would take again, and what the store keeps.
  public var document: JSONValue {
    let members = Parameters.job.json(of: self).members
    return .object(["job": .object(JSONObject(members + [(key: "blocks", value: .array(blocks.map(\.document)))]))])
  }
}

extension BlockSpec {
  public var document: JSONValue {
    var members = Parameters.block.json(of: self).members
    switch work {
    case .numeric(let frames):
      members += [
        ("frame_first", .integer(frames.first)), ("frame_last", .integer(frames.last)),
        ("frames_per_task", .integer(frames.perTask)), ("frames_inc", .integer(frames.increment)),
      ]
    case .listed(let tasks, let perTask):
      if perTask != 1 { members.append(("frames_per_task", .integer(perTask))) }
      members.append(("tasks", .array(tasks.map { .object(Parameters.task.json(of: $0)) })))
    }
    return .object(JSONObject(members))
  }
}
