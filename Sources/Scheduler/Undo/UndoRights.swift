import Model

extension Farm {
  /// Why this person may not take an order back; nil: they may. It takes the rights to do what undo does, for all of it or none: who
  /// gave the order by a role that has ended since needs the role again.
  func refusal(toUndo record: UndoRecord, by actor: Actor) -> String? {
    for part in record.parts {
      if let refusal = refusal(toTakeBack: part, by: actor) { return refusal }
    }
    return nil
  }

  private func refusal(toTakeBack part: UndoPart, by actor: Actor) -> String? {
    guard case .edit(let edit) = part else {
      return part.job.flatMap(anyPlace).flatMap { refusal(of: .operate(.restart), by: actor, job: $0) }
    }
    let changes = edit.values.map { Edit.Change(key: $0.key, value: $0.old) }
    func ofJob(_ id: JobID, _ node: Deed.Node) -> String? {
      anyPlace(id).flatMap { job in refusal(toSet: changes, of: node) { refusal(of: $0, by: actor, job: job) } }
    }
    func ofAll(_ node: Deed.Node, owner: String?) -> String? {
      refusal(toSet: changes, of: node) { Rights.refusal(of: $0, by: actor.user, actor.role, owner: owner) }
    }
    switch edit.node {
    case .job(let id): return ofJob(id, .job)
    case .block(let id, _): return ofJob(id, .block)
    case .task(let key): return ofJob(key.job, .task)
    case .user(let name): return ofAll(.user, owner: name)
    case .pool: return ofAll(.pool, owner: nil)
    case .branch: return ofAll(.branch, owner: nil)
    case .render(let name): return renderNamePlaces[name].flatMap { place in ofAll(.render, owner: renders[place].user) }
    }
  }
}
