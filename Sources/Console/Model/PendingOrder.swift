public import Model
public import Wire

/// What was ordered, and how the status line speaks of it.
struct PendingOrder: Hashable, Sendable {
  enum Deed: Hashable, Sendable {
    case operation(Operation.Kind, withDepends: Bool)
    case renders(RenderOrder)
    case remove
    /// Makes the nodes that are named.
    case create
    case edit([EditRequest.Change])
  }
  var deed: Deed
  /// nil: those of a selection.
  var nodes: OrderNodes?
  var kind: Order.Kind
  /// The rows that match, as the server knows them.
  var selection: UInt64 = 0
  /// `job 12 “shot_010”`.
  var subject: String

  init(deed: Deed, nodes: OrderNodes, subject: String) {
    self.deed = deed
    self.nodes = nodes
    self.subject = subject
    kind = nodes.kind
  }

  init(deed: Deed, kind: Order.Kind, selection: UInt64, subject: String) {
    self.deed = deed
    self.kind = kind
    self.selection = selection
    self.subject = subject
  }

  var isOfMatching: Bool { nodes == nil }

  var word: String {
    switch deed {
    case .operation(let kind, _): kind.word
    case .renders(let order): order.word
    case .remove: "delete"
    case .create: "create"
    case .edit(let changes): "set " + changes.map(\.text).joined(separator: " ").cut(to: 60) + " of"
    }
  }

  func effect(_ number: RequestNumber) -> ConsoleEffect {
    guard let nodes else { return .orderSelected(number, selection, deed.public(kind)) }
    switch deed {
    case .operation(let kind, let withDepends): return .operate(number, nodes.operation(kind, withDepends))
    case .renders(let order): return .operateRenders(number, order, nodes.names)
    case .remove, .create:
      return .orderNodes(number, NodeOrder(kind: kind.nodeKind, names: nodes.names, creates: deed == .create))
    case .edit(let changes): return .edit(number, EditRequest(target: nodes.editTarget, changes: changes))
    }
  }
}

/// An order on the rows of a selection: it names nobody.
public enum SelectedDeed: Hashable, Sendable {
  case operation(Operation.Kind)
  case renders(RenderOrder)
  case remove(NodeOrder.Kind)
  case edit(EditRequest)
}

extension PendingOrder.Deed {
  fileprivate func `public`(_ kind: Order.Kind) -> SelectedDeed {
    switch self {
    case .operation(let kind, _): .operation(kind)
    case .renders(let order): .renders(order)
    case .remove, .create: .remove(kind.nodeKind)
    case .edit(let changes): .edit(EditRequest(target: kind.nobody, changes: changes))
    }
  }
}

extension Order.Kind {
  var nodeKind: NodeOrder.Kind {
    switch self {
    case .pool: .pool
    case .branch: .branch
    case .user: .user
    default: .render
    }
  }

  /// Whose parameters, with nobody named.
  fileprivate var nobody: EditTarget {
    switch self {
    case .render: .renders(.names([]))
    case .user: .users(.names([]))
    default: .jobs(.ids([]))
    }
  }
}

extension OrderNodes {
  var kind: Order.Kind {
    switch self {
    case .jobs: .job
    case .block: .block
    case .tasks: .task
    case .branches: .branch
    case .renders: .render
    case .pools: .pool
    case .users: .user
    case .system(_, let task): task == nil ? .systemBlock : .systemTask
    }
  }

  /// Of nodes that have names.
  var names: [String] {
    switch self {
    case .branches(let names), .renders(let names), .pools(let names), .users(let names): names
    case .jobs, .block, .tasks, .system: []
    }
  }

  func operation(_ kind: Operation.Kind, _ withDepends: Bool) -> Operation {
    switch self {
    case .jobs(let ids): Operation(kind: kind, jobs: .ids(ids), affectsDepends: withDepends)
    case .block(let job, let block):
      Operation(kind: kind, jobs: .ids([job]), block: .index(block), affectsDepends: withDepends)
    case .tasks(let job, let block, let tasks):
      Operation(kind: kind, jobs: .ids([job]), block: .index(block), tasks: tasks, affectsDepends: withDepends)
    case .system(let block, let task):
      Operation(
        kind: kind, jobs: .ids([.system]), block: .index(block.index),
        tasks: task.map { [TaskRange(first: Int64($0.value), last: Int64($0.value))] } ?? [])
    case .branches, .renders, .pools, .users: Operation(kind: kind, jobs: .ids([]))
    }
  }

  var editTarget: EditTarget {
    switch self {
    case .jobs(let ids): .jobs(.ids(ids))
    case .block(let job, let block): .blocks(.ids([job]), .index(block))
    case .tasks(let job, let block, let tasks): .tasks(.ids([job]), .index(block), tasks)
    case .branches(let names): .branches(.names(names))
    case .renders(let names): .renders(.names(names))
    case .pools(let names): .pools(.names(names))
    case .users(let names): .users(.names(names))
    case .system(let block, _): .blocks(.ids([.system]), .index(block.index))
    }
  }
}

extension String {
  /// At most so many characters.
  func cut(to count: Int) -> String { self.count <= count ? self : String(prefix(count - 1)) + "…" }
}
