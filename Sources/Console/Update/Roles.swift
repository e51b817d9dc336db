import Model

/// Super-user mode: raised by a password, ended by the same key, by time, and with the connection.
extension ConsoleModel {
  mutating func turnRole() -> [ConsoleEffect] {
    if raised.isRaised {
      lastRequest += 1
      raised = RaisedRole()
      say("\(Role.user.word) again: only what is your own can be changed")
      return [.lowerRole(lastRequest)]
    }
    if let refusal = orderRefusal {
      say(refusal, .bad)
    } else if raised.isAsked {
      say("the password is being looked at…")
    } else {
      prompt = Prompt(kind: .password)
    }
    return []
  }

  mutating func accepted(password: String) -> [ConsoleEffect] {
    if password.isEmpty {
      say("no password was given")
      return []
    }
    lastRequest += 1
    raised.isAsked = true
    say("the password is being looked at…")
    return [.raiseRole(lastRequest, Secret(password))]
  }

  mutating func roleRaised(_ result: Result<RoleGrant, Failure>) {
    raised = RaisedRole()
    switch result {
    case .success(let grant):
      raised.role = grant.role
      raised.idle = grant.idle
      raised.end = now + grant.idle
      say("\(grant.role.word): \(keys.key(of: .superUser, in: [.everywhere])) ends it", .good)
    case .failure(let failure): say(failure.message, .bad)
    }
  }

  mutating func roleEnded(_ reason: String) {
    guard raised.isRaised else { return }
    let word = raised.role.word
    raised = RaisedRole()
    say("\(word) no more: \(reason)", .bad)
  }

  /// Whatever is asked of the server is a word of the person: the time begins anew, there as here.
  mutating func noteRequests(_ effects: [ConsoleEffect]) {
    guard raised.isRaised, effects.contains(where: \.isRequest) else { return }
    raised.end = now + raised.idle
  }

  /// Why the person's role does not allow it; nil: it does, for one of them at least. The server judges row by row.
  ///
  /// - Parameter owners: of the jobs or renders that are meant; nil: the farm's own.
  func roleRefusal(of deed: Deed, owners: [String?]) -> String? {
    var first: String?
    for owner in owners {
      guard let refusal = Rights.refusal(of: deed, by: options.user, raised.role, owner: owner) else { return nil }
      first = first ?? refusal
    }
    return first
  }

  /// Why these renders cannot be ordered; nil: they can.
  func roleRefusal(of kind: RenderOrder) -> String? {
    guard let target = renderTarget else { return nil }
    return roleRefusal(of: .operateRender(kind), owners: target.rows.map(\.user))
  }

  /// Why these jobs, or what is of them, cannot be operated; nil: they can.
  func roleRefusal(of target: Target) -> String? {
    roleRefusal(of: .operate(target.operation.kind), owners: target.owners)
  }
}

extension ConsoleEffect {
  /// Whether it asks the server for something, as a person does.
  var isRequest: Bool {
    switch self {
    case .operate, .operateRenders, .fetchJob, .raiseRole, .lowerRole: true
    default: false
    }
  }
}
