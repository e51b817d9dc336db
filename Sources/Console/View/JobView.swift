import Model

extension Painter {
  mutating func job(_ layout: FrameLayout) {
    guard let page = model.job else { return }
    let panes = JobLayout(page, in: layout.body)
    if let gone = page.gone {
      let name = page.job.map { "Job \(page.id) “\($0.name)”" } ?? "Job \(page.id)"
      return say(["\(name) cannot be shown: \(gone).", "Esc goes back."], in: layout.body, role: .text)
    }
    title(page, panes.title)
    blocks(page, panes)
    paneTitle(page, panes)
    guard page.block != nil else { return }
    if page.showsList {
      list(
        page.tasks, taskColumns(of: page), of: .tasks, headingRow: panes.listHeading, in: panes.list, hasKeys: page.pane == .list,
        search: page.search,
        empty: page.state.isEmpty
          ? ["This block has no tasks."] : ["No task passes the filter “\(page.filter)”.", "f changes it."],
        isTagged: { [tags = model.tags.tasks] in tags[$0.key] != nil })
    } else {
      cells(page, panes)
    }
  }

  private mutating func title(_ page: JobPage, _ rect: Rect) {
    let ground = theme[.heading].over(theme[.text])
    fill(rect, ground)
    guard let row = page.job else {
      put("job \(page.id)", row: rect.row, column: 1, columns: rect.columns - 2, style: ground)
      return
    }
    let state = StateWords.text(row.state)
    let time = Times.run(from: row.started, to: row.done, now: model.serverNow)
    let right = "\(row.user)  \(state)  \(row.counts.percent)%  \(time)"
    let width = min(Glyphs(right).width, rect.columns / 2)
    put(
      "job \(row.id) \(row.name)", row: rect.row, column: 1, columns: rect.columns - width - 4, style: ground)
    put(
      right, row: rect.row, column: rect.columns - width - 1, columns: width,
      style: theme[StateWords.letter(row.state)].over(theme[.text]))
  }

  private mutating func blocks(_ page: JobPage, _ panes: JobLayout) {
    let columns = arranged(blockColumns(), for: .blocks)
    let layout = ColumnLayout(columns, from: 1, width: grid.size.columns - 1)
    if let row = panes.blocksHeading { heading(columns, row: row, layout: layout, isDescending: false) }
    guard page.blocks.isLoaded else { return say(["loading…"], in: panes.blocks) }
    for offset in 0..<panes.blocks.rows {
      let index = page.blocks.top + offset
      guard index < page.blocks.total, let block = page.blocks[index] else { continue }
      let (ground, mark) = look(isCursor: index == page.blocks.cursor, hasKeys: page.pane == .blocks)
      listRow(block, columns, layout: layout, row: panes.blocks.row + offset, mark: mark, ground: ground)
    }
  }

  func blockColumns() -> [Column<BlockSummary>] {
    let theme = theme
    let density = model.density
    let now = model.serverNow
    func count(
      _ title: String, _ full: String, _ brief: String, _ importance: Int, state: StateLetter,
      _ value: @escaping (TaskCounts) -> Int32
    ) -> Column<BlockSummary> {
      Column(title: title, full: full, brief: brief, least: 4, most: 8, importance: importance, isRight: true) { row, width in
        let number = value(row.counts)
        return .text(Numbers.quiet(number, columns: width), number > 0 ? theme[state] : theme[.muted])
      }
    }
    return [
      Column(title: "BLK", full: "BLOCK", brief: "B", least: 3, most: 4, importance: 14, isRight: true) { row, _ in
        .text("\(row.block)", nil)
      },
      Column(title: "NAME", least: 10, most: 40, importance: 20) { row, _ in .text(row.name, nil) },
      Column(title: "SERVICE", brief: "SVC", tight: 5, least: 8, most: 14, importance: 5) { row, _ in
        .text(row.service, theme[.muted])
      },
      Column(title: "STATE", brief: "ST", tight: 3, least: 7, most: 18, importance: 18) { row, width in
        .text(StateWords.fitted(row.state, columns: width, density), theme[StateWords.letter(row.state)])
      },
      Column(title: "PROGRESS", brief: "BAR", least: 8, most: 40, importance: 7) { row, _ in .bar("", row.counts) },
      Column(title: "%", full: "PERCENT", least: 4, most: 4, importance: 15, isRight: true) { row, _ in
        .text("\(row.counts.percent)%", nil)
      },
      Column(title: "TASKS", brief: "T", tight: 4, least: 5, most: 8, importance: 12, isRight: true) { row, width in
        .text(Numbers.compact(Int(row.counts.total), columns: width), nil)
      },
      count("RUN", "RUNNING", "R", 16, state: .running) { $0.running },
      count("RDY", "READY", "r", 10, state: .ready) { $0.ready + $0.errorReady },
      count("WAIT", "WAITING", "W", 6, state: .waitDependency) { $0.waitingDependency },
      count("DONE", "DONE", "D", 11, state: .done) { $0.done },
      count("ERR", "ERRORS", "E", 17, state: .error) { $0.error },
      Column(title: "TIME", least: 6, most: 7, importance: 8, isRight: true) { row, _ in
        .text(Times.run(from: row.started, to: row.done, now: now), nil)
      },
      Column(title: "TASK TIME", brief: "~TIME", tight: 7, least: 9, most: 9, importance: 2, isRight: true) { row, _ in
        .text(row.counts.done > 0 ? "~" + Times.text(.seconds(row.runSeconds / Int64(row.counts.done))) : "-", theme[.muted])
      },
      Column(title: "CAPACITY", brief: "CAP", tight: 5, least: 8, most: 8, importance: 1, isRight: true) { row, _ in
        .text("\(row.capacity)", theme[.muted])
      },
    ]
  }

