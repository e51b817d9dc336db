import Model

/// Values as they were.
extension Farm {
  /// What some nodes say before an edit.
  struct Before {
    var keys: [String]
    var nodes: [(node: UndoNode, values: [JSONValue?])]
  }

  /// - Returns: nil: nothing is noted.
  mutating func before(_ nodes: [UndoNode], _ changes: [Edit.Change]) -> Before? {
    guard undos.draft?.isTooBig == false else { return nil }
    var keys: [String] = []
    for change in changes where !keys.contains(change.key) { keys.append(change.key) }
    // Either of them changes both.
    if case .render = nodes.first, keys.contains("nimby") || keys.contains("NIMBY") {
      keys.removeAll { $0 == "nimby" || $0 == "NIMBY" }
      keys += ["nimby", "NIMBY"]
    }
    guard nodes.count <= undos.room else {
      undos.draft?.isTooBig = true
      undos.draft?.parts = []
      return nil
    }
    return Before(keys: keys, nodes: nodes.map { node in (node, keys.map { value($0, of: node) }) })
  }

  /// The edit is made.
  mutating func note(_ before: Before?) {
    guard let before else { return }
    for (node, old) in before.nodes {
      var values: [UndoEdit.Value] = []
      for (key, old) in zip(before.keys, old) {
        guard let old, let new = value(key, of: node), old != new else { continue }
        values.append(UndoEdit.Value(key: key, old: old, new: new))
      }
      if !values.isEmpty { undos.note(.edit(UndoEdit(node: node, values: values))) }
    }
  }

  /// nil: there is no such node, or no such key.
  private func value(_ key: String, of node: UndoNode) -> JSONValue? {
    switch node {
    case .job(let id): jobPlaces[id].flatMap { Self.value(key, of: current($0), Parameters.job) }
    case .block(let id, let block):
      jobPlaces[id].flatMap { job in
        guard Int(block.value) < jobs[job].spec.blocks.count else { return nil }
        return Self.value(key, of: jobs[job].spec.blocks[Int(block.value)], Parameters.block)
      }
    case .task(let task):
      jobPlaces[task.job].flatMap { job in
        guard Int(task.block.value) < jobs[job].spec.blocks.count,
          case .listed(let tasks, _) = jobs[job].spec.blocks[Int(task.block.value)].work,
          tasks.indices.contains(Int(task.task.value))
        else { return nil }
        return Self.value(key, of: tasks[Int(task.task.value)], Parameters.task)
      }
    case .user(let name):
      peoplePlaces[name].flatMap { people[$0].isStored ? Self.value(key, of: people[$0].parameters, Parameters.user) : nil }
    case .pool(let path): poolPlaces[path].flatMap { Self.value(key, of: pools[$0].parameters, Parameters.pool) }
    case .branch(let path): branchPlaces[path].flatMap { Self.value(key, of: branches[$0].parameters, Parameters.branch) }
    case .render(let name):
      renderNamePlaces[name].flatMap { place in
        switch key {
        case "user_name": .string(renders[place].user)
        case "nimby": .bool(renders[place].state.contains(.nimby))
        case "NIMBY": .bool(renders[place].state.contains(.NIMBY))
        case "paused": .bool(renders[place].state.contains(.paused))
        default: Self.value(key, of: renders[place].parameters, Parameters.render)
        }
      }
    }
  }

  /// Of a member of a map that is not there: null, as an edit takes it out.
  private static func value<Node>(_ key: String, of node: Node, _ table: ParameterTable<Node>) -> JSONValue? {
    if let value = table.value(key, of: node) { return value }
    guard let dot = key.firstIndex(of: "."), let map = table.value(String(key[..<dot]), of: node) else { return nil }
    return map[String(key[key.index(after: dot)...])] ?? .null
  }

  // MARK: Taking back

  mutating func takeBack(_ edit: UndoEdit, by actor: Actor, _ tally: inout UndoTally) {
    let node = edit.node.name
    guard let first = edit.values.first, value(first.key, of: edit.node) != nil else { return tally.note(node, false, "is gone") }
    var (changes, others) = stillRight(edit)
    // A render's nimby set to false frees it of either kind.
    if case .render = edit.node { changes.sort { $0.value == .bool(false) && $1.value != .bool(false) } }
    if !changes.isEmpty {
      do throws(Failure) {
        tally.note(node, true, try set(changes, of: edit.node, by: actor))
      } catch { tally.note(node, false, error.message) }
    }
    if !others.isEmpty { tally.note(node, nil, "left as somebody set it meanwhile: \(others.joined(separator: ", "))") }
  }

  /// What can be set back, and the keys that somebody has set since.
  private func stillRight(_ edit: UndoEdit) -> (changes: [Edit.Change], others: [String]) {
    var changes: [Edit.Change] = []
    var others: [String] = []
    for old in edit.values {
      if value(old.key, of: edit.node) == old.new {
        changes.append(Edit.Change(key: old.key, value: old.old))
      } else {
        others.append(old.key)
      }
    }
    return (changes, others)
  }

  /// Tasks of one block get their values back; none are left in the list.
  mutating func takeBack(_ edits: inout [UndoEdit], _ tally: inout UndoTally) {
    let all = edits
    edits = []
    guard case .task(let first)? = all.first?.node else { return }
    let node = "job \(first.job) block \(first.block)"
    guard let job = jobPlaces[first.job] else { return tally.note(node, false, "is gone") }
    var changes: [Int: [Edit.Change]] = [:]
    var left = 0
    for edit in all {
      guard case .task(let key) = edit.node else { continue }
      let (own, others) = stillRight(edit)
      if !own.isEmpty { changes[Int(key.task.value)] = own }
      if !others.isEmpty { left += 1 }
    }
    var text =
      changes.isEmpty ? "no task as it was" : "\(number(changes.count, "task")) as \(changes.count == 1 ? "it was" : "they were")"
    if left > 0 { text += "; of \(number(left, "task")) somebody set values meanwhile: they are left" }
    if changes.isEmpty { return tally.note(node, false, text) }
    do throws(Failure) {
      try set(tasksOf: job, Int(first.block.value), changes)
      tally.note(node, true, text)
    } catch { tally.note(node, false, error.message) }
  }

  private mutating func set(_ changes: [Edit.Change], of node: UndoNode, by actor: Actor) throws(Failure) -> String {
    func gone() -> Failure { Failure(.notFound, "is gone") }
    switch node {
    case .job(let id):
      guard let job = jobPlaces[id] else { throw gone() }
      return try edit(job: job, changes)
    case .block(let id, let block):
      guard let job = jobPlaces[id] else { throw gone() }
      return try edit(blocksOf: job, .index(block), changes).text
    case .task(let key):
      guard let job = jobPlaces[key.job] else { throw gone() }
      try set(tasksOf: job, Int(key.block.value), [Int(key.task.value): changes])
      return "as it was"
    case .user(let name): return try text(edit(Edit(target: .users(.names([name])), changes: changes), by: actor))
    case .pool(let path): return try text(edit(Edit(target: .pools(.names([path])), changes: changes), by: actor))
    case .branch(let path): return try text(edit(Edit(target: .branches(.names([path])), changes: changes), by: actor))
    case .render(let name): return try text(edit(Edit(target: .renders(.names([name])), changes: changes), by: actor))
    }
  }

  private func text(_ outcomes: [NodeOutcome]) throws(Failure) -> String {
    guard let outcome = outcomes.first else { throw Failure(.notFound, "is gone") }
    guard outcome.isDone else { throw Failure(.failed, outcome.message) }
    return outcome.message
  }
}
