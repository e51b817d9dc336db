/// What kind of terminal to drive when it can do more than `TERM` says.
public enum TerminalKind {
  /// Descriptions that show more colours on the same terminal, the best first; the first that is installed is to be taken.
  ///
  /// - Parameters:
  ///   - term: `TERM`.
  ///   - colorTerm: `COLORTERM`, by which a terminal says that it shows any colour: `truecolor` or `24bit`.
  public static func better(term: String, colorTerm: String) -> [String] {
    guard ["truecolor", "24bit"].contains(colorTerm.lowercased()), !term.isEmpty, !term.hasSuffix("-direct") else { return [] }
    let suffix = "-256color"
    let base = term.hasSuffix(suffix) ? String(term.dropLast(suffix.count)) : term
    return ["\(base)-direct", "\(base)\(suffix)"].filter { $0 != term }
  }

  /// Whether a terminal of that kind takes web addresses (OSC 8), or leaves them out without a trace as those of the family of
  /// xterm do. Others may show what they do not know.
  public static func opensLinks(term: String) -> Bool {
    let families = ["xterm", "tmux", "foot", "alacritty", "kitty", "wezterm", "ghostty", "contour", "vte", "konsole", "iterm"]
    return families.contains { term.hasPrefix($0) }
  }
}
