import Model

/// A pattern on names of renders and the like (reference/afanasy.md section 1.14). Empty: matches everything.
struct Mask: Sendable {
  private enum Kind: Sendable {
    case everything
    /// Parts, one of which begins the text, or stands anywhere in it.
    case find([String], anywhere: Bool)
    case regex(Pattern, anywhere: Bool)
    /// It does not compile, which was said when it was given.
    case nothing
  }
  private let kind: Kind

  init(_ pattern: String, _ type: MaskType, anywhere: Bool = false) {
    if pattern.isEmpty {
      kind = .everything
    } else if type == .find {
      kind = .find(pattern.split(separator: " ").map(String.init), anywhere: anywhere)
    } else if let compiled = try? Pattern(pattern) {
      kind = .regex(compiled, anywhere: anywhere)
    } else {
      kind = .nothing
    }
  }

  func matches(_ text: String) -> Bool {
    switch kind {
    case .everything: true
    case .nothing: false
    case .find(let parts, let anywhere): parts.contains { anywhere ? Self.contains(text, $0) : text.hasPrefix($0) }
    case .regex(let pattern, let anywhere): anywhere ? pattern.isFound(in: text) : pattern.matchesWhole(text)
    }
  }

  static func contains(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { start in text[start..<start + part.count].elementsEqual(part) }
  }
}
