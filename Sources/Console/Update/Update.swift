public import Model

extension ConsoleModel {
  /// Takes what happened, at a moment of this machine's clock. Returns what is to be done about it.
  public mutating func update(_ event: ConsoleEvent, at now: Instant) -> [ConsoleEffect] {
    self.now = now
    var effects: [ConsoleEffect] = []
    switch event {
    case .input(let input): effects = handle(input)
    case .resized(let size): self.size = size
    case .tick:
      if let message, now - message.since > message.life { self.message = nil }
    case .link(let event): linkChanged(event)
    case .status(let status): self.status = status
    case .view(let update): effects = received(update)
    case .log(let portion): received(portion)
    case .operated(let request, let result): operated(request, result)
    case .rendersOperated(let request, let result): rendersOperated(request, result)
    case .edited(let request, let result): edited(request, result)
    case .selected(let request, let result): selected(request, result)
    case .parameters(let request, let result): effects = received(request, result)
    case .textEdited(let request, let result): effects = textEdited(request, result)
    case .commandDone(let request, let outcome): commandDone(request, outcome)
    case .offered(let offer): offered(offer)
    case .undone(let request, let result): undone(request, result)
    case .undos(_, let result): received(result)
    case .jobDetail(_, let result): received(result)
    case .roleRaised(_, let result): roleRaised(result)
    case .roleEnded(let reason): roleEnded(reason)
    case .explained(_, let target, let result): explained(target, result)
    case .manual(let page, let result): received(manual: page, result)
    case .saved(.success(let path)): say("saved as \(path)", .good)
    case .copied(.success(let what)): say("copied: \(what)", .good)
    case .saved(.failure(let failure)), .copied(.failure(let failure)), .pagerFailed(let failure): say(failure.message, .bad)
    case .theme(.success(let name)):
      // The first one is news to nobody.
      if !themeName.isEmpty { say("theme \(name)") }
      // The same one again was edited, not chosen.
      if !themeName.isEmpty, name != themeName { keptTheme = name }
      themeName = name
    case .theme(.failure(let failure)): say(failure.message, .bad)
    case .notKept(let failure): say(failure.message, .bad)
    case .missed: effects = resubscribe()
    case .resumed: effects = [.repaint]
    }
    noteRequests(effects)
    settle()
    return effects + keep() + reconcile()
  }

  private mutating func linkChanged(_ event: LinkEvent) {
    switch event {
    case .connected(let name, let version, let time, let firstMet):
      link = .connected(since: now)
      serverName = name
      serverVersion = version
      clockOffset = time - now
      if ringing.since == nil { ringing.since = time }
      active = [:]
      if let firstMet { say("met this server for the first time: \(firstMet)") }
    case .lost(let reason, let nextTry):
      roleEnded("it ended with the connection")
      raised = RaisedRole()
      if prompt?.kind == .password { prompt = nil }
      switch link {
      case .connecting(let since), .connected(let since):
        link = .lost(since: link.isConnected ? now : since, reason: reason, nextTry: nextTry)
      case .lost(let since, _, _): link = .lost(since: since, reason: reason, nextTry: nextTry)
      }
      active = [:]
      frozen = nil
      selecting = [:]
      tagWish = nil
      editing = [:]
      commands = [:]
    case .trying:
      if case .lost(let since, let reason, _) = link { link = .lost(since: since, reason: reason, nextTry: nil) }
    }
  }

  private mutating func received(_ update: ViewUpdate) -> [ConsoleEffect] {
    guard let slot = active.first(where: { $0.value.number == update.subscription })?.key else { return [] }
    if frozen != nil {
      frozen?.news += 1
      return []
    }
    switch slot {
    case .jobs:
      jobs.list.failure = update.failure
      if update.failure == nil {
        jobs.list.take(update.jobs, isSnapshot: update.isSnapshot, total: update.total, first: update.first)
        for row in update.jobs where tags.jobs[row.id] != nil { tags.jobs[row.id] = row }
      }
    case .renders:
      renders.list.failure = update.failure
      if update.failure == nil {
        renders.list.take(update.renders, isSnapshot: update.isSnapshot, total: update.total, first: update.first)
        for row in update.renders where tags.renders[row.id] != nil { tags.renders[row.id] = row }
      }
    case .users, .work, .farmTree, .heat, .system: received(update, slot)
    case .render, .task: received(update, ofNode: slot)
    case .events, .serverLog, .journal: return received(feed: update, slot)
    case .tagging: received(tagged: update)
    case .job:
      if let row = update.jobs.first(where: { $0.id == job?.id }) {
        job?.job = row
      } else if update.isSnapshot || update.failure != nil {
        job?.gone = update.failure ?? "it was deleted"
      }
    case .blocks:
      if let failure = update.failure {
        job?.gone = failure
      } else {
        job?.blocks.take(update.blocks, isSnapshot: update.isSnapshot, total: update.total, first: update.first)
      }
    case .tasks:
      job?.tasks.failure = update.failure
      if update.failure == nil {
        job?.tasks.take(update.tasks, isSnapshot: update.isSnapshot, total: update.total, first: update.first)
      }
    case .grid:
      if let change = update.grid, case .grid(let query)? = active[.grid]?.topic {
        job?.grid.take(change, isSnapshot: update.isSnapshot, for: query.range)
      }
    case .details:
      guard update.failure == nil else { break }
      if log != nil {
        let row = update.tasks.first { [key = log?.key] in $0.key == key }
        if row != nil || update.isSnapshot { log?.live = row }
      } else {
        job?.details.take(update.tasks, isSnapshot: update.isSnapshot, total: update.total, first: update.first)
      }
    case .log:
      if let failure = update.failure { log?.failure = failure }
    }
    return []
  }

