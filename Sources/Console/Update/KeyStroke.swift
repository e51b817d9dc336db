/// A key with its modifiers, as bindings and the help name it: `j`, `Ctrl-L`, `PgDn`.
struct KeyStroke: Hashable, Sendable, CustomStringConvertible {
  var key: Key
  var modifiers: Modifiers

  init(_ key: Key, _ modifiers: Modifiers = []) {
    self.key = key
    // A shifted letter is another letter already.
    if case .character = key { self.modifiers = modifiers.subtracting(.shift) } else { self.modifiers = modifiers }
  }

  /// nil when it names no key.
  init?(_ text: String) {
    var rest = Substring(text)
    var modifiers: Modifiers = []
    while rest.count > 2 {
      if rest.hasPrefix("Ctrl-") {
        modifiers.insert(.control)
        rest = rest.dropFirst(5)
      } else if rest.hasPrefix("Alt-") {
        modifiers.insert(.alt)
        rest = rest.dropFirst(4)
      } else if rest.hasPrefix("Shift-") {
        modifiers.insert(.shift)
        rest = rest.dropFirst(6)
      } else {
        break
      }
    }
    if let named = Self.names.first(where: { $0.name == rest }) {
      self.init(named.key, modifiers)
    } else if rest.first == "F", let number = Int(rest.dropFirst()), (1...12).contains(number) {
      self.init(.function(number), modifiers)
    } else if rest.count == 1, let character = rest.first {
      let isLetter = modifiers.contains(.control)
      self.init(.character(isLetter ? Character(character.lowercased()) : character), modifiers)
    } else {
      return nil
    }
  }

  var description: String {
    var text = ""
    if modifiers.contains(.control) { text += "Ctrl-" }
    if modifiers.contains(.alt) { text += "Alt-" }
    if modifiers.contains(.shift) { text += "Shift-" }
    switch key {
    case .function(let number): return text + "F\(number)"
    case .character(let character):
      if let named = Self.names.first(where: { $0.key == key }) { return text + named.name }
      return text + (modifiers.contains(.control) ? character.uppercased() : String(character))
    default: return text + (Self.names.first { $0.key == key }?.name ?? "?")
    }
  }

  private static let names: [(name: String, key: Key)] = [
    ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Home", .home),
    ("End", .end), ("Ins", .insert), ("Del", .delete), ("Enter", .enter), ("Backspace", .backspace), ("Esc", .escape),
    ("Tab", .tab), ("Space", .character(" ")),
  ]
}
