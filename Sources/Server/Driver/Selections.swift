import Model
import Scheduler
import Wire

/// Which rows a list has, for an order on all of them.
enum RowsTopic: Sendable {
  case jobs(JobsTopic)
  case renders(RendersTopic)
  case users(UsersTopic)
}

extension RowsTopic {
  /// - Throws: `Failure(.usage)` that says what cannot be understood.
  init(_ wire: WireSelectRows) throws(Failure) {
    switch wire.list {
    case .jobs(let view): self = .jobs(try JobsTopic(view))
    case .renders(let view): self = .renders(try RendersTopic(view))
    case .users(let view): self = .users(UsersTopic(mask: try Question.pattern(view.mask)))
    case nil: throw Failure(.usage, "the server does not know this list (is the client newer?)")
    }
  }

  /// The rows as they are now.
  func rows(_ farm: Farm) -> SelectedRows {
    switch self {
    case .jobs(var topic):
      // Only whether a job is in the list, not where.
      topic.order = .id
      let all = topic.ids.isEmpty ? farm.jobIDs(limit: .max) : topic.ids
      // The system job is nobody's to stop or delete with others.
      return .jobs(all.filter { $0 != .system && JobsView.key($0, topic, farm) != nil })
    case .renders(let topic):
      return .renders(
        farm.renderIDs().compactMap { id in farm.render(id).flatMap { topic.takes($0) ? $0.name : nil } })
    case .users(let topic):
      return .users(farm.userNames().filter { name in topic.mask.map { $0.isFound(in: name) } ?? true }.sorted())
    }
  }
}

/// The rows of a selection: as few bytes as name them.
enum SelectedRows: Sendable, Hashable {
  case jobs([JobID])
  case renders([String])
  case users([String])

  var count: Int {
    switch self {
    case .jobs(let ids): ids.count
    case .renders(let names), .users(let names): names.count
    }
  }

  /// `312 jobs`.
  func words(_ count: Int) -> String {
    let word =
      switch self {
      case .jobs: "job"
      case .renders: "render"
      case .users: "user"
      }
    return "\(count) \(word)\(count == 1 ? "" : "s")"
  }

  /// What the first ones are called, for whoever asks whether they are the right ones.
  func first(_ count: Int, _ farm: Farm) -> [String] {
    switch self {
    case .jobs(let ids):
      ids.prefix(count).compactMap { id in farm.spec(id).map { "\(id) \($0.name.prefix(64)) (\($0.user.prefix(64)))" } }
    case .renders(let names), .users(let names): Array(names.prefix(count))
    }
  }

  func part(_ range: Range<Int>) -> SelectedRows {
    switch self {
    case .jobs(let ids): .jobs(Array(ids[range]))
    case .renders(let names): .renders(Array(names[range]))
    case .users(let names): .users(Array(names[range]))
    }
  }
}

/// What connections have selected for an order that may follow: the last selection of each.
struct Selections {
  /// Of all connections together; the oldest is forgotten for a new one. With `Limits.selectedRows` this bounds the memory.
  static let most = 64

  private struct Kept {
    var connection: ConnectionID
    var number: UInt64
    var rows: SelectedRows
  }
  /// The oldest first.
  private var kept: [Kept] = []
  private var last: UInt64 = 0

  /// - Returns: its number.
  mutating func keep(_ rows: SelectedRows, of connection: ConnectionID) -> UInt64 {
    forget(connection)
    if kept.count == Self.most { kept.removeFirst() }
    last += 1
    kept.append(Kept(connection: connection, number: last, rows: rows))
    return last
  }

  /// Takes a selection out; nil: it is not known any more.
  mutating func take(_ number: UInt64, of connection: ConnectionID) -> SelectedRows? {
    guard let at = kept.firstIndex(where: { $0.number == number && $0.connection == connection }) else { return nil }
    return kept.remove(at: at).rows
  }

  mutating func forget(_ connection: ConnectionID) { kept.removeAll { $0.connection == connection } }
}

extension WireOrderSelected.OneOf_Order {
  /// The order as a request that names some of the selected rows.
  ///
  /// - Throws: `Failure(.usage)` for an order that is not for such rows.
  func naming(_ rows: SelectedRows) throws(Failure) -> WireRequest.OneOf_Content {
    switch (self, rows) {
    case (.operate(var operate), .jobs(let ids)):
      operate.selector = WireJobSelector(.ids(ids))
      return .operate(operate)
    case (.operateRenders(var operate), .renders(let names)):
      operate.names = names
      return .operateRenders(operate)
    case (.edit(var edit), .jobs(let ids)) where edit.target == .jobs || edit.target == .blocks:
      edit.jobs = WireJobSelector(.ids(ids))
      return .edit(edit)
    case (.edit(var edit), .renders(let names)) where edit.target == .renders:
      edit.nodes = WireNodeSelector(.names(names))
      return .edit(edit)
    case (.edit(var edit), .users(let names)) where edit.target == .users:
      edit.nodes = WireNodeSelector(.names(names))
      return .edit(edit)
    case (.orderNodes(var order), .renders(let names)) where order.kind == UInt32(NodeOrder.Kind.render.rawValue):
      order.names = names
      return .orderNodes(order)
    case (.orderNodes(var order), .users(let names)) where order.kind == UInt32(NodeOrder.Kind.user.rawValue):
      order.names = names
      return .orderNodes(order)
    default: throw Failure(.usage, "this order is not for \(rows.words(2).dropFirst(2))")
    }
  }
}