  /// What the pages of one list show.
  private mutating func received(_ update: ViewUpdate, _ slot: Slot) {
    func take<Row>(_ rows: [Row], _ list: inout RowList<Row>) {
      list.failure = update.failure
      if update.failure == nil { list.take(rows, isSnapshot: update.isSnapshot, total: update.total, first: update.first) }
    }
    for case .job(let row) in update.tree.map(\.node) where tags.jobs[row.id] != nil { tags.jobs[row.id] = row }
    for case .render(let row) in update.tree.map(\.node) where tags.renders[row.id] != nil { tags.renders[row.id] = row }
    switch slot {
    case .users: take(update.users, &users.list)
    case .work: take(update.tree, &work.tree.list)
    case .farmTree: take(update.tree, &farmTree.list)
    case .system:
      take(update.systemTasks, &system.list)
      if !update.systemBlocks.isEmpty { system.blocks = update.systemBlocks }
    case .heat:
      renders.list.failure = update.failure
      guard let change = update.grid, case .heat(let query)? = active[.heat]?.topic else { break }
      heat.total = change.totalTasks
      heat.grid.take(change, isSnapshot: update.isSnapshot, for: query.range)
    default: break
    }
  }

  private mutating func received(_ portion: LogPortion) {
    guard active[.log]?.number == portion.subscription else { return }
    if frozen != nil {
      frozen?.news += 1
      return
    }
    let now = now
    log?.take(portion, at: now)
  }

  private mutating func received(_ result: Result<JobDetail, Failure>) {
    guard case .info(var info)? = overlay, case .job(let id) = info.subject else { return }
    switch result {
    case .success(let detail):
      guard detail.job.id == id else { return }
      info.detail = detail
    case .failure(let failure): info.failure = failure.message
    }
    overlay = .info(info)
  }

  /// Fits what is seen to the screen.
  mutating func settle() {
    let layout = FrameLayout(self)
    switch place {
    case .jobs: jobs.list.resize(height: layout.list.rows)
    case .renders: renders.list.resize(height: layout.list.rows)
    case .job:
      job?.settleBlock()
      let panes = JobLayout(job, in: layout.body)
      job?.blocks.resize(height: panes.blocks.rows)
      job?.tasks.resize(height: panes.list.rows)
      let total = Int(job?.blocks.current?.counts.total ?? 0)
      job?.grid.resize(total: total, columns: panes.cells.columns, rows: panes.cells.rows)
      job?.settleDetails()
    case .users, .work, .farmTree: paged?.resize(height: layout.list.rows)
    case .events: paged?.resize(height: layout.feedList.rows)
    case .system: system.list.resize(height: layout.systemList.rows)
    case .heat:
      let map = HeatLayout(in: layout.body)
      heat.grid.resize(total: heat.total, columns: map.cells.columns, rows: map.cells.rows)
      renders.list.resize(height: 1)
      // The cursor belongs to the render: it goes where that goes.
      if renders.list.isLoaded, renders.list.cursor != heat.grid.cursor { heat.grid.move(to: renders.list.cursor) }
    case .render, .task: settleNode(layout.body)
    case .log:
      log?.settle(size: layout.log)
    }
  }
}

extension JobPage {
  /// When another block is chosen its tasks are other ones.
  fileprivate mutating func settleBlock() {
    guard block != shownBlock else { return }
    shownBlock = block
    grid.clear()
    details.clear()
    tasks.clear()
  }

  /// The list of tasks around the grid's cursor has its cursor there.
  fileprivate mutating func settleDetails() {
    details.resize(height: 1)
    details.move(to: grid.cursor)
  }
}
