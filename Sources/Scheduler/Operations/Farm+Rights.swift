import Model

/// Who may do what is one table (`Rights`); this asks it about the nodes of the farm.
extension Farm {
  /// Why this person may not do this to this job; nil: they may.
  func refusal(of deed: Deed, by actor: Actor, job: Int) -> String? {
    var deed = deed
    if job == system.place {
      if case .operate(let kind) = deed { deed = .operateSystemJob(kind) } else { deed = .setSystemJob }
      return Rights.refusal(of: deed, by: actor.user, actor.role, owner: nil)
    }
    return Rights.refusal(of: deed, by: actor.user, actor.role, owner: jobs[job].spec.user)
  }

  func refusal(of deed: Deed, by actor: Actor, render: Int) -> String? {
    Rights.refusal(of: deed, by: actor.user, actor.role, owner: renders[render].user)
  }

  /// Of a change of several parameters: all of it is permitted or none.
  ///
  /// - Parameter refusal: of one deed.
  func refusal(toSet changes: [Edit.Change], of node: Deed.Node, _ refusal: (Deed) -> String?) -> String? {
    for change in changes {
      if let reason = refusal(.set(node, key: change.key)) { return reason }
    }
    return nil
  }
}
