import Model

/// The characters that lines, bars and marks are drawn with.
struct Symbols: Hashable, Sendable {
  let isASCII: Bool

  var cursor: String { isASCII ? ">" : "▸" }
  var tag: String { "*" }
  /// The cursor on a tagged row.
  var taggedCursor: String { isASCII ? "+" : "◆" }
  var ellipsis: String { isASCII ? "~" : "…" }
  var ascending: String { isASCII ? "^" : "▲" }
  var descending: String { isASCII ? "v" : "▼" }
  var horizontal: String { isASCII ? "-" : "─" }
  var doubleHorizontal: String { isASCII ? "=" : "═" }
  var vertical: String { isASCII ? "|" : "│" }
  /// Top left, top right, bottom left, bottom right.
  var corners: [String] { isASCII ? ["+", "+", "+", "+"] : ["┌", "┐", "└", "┘"] }
  /// A node of a tree.
  var open: String { isASCII ? "-" : "▾" }
  var closed: String { isASCII ? "+" : "▸" }
  /// Cells of a gauge.
  var gauge: (full: String, empty: String) { isASCII ? ("#", ".") : ("█", "░") }
  var crumb: String { isASCII ? " > " : " › " }
  var more: String { isASCII ? "v more" : "▼ more" }

  /// A cell of a progress bar: told apart by shape as well as by colour.
  func bar(_ letter: StateLetter) -> Glyph {
    let scalar: Unicode.Scalar =
      switch letter {
      case .nothing: " "
      case .done, .doneWarning: isASCII ? "#" : "█"
      case .running, .runningWarning: isASCII ? ">" : "▓"
      case .skipped: isASCII ? "s" : "▒"
      case .ready, .tryNext: isASCII ? "." : "░"
      case .waitDependency: isASCII ? "-" : "·"
      case .error: "!"
      case .errorReady: isASCII ? "%" : "‼"
      case .suspended: isASCII ? "u" : "‖"
      case .waitReconnect: "?"
      }
    return Glyph(scalar: scalar.value)
  }
}
