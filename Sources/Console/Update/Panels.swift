import Model

extension ConsoleModel {
  mutating func openSort() {
    var menu = MenuOverlay(title: "Sort by", entries: [])
    if place == .users {
      menu.entries = UsersQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .usersOrder($0)) }
      menu.cursor = UsersQuery.Order.allCases.firstIndex(of: users.query.order) ?? 0
    } else if isFarm {
      menu.entries = RendersQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .rendersOrder($0)) }
      menu.cursor = RendersQuery.Order.allCases.firstIndex(of: renders.query.order) ?? 0
    } else if place == .system || place == .events {
      return say("this list is in the order in which it came", .bad)
    } else {
      menu.entries = JobsQuery.Order.allCases.map { .init(title: $0.rawValue, key: "", choice: .jobsOrder($0)) }
      menu.cursor = JobsQuery.Order.allCases.firstIndex(of: place == .work ? work.query.order : jobs.query.order) ?? 0
    }
    overlay = .menu(menu)
  }

  mutating func openInfo() -> [ConsoleEffect] {
    switch place {
    case .jobs, .work, .renders, .farmTree, .heat:
      if let row = currentJob { return openInfo(job: row.id) }
      if let row = currentRender {
        overlay = .info(InfoOverlay(subject: .render(row.id)))
      } else if case .branch(let row)? = tree?.list.current?.node {
        overlay = .info(InfoOverlay(subject: .branch(row.path)))
      } else if case .pool(let row)? = tree?.list.current?.node {
        overlay = .info(InfoOverlay(subject: .pool(row.path)))
      }
    case .users: if let row = users.list.current { overlay = .info(InfoOverlay(subject: .user(row.summary.name))) }
    case .system: if let row = system.list.current { overlay = .info(InfoOverlay(subject: .command(row.command.number))) }
    case .events:
      let subject: InfoOverlay.Subject? =
        switch feedPane {
        case .events: events.list.current.map { .event($0.number) }
        case .serverLog: serverLog.list.current.map { .serverLine($0.number) }
        case .journal: journal.list.current.map { .journal($0.number) }
        }
      if let subject { overlay = .info(InfoOverlay(subject: subject)) }
    case .job:
      if job?.pane == .blocks, let page = job, let block = page.block {
        overlay = .info(InfoOverlay(subject: .block(page.id, block)))
      } else if let key = chosenTask {
        overlay = .info(InfoOverlay(subject: .task(key)))
      } else if let id = job?.id {
        return openInfo(job: id)
      }
    case .render:
      if let line = currentLine {
        overlay = .info(InfoOverlay(subject: .line(line)))
      } else if let id = render?.id {
        overlay = .info(InfoOverlay(subject: .render(id)))
      }
    case .task:
      if let line = currentLine {
        overlay = .info(InfoOverlay(subject: .line(line)))
      } else if task?.pane == .runs, let run = task?.runs.current {
        overlay = .info(InfoOverlay(subject: .run(run)))
      } else if let key = task?.key {
        overlay = .info(InfoOverlay(subject: .task(key)))
      }
    case .log:
      if let key = log?.key { overlay = .info(InfoOverlay(subject: .task(key))) }
    }
    return []
  }

  private mutating func openInfo(job id: JobID) -> [ConsoleEffect] {
    overlay = .info(InfoOverlay(subject: .job(id)))
    guard link.isConnected else { return [] }
    lastRequest += 1
    return [.fetchJob(lastRequest, id)]
  }
}
