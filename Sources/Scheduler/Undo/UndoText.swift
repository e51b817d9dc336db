import Model

/// What a store keeps of an order that can be undone: a JSON object. Tasks are not part of it.
enum UndoText {
  static func text(of parts: [UndoPart]) -> String {
    JSONValue.array(parts.compactMap(json)).text()
  }

  private static func number(_ id: JobID) -> JSONValue { .integer(Int64(id.value)) }

  private static func json(_ part: UndoPart) -> JSONValue? {
    switch part {
    case .deletion(let id, let wasDone): .object(["deleted": number(id), "done": .bool(wasDone)])
    case .paused(let id, let isPaused): .object(["paused": number(id), "to": .bool(isPaused)])
    case .stopped(let id, let count): .object(["stopped": number(id), "runs": .integer(Int64(count))])
    case .tasks: nil
    case .edit(let edit):
      .object([
        "set": node(edit.node),
        "values": .array(edit.values.map { .array([.string($0.key), $0.old, $0.new]) }),
      ])
    }
  }

  private static func node(_ node: UndoNode) -> JSONValue {
    switch node {
    case .job(let id): .object(["job": number(id)])
    case .block(let id, let block): .object(["job": number(id), "block": .integer(Int64(block.value))])
    case .task(let key):
      .object([
        "job": number(key.job), "block": .integer(Int64(key.block.value)), "task": .integer(Int64(key.task.value)),
      ])
    case .user(let name): .object(["user": .string(name)])
    case .pool(let path): .object(["pool": .string(path)])
    case .branch(let path): .object(["branch": .string(path)])
    case .render(let name): .object(["render": .string(name)])
    }
  }

  /// - Returns: what can be understood of it.
  static func parts(_ text: String) -> [UndoPart] {
    guard let all = (try? JSONParser.parse(text))?.array else { return [] }
    return all.compactMap(part)
  }

  private static func job(_ value: JSONValue?) -> JobID? {
    value?.integer.flatMap { UInt32(exactly: $0) }.map { JobID($0) }
  }

  private static func part(_ value: JSONValue) -> UndoPart? {
    if let id = job(value["deleted"]) { return .deletion(id, wasDone: value["done"]?.bool ?? false) }
    if let id = job(value["paused"]), let isPaused = value["to"]?.bool { return .paused(id, isPaused) }
    if let id = job(value["stopped"]), let count = value["runs"]?.integer { return .stopped(id, Int(clamping: count)) }
    guard let node = value["set"].flatMap(self.node), let values = value["values"]?.array else { return nil }
    let read = values.compactMap { value -> UndoEdit.Value? in
      guard let parts = value.array, parts.count == 3, let key = parts[0].string else { return nil }
      return UndoEdit.Value(key: key, old: parts[1], new: parts[2])
    }
    return .edit(UndoEdit(node: node, values: read))
  }

  private static func node(_ value: JSONValue) -> UndoNode? {
    if let name = value["user"]?.string { return .user(name) }
    if let path = value["pool"]?.string { return .pool(path) }
    if let path = value["branch"]?.string { return .branch(path) }
    if let name = value["render"]?.string { return .render(name) }
    guard let id = job(value["job"]) else { return nil }
    guard let block = value["block"]?.integer.flatMap({ UInt16(exactly: $0) }).map({ BlockIndex($0) }) else { return .job(id) }
    guard let task = value["task"]?.integer.flatMap({ UInt32(exactly: $0) }).map({ TaskIndex($0) }) else {
      return .block(id, block)
    }
    return .task(TaskKey(job: id, block: block, task: task))
  }
}
