import Model
import Text

extension Painter {
  /// The page of one render.
  mutating func renderPage(_ layout: FrameLayout) {
    guard let page = model.render else { return }
    let places = RenderLayout(page, in: layout.body)
    if let gone = page.gone {
      let name = page.render.map { "Render \($0.name)" } ?? "The render"
      return say(["\(name) cannot be shown: \(gone).", "Esc goes back."], in: layout.body, role: .text)
    }
    guard let row = page.render else {
      return say([model.link.isConnected ? "loading…" : "no connection to the server yet"], in: layout.body)
    }
    let isOnline = row.state.contains(.online)
    let since = isOnline ? row.changed : row.seen
    nodeTitle(
      "render \(row.name)", StateWords.text(row.state) + (since == .never ? "" : " since \(Times.moment(since))"),
      short: StateWords.text(row.state), row: places.title, theme[StateWords.look(row.state)])
    facts(
      [
        [
          row.user, "priority \(row.priority)", "capacity \(row.capacityUsed)/\(row.capacity)",
          "tasks \(row.running.count)/\(row.maxTasks)",
        ].joined(separator: "  "),
        [row.os, row.version.isEmpty ? "" : "reeve \(row.version)", row.address, "registered \(Times.moment(row.registered))"]
          .filter { !$0.isEmpty }.joined(separator: "  "),
      ], places.facts)
    resources(page, row, places)
    if let title = places.tasksTitle, let rect = places.tasks {
      rule("running tasks", row: title, hasKeys: page.pane == .tasks)
      list(
        page.running, runningColumns(), headingRow: title + 1, in: rect, hasKeys: page.pane == .tasks, search: page.search,
        empty: [isOnline ? "It runs nothing." : "It is offline."])
    }
    if let title = places.logTitle, let rect = places.log {
      log(of: page.lines, search: page.search, title: title, in: rect, hasKeys: page.pane == .log)
    }
  }

  private mutating func resources(_ page: RenderPage, _ row: RenderSummary, _ places: RenderLayout) {
    let ground = theme[.text]
    let muted = theme[.muted].over(ground)
    let isOnline = row.state.contains(.online)
    let columns = places.resources.columns
    let isNarrow = columns < 60
    let nameWidth = model.density == .full && !isNarrow ? 13 : 5
    let scaleWidth = isNarrow ? 0 : min(28, columns / 4)
    let nowWidth = 10
    let room = columns - nameWidth - nowWidth - scaleWidth - 4
    if let title = places.resourcesTitle {
      var text = "resources"
      // Of those for which there is room.
      if let first = page.samples.suffix(max(1, room)).first, let last = page.samples.last, last.time > first.time {
        text += ", the last \(Times.text(.seconds(Int64(last.time - first.time))))"
      }
      rule(text, row: title, hasKeys: page.pane == .resources)
    }
    let gap = RenderResource.gap(page.samples)
    for (offset, resource) in RenderResource.all(row.resources, page.samples).enumerated() where offset < places.resources.rows {
      let at = places.resources.row + offset
      put(nameWidth > 5 ? resource.name : resource.brief, row: at, column: 1, columns: nameWidth, style: muted)
      sparkline(
        resource.values(page.samples, gap: gap), top: resource.top, row: at, column: 1 + nameWidth, columns: room, style: ground)
      put(
        isOnline ? resource.now : "-", row: at, column: 1 + nameWidth + room + 1, columns: nowWidth, style: ground, isRight: true)
      if scaleWidth > 0 {
        put(resource.scale, row: at, column: columns - scaleWidth - 1, columns: scaleWidth, style: muted)
      }
    }
  }

