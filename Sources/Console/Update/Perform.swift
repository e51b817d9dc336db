import Model

extension ConsoleModel {
  /// Does what an action says, to what is seen.
  mutating func perform(_ action: Action) -> [ConsoleEffect] {
    switch action {
    case .jobs, .work, .farm, .users, .system, .events, .stats, .servers:
      return show(screen: ConsoleScreenID(rawValue: action.rawValue) ?? .jobs)
    case .help: overlay = .help(HelpOverlay())
    case .command: prompt = Prompt(kind: .command)
    case .back: return back()
    case .quit: return [.quit]
    case .theme: return [.theme(nil)]
    case .density: turnDensity(to: density.next)
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .reconnect: return link.isConnected ? [] : [.reconnect]
    case .freeze:
      if frozen != nil { return thaw() }
      if link.isConnected { frozen = Frozen(since: now) } else { say("there is nothing to freeze: no connection", .bad) }
    case .down, .up, .left, .right, .pageDown, .pageUp, .halfDown, .halfUp, .first, .last: move(action)
    case .open: return open()
    case .actions: openActions()
    case .info: return openInfo()
    case .filter: openFilter()
    case .search: prompt = Prompt(kind: .search, origin: log?.top ?? LogPlace())
    case .nextMatch: find(forward: true)
    case .previousMatch: find(forward: false)
    case .sort: openSort()
    case .reverseSort:
      if isFarm {
        renders.query.isDescending.toggle()
        clearFarm()
      } else if place == .work {
        work.query.isDescending.toggle()
        work.tree.list.clear()
      } else if place == .users {
        users.query.isDescending.toggle()
        users.list.clear()
      } else {
        jobs.query.isDescending.toggle()
        jobs.list.clear()
      }
    case .mine where place == .work:
      work.query.user = work.query.user.isEmpty ? options.user : ""
      work.filter = work.query.user.isEmpty ? "" : "user:\(work.query.user)"
      work.query.mask = ""
      work.query.state = []
      work.query.terms = []
      work.tree.list.clear()
    case .mine:
      // Other conditions stay.
      let others = jobs.filter.split(separator: " ").map(String.init).filter { !$0.hasPrefix("user:") }
      setFilter(((jobs.query.user.isEmpty ? ["user:\(options.user)"] : []) + others).joined(separator: " "))
    case .tag: tag()
    case .columns: openColumns()
    case .untag:
      tags = Tags()
      say("nothing is tagged")
    case .nextPane: turnPane(forward: true)
    case .previousPane: turnPane(forward: false)
    case .gridOrList: show(list: !(job?.showsList ?? false))
    case .fold: fold(.fold)
    case .farmView: turnFarm()
    case .heatBy:
      heat.isLoad.toggle()
    case .nextBlock where place == .system: turnSystemBlock(by: 1)
    case .previousBlock where place == .system: turnSystemBlock(by: -1)
    case .zoomIn where place == .heat: heat.grid.zoom(closer: true)
    case .zoomOut where place == .heat: heat.grid.zoom(closer: false)
    case .zoomFit where place == .heat: heat.grid.fit()
    case .nextBlock: job?.blocks.move(by: 1)
    case .previousBlock: job?.blocks.move(by: -1)
    case .zoomIn: job?.grid.zoom(closer: true)
    case .zoomOut: job?.grid.zoom(closer: false)
    case .zoomFit: job?.grid.fit()
    case .log: return openLog()
    case .follow where place == .events:
      events.follows.toggle()
      if events.follows { events.list.move(.last) } else { say("stays here; F follows again") }
    case .follow:
      if log?.follows == true {
        log?.follows = false
        say("stays here; F follows again")
      } else {
        log?.goToEnd()
      }
    case .wrap:
      log?.wraps.toggle()
      log?.top.row = 0
    case .olderStart: showStart(by: -1)
    case .newerStart: showStart(by: 1)
    case .start: return order(.start)
    case .pause: return order(.pause)
    case .stop: return order(.stop)
    case .restart: return order(.restart)
    case .restartErrors: return order(.restartErrors)
    case .skip: return order(.skip)
    case .delete: return order(.delete)
    }
    return []
  }

