import Model

/// The picture of a model: a pure function, the same grid for the same values.
public func draw(_ model: ConsoleModel, _ size: Size, _ theme: Theme) -> Grid {
  guard size.rows >= Size.least.rows, size.columns >= Size.least.columns else { return tooSmall(size, model, theme) }
  var painter = Painter(model, size, theme)
  let layout = FrameLayout(model)
  switch model.place {
  case .jobs: painter.jobs(layout)
  case .renders: painter.renders(layout)
  case .work: painter.work(layout)
  case .farmTree: painter.farmTree(layout)
  case .heat: painter.heat(layout)
  case .users: painter.users(layout)
  case .system: painter.system(layout)
  case .events: painter.events(layout)
  case .job: painter.job(layout)
  case .render: painter.renderPage(layout)
  case .task: painter.taskPage(layout)
  case .log: painter.log(layout)
  }
  if !model.link.isConnected { painter.dim(layout.body) }
  painter.header(layout)
  painter.banners(layout)
  painter.statusLine(row: size.rows - 1)
  if let overlay = model.overlay { painter.overlay(overlay) }
  return painter.grid
}

private func tooSmall(_ size: Size, _ model: ConsoleModel, _ theme: Theme) -> Grid {
  var grid = Grid(size, isASCII: model.options.isASCII, style: theme[.text])
  let lines = [
    "too small", "\(Size.least.columns)x\(Size.least.rows) is needed,", "this is \(size.columns)x\(size.rows)", "Q leaves",
  ]
  for (row, line) in lines.enumerated() where row < size.rows { grid.put(line, row: row, column: 0, style: theme[.text]) }
  return grid
}

extension Painter {
  /// What may be out of date is greyed, its words left as they are.
  mutating func dim(_ rect: Rect) {
    let stale = theme[.stale]
    grid.restyle(rect) { style in
      Style(stale.foreground, on: style.background, style.attributes.subtracting(.bold).union(stale.attributes))
    }
  }

  mutating func header(_ layout: FrameLayout) {
    let ground = frameStyle(.header)
    let columns = grid.size.columns
    fill(Rect(row: 0, column: 0, rows: 1, columns: columns), ground)
    var end = 0
    for tab in layout.tabs {
      let isActive = tab.screen == model.screen
      let text = tab.text
      end = tab.columns.upperBound
      put(
        isActive ? text.replacingSpaces(with: "[", "]") : text, row: 0, column: tab.columns.lowerBound, columns: tab.columns.count,
        style: isActive && !model.raised.isRaised ? theme[.headerActive].over(ground) : ground)
    }
    let right = farmText(columns: columns - end - 2)
    let width = Glyphs(right).width
    put(right, row: 0, column: columns - width - 1, columns: width, style: ground)
  }

  /// Of the lines at the top and the bottom, which all look other in super-user mode.
  private func frameStyle(_ role: Theme.Role) -> Style {
    (model.raised.isRaised ? theme.raised : theme[role]).over(theme[.text])
  }

  /// The farm in a line, as much as fits.
  private func farmText(columns: Int) -> String {
    let status = model.status
    let renders = "\(status.rendersOnline)/\(status.renders) renders"
    let running = "\(status.tasksRunning) running"
    let server = model.options.user.isEmpty ? model.options.server : "\(model.options.user)@\(model.options.server)"
    var choices = [
      "\(server)   \(status.jobs) jobs  \(renders)  \(status.rendersBusy) busy  \(running)",
      "\(model.options.server)  \(renders)  \(running)", "\(renders)  \(running)", running,
    ]
    if !model.link.isConnected { choices = [server, model.options.server] }
    if model.options.isReadOnly { choices = choices.map { "read only  " + $0 } + ["read only"] }
    return choices.first { Glyphs($0).width <= columns } ?? ""
  }

  mutating func banners(_ layout: FrameLayout) {
    for (offset, banner) in layout.banners.enumerated() {
      let row = 1 + offset
      if case .role(let role) = banner {
        roleBanner(role, row: row)
        continue
      }
      let role: Theme.Role
      let text: String
      switch banner {
      case .connecting:
        role = .notice
        text = "connecting to \(model.options.server)…"
      case .lost:
        role = .alarm
        text = lostText
      case .role: continue
      case .trouble(let trouble):
        role = .alarm
        text = "the server: \(trouble)"
      case .frozen:
        role = .notice
        let news = model.frozen?.news ?? 0
        text = "frozen: \(news) \(news == 1 ? "update is" : "updates are") not shown; z goes on"
      }
      let ground = theme[role].over(theme[.text])
      fill(Rect(row: row, column: 0, rows: 1, columns: grid.size.columns), ground)
      put("! " + text, row: row, column: 1, columns: grid.size.columns - 2, style: ground)
    }
  }

