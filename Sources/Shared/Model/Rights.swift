/// What people ask of a server, as far as it decides who may.
public enum Deed: Hashable, Sendable {
  /// What has parameters.
  public enum Node: String, Hashable, Sendable, CaseIterable { case job, block, task, render, pool, branch, user }

  case submit
  /// Blocks or tasks for a job that is there.
  case add
  case operate(Operation.Kind)
  case operateSystemJob(Operation.Kind)
  case operateRender(RenderOrder)
  /// - key: a parameter; a member of a map as `tickets_pool.NUKE`.
  case set(Node, key: String)
  case setSystemJob
  case create(NodeOrder.Kind)
  case remove(NodeOrder.Kind)
  case backup
  case restore
}

/// Which role it takes, at least.
public struct Right: Hashable, Sendable {
  /// For a job, a render, a user that is one's own.
  public var own: Role
  /// For what is another's, or the farm's.
  public var any: Role

  public init(own: Role, any: Role) {
    self.own = own
    self.any = any
  }

  static let everybody = Right(own: .user, any: .user)
  /// One's own, and super users anybody's.
  static let owner = Right(own: .user, any: .superUser)
  static let superUsers = Right(own: .superUser, any: .superUser)
  static let administrators = Right(own: .administrator, any: .administrator)
}

/// The one table of who may do what. The scheduler refuses by it, the console greys by it. To look is for everybody.
public enum Rights {
  public static func right(to deed: Deed) -> Right {
    switch deed {
    case .submit: .everybody
    case .add, .operate: .owner
    case .operateSystemJob, .setSystemJob: .superUsers
    case .operateRender(let order):
      switch order {
      case .nimby, .NIMBY, .free, .eject, .ejectNotOwn: .owner
      case .pause, .unpause, .healSick, .sleep, .wake: .superUsers
      // Capacity, services and tickets are set by administrators.
      case .restoreDefaults: .administrators
      }
    case .set(let node, let key): right(toSet: key, of: node)
    case .create(let kind), .remove(let kind):
      switch kind {
      case .branch: .superUsers
      case .pool, .user, .render: .administrators
      }
    case .backup, .restore: .administrators
    }
  }

  private static func right(toSet key: String, of node: Deed.Node) -> Right {
    switch (node, key) {
    // To give a job or a render away is to act in the name of whoever gets it.
    case (.job, "user_name"), (.render, "user_name"): .superUsers
    case (.job, _), (.block, _), (.task, _): .owner
    case (.render, "nimby"), (.render, "NIMBY"), (.render, "annotation"), (.render, "custom_data"), (.render, "hidden"): .owner
    case (.render, "paused"): .superUsers
    case (.branch, _): .superUsers
    // What concerns nobody but the user's own jobs.
    case (.user, "annotation"), (.user, "custom_data"), (.user, "hidden"), (.user, "errors_retries"),
      (.user, "errors_avoid_host"), (.user, "errors_task_same_host"), (.user, "errors_forgive_time"), (.user, "jobs_life_time"):
      Right(own: .user, any: .administrator)
    case (.render, _), (.pool, _), (.user, _): .administrators
    }
  }

  /// Why somebody may not; nil: they may.
  ///
  /// - Parameters:
  ///   - role: of whoever asks.
  ///   - owner: whose job or render it is, or the user itself; nil: the farm's.
  public static func refusal(of deed: Deed, by user: String, _ role: Role, owner: String?) -> String? {
    let right = right(to: deed)
    let isOwn = owner == user
    let needed = isOwn ? right.own : right.any
    guard role < needed else { return nil }
    let who = needed == .superUser ? "super users" : "administrators"
    guard !isOwn, right.own == .user, let owner else {
      return "not permitted: \(deed.phrase) is for \(who) (press !, or reeve --super)"
    }
    let whose = owner.isEmpty ? "nobody" : owner
    let what = deed.noun.map { "a \($0) of \(whose)" } ?? "the user \(whose)"
    return "not permitted: it is \(what) (\(who) may: press !, or reeve --super)"
  }
}

extension Deed {
  /// As the subject of a sentence.
  var phrase: String {
    switch self {
    case .submit: "submitting jobs"
    case .add: "adding to a job"
    case .operate(let kind): "\(kind.word) of a job"
    case .operateSystemJob, .setSystemJob: "the system job"
    case .operateRender(let order): "\(order.word) of a render"
    case .set(let node, let key): "\(key) of a \(node.rawValue)"
    case .create(let kind): "making a \(kind.word)"
    case .remove(let kind): "deleting a \(kind.word)"
    case .backup: "a backup"
    case .restore: "restoring a backup"
    }
  }

  /// What has an owner; nil: a user.
  fileprivate var noun: String? {
    switch self {
    case .operateRender, .set(.render, _): "render"
    case .set(.user, _): nil
    default: "job"
    }
  }
}

extension NodeOrder.Kind {
  public var word: String {
    switch self {
    case .pool: "pool"
    case .branch: "branch"
    case .user: "user"
    case .render: "render"
    }
  }
}