  /// The line between blocks and tasks: names the block, and how the grid is read.
  private mutating func paneTitle(_ page: JobPage, _ panes: JobLayout) {
    let columns = grid.size.columns
    let ground = theme[.muted].over(theme[.text])
    let line = symbols.horizontal.unicodeScalars.first?.value ?? 0x2D
    for column in 0..<columns { grid.set(Glyph(scalar: line), row: panes.paneTitle, column: column, style: ground) }
    guard let block = page.blocks.current else { return }
    let hasKeys = page.pane != .blocks
    var text = " \(page.showsList ? "list" : "grid") of block \(block.block) \(block.name) "
    if page.showsList, !page.state.isEmpty { text += "(\(page.filter)) " }
    put(
      text, row: panes.paneTitle, column: 2, columns: columns - 4,
      style: hasKeys ? theme[.heading].over(theme[.text]) : ground)
    guard !page.showsList else { return }
    let scale = page.grid.perCell == 1 ? " a cell is a task " : " a cell is \(page.grid.perCell) tasks "
    let width = Glyphs(scale).width
    if Glyphs(text).width + width + 6 < columns {
      put(scale, row: panes.paneTitle, column: columns - width - 2, columns: width, style: ground)
    }
  }

  // MARK: - The grid

  private mutating func cells(_ page: JobPage, _ panes: JobLayout) {
    let tasks = page.grid
    let muted = theme[.muted].over(theme[.text])
    for cell in 0..<tasks.cells {
      let row = panes.cells.row + cell / tasks.columns
      let place = cell % tasks.columns
      if place == 0 {
        put("\(tasks.task(cell: cell))", row: row, column: 1, columns: panes.label - 2, style: muted, isRight: true)
      }
      let column = panes.column(ofCell: place)
      var look = muted
      var glyph = Glyph(scalar: symbols.isASCII ? 0x3A : 0xB7)
      if let letter = tasks.letter(cell: cell), let state = StateLetter(letter: Character(Unicode.Scalar(letter))) {
        look = theme[state].over(theme[.text])
        glyph = Glyph(scalar: UInt32(letter))
      }
      if tasks.chosen.contains(tasks.task(cell: cell)) { look = cursorCell(look, hasKeys: page.pane == .grid) }
      grid.set(glyph, row: row, column: column, style: look)
    }
    detail(page, row: panes.detail)
  }

  /// A cell under the cursor is seen without any colour too.
  private func cursorCell(_ style: Style, hasKeys: Bool) -> Style {
    Style(style.foreground, on: style.background, style.attributes.union(hasKeys ? [.reverse, .bold] : .underline))
  }

