/// A line of text and a cursor in it, with the keys that shells have.
struct LineEditor: Hashable, Sendable {
  private(set) var text: [Character] = []
  private(set) var cursor = 0

  /// Longest line, in characters.
  static let longest = 500

  init(_ text: String = "") {
    self.text = Array(text)
    cursor = self.text.count
  }

  var string: String { String(text) }

  mutating func insert(_ string: String) {
    for character in string where text.count < Self.longest {
      // A pasted line break ends nothing here.
      text.insert(character.isNewline ? " " : character, at: cursor)
      cursor += 1
    }
  }

  mutating func replace(_ string: String) { self = LineEditor(string) }

  /// Whether the key meant something.
  mutating func handle(_ key: Key, _ modifiers: Modifiers) -> Bool {
    switch (key, modifiers) {
    case (.left, []), (.character("b"), .control): cursor = max(0, cursor - 1)
    case (.right, []), (.character("f"), .control): cursor = min(text.count, cursor + 1)
    case (.home, []), (.character("a"), .control): cursor = 0
    case (.end, []), (.character("e"), .control): cursor = text.count
    case (.left, .control), (.character("b"), .alt): cursor = wordStart()
    case (.backspace, _), (.character("h"), .control): remove(from: max(0, cursor - 1))
    case (.delete, []), (.character("d"), .control):
      if cursor < text.count { text.remove(at: cursor) }
    case (.character("u"), .control): remove(from: 0)
    case (.character("w"), .control), (.backspace, .alt): remove(from: wordStart())
    case (.character("k"), .control): text.removeSubrange(cursor...)
    case (.character(let character), []), (.character(let character), .shift): insert(String(character))
    default: return false
    }
    return true
  }

  private mutating func remove(from start: Int) {
    text.removeSubrange(start..<cursor)
    cursor = start
  }

  private func wordStart() -> Int {
    var at = cursor
    while at > 0, text[at - 1] == " " { at -= 1 }
    while at > 0, text[at - 1] != " " { at -= 1 }
    return at
  }
}