  private mutating func show(screen wanted: ConsoleScreenID) -> [ConsoleEffect] {
    guard ConsoleScreenID.present.contains(wanted) else {
      say("the \(wanted.rawValue) screen is not there yet: 1 to 6 are", .bad)
      return []
    }
    let effects = thaw()
    if screen == wanted {
      trails[screen.number - 1] = Trail()
    } else {
      screen = wanted
    }
    return effects
  }

  private mutating func back() -> [ConsoleEffect] {
    if log != nil {
      let effects = thaw()
      log = nil
      return effects
    }
    if job != nil {
      let effects = thaw()
      job = nil
      tags.tasks = [:]
      return effects
    }
    if frozen != nil { return thaw() }
    if !tags.isEmpty {
      tags = Tags()
      say("nothing is tagged")
    } else if place == .jobs, jobs.query.isFilter {
      setFilter("")
    } else if isFarm ? renders.query.isFilter : hasFilter {
      setFilter("")
    } else {
      say("this is the first page: Q leaves")
    }
    return []
  }

  /// Whether one of the pages of a list leaves something out.
  private var hasFilter: Bool {
    switch place {
    case .work: work.query.isFilter
    case .users: users.query.isFilter
    case .events: !events.filter.isEmpty
    default: false
    }
  }

  private mutating func open() -> [ConsoleEffect] {
    switch place {
    case .work where work.tree.list.current?.path != nil, .farmTree where farmTree.list.current?.path != nil:
      fold(.fold)
      return []
    case .heat where heat.grid.perCell > 1:
      heat.grid.zoom(closer: true)
      return []
    case .users: return openUser()
    case .system: return system.list.current?.key == nil ? openInfo() : openLog()
    case .events:
      guard let object = events.list.current?.object, object.hasPrefix("job "), let id = UInt32(object.dropFirst(4)) else {
        return openInfo()
      }
      return openJob(JobID(id))
    case .jobs, .work:
      guard let row = currentJob else { return [] }
      let effects = thaw()
      job = JobPage(id: row.id, job: row)
      return effects
    case .renders, .farmTree, .heat: return openInfo()
    case .job:
      switch job?.pane {
      case .blocks?:
        let showsList = job?.showsList == true
        job?.pane = showsList ? .list : .grid
        return []
      case .grid? where (job?.grid.perCell ?? 1) > 1:
        job?.grid.zoom(closer: true)
        return []
      default: return openLog()
      }
    case .log: return []
    }
  }

  /// Opens a job by its number, from the command line.
  mutating func openJob(_ id: JobID) -> [ConsoleEffect] {
    let effects = thaw()
    screen = .jobs
    trails[screen.number - 1] = Trail(job: JobPage(id: id, job: jobs.list.rows.first { $0.id == id }))
    return effects
  }

  private mutating func openLog() -> [ConsoleEffect] {
    let key: TaskKey?
    var name = job?.job?.name ?? ""
    if isFarm {
      key = currentRender?.running.first
      name = key.map { "job \($0.job)" } ?? ""
      if key == nil { say(currentRender == nil ? "there is no render here" : "this render runs nothing") }
    } else if place == .system {
      key = system.list.current?.key
      name = "the system job"
    } else {
      key = chosenTask
    }
    guard let key else { return [] }
    let effects = thaw()
    log = LogPage(key: key, jobName: name)
    return effects
  }

  /// The task under the cursor.
  var chosenTask: TaskKey? {
    guard let page = job else { return log?.key }
    if log != nil { return log?.key }
    if page.pane == .list { return page.tasks.current?.key }
    guard let block = page.block, page.grid.total > 0 else { return nil }
    return TaskKey(job: page.id, block: block, task: TaskIndex(page.grid.cursor))
  }