  /// What the cell under the cursor stands for.
  private mutating func detail(_ page: JobPage, row: Int) {
    let columns = grid.size.columns
    let tasks = page.grid
    guard tasks.total > 0 else { return }
    let chosen = tasks.chosen
    var parts: [String] = []
    var look = theme[.text]
    if chosen.count > 1 {
      parts = ["tasks \(chosen.lowerBound)–\(chosen.upperBound - 1)"]
      let cell = (chosen.lowerBound - tasks.first) / tasks.perCell
      if let letter = tasks.letter(cell: cell), let state = StateLetter(letter: Character(Unicode.Scalar(letter))) {
        parts.append("the most important: \(Self.word(state))")
        look = theme[state].over(look)
      }
      parts.append("Enter goes closer")
    } else if let task = page.details.current, task.key.task.value == UInt32(tasks.cursor) {
      parts = describe(task)
      look = theme[StateLetter(task.phase, task.flags)].over(look)
    } else {
      parts = ["task \(tasks.cursor)"]
    }
    fill(Rect(row: row, column: 0, rows: 1, columns: columns), theme[.text])
    put(parts.joined(separator: "  "), row: row, column: 1, columns: columns - 2, style: look)
  }

  /// A task in a line.
  func describe(_ task: TaskSummary) -> [String] {
    var parts = ["task \(task.key.task)", task.name, StateWords.text(StateWords.bits(task))]
    if !task.render.isEmpty { parts.append("\(task.phase.isOut ? "on" : "last on") \(task.render)") }
    if task.percent >= 0, task.phase.isOut { parts.append("\(task.percent)%") }
    let time = taskTime(task)
    if time != "-" { parts.append(time) }
    if task.starts > 1 { parts.append("start \(task.starts)") }
    if task.errors > 0 { parts.append("\(task.errors) \(task.errors == 1 ? "error" : "errors")") }
    if !task.activity.isEmpty { parts.append(task.activity) }
    if !task.reason.isEmpty { parts.append(task.reason) }
    return parts
  }

  func taskTime(_ task: TaskSummary) -> String {
    Times.run(from: task.started, to: task.phase.isOut ? .never : task.finished, now: model.serverNow)
  }

  static func word(_ state: StateLetter) -> String {
    switch state {
    case .nothing: "nothing"
    case .done: "done"
    case .suspended: "suspended"
    case .skipped: "skipped"
    case .doneWarning: "done with a warning"
    case .ready: "ready"
    case .tryNext: "next"
    case .waitDependency: "waits"
    case .running: "running"
    case .runningWarning: "running with a warning"
    case .errorReady: "tries again"
    case .error: "error"
    case .waitReconnect: "reconnecting"
    }
  }

  // MARK: - The list

  func taskColumns(of page: JobPage) -> [Column<TaskSummary>] {
    let digits = String(max(0, page.grid.total - 1)).utf8.count
    let theme = theme
    let density = model.density
    let painter = self
    return [
      Column(title: "TASK", least: max(5, digits), most: 8, importance: 20, isRight: true) { row, _ in .text("\(row.key.task)", nil)
      },
      Column(title: "NAME", least: 13, most: 40, importance: 19) { row, _ in .text(row.name, nil) },
      Column(title: "STATE", brief: "ST", tight: 3, least: 7, most: 22, importance: 18) { row, width in
        .text(StateWords.fitted(StateWords.bits(row), columns: width, density), theme[StateLetter(row.phase, row.flags)])
      },
      Column(title: "%", full: "PERCENT", least: 4, most: 4, importance: 15, isRight: true) { row, _ in
        .text(row.phase.isFinished ? "100%" : row.percent < 0 ? "-" : "\(row.percent)%", nil)
      },
      Column(title: "TIME", least: 6, most: 7, importance: 16, isRight: true) { row, _ in .text(painter.taskTime(row), nil) },
      Column(title: "RENDER", brief: "ON", tight: 8, least: 10, most: 24, importance: 14) { row, _ in
        .text(row.render.isEmpty ? "-" : row.render, nil)
      },
      Column(title: "STARTS", brief: "ST#", tight: 3, least: 6, most: 6, importance: 6, isRight: true) { row, _ in
        .text(Numbers.quiet(row.starts, columns: 6), theme[.muted])
      },
      Column(title: "ERR", full: "ERRORS", brief: "E", least: 3, most: 5, importance: 12, isRight: true) { row, width in
        .text(Numbers.quiet(row.errors, columns: width), theme[row.errors > 0 ? .tagged : .muted])
      },
      Column(title: "WHAT", least: 20, most: 80, importance: 9) { row, _ in
        .text(row.phase.isOut || row.reason.isEmpty ? row.activity : row.reason, theme[.muted])
      },
    ]
  }
}
