import Model

extension ConsoleModel {
  /// What is needed from the server: rows on screen and a margin, and the events where the bell is to ring for some.
  private func wanted() -> [Slot: (topic: Topic, window: Window)] {
    var slots = wantedByPage
    if !ringing.names.isEmpty { slots[.events] = wanted(.events) }
    if let tagWish { slots[.tagging] = (tagWish.topic, Window(first: 0, count: Self.mostTagged)) }
    return slots
  }

  private func wanted(_ pane: FeedPane) -> (topic: Topic, window: Window) {
    func query(_ seen: UInt64) -> EventsQuery { EventsQuery(after: seen, last: pane.first) }
    // Where it began, not where it is by now.
    let topic: Topic =
      switch pane {
      case .events: active[.events]?.topic ?? .events(query(events.seen))
      case .serverLog: active[.serverLog]?.topic ?? .serverLog(query(serverLog.seen))
      case .journal: active[.journal]?.topic ?? .journal(query(journal.seen))
      }
    return (topic, Window(first: 0, count: 0))
  }

  private var wantedByPage: [Slot: (topic: Topic, window: Window)] {
    switch place {
    case .jobs:
      let topic = Topic.jobs(jobs.query)
      return [.jobs: (topic, jobs.list.window(keeping: held(.jobs, topic)))]
    case .renders:
      let topic = Topic.renders(renders.query)
      return [.renders: (topic, renders.list.window(keeping: held(.renders, topic)))]
    case .users:
      let topic = Topic.users(users.query)
      return [.users: (topic, users.list.window(keeping: held(.users, topic)))]
    case .work:
      let topic = Topic.work(WorkQuery(jobs: work.query, closed: work.tree.closed))
      return [.work: (topic, work.tree.list.window(keeping: held(.work, topic)))]
    case .farmTree:
      let topic = Topic.farm(FarmQuery(renders: renders.query, closed: farmTree.closed))
      return [.farmTree: (topic, farmTree.list.window(keeping: held(.farmTree, topic)))]
    case .heat:
      let grid = heat.grid
      let map = HeatQuery(
        renders: renders.query, first: grid.first, cells: grid.columns * grid.rows, perCell: grid.perCell, isLoad: heat.isLoad)
      let list = Topic.renders(renders.query)
      // The render under the cursor, and some around it.
      let around = held(.renders, list).flatMap { $0.covers(grid.cursor..<grid.cursor + 1) && $0.count <= 33 ? $0 : nil }
      return [
        .heat: (.heat(map), Window(first: 0, count: 0)),
        .renders: (list, around ?? Window(first: max(0, grid.cursor - 16), count: 33)),
      ]
    case .system:
      let topic = Topic.system(system.block)
      return [.system: (topic, system.list.window(keeping: held(.system, topic)))]
    case .events:
      let slot: Slot =
        switch feedPane {
        case .events: .events
        case .serverLog: .serverLog
        case .journal: .journal
        }
      return [slot: wanted(feedPane)]
    case .job: return job.map(wanted) ?? [:]
    case .render: return render.map { [.render: (.render($0.id), Window(first: 0, count: 0))] } ?? [:]
    case .task: return task.map { [.task: (.task($0.key), Window(first: 0, count: 0))] } ?? [:]
    case .log: return log.map(wanted) ?? [:]
    }
  }

  private func wanted(_ page: JobPage) -> [Slot: (topic: Topic, window: Window)] {
    guard page.gone == nil else { return [:] }
    var query = JobsQuery()
    query.ids = [page.id]
    let blocks = Topic.blocks(page.id)
    var slots: [Slot: (topic: Topic, window: Window)] = [
      .job: (.jobs(query), Window(first: 0, count: 1)),
      .blocks: (blocks, page.blocks.window(keeping: held(.blocks, blocks))),
    ]
    guard let block = page.block else { return slots }
    if page.showsList {
      let topic = Topic.tasks(TasksQuery(job: page.id, block: block, state: page.state))
      slots[.tasks] = (topic, page.tasks.window(keeping: held(.tasks, topic)))
    } else if page.grid.total > 0 {
      let grid = page.grid
      let query = GridQuery(job: page.id, block: block, first: grid.first, cells: grid.cells, perCell: grid.perCell)
      slots[.grid] = (.grid(query), Window(first: 0, count: 0))
      let topic = Topic.tasks(TasksQuery(job: page.id, block: block))
      slots[.details] = (
        topic,
        held(.details, topic).flatMap { $0.covers(grid.cursor..<grid.cursor + 1) ? $0 : nil }
          ?? Window(first: max(0, grid.cursor - 16), count: 33)
      )
    }
    return slots
  }

  private func wanted(_ page: LogPage) -> [Slot: (topic: Topic, window: Window)] {
    let task = Topic.tasks(TasksQuery(job: page.key.job, block: page.key.block))
    var slots: [Slot: (topic: Topic, window: Window)] = [
      .details: (task, Window(first: Int(page.key.task.value), count: 1))
    ]
    if page.failure == nil {
      var query = LogQuery(task: page.key, start: page.shownStart, offset: page.buffer.next)
      // The offset is where the subscription began, not where it is by now.
      if case .log(let held)? = active[.log]?.topic, held.task == query.task, held.start == page.start || held.start == query.start
      {
        query = held
      }
      slots[.log] = (.log(query), Window(first: 0, count: 0))
    }
    return slots
  }

  /// The window that a slot has, if it is of this topic.
  private func held(_ slot: Slot, _ topic: Topic) -> Window? {
    guard let subscription = active[slot], subscription.topic == topic else { return nil }
    return subscription.window
  }

  /// Brings the server's subscriptions to what is wanted.
  mutating func reconcile() -> [ConsoleEffect] {
    guard link.isConnected, frozen == nil else { return [] }
    let wanted = wanted()
    var effects: [ConsoleEffect] = []
    for slot in Slot.allCases {
      let have = active[slot]
      guard let want = wanted[slot] else {
        if let have { effects.append(.unsubscribe(have.number)) }
        active[slot] = nil
        continue
      }
      if let have, have.topic == want.topic, have.window == want.window { continue }
      var number = have?.number
      // All rows that match are one answer: one to another pattern must not be taken for it.
      if let have, have.topic != want.topic, slot == .tagging || !have.topic.canBecome(want.topic) {
        effects.append(.unsubscribe(have.number))
        number = nil
      }
      if number == nil { lastSubscription += 1 }
      let subscription = ActiveSubscription(number: number ?? lastSubscription, topic: want.topic, window: want.window)
      active[slot] = subscription
      effects.append(.subscribe(subscription.number, want.topic, want.window))
    }
    return effects
  }

  /// Lets the picture go on: what was missed comes as snapshots.
  mutating func thaw() -> [ConsoleEffect] {
    guard frozen != nil else { return [] }
    frozen = nil
    return resubscribe()
  }

  /// Ends all subscriptions: those that are wanted begin anew, each with a snapshot.
  mutating func resubscribe() -> [ConsoleEffect] {
    let numbers = active.values.map(\.number).sorted()
    active = [:]
    return numbers.map { .unsubscribe($0) }
  }
}
