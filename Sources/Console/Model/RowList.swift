import Model

/// A row of a list: what its cursor and tags belong to.
protocol ListRow: Sendable {
  associatedtype RowID: Hashable & Sendable
  var rowID: RowID { get }
  /// What people call it, for questions and searching.
  var rowName: String { get }
  func isFound(by search: Search) -> Bool
}

extension ListRow {
  func isFound(by search: Search) -> Bool { search.isFound(in: rowName) }
}

extension JobSummary: ListRow {
  var rowID: JobID { id }
  var rowName: String { name }
}

extension RenderSummary: ListRow {
  var rowID: RenderID { id }
  var rowName: String { name }
}

extension TaskSummary: ListRow {
  var rowID: TaskKey { key }
  var rowName: String { name }
}

extension BlockSummary: ListRow {
  var rowID: BlockIndex { block }
  var rowName: String { name }
}

/// A list of any length of which only a window is held.
///
/// Rows are counted from 0 over the whole list. The cursor belongs to a row's id: when the order changes it moves along, and the
/// rows on screen stay where they are as far as that goes.
struct RowList<Row: ListRow>: Sendable {
  /// The rows that are held, from `first` on.
  private(set) var rows: [Row] = []
  private(set) var first = 0
  /// Rows of the whole list.
  private(set) var total = 0
  /// Whether anything came yet.
  private(set) var isLoaded = false
  /// Why nothing can be shown.
  var failure: String?

  private(set) var cursor = 0
  /// nil while the row under the cursor has not come yet.
  private(set) var cursorID: Row.RowID?
  /// The first row on screen.
  private(set) var top = 0
  /// Rows on screen; from 1.
  private(set) var height = 1

  var current: Row? { self[cursor] }
  var visible: Range<Int> { top..<min(top + height, max(top, total)) }

  subscript(index: Int) -> Row? {
    index >= first && index < first + rows.count ? rows[index - first] : nil
  }

  /// The window to ask for: the one there is as long as it covers what is seen, else the screenful with one more on each side.
  func window(keeping held: Window?) -> Window {
    let seen = top..<(isLoaded ? min(top + height, max(total, top + 1)) : top + height)
    if let held, held.covers(seen), held.count >= height { return held }
    let start = max(0, top - height)
    return Window(first: start, count: min(Limits.rowsPerWindow, top - start + 2 * height))
  }

  mutating func resize(height: Int) {
    self.height = max(1, height)
    show()
  }

  mutating func move(by delta: Int) { move(to: cursor + delta) }

  mutating func move(to index: Int) {
    // Before anything came the end is not known: the cursor waits where it is wanted.
    cursor = isLoaded ? min(max(0, index), max(0, total - 1)) : max(0, index)
    cursorID = self[cursor]?.rowID
    show()
  }

  /// Scrolls without the cursor, which is taken along only where it would be lost from sight.
  mutating func scroll(by delta: Int) {
    top = min(max(0, top + delta), max(0, total - height))
    let kept = min(max(cursor, top), top + height - 1)
    if kept != cursor { move(to: kept) }
  }

  /// Goes to the next held row that satisfies, around the end; false when none does.
  mutating func find(forward: Bool, where matches: (Row) -> Bool) -> Bool {
    guard !rows.isEmpty else { return false }
    for step in 1...rows.count {
      let offset = cursor - first + (forward ? step : -step)
      let place = ((offset % rows.count) + rows.count) % rows.count
      if matches(rows[place]) {
        move(to: first + place)
        return true
      }
    }
    return false
  }

  /// Takes a snapshot of the window or the changes in it.
  mutating func take(_ news: [Row], isSnapshot: Bool, total: Int, first: Int) {
    failure = nil
    self.total = total
    if isSnapshot {
      isLoaded = true
      self.first = first
      rows = news
      followCursor()
    } else {
      for row in news {
        if let at = rows.firstIndex(where: { $0.rowID == row.rowID }) { rows[at] = row }
      }
    }
  }

  /// Takes more rows of a list that is held as a whole, and lets go of the first ones.
  mutating func append(_ news: [Row], dropping old: Int = 0) {
    failure = nil
    isLoaded = true
    rows.removeFirst(old)
    rows += news
    total = rows.count
    cursor = max(0, cursor - old)
    top = max(0, top - old)
    cursorID = self[cursor]?.rowID
    show()
  }

  /// Begins anew: the rows that were held belong to another list.
  mutating func clear() {
    self = RowList(height: height)
  }

  init() {}
  private init(height: Int) { self.height = height }

  private mutating func followCursor() {
    if let cursorID, let at = rows.firstIndex(where: { $0.rowID == cursorID }) {
      let moved = first + at - cursor
      cursor += moved
      if top > 0 { top = max(0, top + moved) }
    } else {
      cursor = min(cursor, max(0, total - 1))
      cursorID = self[cursor]?.rowID
    }
    show()
  }

  private mutating func show() {
    if isLoaded { cursor = min(cursor, max(0, total - 1)) }
    if cursor < top { top = cursor }
    if cursor >= top + height { top = cursor - height + 1 }
    if isLoaded { top = min(top, max(0, total - height)) }
  }
}
