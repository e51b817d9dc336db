import Model

/// All rows of a list, as its filter has it.
struct MatchingRows: Hashable, Sendable {
  var list: RowsQuery
  var kind: Order.Kind
  /// As it was typed.
  var filter: String
  /// Rows that the list had when it was last heard of; nil: not known, as in a tree.
  var count: Int?

  /// `312 jobs that match “state:err”`.
  var subject: String { "\(count.map { "\($0) " } ?? "")\(kind.plural) that match “\(filter)”" }
}

/// All rows of a list.
public enum RowsQuery: Hashable, Sendable {
  case jobs(JobsQuery)
  case renders(RendersQuery)
  case users(UsersQuery)
}

/// The server has counted the rows that match.
public struct SelectedRows: Hashable, Sendable {
  /// By which the server knows them.
  public var number: UInt64
  public var count: Int
  /// What the first ones are called.
  public var first: [String]
  public init(number: UInt64, count: Int, first: [String]) {
    self.number = number
    self.count = count
    self.first = first
  }
}

/// An order that waits until the server has found its rows.
struct Selecting: Hashable, Sendable {
  var order: Order.Kind
  var action: Action
  var deed: PendingOrder.Deed
  var rows: MatchingRows
}

extension ConsoleModel {
  /// The rows that match the filter of the list that is seen; nil: nothing is filtered, or another kind of node is meant.
  func matchingRows(_ kind: Order.Kind) -> MatchingRows? {
    switch (place, kind) {
    case (.jobs, .job) where jobs.query.isFilter:
      MatchingRows(list: .jobs(jobs.query), kind: .job, filter: jobs.filter, count: jobs.list.isLoaded ? jobs.list.total : nil)
    case (.work, .job) where work.query.isFilter: MatchingRows(list: .jobs(work.query), kind: .job, filter: work.filter)
    case (.renders, .render) where renders.query.isFilter:
      MatchingRows(
        list: .renders(renders.query), kind: .render, filter: renders.filter,
        count: renders.list.isLoaded ? renders.list.total : nil)
    case (.farmTree, .render), (.heat, .render):
      renders.query.isFilter ? MatchingRows(list: .renders(renders.query), kind: .render, filter: renders.filter) : nil
    case (.users, .user) where users.query.isFilter:
      MatchingRows(
        list: .users(users.query), kind: .user, filter: users.filter, count: users.list.isLoaded ? users.list.total : nil)
    default: nil
    }
  }

  /// The menu again, of what can be done to all rows that match.
  mutating func openMatching() {
    guard let kind = orderKinds.first, let rows = matchingRows(kind) else { return say("nothing is filtered: f filters", .bad) }
    let scopes = scopes
    let entries = Order.table.filter { $0.kind == kind && $0.isForMany }.map { order in
      let key = keys.key(of: order.action, in: scopes)
      return MenuOverlay.Entry(
        title: order.title, key: key.isEmpty ? order.letter : key, choice: .matchingOrder(order.kind, order.action),
        refusal: refusal(of: order))
    }
    overlay = .menu(MenuOverlay(title: "all \(rows.subject)", entries: entries))
  }

  /// Has the server find the rows, and count them.
  mutating func select(_ order: Order, _ deed: PendingOrder.Deed, _ rows: MatchingRows) -> [ConsoleEffect] {
    lastRequest += 1
    selecting[lastRequest] = Selecting(order: order.kind, action: order.action, deed: deed, rows: rows)
    say("looking for the \(rows.kind.plural) that match “\(rows.filter)”…")
    return [.select(lastRequest, rows.list)]
  }

  /// Asks about the rows that were found: always, whatever the order is.
  mutating func selected(_ request: RequestNumber, _ result: Result<SelectedRows, Failure>) {
    guard let waiting = selecting.removeValue(forKey: request) else { return }
    switch result {
    case .failure(let failure): say(failure.message, .bad)
    case .success(let found):
      guard let order = Order.table.first(where: { $0.kind == waiting.order && $0.action == waiting.action }) else { return }
      // Meanwhile something else was begun: nobody is asked out of the blue.
      guard overlay == nil, prompt == nil else {
        return say("\(order.verb) \(waiting.rows.subject): not asked, because you went on; give it again", .bad)
      }
      message = nil
      var rows = waiting.rows
      rows.count = found.count
      var lines = found.first
      if found.count > found.first.count { lines.append("and \(found.count - found.first.count) more") }
      if case .edit(let changes) = waiting.deed { lines = changes.map(\.text) + lines }
      if let warning = order.warning { lines.append(warning) }
      let pending = PendingOrder(deed: waiting.deed, kind: order.kind, selection: found.number, subject: rows.subject)
      overlay = .confirm(
        ConfirmOverlay(question: "\(order.verb) all \(rows.subject)?", lines: lines, verb: order.button, order: pending))
    }
  }
}

extension Order {
  /// Whether it can be given to rows that nobody has seen.
  var isForMany: Bool {
    switch deed {
    case .operation, .withDepends, .renders, .remove, .set: true
    case .ask(.name), .parameters, .editor: false
    case .ask: true
    }
  }
}
