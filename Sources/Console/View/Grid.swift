/// Rows and columns of a terminal.
public struct Size: Hashable, Sendable {
  public var rows: Int
  public var columns: Int
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The smallest that is drawn; below it stands only a sentence.
  public static let least = Size(rows: 10, columns: 40)
}

/// A part of the screen.
public struct Rect: Hashable, Sendable {
  public var row: Int
  public var column: Int
  public var rows: Int
  public var columns: Int

  public init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }

  public func contains(row: Int, column: Int) -> Bool {
    row >= self.row && row < self.row + rows && column >= self.column && column < self.column + columns
  }

  /// Without its first `count` rows.
  func dropping(rows count: Int) -> Rect {
    Rect(row: row + min(count, rows), column: column, rows: rows - count, columns: columns)
  }

  /// Its first `count` rows.
  func top(_ count: Int) -> Rect { Rect(row: row, column: column, rows: min(count, rows), columns: columns) }
}

/// One column of one row. `scalar` 0 is the right half of the wide character before it.
public struct Cell: Hashable, Sendable {
  public var scalar: UInt32
  /// 0, or one mark of no width that stands on the scalar.
  public var combining: UInt32
  public var style: Style

  public init(_ scalar: UInt32 = 0x20, combining: UInt32 = 0, style: Style = .plain) {
    self.scalar = scalar
    self.combining = combining
    self.style = style
  }
}

/// A screenful as a value: views write into it, a `Screen` shows it.
///
/// Whatever text is put into it, no control character, escape sequence or bidirectional override gets into a cell: those
/// become visible marks here, at the one gate to every screen.
public struct Grid: Hashable, Sendable {
  public let size: Size
  /// Only ASCII gets into cells.
  public let isASCII: Bool
  public private(set) var cells: [Cell]
  /// Addresses that were drawn, those too that something was drawn over since.
  var links: [Hyperlink] = []

  public init(_ size: Size, isASCII: Bool = false, style: Style = .plain) {
    self.size = size
    self.isASCII = isASCII
    cells = Array(repeating: Cell(style: style), count: size.rows * size.columns)
  }

  public subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

  public func row(_ row: Int) -> ArraySlice<Cell> { cells[row * size.columns..<(row + 1) * size.columns] }

  /// Writes text, cut at the right edge or at `limit` columns. Returns the columns taken.
  @discardableResult
  public mutating func put(_ text: some StringProtocol, row: Int, column: Int, limit: Int = .max, style: Style = .plain) -> Int {
    guard row >= 0, row < size.rows, column < size.columns, limit > 0 else { return 0 }
    let end = limit >= size.columns ? size.columns : min(size.columns, column + limit)
    var at = column
    for glyph in Glyphs(text, isASCII: isASCII) {
      if at + glyph.width > end { break }
      set(glyph, row: row, column: at, style: style)
      at += glyph.width
    }
    return at - column
  }

  /// Writes one glyph, whole or not at all.
  mutating func set(_ glyph: Glyph, row: Int, column: Int, style: Style) {
    guard row >= 0, row < size.rows, column >= 0, column + glyph.width <= size.columns else { return }
    let at = row * size.columns + column
    // Half of a wide character that is written over must not stay behind.
    if cells[at].scalar == 0, column > 0 { cells[at - 1].scalar = 0x20 }
    let after = at + glyph.width
    if column + glyph.width < size.columns, cells[after].scalar == 0 { cells[after].scalar = 0x20 }
    cells[at] = Cell(glyph.scalar, combining: glyph.combining, style: style)
    if glyph.width == 2 { cells[at + 1] = Cell(0, style: style) }
  }

  public mutating func fill(_ rect: Rect, style: Style) {
    change(rect) { $0 = Cell(style: style) }
  }

  /// Changes how a part looks and leaves what it says.
  mutating func restyle(_ rect: Rect, _ restyled: (Style) -> Style) {
    change(rect) { $0.style = restyled($0.style) }
  }

  private mutating func change(_ rect: Rect, _ body: (inout Cell) -> Void) {
    let left = min(max(0, rect.column), size.columns)
    let right = min(max(left, rect.column + rect.columns), size.columns)
    let top = min(max(0, rect.row), size.rows)
    for row in top..<min(max(top, rect.row + rect.rows), size.rows) {
      for column in left..<right { body(&cells[row * size.columns + column]) }
    }
  }

  /// The rows that differ from `other`, or all when the sizes differ.
  public func changedRows(since other: Grid?) -> [Int] {
    guard let other, other.size == size else { return Array(0..<size.rows) }
    let links = Set(links).symmetricDifference(other.links).map(\.row)
    return (0..<size.rows).filter { links.contains($0) || row($0) != other.row($0) }
  }

  /// The text of each row, spaces at the end cut: what a golden file holds.
  public var text: [String] {
    (0..<size.rows).map { number in
      var line = String.UnicodeScalarView()
      for cell in row(number) where cell.scalar != 0 {
        line.append(Unicode.Scalar(cell.scalar) ?? "?")
        if cell.combining != 0 { line.append(Unicode.Scalar(cell.combining) ?? "?") }
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }
}
