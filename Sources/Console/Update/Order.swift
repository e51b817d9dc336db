import Model
import Wire

/// Something that people can have done to a kind of node: a row of the one table of orders (`Order.table`). The menus, the keys,
/// the help and the tables of the manual pages are made of it.
struct Order: Sendable {
  /// What an order is about.
  enum Kind: String, Sendable, CaseIterable {
    case job, block, task, branch, render, pool, user
    /// A block of the system job, and a command of it that is a task.
    case systemBlock = "system block"
    case systemTask = "system task"
  }

  /// What is asked of the server.
  enum Deed: Hashable, Sendable {
    case operation(Operation.Kind)
    /// With the tasks that these depend on.
    case withDepends(Operation.Kind)
    case renders(RenderOrder)
    case remove(NodeOrder.Kind)
    case set(String, JSONValue)
    /// What has to be typed first.
    case ask(Ask)
    /// The list of all parameters.
    case parameters
    /// A long text, in the person's editor.
    case editor(String)
  }

  /// What the person is asked for before an order can be given.
  enum Ask: Hashable, Sendable {
    /// The value of a parameter.
    case value(String)
    /// A word that goes into a list, or out of it.
    case word(String, EditRequest.Manner)
    /// `NAME=COUNT`: a member of a map.
    case member(String)
    /// The name of a node below the one that is pointed at.
    case name(NodeOrder.Kind)
  }

  let kind: Kind
  /// Its name on the command line and in the file of keys.
  let action: Action
  let deed: Deed
  /// In the menu.
  let title: String
  /// At the beginning of a question, before what is hit.
  let verb: String
  /// On the button that does it.
  let button: String
  /// Works on the page, and is shown in the menu.
  let key: String
  /// Works only while the menu is open, where there is no key.
  let letter: String
  /// Asked about even for one row of one's own: it ends work, or throws results away.
  let isAskedFirst: Bool
  /// What comes of it, for who is asked.
  let warning: String?

  init(
    _ kind: Kind, _ action: Action, _ deed: Deed, _ title: String, verb: String? = nil, button: String? = nil, key: String = "",
    letter: String = "", asks: Bool = false, warning: String? = nil
  ) {
    self.kind = kind
    self.action = action
    self.deed = deed
    self.title = title
    self.verb = verb ?? title
    self.button = button ?? title
    self.key = key
    self.letter = letter
    isAskedFirst = asks
    self.warning = warning
  }
}

extension Order.Kind {
  /// Several of them.
  var plural: String { self == .branch ? "branches" : rawValue + "s" }

  /// Where its orders have their keys.
  var scope: Action.Scope {
    switch self {
    case .job, .block, .task, .branch: .orders
    case .render, .pool: .farmOrders
    case .user: .userOrders
    case .systemBlock, .systemTask: .systemOrders
    }
  }

  /// The table of its parameters; nil: it has none.
  var parameters: [ParameterRow]? {
    switch self {
    case .job: ParameterRow.all(Parameters.job)
    case .block: ParameterRow.all(Parameters.block)
    case .task: ParameterRow.all(Parameters.task)
    case .branch: ParameterRow.all(Parameters.branch)
    case .render: ParameterRow.all(Parameters.render)
    case .pool: ParameterRow.all(Parameters.pool)
    case .user: ParameterRow.all(Parameters.user)
    case .systemBlock, .systemTask: nil
    }
  }
}

/// What is known of a parameter, whatever node has it.
struct ParameterRow: Hashable, Sendable {
  var key: String
  var kind: KeyRule.Kind
  var unit: String
  var meaning: String
  /// nil: there is none.
  var byDefault: JSONValue?
  /// Asked of the pool above where it says nothing.
  var isInherited: Bool

  /// `whole number, 0 to 255, s`.
  var words: String { kind.words + (unit.isEmpty ? "" : ", \(unit)") }

  /// Those that can be changed.
  static func all<Node>(_ table: ParameterTable<Node>) -> [ParameterRow] {
    table.parameters.filter(\.isEditable).map {
      ParameterRow(
        key: $0.key, kind: $0.kind, unit: $0.unit, meaning: $0.meaning, byDefault: $0.defaultValue, isInherited: $0.isInherited)
    }
  }
}

extension Order {
  /// The rows of the table of actions that orders have: one for each name in a scope.
  static func entries(_ scope: Action.Scope) -> [Action.Entry] {
    var entries: [Action.Entry] = []
    for order in table where order.kind.scope == scope {
      let stroke = KeyStroke(order.key)
      if let at = entries.firstIndex(where: { $0.action == order.action }) {
        if entries[at].keys.isEmpty { entries[at].keys = stroke.map { [$0] } ?? [] }
      } else {
        entries.append(
          Action.Entry(action: order.action, scope: scope, keys: stroke.map { [$0] } ?? [], help: help(order, scope)))
      }
    }
    return entries
  }

  /// What it does, and to what.
  private static func help(_ order: Order, _ scope: Action.Scope) -> String {
    let kinds = table.filter { $0.kind.scope == scope && $0.action == order.action }.map(\.kind)
    let first = order.title.prefix(1).lowercased() + order.title.dropFirst()
    return "\(first) (\(kinds.map(\.rawValue).joined(separator: ", ")))"
  }
}
