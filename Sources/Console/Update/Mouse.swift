import Model

extension ConsoleModel {
  /// Longest time between the presses of a double click.
  private static let doubleClick = Span.milliseconds(400)

  mutating func handle(_ mouse: Mouse, row: Int, column: Int) -> [ConsoleEffect] {
    switch mouse {
    case .wheelUp: wheel(-3)
    case .wheelDown: wheel(3)
    case .press(1): return press(row: row, column: column)
    case .press(3):
      guard overlay == nil, prompt == nil, select(row: row, column: column) else { return [] }
      openActions()
    default: break
    }
    return []
  }

  private mutating func wheel(_ rows: Int) {
    switch overlay {
    case .help(var help):
      help.top = max(0, help.top + rows)
      overlay = .help(help)
    case .info(var info):
      info.top = max(0, info.top + rows)
      overlay = .info(info)
    case .columns(var columns):
      columns.move(to: columns.cursor + rows)
      overlay = .columns(columns)
    case .reader(var reader):
      reader.top = max(0, reader.top + rows)
      overlay = .reader(reader)
    case .answers(var answers):
      answers.top = max(0, answers.top + rows)
      overlay = .answers(answers)
    case .parameters(var list):
      list.cursor = min(max(0, list.cursor + rows), max(0, list.found.count - 1))
      overlay = .parameters(list)
    case .menu, .confirm, .field: break
    case nil:
      switch place {
      case .jobs: jobs.list.scroll(by: rows)
      case .renders: renders.list.scroll(by: rows)
      case .users, .work, .farmTree, .system: paged?.scroll(by: rows)
      case .events:
        feed.follows = false
        paged?.scroll(by: rows)
      case .heat: moveOnMap(rows < 0 ? .up : .down)
      case .job:
        if job?.showsList == true { job?.tasks.scroll(by: rows) } else { job?.grid.move(rows < 0 ? .up : .down) }
      case .render, .task: nodeList?.scroll(by: rows)
      case .log: log?.scroll(by: rows)
      }
    }
  }

  private mutating func press(row: Int, column: Int) -> [ConsoleEffect] {
    if let overlay { return press(on: overlay, row: row, column: column) }
    if prompt != nil { return [] }
    let isDouble = lastClick.map { $0.row == row && $0.column == column && now - $0.at < Self.doubleClick } ?? false
    lastClick = isDouble ? nil : (row, column, now)
    let layout = FrameLayout(self)
    if row == 0 {
      guard let screen = layout.tabs.first(where: { $0.columns.contains(column) })?.screen else { return [] }
      return perform(Action(rawValue: screen.rawValue) ?? .jobs)
    }
    if place == .events, row == layout.body.row {
      guard let pane = layout.feedTabs.first(where: { $0.columns.contains(column) })?.pane else { return [] }
      return show(feed: pane)
    }
    if row == layout.body.row, sort(byHeadingAt: column) { return [] }
    guard select(row: row, column: column) else { return [] }
    return isDouble && place != .log ? perform(.open) : []
  }

  /// Puts the cursor where the mouse is; false when there is no row.
  private mutating func select(row: Int, column: Int) -> Bool {
    let layout = FrameLayout(self)
    switch place {
    case .jobs:
      guard layout.list.contains(row: row, column: column) else { return false }
      let index = jobs.list.top + row - layout.list.row
      guard index < jobs.list.total else { return false }
      jobs.list.move(to: index)
    case .renders:
      guard layout.list.contains(row: row, column: column) else { return false }
      let index = renders.list.top + row - layout.list.row
      guard index < renders.list.total else { return false }
      renders.list.move(to: index)
    case .users, .work, .farmTree, .system, .events:
      let area = place == .system ? layout.systemList : place == .events ? layout.feedList : layout.list
      guard let page = paged, area.contains(row: row, column: column) else { return false }
      let index = page.top + row - area.row
      guard index < page.total else { return false }
      paged?.move(to: index)
      if place == .events { feed.follows = false }
    case .heat:
      guard let cell = HeatLayout(in: layout.body).cell(row: row, column: column), cell < heat.grid.cells else { return false }
      heat.grid.move(to: heat.grid.task(cell: cell))
      renders.list.move(to: heat.grid.cursor)
    case .job:
      let panes = JobLayout(job, in: layout.body)
      if panes.blocks.contains(row: row, column: column) {
        job?.pane = .blocks
        let top = job?.blocks.top ?? 0
        job?.blocks.move(to: top + row - panes.blocks.row)
      } else if job?.showsList == true, panes.list.contains(row: row, column: column) {
        job?.pane = .list
        let top = job?.tasks.top ?? 0
        job?.tasks.move(to: top + row - panes.list.row)
      } else if job?.showsList == false, let cell = panes.cell(row: row, column: column), let grid = job?.grid, cell < grid.cells {
        job?.pane = .grid
        job?.grid.move(to: grid.task(cell: cell))
      } else {
        return false
      }
    case .render, .task: return selectOnNode(row: row, column: column)
    case .log: break
    }
    return true
  }

  private mutating func press(on overlay: Overlay, row: Int, column: Int) -> [ConsoleEffect] {
    let box = DialogLayout(overlay, self)
    guard box.frame.contains(row: row, column: column) else {
      self.overlay = nil
      return []
    }
    switch overlay {
    case .menu(let menu):
      let index = row - box.content.row + box.top
      return box.content.contains(row: row, column: column) ? choose(menu, index) : []
    case .confirm(let question):
      if box.cancel.contains(row: row, column: column) {
        self.overlay = nil
        say("nothing was done")
      } else if box.verb.contains(row: row, column: column) {
        return confirmed(question)
      }
    case .columns(var columns):
      let index = row - box.content.row + box.top
      if box.content.contains(row: row, column: column), columns.entries.indices.contains(index) {
        // A press shows or hides it, as Space does.
        columns.move(to: index)
        columns.toggle()
        self.overlay = .columns(columns)
      }
    case .parameters(var list):
      let index = row - box.content.row - 1 + box.top
      if row > box.content.row, list.found.indices.contains(index) {
        list.cursor = index
        self.overlay = .parameters(list)
        return handleTyped(KeyStroke(.enter)) ?? []
      }
    case .help, .info, .reader, .field, .answers: break
    }
    return []
  }
}
