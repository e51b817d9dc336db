extension JobDocument {
  /// A job as a store has it: its document, of this or an earlier version, and the tasks of its listed blocks.
  ///
  /// What the document says was checked when it was submitted: a value that is not understood any more is left at its default.
  ///
  /// - Parameter tasks: by the index of their block; those of other blocks stand in the document.
  /// - Throws: `DocumentError` when it is no job, or tasks are missing.
  public static func stored(_ bytes: [UInt8], tasks: [Int: TaskList]) throws(DocumentError) -> JobSpec {
    let (value, listed): (JSONValue, [Int: ListedTasks])
    do { (value, listed) = try JSONParser.parseJob(bytes) } catch { throw DocumentError("", "not JSON: \(error)") }
    guard let job = value["job"]?.object else { throw DocumentError("job", "expected an object") }
    var spec = Parameters.job.defaults
    Parameters.job.fillStored(&spec, from: job)
    guard !spec.name.isEmpty, !spec.user.isEmpty else { throw DocumentError("name", "expected names of the job and its user") }
    for (index, value) in (job["blocks"]?.array ?? []).enumerated() {
      guard let object = value.object else { throw DocumentError("blocks[\(index)]", "expected an object") }
      spec.blocks.append(try block(object, tasks[index] ?? listed[index]?.tasks, path: "blocks[\(index)]"))
    }
    guard !spec.blocks.isEmpty else { throw DocumentError("blocks", "expected one block or more") }
    return spec
  }

  private static func block(_ object: JSONObject, _ tasks: TaskList?, path: String) throws(DocumentError) -> BlockSpec {
    var spec = Parameters.block.defaults
    Parameters.block.fillStored(&spec, from: object)
    if object["frame_first"] != nil {
      spec.work = .numeric(try frames(object, path: path))
    } else {
      guard let tasks, !tasks.isEmpty else { throw DocumentError("\(path).tasks", "its tasks are missing") }
      spec.work = .listed(tasks, framesPerTask: object["frames_per_task"]?.integer ?? 1)
    }
    return spec
  }
}
