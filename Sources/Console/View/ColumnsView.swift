import Model

extension Painter {
  /// All columns of a list, for its chooser.
  static func columns(of list: ListID, _ model: ConsoleModel) -> [ColumnsOverlay.Entry] {
    func entries<Row>(_ columns: [Column<Row>]) -> [ColumnsOverlay.Entry] {
      columns.map { ColumnsOverlay.Entry(name: $0.name, title: $0.full ?? $0.title, isShown: true) }
    }
    let painter = Painter(model, Size(rows: 1, columns: 1), .mono)
    switch list {
    case .jobs: return entries(painter.jobColumns(model.jobs.query))
    case .renders: return entries(painter.renderColumns(model.renders.query))
    case .blocks: return entries(painter.blockColumns())
    case .tasks: return model.job.map { entries(painter.taskColumns(of: $0)) } ?? []
    case .users: return entries(painter.userColumns(model.users.query))
    case .work: return entries(painter.workColumns(model.work.query))
    case .farm: return entries(painter.farmColumns(model.renders.query))
    case .commands: return entries(painter.commandColumns())
    case .events: return entries(painter.eventColumns())
    case .serverLog: return entries(painter.lineColumns())
    case .journal: return entries(painter.journalColumns())
    }
  }

  /// The name of the column that stands at a column of the screen, in a list that has the page to itself and is sorted.
  static func column(at column: Int, of list: ListID, _ model: ConsoleModel) -> String? {
    func find<Row>(_ columns: [Column<Row>], _ painter: Painter) -> String? {
      let shown = painter.arranged(columns, for: list)
      let layout = ColumnLayout(shown, from: 1, width: model.size.columns - 1)
      return layout.places.first { ($0.column..<$0.column + $0.columns).contains(column) }.map { shown[$0.index].name }
    }
    let painter = Painter(model, Size(rows: 1, columns: 1), .mono)
    switch list {
    case .jobs: return find(painter.jobColumns(model.jobs.query), painter)
    case .renders: return find(painter.renderColumns(model.renders.query), painter)
    case .users: return find(painter.userColumns(model.users.query), painter)
    case .work: return find(painter.workColumns(model.work.query), painter)
    case .farm: return find(painter.farmColumns(model.renders.query), painter)
    case .blocks, .tasks, .commands, .events, .serverLog, .journal: return nil
    }
  }

  /// The columns that a list shows: those that were chosen, in their order, with the words of the density.
  func arranged<Row>(_ columns: [Column<Row>], for list: ListID?) -> [Column<Row>] {
    var shown = columns
    if let chosen = list.flatMap({ model.looks[$0]?.columns }) {
      shown = chosen.compactMap { name in columns.first { $0.name == name } }
      // A file of another version may name none that there is.
      if shown.isEmpty { shown = columns }
    }
    return shown.map { $0.worded(model.density) }
  }

  mutating func columns(_ chooser: ColumnsOverlay, _ layout: DialogLayout) {
    let ground = theme[.dialog].over(theme[.text])
    for offset in 0..<layout.content.rows {
      let index = layout.top + offset
      guard index < chooser.entries.count else { break }
      let entry = chooser.entries[index]
      let row = layout.content.row + offset
      let isChosen = index == chooser.cursor
      var look = isChosen ? theme[.choiceActive].over(ground) : ground
      if !entry.isShown { look = theme[.muted].over(look) }
      fill(Rect(row: row, column: layout.content.column, rows: 1, columns: layout.content.columns), look)
      put(isChosen ? symbols.cursor : " ", row: row, column: layout.content.column, columns: 1, style: look)
      put(
        "[\(entry.isShown ? "x" : " ")] \(entry.title)", row: row, column: layout.content.column + 2,
        columns: layout.content.columns - 2, style: look)
    }
    put(
      " Space shows, < > move, Enter ends ", row: layout.frame.row + layout.frame.rows - 1, column: layout.frame.column + 2,
      columns: layout.frame.columns - 4, style: theme[.border].over(ground))
  }
}