  private var lostText: String {
    guard case .lost(let since, let reason, let nextTry) = model.link else { return "" }
    let age = Times.text(model.now - since)
    let next = nextTry.map { max(0, ($0 - model.now).seconds) }
    let trying = next.map { $0 == 0 ? "trying" : "next try in \($0)s" } ?? "trying"
    if grid.size.columns < 60 { return "NO CONNECTION for \(age), \(trying)" }
    let shown =
      model.hasShown ? "NO CONNECTION, this is \(age) old" : "NO CONNECTION for \(age)"
    return "\(shown) (\(trying)): \(reason)"
  }

  mutating func statusLine(row: Int) {
    let columns = grid.size.columns
    let ground = frameStyle(.status)
    fill(Rect(row: row, column: 0, rows: 1, columns: columns), ground)
    if let prompt = model.prompt {
      let label = " " + prompt.label
      let start = put(
        label, row: row, column: 0, columns: columns, style: model.raised.isRaised ? ground : theme[.key].over(ground))
      if prompt.kind == .password {
        put(" ", row: row, column: start, columns: 1, style: ground.reversed)
        return
      }
      let before = Glyphs(String(prompt.editor.text[..<prompt.editor.cursor])).width
      // Long lines scroll so that the cursor is seen.
      let room = columns - start - 1
      var text = prompt.editor.text[...]
      var cursor = before
      while cursor >= room, let first = text.popFirst() { cursor -= Glyphs(String(first)).width }
      put(String(text), row: row, column: start, columns: room, style: ground)
      if !prompt.hints.isEmpty, row > 1 {
        fill(Rect(row: row - 1, column: 0, rows: 1, columns: columns), ground)
        put(prompt.hints.joined(separator: "  "), row: row - 1, column: 1, columns: columns - 2, style: theme[.muted].over(ground))
      }
      do {
        grid.restyle(Rect(row: row, column: start + cursor, rows: 1, columns: 1)) { style in
          Style(style.foreground, on: style.background, style.attributes.union(.reverse))
        }
      }
      return
    }
    let position = positionText
    let width = Glyphs(position).width
    put(position, row: row, column: columns - width - 1, columns: width, style: ground)
    let room = columns - width - 4
    if let refusal = menuRefusal {
      put(refusal, row: row, column: 1, columns: room, style: ground)
    } else if let message = model.message {
      let role: Theme.Role =
        switch message.kind {
        case .plain: .status
        case .good: .good
        case .bad: .bad
        }
      let look = model.raised.isRaised ? ground : theme[role].over(ground)
      // What takes it back is seen however long the message is.
      let hint = model.undoHint.map { " — " + $0 } ?? ""
      let own = put(
        message.text, row: row, column: 1, columns: max(room / 3, room - Glyphs(hint).width), style: look)
      if !hint.isEmpty { put(hint, row: row, column: 1 + own, columns: room - own, style: theme[.key].over(ground)) }
    } else {
      hints(row: row, columns: room, ground: ground)
    }
  }

  /// Why the entry of the menu that is pointed at cannot be chosen: in full, since the menu is narrow.
  private var menuRefusal: String? {
    guard case .menu(let menu)? = model.overlay, menu.entries.indices.contains(menu.cursor) else { return nil }
    return menu.entries[menu.cursor].refusal
  }

  /// The keys that help most here, as many as fit.
  private mutating func hints(row: Int, columns: Int, ground: Style) {
    if model.density == .abbreviated { return }
    let scopes = model.scopes
    var at = 1
    for (action, word) in hintWords {
      let key = model.keys.key(of: action, in: scopes)
      guard !key.isEmpty else { continue }
      let width = Glyphs(key).width + 1 + word.count
      guard at + width <= columns else { break }
      let look = model.raised.isRaised ? ground : theme[.key].over(ground)
      at += put(key, row: row, column: at, columns: columns, style: look)
      at += put(" " + word, row: row, column: at, columns: columns, style: ground) + 2
    }
  }

  private var hintWords: [(Action, String)] {
    let here = pageHints
    return model.link.isConnected ? here : [(.reconnect, "try now")] + here
  }

