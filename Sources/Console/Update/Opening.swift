import Model

extension ConsoleModel {
  mutating func show(screen wanted: ConsoleScreenID) -> [ConsoleEffect] {
    guard ConsoleScreenID.present.contains(wanted) else {
      say("the \(wanted.rawValue) screen is not there yet: 1 to 6 are", .bad)
      return []
    }
    let effects = thaw()
    if screen == wanted {
      if place == .events { feedPane = .events }
      trails[screen.number - 1] = Trail()
    } else {
      screen = wanted
    }
    return effects
  }

  mutating func back() -> [ConsoleEffect] {
    if log != nil {
      let effects = thaw()
      log = nil
      return effects
    }
    if task != nil {
      let effects = thaw()
      task = nil
      return effects
    }
    if render != nil {
      let effects = thaw()
      render = nil
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
    case .events: !feed.filter.isEmpty
    default: false
    }
  }

  mutating func open() -> [ConsoleEffect] {
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
      guard let object = feed.object, object.hasPrefix("job "), let id = UInt32(object.dropFirst(4)) else {
        return openInfo()
      }
      return openJob(JobID(id))
    case .jobs, .work:
      guard let row = currentJob else { return [] }
      let effects = thaw()
      job = JobPage(id: row.id, job: row)
      return effects
    case .renders, .farmTree, .heat: return openRender()
    case .render: return openOnRender()
    case .task: return openOnTask()
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

  mutating func openLog() -> [ConsoleEffect] {
    let key: TaskKey?
    var name = job?.job?.name ?? ""
    if place == .render {
      let row = render?.running.current
      key = row?.task.key
      name = row?.job ?? ""
      if key == nil { say("this render runs nothing") }
    } else if place == .task {
      key = task?.key
      name = task?.jobName ?? ""
    } else if isFarm {
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
    if let log { return log.key }
    if let task { return task.key }
    if let render { return render.running.current?.task.key }
    guard let page = job else { return nil }
    if page.pane == .list { return page.tasks.current?.key }
    guard let block = page.block, page.grid.total > 0 else { return nil }
    return TaskKey(job: page.id, block: block, task: TaskIndex(page.grid.cursor))
  }

  mutating func showStart(by delta: Int32) {
    guard let page = log else { return }
    let wanted = page.shownStart + delta
    let last = max(page.live?.starts ?? 0, page.shownStart)
    guard wanted >= 1, wanted <= last else {
      say(delta < 0 ? "this is the first start that is known" : "this is the last start")
      return
    }
    log?.show(start: wanted, isNewest: wanted == last)
  }
}
