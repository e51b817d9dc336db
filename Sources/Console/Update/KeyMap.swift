/// Which key means which action where: the table of actions, with the keys that the person gave them.
public struct KeyMap: Sendable {
  /// As help shows them.
  private(set) var entries: [Action.Entry]
  private var actions: [Action.Scope: [KeyStroke: Action]] = [:]

  /// As the table has it.
  public static let standard = KeyMap(entries: Action.table)

  /// The first entry that has a key in a scope keeps it.
  init(entries: [Action.Entry]) {
    self.entries = entries
    for entry in entries {
      for key in entry.keys where actions[entry.scope]?[key] == nil { actions[entry.scope, default: [:]][key] = entry.action }
    }
  }

  /// The action of a key: the first scope that knows it decides.
  func action(_ key: KeyStroke, in scopes: [Action.Scope]) -> Action? {
    for scope in scopes {
      if let action = actions[scope]?[key] { return action }
    }
    return nil
  }

  /// The first key of an action in these scopes; empty: it has none.
  func key(of action: Action, in scopes: [Action.Scope] = Action.Scope.allCases) -> String {
    for scope in scopes {
      if let entry = entries.first(where: { $0.action == action && $0.scope == scope }) {
        return entry.keys.first?.description ?? ""
      }
    }
    return ""
  }
}
