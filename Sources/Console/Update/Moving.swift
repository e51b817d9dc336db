import Model

extension ConsoleModel {
  mutating func move(_ action: Action) {
    switch place {
    case .jobs: jobs.list.move(action)
    case .renders: renders.list.move(action)
    case .heat: moveOnMap(action)
    case .events: feed.move(action)
    case .work, .farmTree: if action == .left || action == .right { fold(action) } else { paged?.move(action) }
    case .users, .system: paged?.move(action)
    case .render, .task: nodeList?.move(action)
    case .job:
      switch job?.pane {
      case .blocks?: job?.blocks.move(action)
      case .list?: job?.tasks.move(action)
      case .grid?: job?.grid.move(action)
      case nil: break
      }
    case .log: log?.move(action)
    }
  }

  mutating func turnPane(forward: Bool) {
    if place == .render || place == .task { return turnNodePane(forward: forward) }
    switch (job?.pane, forward) {
    case (.blocks?, true), (.list?, false): show(list: false)
    case (.grid?, true), (.blocks?, false): show(list: true)
    default: job?.pane = .blocks
    }
  }

  /// Shows the tasks as a list or as a grid, the cursor on the same task.
  mutating func show(list: Bool) {
    guard let page = job else { return }
    if page.state.isEmpty, page.showsList != list {
      if list { job?.tasks.move(to: page.grid.cursor) } else { job?.grid.move(to: page.tasks.cursor) }
    } else if !list, page.showsList, let key = page.tasks.current?.key {
      job?.grid.move(to: Int(key.task.value))
    }
    job?.showsList = list
    job?.pane = list ? .list : .grid
  }
}

extension RowList {
  mutating func move(_ action: Action) {
    switch action {
    case .down: move(by: 1)
    case .up: move(by: -1)
    case .pageDown: move(by: height)
    case .pageUp: move(by: -height)
    case .halfDown: move(by: max(1, height / 2))
    case .halfUp: move(by: -max(1, height / 2))
    case .first: move(to: 0)
    case .last: move(to: total - 1)
    default: break
    }
  }
}

extension TaskGrid {
  mutating func move(_ action: Action) {
    switch action {
    case .left: move(cells: -1)
    case .right: move(cells: 1)
    case .down: if cursor + columns * perCell < total { move(cells: columns) }
    case .up: if cursor >= columns * perCell { move(cells: -columns) }
    case .pageDown: move(cells: columns * rows)
    case .pageUp: move(cells: -columns * rows)
    case .halfDown: move(cells: columns * max(1, rows / 2))
    case .halfUp: move(cells: -columns * max(1, rows / 2))
    case .first: move(to: 0)
    case .last: move(to: total - 1)
    default: break
    }
  }
}

extension LogPage {
  mutating func move(_ action: Action) {
    switch action {
    case .down: scroll(by: 1)
    case .up: scroll(by: -1)
    case .pageDown: scroll(by: max(1, size.rows - 1))
    case .pageUp: scroll(by: -max(1, size.rows - 1))
    case .halfDown: scroll(by: max(1, size.rows / 2))
    case .halfUp: scroll(by: -max(1, size.rows / 2))
    case .first: goToTop()
    case .last: goToEnd()
    case .left: left = max(0, left - 8)
    case .right: if !wraps { left = min(left + 8, LogBuffer.longestLine) }
    default: break
    }
  }
}
