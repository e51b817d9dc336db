import Model

extension Painter {
  mutating func events(_ layout: FrameLayout) {
    let page = model.events
    let empty =
      page.filter.isEmpty
      ? ["Nothing has happened yet."] : ["No event passes the filter “\(page.filter)”.", "f changes it; Esc shows all."]
    list(
      page.list, eventColumns(), headingRow: layout.body.row, in: layout.list, search: model.search, empty: empty)
    if !page.filter.isEmpty { filterMark(page.filter, row: layout.body.row) }
  }

  private func eventColumns() -> [Column<EventRow>] {
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
}
