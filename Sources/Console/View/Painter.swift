import Model

/// Draws on a grid in the colours of a theme.
struct Painter {
  var grid: Grid
  let theme: Theme
  let symbols: Symbols
  let model: ConsoleModel

  init(_ model: ConsoleModel, _ size: Size, _ theme: Theme) {
    self.model = model
    self.theme = theme
    symbols = Symbols(isASCII: model.options.isASCII)
    grid = Grid(size, isASCII: model.options.isASCII, style: theme[.text])
  }

  /// A style for a role, on the ground of whatever row it stands in.
  func style(_ role: Theme.Role, on ground: Style) -> Style { theme[role].over(ground) }

  /// Writes a text into a field: cut with an ellipsis, to the right edge of the field if asked. Returns the columns taken.
  @discardableResult
  mutating func put(
    _ text: some StringProtocol, row: Int, column: Int, columns: Int, style: Style, isRight: Bool = false, marks: Search? = nil
  ) -> Int {
    guard columns > 0 else { return 0 }
    var glyphs = Array(Glyphs(text, isASCII: grid.isASCII).prefix(columns + 1))
    var width = glyphs.reduce(0) { $0 + $1.width }
    if width > columns {
      while width > columns - 1, let last = glyphs.popLast() { width -= last.width }
      glyphs.append(Glyph(scalar: symbols.ellipsis.unicodeScalars.first?.value ?? 0x7E))
      width += 1
    }
    let start = isRight ? column + columns - width : column
    var at = start
    let found = marks?.matches(in: glyphs) ?? []
    var places: [Int] = []
    for (index, glyph) in glyphs.enumerated() {
      let isMatch = !found.isEmpty && found.contains { $0.contains(index) }
      grid.set(glyph, row: row, column: at, style: isMatch ? theme[.match] : style)
      places.append(at)
      at += glyph.width
    }
    if glyphs.contains(where: { $0.scalar == 0x3A }) {
      // The whole of an address whose end is cut.
      let isCut = glyphs.last?.scalar == symbols.ellipsis.unicodeScalars.first?.value
      let whole = isCut ? Array(Glyphs(text, isASCII: grid.isASCII)) : glyphs
      for (range, target) in WebAddress.all(in: whole) {
        let seen = range.clamped(to: 0..<places.count)
        if let first = seen.first, let last = seen.last {
          grid.link(row: row, columns: places[first]..<places[last] + 1, to: target)
        }
      }
    }
    return width
  }

  mutating func fill(_ rect: Rect, _ style: Style) { grid.fill(rect, style: style.over(theme[.text])) }

  /// A sentence in the middle of a part: what an empty list says.
  mutating func say(_ lines: [String], in rect: Rect, role: Theme.Role = .muted) {
    let wrapped = lines.flatMap { ConfirmLines.wrapped($0, columns: max(8, rect.columns - 4)) }
    let start = rect.row + max(0, (rect.rows - wrapped.count) / 3)
    for (offset, line) in wrapped.enumerated() where start + offset < rect.row + rect.rows {
      let width = Glyphs(line, isASCII: grid.isASCII).width
      put(
        line, row: start + offset, column: rect.column + max(2, (rect.columns - width) / 2), columns: rect.columns - 3,
        style: style(role, on: theme[.text]))
    }
  }

  /// A progress bar. Where there is room it is a map of Afanasy's letters, a cell showing the most important of its letters; in
  /// fewer columns than `mapColumns` that would tell of nothing but errors, and the bar shows how many tasks stand where.
  mutating func bar(_ letters: String, counts: TaskCounts, row: Int, column: Int, columns: Int, ground: Style) {
    let states =
      letters.isEmpty || columns < Self.mapColumns
      ? Self.letters(of: counts, cells: columns) : letters.map { StateLetter(letter: $0) ?? .nothing }
    guard !states.isEmpty, columns > 0 else { return }
    for cell in 0..<columns {
      let from = cell * states.count / columns
      let to = max(from + 1, (cell + 1) * states.count / columns)
      let state = states[from..<min(to, states.count)].max() ?? .nothing
      grid.set(symbols.bar(state), row: row, column: column + cell, style: theme[state].over(ground))
    }
  }

  private static let mapColumns = 32

  /// A bar from counts alone: what is done first.
  private static func letters(of counts: TaskCounts, cells: Int) -> [StateLetter] {
    guard counts.total > 0 else { return [] }
    let parts: [(StateLetter, Int32)] = [
      (.done, counts.done), (.skipped, counts.skipped), (.running, counts.running), (.error, counts.error),
      (.errorReady, counts.errorReady), (.waitReconnect, counts.waitingReconnect), (.ready, counts.ready),
      (.waitDependency, counts.waitingDependency), (.suspended, counts.suspended),
    ]
    var out: [StateLetter] = []
    var sum: Int64 = 0
    for (letter, count) in parts where count > 0 {
      sum += Int64(count)
      var end = Int(sum * Int64(cells) / Int64(counts.total))
      // Whatever there is of something is seen, if only in one cell.
      if end <= out.count { end = out.count + 1 }
      while out.count < min(end, cells) { out.append(letter) }
    }
    return out
  }
}
