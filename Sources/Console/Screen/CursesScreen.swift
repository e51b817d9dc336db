import CNCurses
import Console
import Glibc
import Text

/// Shows grids on the controlling terminal with ncursesw, and reads keys from it. Only rows that changed are handed over; curses
/// then finds the cells and the scrolls, and sends a frame in one piece.
@UI
final class CursesScreen: @UI Screen {
  private struct Colors: Hashable {
    var foreground: Color
    var background: Color
  }

  private var last: Grid?
  private var parser = InputParser()
  private var pairs: [Colors: Int32] = [:]
  private var buffer: [cn_cell] = []
  /// Whether no colours are wanted, whatever the terminal has.
  private let isMono: Bool
  private let opensLinks: Bool

  enum Fault: Error {
    /// Standard input and output are no terminal.
    case noTerminal
    /// `TERM` says nothing that is known.
    case unknownTerm
  }

  /// - Parameters:
  ///   - kind: the name of the terminal's description; nil: the one in `TERM`.
  ///   - opensLinks: whether the terminal takes web addresses (OSC 8), or at least leaves them out.
  init(isMono: Bool, kind: String?, opensLinks: Bool) throws(Fault) {
    self.isMono = isMono
    self.opensLinks = opensLinks
    switch Int(cn_open(0, 1, kind)) {
    case CN_OPENED: break
    case CN_UNKNOWN_TERM: throw .unknownTerm
    default: throw .noTerminal
    }
  }

  var size: Size { Size(rows: Int(cn_rows()), columns: Int(cn_columns())) }
  var hasColors: Bool { !isMono && cn_colors() >= 8 }
  var hasFewColors: Bool { hasColors && cn_colors() < 256 }

  /// Addresses of a frame: each costs two sequences and a refresh of its own.
  private static let mostLinks = 100

  func show(_ grid: Grid) {
    if isSuspended { return }
    let changed = grid.changedRows(since: last)
    let rows = opensLinks ? Set(changed) : []
    let links = rows.isEmpty ? [] : Array(grid.hyperlinks.lazy.filter { rows.contains($0.row) }.prefix(Self.mostLinks))
    for row in changed { draw(grid.row(row), at: row, without: links.filter { $0.row == row }) }
    cn_flush()
    // What a terminal is given between the two sequences belongs to the address: only the columns that were left out.
    for link in links {
      write("\u{1B}]8;;\(link.target)\u{1B}\\")
      draw(
        grid.row(link.row), at: link.row,
        without: links.filter { $0.row == link.row && $0.columns.lowerBound > link.columns.lowerBound })
      cn_flush()
      write("\u{1B}]8;;\u{1B}\\")
    }
    last = grid
  }

  /// - Parameter links: whose columns stay empty.
  private func draw(_ cells: ArraySlice<Cell>, at row: Int, without links: [Hyperlink]) {
    buffer.removeAll(keepingCapacity: true)
    var lastStyle: Style?
    var pair: Int32 = 0
    for (column, whole) in cells.enumerated() {
      let cell = links.contains { $0.columns.contains(column) } ? Cell() : whole
      if cell.style != lastStyle {
        lastStyle = cell.style
        pair = self.pair(cell.style)
      }
      buffer.append(
        cn_cell(scalar: cell.scalar, combining: cell.combining, pair: pair, attributes: cell.style.attributes.rawValue))
    }
    buffer.withUnsafeBufferPointer { cells in
      guard let base = cells.baseAddress else { return }
      cn_draw_row(Int32(row), base, Int32(cells.count))
    }
  }

  private func pair(_ style: Style) -> Int32 {
    let colors = Colors(foreground: style.foreground, background: style.background)
    if let known = pairs[colors] { return known }
    let foreground = number(colors.foreground)
    let background = number(colors.background)
    let number = foreground == -1 && background == -1 ? 0 : max(0, cn_pair(foreground, background))
    pairs[colors] = number
    return number
  }

  /// The number that this terminal has for a colour; -1: its own.
  private func number(_ color: Color) -> Int32 {
    let colors = isMono ? 0 : Int(cn_colors())
    switch color.kind {
    case .terminal: return -1
    case .indexed(let index):
      if cn_is_direct() { return index < 8 ? Int32(index) : Palette.direct(index) }
      if colors >= 256 { return Int32(index) }
      return colors >= 8 ? Int32(Palette.nearest(index, of: colors >= 16 ? 16 : 8)) : -1
    case .rgb(let red, let green, let blue):
      if cn_is_direct() { return Int32(red) << 16 | Int32(green) << 8 | Int32(blue) }
      return number(.indexed(Palette.nearest256(red, green, blue)))
    }
  }

  /// Another theme: its colours take new pairs, and a terminal with 8 colours has only 64.
  func forgetColors() {
    pairs = [:]
    cn_forget_pairs()
    repaint()
  }

  func repaint() {
    last = nil
    cn_repaint()
  }

  /// Rings, and tells terminals that show notices (OSC 9) what for. The text is shown by the terminal: it is made harmless here.
  func ring(_ text: String) {
    let plain = Sanitize.line(text).unicodeScalars.prefix(200)
    write("\u{7}\u{1B}]9;\(String(String.UnicodeScalarView(plain)))\u{7}")
  }

  /// Only between frames: curses has nothing under way then.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { bytes in
        if let base = bytes.baseAddress { cn_write(base, bytes.count) }
      }
    }
  }

  func resized() -> Size {
    cn_resize()
    // All of it anew: what was drawn between the change and its signal was wrapped or cut by the terminal.
    repaint()
    return size
  }

  // MARK: - Giving the terminal away

  /// Whether the terminal is another program's for now: nothing is drawn or read then.
  private(set) var isSuspended = false

  /// Stops the process as ^Z does anywhere; returns when it goes on.
  func suspend() {
    cn_suspend_begin()
    isSuspended = true
    cn_stop_self()
    resume()
  }

  /// Gives the terminal to a program that this one runs, until `resume`.
  func giveAway() {
    cn_suspend_begin()
    isSuspended = true
  }

  /// On SIGCONT. Stays suspended when that came in the background.
  func resume() {
    guard cn_suspend_end() else { return }
    isSuspended = false
    last = nil
  }

  func close() {
    if !isSuspended { cn_close() }
  }

  // MARK: - Input

  /// What was typed since the last time.
  func read() -> [Input] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(0, &bytes, bytes.count)
    guard count > 0 else { return [] }
    return parser.feed(bytes.prefix(count))
  }

  /// Whether a lone ESC waits to become the Escape key.
  var isUndecided: Bool { parser.isWaiting }
  func expire() -> [Input] { parser.expire() }
}