  private func runningColumns() -> [Column<RunningRow>] {
    let (theme, now, painter) = (theme, model.serverNow, self)
    return [
      Column(title: "TASK", least: 9, most: 16, importance: 20) { row, _ in .text(row.task.key.description, nil) },
      Column(title: "JOB", least: 10, most: 40, importance: 18) { row, _ in .text(row.job, nil) },
      Column(title: "BLOCK", least: 8, most: 20, importance: 6) { row, _ in .text(row.block, theme[.muted]) },
      Column(title: "NAME", least: 9, most: 40, importance: 10) { row, _ in .text(row.task.name, nil) },
      Column(title: "USER", least: 6, most: 12, importance: 9) { row, _ in .text(row.user, theme[.muted]) },
      Column(title: "%", full: "PERCENT", least: 4, most: 4, importance: 16, isRight: true) { row, _ in
        .text(row.task.percent < 0 ? "-" : "\(row.task.percent)%", nil)
      },
      Column(title: "TIME", least: 6, most: 7, importance: 15, isRight: true) { row, _ in .text(painter.taskTime(row.task), nil) },
      Column(title: "SINCE", least: 8, most: 19, importance: 5) { row, width in
        .text(Times.fitted(row.task.started, columns: width, now: now), theme[.muted])
      },
      Column(title: "WHAT", least: 12, most: 80, importance: 4) { row, _ in .text(row.task.activity, theme[.muted]) },
    ].map { $0.worded(model.density) }
  }

  // MARK: - What both pages have

  /// What it is called at the left, how it stands at the right, in fewer words where there is no room.
  mutating func nodeTitle(_ name: String, _ state: String, short: String, row: Int, _ look: Style) {
    let columns = grid.size.columns
    let ground = theme[.heading].over(theme[.text])
    fill(Rect(row: row, column: 0, rows: 1, columns: columns), ground)
    let text = Glyphs(name).width + Glyphs(state).width + 4 <= columns ? state : short
    let width = min(Glyphs(text).width, columns / 2)
    put(name, row: row, column: 1, columns: columns - width - 4, style: ground)
    put(text, row: row, column: columns - width - 1, columns: width, style: look.over(theme[.text]))
  }

  mutating func facts(_ lines: [String], _ rect: Rect) {
    for (offset, line) in lines.enumerated() where offset < rect.rows {
      put(line, row: rect.row + offset, column: 1, columns: rect.columns - 2, style: theme[.muted].over(theme[.text]))
    }
  }

  /// The line above a pane that says what is in it.
  mutating func rule(_ title: String, row: Int, hasKeys: Bool) {
    let ground = theme[.muted].over(theme[.text])
    let line = symbols.horizontal.unicodeScalars.first?.value ?? 0x2D
    for column in 0..<grid.size.columns { grid.set(Glyph(scalar: line), row: row, column: column, style: ground) }
    put(
      " \(title) ", row: row, column: 2, columns: grid.size.columns - 4,
      style: hasKeys ? theme[.heading].over(theme[.text]) : ground)
  }

  /// What the server wrote about a node.
  mutating func log(of lines: NodeLines, search: Search?, title: Int, in rect: Rect, hasKeys: Bool) {
    rule("log", row: title, hasKeys: hasKeys)
    list(
      lines.list, lineColumns(), headingRow: title + 1, in: rect, hasKeys: hasKeys, search: search,
      empty: ["Nothing of what was written about it is kept."])
  }

  private func lineColumns() -> [Column<NodeLineRow>] {
    let theme = theme
    let now = model.serverNow
    // What was written needs the room more.
    let time = grid.size.columns < 60 ? 8 : grid.size.columns < 100 ? 11 : 19
    return [
      Column(title: "TIME", least: time, most: time, importance: 15) { row, width in
        .text(Times.fitted(row.line.time, columns: width, now: now), theme[.muted])
      },
      Column(title: "LEVEL", least: 7, most: 7, importance: 12) { row, _ in
        .text("\(row.line.level)", Self.look(row.line.level, theme))
      },
      Column(title: "WHAT", least: 16, most: 240, importance: 20) { row, _ in .text(row.line.text, nil) },
      Column(title: "WHO", least: 10, most: 24, importance: 5) { row, _ in
        .text(row.line.who.isEmpty ? "-" : row.line.who, theme[.muted])
      },
    ].map { $0.worded(model.density) }
  }

  private static func look(_ level: NodeLine.Level, _ theme: Theme) -> Style {
    switch level {
    case .error: theme[.error]
    case .warning: theme[.bad]
    case .debug, .info, .notice: theme[.muted]
    }
  }
}
