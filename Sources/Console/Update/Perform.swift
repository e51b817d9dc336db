import Model

extension ConsoleModel {
  /// Does what an action says, to what is seen.
  mutating func perform(_ action: Action) -> [ConsoleEffect] {
    switch action {
    case .jobs, .work, .farm, .users, .system, .events, .stats, .servers:
      return show(screen: ConsoleScreenID(rawValue: action.rawValue) ?? .jobs)
    case .serverLog: return show(feed: .serverLog)
    case .journal: return show(feed: .journal)
    case .help: overlay = .help(HelpOverlay())
    case .manual: openManuals()
    case .command: prompt = Prompt(kind: .command)
    case .back: return back()
    case .quit: return [.quit]
    case .superUser: return turnRole()
    case .theme: return [.theme(nil)]
    case .density: turnDensity(to: density.next)
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .reconnect: return link.isConnected ? [] : [.reconnect]
    case .undo: return takeBack()
    case .undos: return openUndos()
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
    case .tagMatching: openTagging()
    case .columns: openColumns()
    case .untag:
      tags = Tags()
      say("nothing is tagged")
    case .nextPane where place == .events: return turnFeed(by: 1)
    case .previousPane where place == .events: return turnFeed(by: -1)
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
    case .runs: return openTask()
    case .follow where place == .events: turnFollowing()
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
    case .nextError where place == .events, .previousError where place == .events:
      if !feed.findTrouble(forward: action == .nextError) { say("no row tells of something wrong, of those that are shown") }
    case .times: turnTimes()
    case .nextError, .previousError:
      if log?.findError(forward: action == .nextError) == false { say("no line tells of an error, of those that are shown") }
    case .save: openSave()
    case .pager: return openPager()
    case .explain: return openExplanation()
    case .copy: openCopy()
    case .ring: openRing()
    case .olderStart: showStart(by: -1)
    case .newerStart: showStart(by: 1)
    case .start, .pause, .stop, .restart, .skip, .done, .delete, .nimby, .NIMBY, .free, .eject, .sleep, .wake, .priority,
      .annotation, .owner, .move, .capacity, .ticket, .create, .set, .restartErrors, .restartRunning, .restartSkipped, .restartDone,
      .restartWarnings, .restartPause, .restartWithDepends, .restartBlock, .suspendTasks, .continueTasks, .resetErrorHosts,
      .tryNext, .notTryNext, .ejectNotOwn, .healSick, .restoreDefaults, .maxTasks, .serviceAdd, .serviceRemove, .serviceEnable,
      .serviceDisable, .hostTicket, .customData:
      return order(action)
    }
    return []
  }
}
