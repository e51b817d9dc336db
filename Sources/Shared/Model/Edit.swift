/// A change of parameters: what `reeve set` asks for.
public struct Edit: Hashable, Sendable {
  public var target: EditTarget
  /// Afanasy's keys with their new values; a member of a map as `tickets_pool.NUKE`, whose value `null` takes it out.
  public var changes: [Change]

  public struct Change: Hashable, Sendable {
    public var key: String
    public var value: JSONValue
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  public init(target: EditTarget, changes: [Change]) {
    self.target = target
    self.changes = changes
  }
}

/// Whose parameters.
public enum EditTarget: Hashable, Sendable {
  case jobs(JobSelection)
  /// nil: all blocks of the jobs.
  case blocks(JobSelection, BlockSelection?)
  /// Of a listed block.
  case tasks(JobSelection, BlockSelection, [TaskRange])
  case renders(NodeSelection)
  case pools(NodeSelection)
  case branches(NodeSelection)
  case users(NodeSelection)

  /// As the table of rights knows it.
  public var node: Deed.Node {
    switch self {
    case .jobs: .job
    case .blocks: .block
    case .tasks: .task
    case .renders: .render
    case .pools: .pool
    case .branches: .branch
    case .users: .user
    }
  }
}

/// Which renders, pools, branches or users are meant.
public enum NodeSelection: Hashable, Sendable {
  case names([String])
  /// A regular expression on the whole name.
  case mask(String)
}

/// Nodes that people make and remove by hand: pools, branches and users, renders that are offline.
public struct NodeOrder: Hashable, Sendable {
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable { case pool = 1, branch, user, render }
  public var kind: Kind
  public var names: [String]
  /// false: remove.
  public var creates: Bool
  public init(kind: Kind, names: [String], creates: Bool) {
    self.kind = kind
    self.names = names
    self.creates = creates
  }
}

/// What an edit or an order did to one node.
public struct NodeOutcome: Hashable, Sendable {
  /// `job 14`, `job 14 block "render"`, `pool /farm`, `render r01`…
  public var node: String
  public var isDone: Bool
  /// For people: `priority: 99 -> 150`, or why not.
  public var message: String
  /// false: the person's role does not allow it.
  public var isPermitted: Bool
  public init(node: String, isDone: Bool, message: String, isPermitted: Bool = true) {
    self.isPermitted = isPermitted
    self.node = node
    self.isDone = isDone
    self.message = message
  }
}

/// Blocks or tasks for a job that is there already (section 4.2: append_blocks, append_tasks).
public enum Addition: Hashable, Sendable {
  case blocks([BlockSpec])
  case tasks(BlockSelection, [TaskSpec])
}
