import Model

/// The sixth screen: what goes on and on, in panes.
extension Painter {
  mutating func events(_ layout: FrameLayout) {
    panes(layout)
    switch model.feedPane {
    case .events: feed(model.events, eventColumns(), .events, layout, empty: "Nothing has happened yet.", "event")
    case .serverLog: feed(model.serverLog, lineColumns(), .serverLog, layout, empty: "The server has logged nothing yet.", "line")
    case .journal: feed(model.journal, journalColumns(), .journal, layout, empty: "Nobody has changed anything yet.", "line")
    }
  }

  /// Their names, the one that is seen in brackets: as the screens' in the header.
  private mutating func panes(_ layout: FrameLayout) {
    let row = layout.body.row
    fill(Rect(row: row, column: 0, rows: 1, columns: grid.size.columns), theme[.text])
    for tab in layout.feedTabs {
      let isActive = tab.pane == model.feedPane
      let text = isActive ? "[\(tab.pane.rawValue)]" : tab.text
      put(
        text, row: row, column: tab.columns.lowerBound, columns: tab.columns.count,
        style: theme[isActive ? .heading : .muted].over(theme[.text]))
    }
  }

  private mutating func feed<Row: FeedRow>(
    _ page: FeedPage<Row>, _ columns: [Column<Row>], _ id: ListID, _ layout: FrameLayout, empty: String, _ noun: String
  ) {
    let filter = page.filter.text
    let words = page.filter.isEmpty ? [empty] : ["No \(noun) passes the filter “\(filter)”.", "f changes it; Esc shows all."]
    list(
      page.list, columns, of: id, headingRow: layout.feedList.row - 1, in: layout.feedList, search: model.search, empty: words)
    if !page.filter.isEmpty { filterMark(filter, row: layout.body.row) }
  }

  func eventColumns() -> [Column<EventRow>] {
    let theme = theme
    return [
      Column(title: "TIME", least: 19, most: 19, importance: 15) { row, _ in .text(Times.moment(row.time), theme[.muted]) },
      Column(title: "EVENT", least: 12, most: 20, importance: 20) { row, _ in .text(row.name, Self.look(row.name, theme)) },
      Column(title: "OF", least: 10, most: 24, importance: 19) { row, _ in .text(row.object, nil) },
      Column(title: "USER", least: 6, most: 12, importance: 10) { row, _ in .text(row.user, nil) },
      Column(title: "WHAT", least: 16, most: 120, importance: 14) { row, _ in .text(row.info, nil) },
      Column(title: "SENT", least: 4, most: 4, importance: 2) { row, _ in .text(row.isSent ? "yes" : "-", theme[.muted]) },
    ]
  }

  private static func look(_ name: String, _ theme: Theme) -> Style? {
    switch EventName(rawValue: name) {
    case .jobDone: theme[.done]
    case .jobError, .renderSick, .renderOverload, .renderWakeFailed: theme[.error]
    case .renderZombie: theme[Theme.RenderLook.offline]
    case .jobCreated, .jobDeleted, .renderNoTask, nil: nil
    }
  }

  func lineColumns() -> [Column<ServerLine>] {
    let theme = theme
    return [
      Column(title: "TIME", least: 19, most: 19, importance: 15) { row, _ in .text(Times.moment(row.time), theme[.muted]) },
      Column(title: "LEVEL", least: 7, most: 8, importance: 18) { row, _ in .text(row.level, Self.look(level: row.level, theme)) },
      Column(title: "WHAT", least: 20, most: 1000, importance: 20) { row, _ in .text(row.text, nil) },
    ]
  }

  private static func look(level: String, _ theme: Theme) -> Style? {
    switch level {
    case "error", "critical": theme[.error]
    case "warning": theme[.errorReady]
    case "trace", "debug": theme[.muted]
    default: nil
    }
  }

  func journalColumns() -> [Column<JournalEntry>] {
    let theme = theme
    return [
      Column(title: "TIME", least: 19, most: 19, importance: 15) { row, _ in .text(Times.moment(row.time), theme[.muted]) },
      Column(title: "WHO", least: 10, most: 30, importance: 17) { row, _ in .text(row.subject, nil) },
      Column(title: "WHAT", least: 10, most: 24, importance: 16) { row, _ in
        .text(row.type, row.isTrouble ? theme[.error] : nil)
      },
      Column(title: "OF", least: 8, most: 24, importance: 19) { row, _ in .text(row.object, nil) },
      Column(title: "CHANGE", least: 16, most: 1000, importance: 20) { row, _ in .text(row.info, nil) },
    ]
  }
}
