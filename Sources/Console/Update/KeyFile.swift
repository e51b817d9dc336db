public import Model
import Yams

/// Reads the file of key bindings: YAML, by scope and action. What it says of an action takes the place of all keys that the action
/// has in that scope; what it does not name stays as it is.
///
///     everywhere:
///       theme: F2
///     lists:
///       filter: [f, "\\"]
public enum KeyFile {
  /// Longest file, in bytes.
  public static let longest = 64 << 10
  /// Keys of one action.
  private static let mostKeys = 8

  /// - Parameter path: for messages.
  /// - Throws: the first fault, with the file, the line, and what to do.
  public static func parse(_ text: String, path: String) throws(Failure) -> KeyMap {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Failure(
        .failed, "\(path): not YAML: \("\(error)".split(separator: "\n").map { String($0).trimmed }.joined(separator: " "))")
    }
    // A file of comments alone says nothing.
    guard let node else { return .standard }
    var reader = Reader(path: path)
    try reader.read(node)
    return try reader.map()
  }

  private struct Place: Hashable {
    var scope: Action.Scope
    var action: Action
  }

  private struct Reader {
    let path: String
    var entries = Action.table
    /// Lines of what the file says.
    var lines: [Place: Int] = [:]

    mutating func read(_ node: Node) throws(Failure) {
      guard case .mapping(let scopes) = node else {
        throw fault(node, "the keys", "expected scopes, each with actions and their keys, as “everywhere:”, “  help: F1”")
      }
      for (key, actions) in scopes {
        let name = key.string ?? ""
        guard let scope = Action.Scope.allCases.first(where: { $0.name == name }) else {
          throw fault(key, name, "no such scope; there are: \(Action.Scope.allCases.map(\.name).joined(separator: ", "))")
        }
        guard case .mapping(let pairs) = actions else {
          throw fault(actions, name, "expected actions and their keys, as “help: F1”")
        }
        for (action, keys) in pairs { try bind(action, keys, scope) }
      }
    }

    private mutating func bind(_ name: Node, _ keys: Node, _ scope: Action.Scope) throws(Failure) {
      let full = "\(scope.name).\(name.string ?? "")"
      let places = entries.indices.filter { entries[$0].scope == scope }
      guard let at = places.first(where: { entries[$0].action.rawValue == name.string }) else {
        let known = places.map { entries[$0].action.rawValue }.joined(separator: ", ")
        throw fault(name, full, "no such action here; there are: \(known)")
      }
      let texts: [Node]
      switch keys {
      case .sequence(let list): texts = Array(list)
      default: texts = [keys]
      }
      guard texts.count <= mostKeys else { throw fault(keys, full, "an action has at most \(mostKeys) keys") }
      var strokes: [KeyStroke] = []
      for text in texts {
        if case .scalar(let scalar) = text, scalar.string == "none", texts.count == 1 { continue }
        guard case .scalar(let scalar) = text, let stroke = KeyStroke(scalar.string) else {
          throw fault(
            text, full,
            "“\(text.string ?? "")” is no key; write j, Ctrl-L, Alt-x, F2, Enter, Space, PgUp… or none"
          )
        }
        strokes.append(stroke)
      }
      entries[at].keys = strokes
      lines[Place(scope: scope, action: entries[at].action)] = name.mark?.line ?? 0
    }

    /// The keys together, when no two actions have one key in the same place.
    func map() throws(Failure) -> KeyMap {
      for (index, entry) in entries.enumerated() {
        for key in entry.keys {
          for other in entries[..<index] where other.keys.contains(key) && collide(entry, other) {
            throw conflict(key, entry, other)
          }
        }
      }
      let leave = entries.first { $0.action == .quit }
      if leave?.keys.isEmpty != false {
        throw Failure(
          .failed,
          "\(path):\(lines[Place(scope: .everywhere, action: .quit)] ?? 0): everywhere.quit: has no key left; give it one, as Q")
      }
      return KeyMap(entries: entries)
    }

    /// Two in one scope always do. What the file binds must not hide something else on a page, nor be hidden there.
    private func collide(_ a: Action.Entry, _ b: Action.Entry) -> Bool {
      if a.scope == b.scope { return true }
      guard a.action != b.action, isBound(a) || isBound(b) else { return false }
      return a.scope.isOnePage(with: b.scope)
    }

    private func isBound(_ entry: Action.Entry) -> Bool { lines[Place(scope: entry.scope, action: entry.action)] != nil }

    private func conflict(_ key: KeyStroke, _ a: Action.Entry, _ b: Action.Entry) -> Failure {
      // Told where the file says something: of two lines, at the later.
      let line = { (entry: Action.Entry) in lines[Place(scope: entry.scope, action: entry.action)] ?? 0 }
      let (mine, other) = line(a) >= line(b) ? (a, b) : (b, a)
      return Failure(
        .failed,
        "\(path):\(line(mine)): \(mine.scope.name).\(mine.action.rawValue): “\(key)” is the key of "
          + "\(other.scope.name).\(other.action.rawValue) already; give one of them another key, or none")
    }

    private func fault(_ node: Node, _ place: String, _ what: String) -> Failure {
      Failure(.failed, "\(path):\(node.mark?.line ?? 0): \(place): \(what)")
    }
  }
}

extension Action.Scope {
  /// Whether there is a page where keys of both are looked up.
  fileprivate func isOnePage(with other: Action.Scope) -> Bool {
    let both: Set<Action.Scope> = [self, other]
    if both.count == 1 || both.contains(.everywhere) || both.contains(.moving) { return true }
    if both.contains(.log) { return both.contains(.orders) }
    // Orders are known where there is something that they are for.
    let homes: [(Action.Scope, Set<Action.Scope>)] = [
      (.orders, [.lists, .jobs, .tree, .job, .grid, .taskList]), (.farmOrders, [.lists, .renders, .heat, .tree]),
      (.userOrders, [.lists, .users]), (.systemOrders, [.lists, .system]),
    ]
    for (orders, home) in homes where both.contains(orders) { return !both.isDisjoint(with: home) }
    if both.contains(.lists) { return true }
    return [[.job, .grid], [.job, .taskList], [.tree, .jobs], [.tree, .renders], [.heat, .renders]].contains(both)
  }
}
