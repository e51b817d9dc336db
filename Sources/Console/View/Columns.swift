import Model

/// A column of a list.
struct Column<Row> {
  /// In short words.
  var title: String
  /// In full words, where they are others; and in letters.
  var full: String? = nil
  var brief: String? = nil
  /// What it needs when words are abbreviated, if that is less.
  var tight: Int? = nil
  /// Columns of the screen that it needs, and that it can use.
  var least: Int
  var most: Int
  /// The lowest goes first when there is no room for all.
  var importance: Int
  var isRight = false
  /// Marks the column that the list is sorted by.
  var isSorted: Bool? = nil
  var content: (Row, Int) -> Content

  /// What files and choosers know it by: `priority`, `task-time`. Never another once it was released.
  var name: String { (full ?? title).lowercased().split(separator: " ").joined(separator: "-") }

  func worded(_ density: Density) -> Column {
    var column = self
    // Its name stays, whatever it is called here.
    column.full = full ?? title
    switch density {
    case .full:
      column.title = full ?? title
      // A full word is never cut; the mark of the order takes one column more.
      column.least = max(least, Glyphs(column.title).width + (isSorted == true ? 1 : 0))
      column.most = max(most, column.least)
    case .short: break
    case .abbreviated:
      column.title = brief ?? title
      column.least = tight ?? least
    }
    return column
  }

  enum Content {
    /// nil: as the rest of the row.
    case text(String, Style?)
    case bar(String, TaskCounts)
  }
}

/// Which columns a list shows in a width, and where.
struct ColumnLayout {
  /// Index into the columns, first column of the screen, columns.
  var places: [(index: Int, column: Int, columns: Int)]

  init<Row>(_ columns: [Column<Row>], from start: Int, width: Int) {
    var kept = Array(columns.indices)
    func least() -> Int { kept.reduce(0) { $0 + columns[$1].least } + max(0, kept.count - 1) }
    while kept.count > 1, least() > width {
      guard let loser = kept.min(by: { columns[$0].importance < columns[$1].importance }) else { break }
      kept.removeAll { $0 == loser }
    }
    var widths = kept.map { columns[$0].least }
    var left = width - least()
    // What is left goes round, to those that can use more.
    while left > 0 {
      var isGiven = false
      for at in kept.indices where left > 0 && widths[at] < columns[kept[at]].most {
        widths[at] += 1
        left -= 1
        isGiven = true
      }
      if !isGiven { break }
    }
    if left < 0, let last = widths.indices.last { widths[last] = max(1, widths[last] + left) }
    places = []
    var at = start
    for (place, index) in kept.enumerated() {
      places.append((index, at, widths[place]))
      at += widths[place] + 1
    }
  }
}

extension Painter {
  mutating func heading<Row>(_ columns: [Column<Row>], row: Int, layout: ColumnLayout, isDescending: Bool) {
    let style = theme[.heading].over(theme[.text])
    fill(Rect(row: row, column: 0, rows: 1, columns: grid.size.columns), theme[.text])
    for place in layout.places {
      let column = columns[place.index]
      var title = column.title
      if column.isSorted == true { title += isDescending ? symbols.descending : symbols.ascending }
      put(title, row: row, column: place.column, columns: place.columns, style: style, isRight: column.isRight)
    }
  }

  /// One row of a list. `mark` stands before it.
  mutating func listRow<Row>(
    _ item: Row, _ columns: [Column<Row>], layout: ColumnLayout, row: Int, mark: String, ground: Style, search: Search? = nil
  ) {
    fill(Rect(row: row, column: 0, rows: 1, columns: grid.size.columns), ground)
    put(mark, row: row, column: 0, columns: 1, style: ground)
    for place in layout.places {
      let column = columns[place.index]
      switch column.content(item, place.columns) {
      case .text(let text, let style):
        put(
          text, row: row, column: place.column, columns: place.columns, style: style?.over(ground) ?? ground,
          isRight: column.isRight, marks: search)
      case .bar(let letters, let counts):
        bar(letters, counts: counts, row: row, column: place.column, columns: place.columns, ground: ground)
      }
    }
  }

  /// The ground and the mark of a row of a list.
  func look(isCursor: Bool, hasKeys: Bool = true, isTagged: Bool = false) -> (ground: Style, mark: String) {
    var ground = theme[.text]
    if isTagged { ground = theme[.tagged].over(ground) }
    if isCursor { ground = theme[hasKeys ? .cursor : .cursorElsewhere].over(ground) }
    let isPointed = isCursor && hasKeys
    return (ground, isTagged ? (isPointed ? symbols.taggedCursor : symbols.tag) : isPointed ? symbols.cursor : " ")
  }

  /// A list with its heading, or what it says when it is empty.
  mutating func list<Row: ListRow>(
    _ list: RowList<Row>, _ all: [Column<Row>], of id: ListID? = nil, headingRow: Int, in rect: Rect, isDescending: Bool = false,
    hasKeys: Bool = true, search: Search? = nil, empty: [String], isTagged: (Row) -> Bool = { _ in false }
  ) {
    let columns = arranged(all, for: id)
    let layout = ColumnLayout(columns, from: 1, width: grid.size.columns - 1)
    heading(columns, row: headingRow, layout: layout, isDescending: isDescending)
    if let failure = list.failure { return say([failure], in: rect, role: .bad) }
    guard list.isLoaded else { return say([model.link.isConnected ? "loading…" : "no connection to the server yet"], in: rect) }
    guard list.total > 0 else { return say(empty, in: rect) }
    for offset in 0..<rect.rows {
      let index = list.top + offset
      guard index < list.total else { break }
      let isCursor = index == list.cursor
      guard let item = list[index] else {
        let (ground, mark) = look(isCursor: isCursor, hasKeys: hasKeys)
        fill(Rect(row: rect.row + offset, column: 0, rows: 1, columns: grid.size.columns), ground)
        put(
          "\(mark) \(symbols.ellipsis)", row: rect.row + offset, column: 0, columns: 3, style: style(.muted, on: ground))
        continue
      }
      let (ground, mark) = look(isCursor: isCursor, hasKeys: hasKeys, isTagged: isTagged(item))
      listRow(item, columns, layout: layout, row: rect.row + offset, mark: mark, ground: ground, search: search)
    }
  }
}
