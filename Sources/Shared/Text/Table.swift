/// Aligned columns with a header, for people. Cells are sanitized as they come in.
public struct Table: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var alignment: Width.Alignment
    /// How narrow it may get when the table is wider than the terminal; nil: never narrower than its widest cell.
    public var minimum: Int?
    /// Columns with the highest rank go first when narrowing is not enough; 0: never.
    public var dropRank: Int

    public init(_ title: String, _ alignment: Width.Alignment = .left, minimum: Int? = nil, dropRank: Int = 0) {
      self.title = title
      self.alignment = alignment
      self.minimum = minimum
      self.dropRank = dropRank
    }
  }

  public struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public var text: String
    public var colour: Colour?
    public init(_ text: String, _ colour: Colour? = nil) {
      self.text = text
      self.colour = colour
    }
    public init(stringLiteral text: String) { self.init(text) }
  }

  public let columns: [Column]
  public private(set) var rows: [[Cell]] = []
  /// How wide each column is at least: of the pages before, so that pages of one list stay in line.
  public var minimumWidths: [Int] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Parameter cells: one for each column.
  public mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(cells.map { Cell(Sanitize.line($0.text), $0.colour) })
  }

  /// - Parameters:
  ///   - width: of the terminal in columns: wide columns are narrowed, then the least important ones left out, and at last each
  ///     line is cut. nil: everything in full.
  ///   - colours: whether cells show their colours.
  public func lines(width: Int? = nil, colours: Bool = false, header: Bool = true) -> [String] {
    let (shown, widths) = layout(width)
    var out: [String] = []
    if header { out.append(line(columns.map { Cell($0.title, .heading) }, shown, widths, width, colours)) }
    for row in rows { out.append(line(row, shown, widths, width, colours)) }
    return out
  }

  /// How wide each column is in full.
  public var widths: [Int] {
    var widths = columns.map { Width.of($0.title) }
    for (index, minimum) in minimumWidths.prefix(widths.count).enumerated() { widths[index] = max(widths[index], minimum) }
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], Width.of(cell.text)) }
    }
    return widths
  }

  private static let gap = 2

  private func layout(_ width: Int?) -> (shown: [Int], widths: [Int]) {
    var widths = widths
    var shown = Array(columns.indices)
    guard let width else { return (shown, widths) }
    let full = widths
    while true {
      widths = full
      let total = shown.reduce(0) { $0 + widths[$1] } + max(0, shown.count - 1) * Self.gap
      if narrow(&widths, shown, by: total - width) { break }
      // Of columns with the same rank the last goes first.
      guard let victim = shown.filter({ columns[$0].dropRank > 0 }).max(by: { columns[$0].dropRank <= columns[$1].dropRank }) else {
        break
      }
      shown.removeAll { $0 == victim }
    }
    return (shown, widths)
  }

  /// Takes `excess` columns from those that may be narrower, always from the widest; false when that is not enough.
  private func narrow(_ widths: inout [Int], _ shown: [Int], by excess: Int) -> Bool {
    var excess = excess
    while excess > 0 {
      let candidates = shown.filter { index in columns[index].minimum.map { widths[index] > $0 } ?? false }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }), let minimum = columns[widest].minimum else {
        return false
      }
      let next = candidates.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? minimum
      let step = min(excess, max(1, widths[widest] - max(next, minimum)))
      widths[widest] -= step
      excess -= step
    }
    return true
  }

  private func line(_ cells: [Cell], _ shown: [Int], _ widths: [Int], _ width: Int?, _ colours: Bool) -> String {
    var out = ""
    var at = 0
    for (place, index) in shown.enumerated() {
      var room = widths[index]
      if let width { room = min(room, width - at) }
      if room <= 0 { break }
      var text = Width.cut(cells[index].text, to: room)
      let isLast = place == shown.count - 1
      // No spaces at the end of a line.
      if !isLast || columns[index].alignment == .right { text = Width.pad(text, to: room, alignment: columns[index].alignment) }
      at += Width.of(text)
      out += colours ? (cells[index].colour?.paint(text) ?? text) : text
      if !isLast {
        let gap = min(Self.gap, width.map { max(0, $0 - at) } ?? Self.gap)
        out += String(repeating: " ", count: gap)
        at += gap
      }
    }
    if !colours { while out.last == " " { out.removeLast() } }
    return out
  }
}
