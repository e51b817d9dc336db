import Model

extension Painter {
  mutating func jobs(_ layout: FrameLayout) {
    let page = model.jobs
    let columns = jobColumns(page.query)
    list(
      page.list, columns, of: .jobs, headingRow: layout.body.row, in: layout.list, isDescending: page.query.isDescending,
      search: page.search, empty: emptyJobs(page), isTagged: { [tags = model.tags.jobs] in tags[$0.id] != nil })
    if page.query.isFilter { filterMark(page.filter, row: layout.body.row) }
  }

  private func emptyJobs(_ page: JobsPage) -> [String] {
    if page.query.isFilter {
      return ["No job passes the filter “\(page.filter)”.", "f changes it; Esc shows all."]
    }
    return ["No jobs. Submit one:", "reeve submit FILE", "or", "reeve run --frames 1-100 -- COMMAND"]
  }

  /// Says in the heading that there is more than what is seen.
  mutating func filterMark(_ filter: String, row: Int) {
    let text = " filter: \(filter) "
    let width = min(Glyphs(text).width, grid.size.columns / 3)
    put(text, row: row, column: grid.size.columns - width, columns: width, style: theme[.notice].over(theme[.text]))
  }

  func jobColumns(_ query: JobsQuery) -> [Column<JobSummary>] {
    let theme = theme
    let density = model.density
    let now = model.serverNow
    func count(
      _ title: String, _ full: String, _ brief: String, _ importance: Int, state: StateLetter, _ order: JobsQuery.Order,
      _ value: @escaping (TaskCounts) -> Int32
    ) -> Column<JobSummary> {
      Column(
        title: title, full: full, brief: brief, least: 4, most: 7, importance: importance, isRight: true,
        isSorted: query.order == order
      ) { row, width in
        let number = value(row.counts)
        return .text(Numbers.quiet(number, columns: width), number > 0 ? theme[state] : theme[.muted])
      }
    }
    return [
      Column(title: "ID", least: 4, most: 7, importance: 20, isRight: true, isSorted: query.order == .id) { row, _ in
        .text("\(row.id)", nil)
      },
      Column(title: "USER", tight: 4, least: 6, most: 12, importance: 9, isSorted: query.order == .user) { row, _ in
        .text(row.user, nil)
      },
      Column(title: "NAME", tight: 12, least: 16, most: 48, importance: 19, isSorted: query.order == .name) { row, _ in
        .text(row.name, nil)
      },
      Column(title: "STATE", brief: "ST", tight: 3, least: 7, most: 18, importance: 18, isSorted: query.order == .state) {
        row, width in
        .text(StateWords.fitted(row.state, columns: width, density), theme[StateWords.letter(row.state)])
      },
      Column(title: "PROGRESS", brief: "BAR", tight: 8, least: 10, most: 64, importance: 10) { row, _ in
        .bar(row.progressBar, row.counts)
      },
      Column(title: "%", full: "PERCENT", least: 4, most: 4, importance: 14, isRight: true, isSorted: query.order == .percent) {
        row, _ in
        .text("\(row.counts.percent)%", nil)
      },
      count("RUN", "RUNNING", "R", 16, state: .running, .running) { $0.running },
      count("RDY", "READY", "r", 11, state: .ready, .ready) { $0.ready + $0.errorReady },
      count("WAIT", "WAITING", "W", 3, state: .waitDependency, .waiting) { $0.waitingDependency },
      count("DONE", "DONE", "D", 12, state: .done, .done) { $0.done },
      count("SKIP", "SKIPPED", "S", 2, state: .skipped, .skipped) { $0.skipped },
      count("ERR", "ERRORS", "E", 17, state: .error, .errors) { $0.error },
      Column(title: "TIME", least: 6, most: 7, importance: 13, isRight: true, isSorted: query.order == .started) { row, _ in
        .text(Times.run(from: row.started, to: row.done, now: now), nil)
      },
      Column(
        title: "PRI", full: "PRIORITY", brief: "P", least: 3, most: 4, importance: 4, isRight: true,
        isSorted: query.order == .priority
      ) { row, _ in
        .text("\(row.priority)", theme[.muted])
      },
      Column(
        title: "BLK", full: "BLOCKS", brief: "B", least: 3, most: 4, importance: 1, isRight: true, isSorted: query.order == .blocks
      ) { row, _ in .text("\(row.blockCount)", theme[.muted]) },
      Column(title: "SUBMITTED", least: 19, most: 19, importance: 0, isSorted: query.order == .created) { row, _ in
        .text(Times.moment(row.created), theme[.muted])
      },
    ]
  }
}