  private var pageHints: [(Action, String)] {
    switch model.place {
    case .jobs:
      [
        (.help, "help"), (.open, "tasks"), (.actions, "actions"), (.filter, "filter"), (.sort, "sort"), (.info, "info"),
        (.mine, "mine"),
        (.tag, "tag"), (.quit, "quit"),
      ]
    case .work:
      [
        (.help, "help"), (.open, "open"), (.fold, "fold"), (.actions, "actions"), (.filter, "filter"), (.sort, "sort"),
        (.info, "info"), (.tag, "tag"),
      ]
    case .farmTree:
      [
        (.help, "help"), (.farmView, "list"), (.fold, "fold"), (.info, "info"), (.actions, "actions"), (.filter, "filter"),
        (.sort, "sort"), (.log, "log"),
      ]
    case .heat:
      [
        (.help, "help"), (.farmView, "tree"), (.heatBy, model.heat.isLoad ? "by state" : "by load"), (.info, "info"),
        (.actions, "actions"), (.zoomIn, "zoom"), (.filter, "filter"),
      ]
    case .users: [(.help, "help"), (.open, "jobs"), (.info, "info"), (.filter, "filter"), (.sort, "sort"), (.quit, "quit")]
    case .system: [(.help, "help"), (.open, "log"), (.nextBlock, "block"), (.info, "info"), (.search, "search"), (.quit, "quit")]
    case .events:
      [
        (.help, "help"), (.nextPane, "pane"), (.follow, "follow"), (.open, model.feedPane == .serverLog ? "line" : "job"),
        (.filter, "filter"), (.search, "search"), (.nextError, "trouble"), (.freeze, "freeze"),
      ]
    case .renders:
      [
        (.help, "help"), (.open, "open"), (.info, "info"), (.log, "log"), (.filter, "filter"), (.sort, "sort"), (.jobs, "jobs"),
        (.quit, "quit"),
      ]
    case .job:
      switch model.job?.pane {
      case .grid?:
        [
          (.help, "help"), (.back, "back"), (.open, (model.job?.grid.perCell ?? 1) > 1 ? "closer" : "log"), (.nextPane, "list"),
          (.actions, "actions"), (.zoomIn, "zoom"), (.nextBlock, "block"),
        ]
      case .list?:
        [
          (.help, "help"), (.back, "back"), (.open, "log"), (.nextPane, "blocks"), (.actions, "actions"), (.filter, "filter"),
          (.info, "info"),
        ]
      default:
        [(.help, "help"), (.back, "back"), (.open, "tasks"), (.nextPane, "grid"), (.actions, "actions"), (.info, "info")]
      }
    case .render:
      [
        (.help, "help"), (.back, "back"), (.open, model.render?.pane == .log ? "line" : "log"), (.nextPane, "pane"),
        (.actions, "actions"), (.runs, "task"), (.info, "info"),
      ]
    case .task:
      [
        (.help, "help"), (.back, "back"), (.open, model.task?.pane == .log ? "line" : "output"), (.nextPane, "pane"),
        (.actions, "actions"), (.explain, "why"), (.info, "info"),
      ]
    case .log:
      [
        (.help, "help"), (.back, "back"), (.runs, "task"), (.follow, "follow"), (.search, "search"), (.wrap, "wrap"),
        (.first, "top"),
        (.last, "end"),
        (.olderStart, "older start"),
      ]
    }
  }

  /// Where one is, at the right of the status line.
  private var positionText: String {
    func place(_ cursor: Int, _ total: Int, _ isLoaded: Bool) -> String {
      isLoaded && total > 0 ? "\(cursor + 1)/\(total)" : ""
    }
    switch model.place {
    case .jobs:
      let tagged = model.tags.jobs.isEmpty ? "" : "\(model.tags.jobs.count) tagged  "
      return tagged + place(model.jobs.list.cursor, model.jobs.list.total, model.jobs.list.isLoaded)
    case .users, .work, .farmTree, .system, .events:
      let count = place(model.paged?.cursor ?? 0, model.paged?.total ?? 0, model.paged?.isLoaded ?? false)
      let kinds: [Order.Kind] = model.place == .work ? [.branch, .job] : model.place == .farmTree ? [.pool, .render] : [.user]
      let tags = kinds.reduce(0) { $0 + model.tags.count($1) }
      let follows = model.place == .events && model.feed.follows ? "follows  " : ""
      let gap = model.place == .events && model.feed.isGap ? "some were missed  " : ""
      return gap + follows + (tags == 0 ? "" : "\(tags) tagged  ") + count
    case .heat: return place(model.heat.grid.cursor, model.heat.total, model.heat.grid.held != nil)
    case .renders:
      let tagged = model.tags.renders.isEmpty ? "" : "\(model.tags.renders.count) tagged  "
      return tagged + place(model.renders.list.cursor, model.renders.list.total, model.renders.list.isLoaded)
    case .job:
      guard let page = model.job, page.gone == nil else { return "" }
      let tagged = model.tags.tasks.isEmpty ? "" : "\(model.tags.tasks.count) tagged  "
      switch page.pane {
      case .blocks: return place(page.blocks.cursor, page.blocks.total, page.blocks.isLoaded)
      case .grid: return place(page.grid.cursor, page.grid.total, page.blocks.isLoaded)
      case .list: return tagged + place(page.tasks.cursor, page.tasks.total, page.tasks.isLoaded)
      }
    case .render, .task:
      guard let list = model.nodeList else { return "" }
      return place(list.cursor, list.total, list.isLoaded)
    case .log:
      guard let page = model.log, !page.buffer.isEmpty else { return "" }
      let last = page.lastLine
      return "\(page.follows ? "follows  " : "")\(last)/\(page.count)"
    }
  }
}

extension String {
  /// The first and the last character replaced: `[1 jobs]` is the active one without any colour.
  fileprivate func replacingSpaces(with first: Character, _ last: Character) -> String {
    String([first]) + dropFirst().dropLast() + String([last])
  }
}
