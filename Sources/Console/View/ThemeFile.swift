import Model
import Yams

/// Reads theme files: YAML, checked key by key, so that a fault is told with the file, the line, the key and what was expected.
public enum ThemeFile {
  /// - Parameter path: for messages.
  public static func parse(_ text: String, path: String, name: String) throws(Failure) -> Theme {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Failure(.failed, "\(path): not YAML: \(describe(error))")
    }
    guard let node else { throw Failure(.failed, "\(path): empty (a theme has “name:”, “roles:” and “states:”)") }
    var reader = Reader(path: path)
    return try reader.theme(node, name: name)
  }

  private static func describe(_ error: any Error) -> String {
    "\(error)".split(separator: "\n").map { String($0).trimmed }.joined(separator: " ")
  }

  private struct Reader {
    let path: String

    mutating func theme(_ node: Node, name: String) throws(Failure) -> Theme {
      let pairs = try mapping(node, "the theme", "keys and values: name, base, roles, states, renders")
      var theme = Theme(name: name)
      // What it is based on first, wherever it stands.
      for (key, value) in pairs where key.text == "base" {
        switch scalar(value) {
        case "dark": theme = .dark
        case "mono": theme = .mono
        case "plain": break
        default: throw fault(value, "base", "dark, mono or plain")
        }
      }
      theme.name = name
      for (key, value) in pairs {
        switch key.text {
        case "base": break
        case "name", "summary":
          guard scalar(value) != nil else { throw fault(value, key.text, "a text") }
        case "roles":
          try styles(value, "roles", Theme.Role.allCases.map { ($0.name, $0) }) { theme[$0] = $1 }
        case "states":
          try styles(value, "states", StateLetter.allCases.map { (Theme.name($0), $0) }) { theme[$0] = $1 }
        case "renders":
          try styles(value, "renders", Theme.RenderLook.allCases.map { ($0.name, $0) }) { theme[$0] = $1 }
        default: throw unknown(key, in: "", ["name", "summary", "base", "roles", "states", "renders"])
        }
      }
      return theme
    }

    private func styles<Part>(
      _ node: Node, _ place: String, _ known: [(name: String, part: Part)], _ set: (Part, Style) -> Void
    ) throws(Failure) {
      for (key, value) in try mapping(node, place, "a style for each of: " + known.map(\.name).joined(separator: ", ")) {
        guard let part = known.first(where: { $0.name == key.text })?.part else {
          throw unknown(key, in: place, known.map(\.name))
        }
        set(part, try style(value, "\(place).\(key.text)"))
      }
    }

    private func style(_ node: Node, _ place: String) throws(Failure) -> Style {
      var style = Style.plain
      for (key, value) in try mapping(node, place, "a style such as { fg: \"#ffcc00\", bg: default, bold: true }") {
        switch key.text {
        case "fg": style.foreground = try color(value, "\(place).fg")
        case "bg": style.background = try color(value, "\(place).bg")
        default:
          guard let attribute = Self.attributes[key.text] else {
            throw unknown(key, in: place, ["fg", "bg"] + Self.attributes.keys.sorted())
          }
          switch scalar(value) {
          case "true": style.attributes.insert(attribute)
          case "false": break
          default: throw fault(value, "\(place).\(key.text)", "true or false")
          }
        }
      }
      return style
    }

    private func color(_ node: Node, _ place: String) throws(Failure) -> Color {
      let text = scalar(node) ?? ""
      if text == "default" { return .terminal }
      if let index = UInt8(text) { return .indexed(index) }
      if text.hasPrefix("#"), text.utf8.count == 7, let value = UInt32(text.dropFirst(), radix: 16) {
        return .rgb(UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
      }
      throw fault(node, place, "default, a palette entry from 0 to 255, or \"#rrggbb\" in quotes")
    }

    private struct Key {
      var text: String
      var line: Int
    }

    private func mapping(_ node: Node, _ place: String, _ expected: String) throws(Failure) -> [(key: Key, value: Node)] {
      guard case .mapping(let pairs) = node else { throw fault(node, place, expected) }
      var out: [(key: Key, value: Node)] = []
      for (key, value) in pairs {
        guard let text = scalar(key) else { throw fault(key, place, expected) }
        out.append((Key(text: text, line: key.mark?.line ?? 0), value))
      }
      return out
    }

    private func scalar(_ node: Node) -> String? {
      if case .scalar(let scalar) = node { return scalar.string }
      return nil
    }

    private func fault(_ node: Node, _ place: String, _ expected: String) -> Failure {
      Failure(.failed, "\(path):\(node.mark?.line ?? 0): \(place): expected \(expected)")
    }

    private func unknown(_ key: Key, in place: String, _ known: [String]) -> Failure {
      let full = place.isEmpty ? key.text : "\(place).\(key.text)"
      return Failure(.failed, "\(path):\(key.line): \(full): no such key; expected one of: \(known.joined(separator: ", "))")
    }

    private static let attributes: [String: Attributes] = [
      "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse, "italic": .italic,
    ]
  }
}
