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

  /// Why the person's role does not allow an order; nil: it does.
  ///
  /// - Parameter target: nil: all rows that match, whoever's they are.
  func roleRefusal(of order: Order, _ target: Target?) -> String? {
    switch order.kind {
    case .branch, .pool, .systemBlock, .systemTask: roleRefusal(of: order.right, owners: [nil])
    // Where it is not known whose it is the server decides.
    case .job, .block, .task, .render, .user:
      roleRefusal(of: order.right, owners: target.map { $0.owners.isEmpty ? [options.user] : $0.owners } ?? [options.user])
    }
  }
}

extension Order {
  /// As the table of rights knows it.
  var right: Model.Deed {
    switch deed {
    case .operation(let operation), .withDepends(let operation):
      kind == .systemBlock || kind == .systemTask ? .operateSystemJob(operation) : .operate(operation)
    case .renders(let order): .operateRender(order)
    case .remove(let kind): .remove(kind)
    case .set(let key, _), .ask(.value(let key)), .ask(.word(let key, _)), .ask(.member(let key)), .editor(let key):
      right(toSet: key)
    case .ask(.name(let kind)): .create(kind)
    // Some of them everybody may set who may set any; of the rest the server says so.
    case .parameters: right(toSet: "annotation")
    }
  }

  private func right(toSet key: String) -> Model.Deed {
    switch kind {
    case .job: .set(.job, key: key)
    case .block: .set(.block, key: key)
    case .task: .set(.task, key: key)
    case .branch: .set(.branch, key: key)
    case .render: .set(.render, key: key)
    case .pool: .set(.pool, key: key)
    case .user: .set(.user, key: key)
    case .systemBlock, .systemTask: .setSystemJob
    }
  }

  /// What one has to be for what is one's own.
  var role: Role { Rights.right(to: right).own }
}

extension ConsoleEffect {
  /// Whether it asks the server for something, as a person does.
  var isRequest: Bool {
    switch self {
    case .operate, .operateRenders, .edit, .orderNodes, .select, .orderSelected, .fetchParameters, .command, .explain, .fetchJob,
      .raiseRole,
      .lowerRole:
      true
    default: false
    }
  }
}
