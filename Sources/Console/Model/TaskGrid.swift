/// The cells that are asked for.
struct CellRange: Hashable, Sendable {
  /// What the first cell stands for begins here.
  var first: Int
  var cells: Int
  var perCell: Int
}

/// The grid of a block's tasks, or of the farm's renders: a cell a task, or a cell for many when there are more tasks than room.
struct TaskGrid: Sendable {
  /// Tasks that one cell stands for; 0: as few as show all tasks at once.
  var zoom = 0
  /// The task under the cursor.
  private(set) var cursor = 0
  /// First task on screen; a multiple of `perCell`.
  private(set) var first = 0
  /// Tasks of the block.
  private(set) var total = 0
  /// Columns of cells and rows of cells on screen.
  private(set) var columns = 1
  private(set) var rows = 1

  /// Letters of the cells that came, for the geometry in `held`.
  private(set) var letters: [UInt8] = []
  private(set) var held: CellRange?

  /// Round numbers: a row of cells then begins at a round number of tasks.
  static let steps: [Int] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
    5_000_000, 10_000_000,
  ]

  /// The step at which everything is on screen.
  var fitting: Int {
    Self.steps.first { (total + $0 - 1) / $0 <= columns * rows } ?? Self.steps[Self.steps.count - 1]
  }
  var perCell: Int { zoom == 0 ? fitting : min(zoom, fitting) }
  /// Cells that are on screen.
  var cells: Int { min(columns * rows, max(0, (total - first + perCell - 1) / perCell)) }
  /// The tasks that the cell under the cursor stands for.
  var chosen: Range<Int> {
    let start = cursor / perCell * perCell
    return start..<max(start, min(start + perCell, total))
  }

  mutating func resize(total: Int, columns: Int, rows: Int) {
    self.total = total
    self.columns = max(1, columns)
    self.rows = max(1, rows)
    show()
  }

  mutating func move(to task: Int) {
    cursor = min(max(0, task), max(0, total - 1))
    show()
  }

  mutating func move(cells: Int) { move(to: cursor + cells * perCell) }

  /// Fewer tasks a cell (`closer`), or more.
  mutating func zoom(closer: Bool) {
    let now = perCell
    if closer {
      zoom = Self.steps.last { $0 < now } ?? 1
    } else {
      let next = Self.steps.first { $0 > now } ?? now
      zoom = next >= fitting ? 0 : next
    }
    show()
  }

  mutating func fit() {
    zoom = 0
    show()
  }

  /// Shows another block.
  mutating func clear() {
    self = TaskGrid(zoom: zoom, columns: columns, rows: rows)
  }

  mutating func take(_ change: GridChange, isSnapshot: Bool, for query: CellRange) {
    if isSnapshot {
      held = query
      letters = []
    }
    for run in change.runs {
      let news = Array(run.letters.utf8)
      // Bounded by what was asked for, whatever the server says.
      guard run.at >= 0, run.at + news.count <= query.cells else { continue }
      if letters.count < run.at + news.count {
        letters.append(contentsOf: repeatElement(0x20, count: run.at + news.count - letters.count))
      }
      letters.replaceSubrange(run.at..<run.at + news.count, with: news)
    }
  }

  /// The letter of a cell on screen; nil while it has not come.
  func letter(cell: Int) -> UInt8? {
    guard let held, held.perCell == perCell else { return nil }
    let at = cell + (first - held.first) / perCell
    return at >= 0 && at < letters.count ? letters[at] : nil
  }

  /// The tasks that a cell on screen stands for begin here.
  func task(cell: Int) -> Int { first + cell * perCell }

  init() {}
  private init(zoom: Int, columns: Int, rows: Int) {
    self.zoom = zoom
    self.columns = columns
    self.rows = rows
  }

  private mutating func show() {
    cursor = min(cursor, max(0, total - 1))
    let row = columns * perCell
    if (total + perCell - 1) / perCell <= columns * rows {
      first = 0
      return
    }
    first = first / row * row
    let cursorRow = cursor / row
    if cursorRow < first / row { first = cursorRow * row }
    if cursorRow >= first / row + rows { first = (cursorRow - rows + 1) * row }
  }
}
