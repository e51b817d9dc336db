import Model

// The pages of one render and of one task: going there and about.

extension ConsoleModel {
  /// The page of the render under the cursor.
  mutating func openRender() -> [ConsoleEffect] {
    guard let row = currentRender else { return [] }
    let effects = thaw()
    render = RenderPage(id: row.id, render: row)
    return effects
  }

  /// The page of the task under the cursor.
  mutating func openTask() -> [ConsoleEffect] {
    if place == .job, job?.pane == .blocks {
      say("tasks have runs: Tab goes to them")
      return []
    }
    guard let key = place == .system ? system.list.current?.key : chosenTask else {
      say("there is no task here")
      return []
    }
    let held = [log?.live, job?.tasks.current, job?.details.current, render?.running.current?.task].compactMap { $0 }
    let name = log?.jobName ?? render?.running.current?.job ?? job?.job?.name ?? (place == .system ? "the system job" : "")
    let effects = thaw()
    log = nil
    task = TaskPage(key: key, jobName: name, task: held.first { $0.key == key })
    return effects
  }

  /// What Enter opens on the page of a render.
  mutating func openOnRender() -> [ConsoleEffect] { render?.pane == .log ? openInfo() : openLog() }

  /// What Enter opens on the page of a task: the output of the run.
  mutating func openOnTask() -> [ConsoleEffect] {
    guard let page = task else { return [] }
    if page.pane == .log { return openInfo() }
    guard page.pane == .runs, let run = page.runs.current else { return openLog() }
    let effects = thaw()
    var log = LogPage(key: page.key, jobName: page.jobName)
    if run.start != page.task?.starts {
      log.start = run.start
      log.isNewest = false
      log.live = page.task
    }
    self.log = log
    return effects
  }

  mutating func turnNodePane(forward: Bool) {
    func next<Pane: Equatable>(_ pane: Pane, _ all: [Pane]) -> Pane {
      let at = all.firstIndex(of: pane) ?? 0
      return all[(at + (forward ? 1 : all.count - 1)) % all.count]
    }
    if place == .render, let page = render {
      let layout = RenderLayout(page, in: FrameLayout(self).body)
      render?.pane = next(page.pane, layout.panes)
    } else if let page = task {
      task?.pane = next(page.pane, TaskPage.Pane.allCases)
    }
  }

  /// Puts the cursor where the mouse is; false when there is no row.
  mutating func selectOnNode(row: Int, column: Int) -> Bool {
    let body = FrameLayout(self).body
    if place == .render, let page = render {
      let layout = RenderLayout(page, in: body)
      if let rect = layout.tasks, rect.contains(row: row, column: column) {
        render?.pane = .tasks
        render?.running.move(to: page.running.top + row - rect.row)
        return !page.running.rows.isEmpty
      }
      guard let rect = layout.log, rect.contains(row: row, column: column) else { return false }
      render?.pane = .log
      render?.lines.list.move(to: page.lines.list.top + row - rect.row)
      return !page.lines.all.isEmpty
    }
    guard let page = task else { return false }
    let layout = TaskLayout(page, in: body)
    if let rect = layout.runs, rect.contains(row: row, column: column) {
      task?.pane = .runs
      task?.runs.move(to: page.runs.top + row - rect.row)
      return !page.runs.rows.isEmpty
    }
    if let rect = layout.hosts, rect.contains(row: row, column: column) {
      task?.pane = .hosts
      task?.hosts.move(to: page.hosts.top + row - rect.row)
      return !page.hosts.rows.isEmpty
    }
    guard let rect = layout.log, rect.contains(row: row, column: column) else { return false }
    task?.pane = .log
    task?.lines.list.move(to: page.lines.list.top + row - rect.row)
    return !page.lines.all.isEmpty
  }

  /// The list of the pane that has the keys; nil: it has none.
  var nodeList: (any PagedList)? {
    get {
      switch (place, render?.pane, task?.pane) {
      case (.render, .tasks?, _) where render?.gone == nil: render?.running
      case (.render, .log?, _) where render?.gone == nil: render?.lines.list
      case (.task, _, .runs?) where task?.gone == nil: task?.runs
      case (.task, _, .hosts?) where task?.gone == nil: task?.hosts
      case (.task, _, .log?) where task?.gone == nil: task?.lines.list
      default: nil
      }
    }
    set {
      switch (place, newValue) {
      case (.render, let list as RowList<RunningRow>): render?.running = list
      case (.render, let list as RowList<NodeLineRow>): render?.lines.list = list
      case (.task, let list as RowList<TaskRun>): task?.runs = list
      case (.task, let list as RowList<ErrorHost>): task?.hosts = list
      case (.task, let list as RowList<NodeLineRow>): task?.lines.list = list
      default: break
      }
    }
  }

  /// The line of the log that is pointed at.
  var currentLine: NodeLine? {
    switch place {
    case .render: render?.pane == .log ? render?.lines.list.current?.line : nil
    case .task: task?.pane == .log ? task?.lines.list.current?.line : nil
    default: nil
    }
  }

  /// Fits the panes to the screen.
  mutating func settleNode(_ body: Rect) {
    if place == .render, let page = render {
      let layout = RenderLayout(page, in: body)
      if !layout.panes.contains(page.pane) { render?.pane = .tasks }
      if let rect = layout.tasks { render?.running.resize(height: rect.rows) }
      if let rect = layout.log { render?.lines.list.resize(height: rect.rows) }
    } else if let page = task {
      let layout = TaskLayout(page, in: body)
      if let rect = layout.runs { task?.runs.resize(height: rect.rows) }
      if let rect = layout.hosts { task?.hosts.resize(height: rect.rows) }
      if let rect = layout.log { task?.lines.list.resize(height: rect.rows) }
    }
  }

  /// What came for these pages.
  mutating func received(_ update: ViewUpdate, ofNode slot: Slot) {
    if let failure = update.failure {
      if slot == .render { render?.gone = failure } else { task?.gone = failure }
    } else if slot == .render, let news = update.renderPage {
      render?.take(news, isSnapshot: update.isSnapshot)
    } else if slot == .task, let news = update.taskPage {
      task?.take(news, isSnapshot: update.isSnapshot)
    }
  }
}