  private mutating func showStart(by delta: Int32) {
    guard let page = log else { return }
    let wanted = page.shownStart + delta
    let last = max(page.live?.starts ?? 0, page.shownStart)
    guard wanted >= 1, wanted <= last else {
      say(delta < 0 ? "this is the first start that is known" : "this is the last start")
      return
    }
    log?.show(start: wanted, isNewest: wanted == last)
  }

  // MARK: - Moving

  private mutating func move(_ action: Action) {
    switch place {
    case .jobs: jobs.list.move(action)
    case .renders: renders.list.move(action)
    case .heat: moveOnMap(action)
    case .events: events.move(action)
    case .work, .farmTree: if action == .left || action == .right { fold(action) } else { paged?.move(action) }
    case .users, .system: paged?.move(action)
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

  private mutating func turnPane(forward: Bool) {
    switch (job?.pane, forward) {
    case (.blocks?, true), (.list?, false): show(list: false)
    case (.grid?, true), (.blocks?, false): show(list: true)
    default: job?.pane = .blocks
    }
  }

  /// Shows the tasks as a list or as a grid, the cursor on the same task.
  private mutating func show(list: Bool) {
    guard let page = job else { return }
    if page.state.isEmpty, page.showsList != list {
      if list { job?.tasks.move(to: page.grid.cursor) } else { job?.grid.move(to: page.tasks.cursor) }
    } else if !list, page.showsList, let key = page.tasks.current?.key {
      job?.grid.move(to: Int(key.task.value))
    }
    job?.showsList = list
    job?.pane = list ? .list : .grid
  }

  // MARK: - Finding

  private mutating func openFilter() {
    switch place {
    case .jobs: prompt = Prompt(kind: .filter, editor: LineEditor(jobs.filter))
    case .renders, .farmTree, .heat: prompt = Prompt(kind: .filter, editor: LineEditor(renders.filter))
    case .work: prompt = Prompt(kind: .filter, editor: LineEditor(work.filter))
    case .users: prompt = Prompt(kind: .filter, editor: LineEditor(users.filter))
    case .events: prompt = Prompt(kind: .filter, editor: LineEditor(events.filter))
    case .system: say("the system job's commands are not filtered: / searches")
    case .job:
      show(list: true)
      prompt = Prompt(kind: .filter, editor: LineEditor(job?.filter ?? ""))
    case .log: break
    }
  }

  mutating func setFilter(_ text: String) {
    do throws(FilterFault) {
      switch place {
      case .jobs: try filterJobs(text)
      case .work: try filterWork(text)
      case .users: try filterUsers(text)
      case .events: events.set(filter: text)
      case .system: break
      case .renders, .farmTree, .heat: try filterRenders(text)
      case .job: try filterTasks(text)
      case .log: break
      }
    } catch {
      say(error.message, .bad)
    }
  }

  mutating func filterJobs(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<JobField>(text)
    let before = jobs.query
    jobs.query.state = try filter.jobState()
    jobs.query.user = filter.user
    jobs.query.mask = filter.mask
    jobs.query.terms = filter.terms
    jobs.filter = text
    // The same again: the server has nothing new to send for it.
    if jobs.query != before { jobs.list.clear() }
  }

  mutating func filterRenders(_ text: String) throws(FilterFault) {
    var filter = try FilterExpression<RenderField>(text)
    let before = renders.query
    renders.query.state = try filter.renderState()
    if !filter.user.isEmpty { filter.terms.append(FilterTerm(field: "user", comparison: .equal, values: [filter.user])) }
    renders.query.mask = filter.mask
    renders.query.terms = filter.terms
    renders.filter = text
    if renders.query != before { clearFarm() }
  }

  private mutating func filterWork(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<JobField>(text)
    let before = work.query
    work.query.state = try filter.jobState()
    work.query.user = filter.user
    work.query.mask = filter.mask
    work.query.terms = filter.terms
    work.filter = text
    if work.query != before { work.tree.list.clear() }
  }

  private mutating func filterUsers(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<JobField>(text)
    guard filter.user.isEmpty, filter.tokens.isEmpty, filter.terms.isEmpty else {
      throw FilterFault(message: "users are filtered by words in their names only")
    }
    let before = users.query
    users.query.mask = filter.mask
    users.filter = text
    if users.query != before { users.list.clear() }
  }

  private mutating func filterTasks(_ text: String) throws(FilterFault) {
    let filter = try FilterExpression<TaskField>(text)
    let state = try filter.jobState()
    if !filter.mask.isEmpty || !filter.terms.isEmpty { say("tasks are filtered by state:TOKEN only; / searches", .bad) }
    let before = job?.state
    job?.state = state
    job?.filter = state.isEmpty ? "" : "state:" + filter.tokens.joined(separator: ",")
    if state != before { job?.tasks.clear() }
  }

  mutating func setSearch(_ search: Search?) {
    switch place {
    case .jobs: jobs.search = search
    case .renders, .heat: renders.search = search
    case .users, .work, .farmTree, .system, .events: self.search = search
    case .job: job?.search = search
    case .log: log?.search = search
    }
  }

  mutating func find(forward: Bool) {
    let search: Search?
    var isFound = false
    switch place {
    case .jobs:
      search = jobs.search
      if let search { isFound = jobs.list.find(forward: forward) { search.isFound(in: $0.name) || search.isFound(in: $0.user) } }
    case .renders, .heat:
      search = renders.search
      if let search { isFound = renders.list.find(forward: forward) { search.isFound(in: $0.name) } }
    case .users, .work, .farmTree, .system, .events:
      search = self.search
      if let search { isFound = paged?.find(search, forward: forward) ?? false }
      if place == .events, isFound { events.follows = false }
    case .job:
      search = job?.search
      if let search {
        if job?.pane != .blocks { show(list: true) }
        isFound =
          job?.pane == .blocks
          ? job?.blocks.find(forward: forward) { search.isFound(in: $0.name) } ?? false
          : job?.tasks.find(forward: forward) { search.isFound(in: $0.name) || search.isFound(in: $0.render) } ?? false
      }
    case .log:
      search = log?.search
      if let search {
        let from = (log?.match ?? (log?.top.line ?? 0) + (forward ? -1 : 0)) + (forward ? 1 : -1)
        isFound = log?.find(search, from: from, forward: forward) ?? false
      }
    }
    guard let search else { return say("nothing is searched for yet: / begins") }
    if !isFound {
      say(
        place == .log
          ? "“\(search.text)” is not in the output" : "“\(search.text)” is not in the rows at hand: f filters the whole list", .bad)
    }
  }

  // MARK: - Tags

  private mutating func tag() {
    switch place {
    case .work, .farmTree:
      if let row = currentJob {
        if tags.jobs.removeValue(forKey: row.id) == nil { tags.jobs[row.id] = row }
      } else if let row = currentRender {
        if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
      } else {
        say("jobs and renders are tagged, not what they are in")
      }
      paged?.move(.down)
    case .heat:
      guard let row = currentRender else { return }
      if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
    case .jobs:
      guard let row = jobs.list.current else { return }
      if tags.jobs.removeValue(forKey: row.id) == nil { tags.jobs[row.id] = row }
      jobs.list.move(by: 1)
    case .renders:
      guard let row = renders.list.current else { return }
      if tags.renders.removeValue(forKey: row.id) == nil { tags.renders[row.id] = row }
      renders.list.move(by: 1)
    case .job where job?.pane == .list:
      guard let row = job?.tasks.current else { return }
      if tags.tasks.removeValue(forKey: row.key) == nil { tags.tasks[row.key] = row.name }
      job?.tasks.move(by: 1)
    default: say("rows are tagged in the lists of jobs, of renders and of a job's tasks")
    }
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
