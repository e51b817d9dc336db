import Console
import Model
import Wire

extension ConsoleEvent {
  /// What a frame of the server means to the console; nil: nothing. Runs on the connection's event loop.
  init?(_ frame: WireServerFrame) {
    switch frame.content {
    case .status(let status): self = .status(ServerStatus(status))
    case .view(let update): self = .view(ViewUpdate(update))
    case .log(let portion): self = .log(LogPortion(portion))
    case .role(let role) where role.role == UInt32(Role.user.rawValue): self = .roleEnded(role.reason)
    default: return nil
    }
  }
}

extension ServerStatus {
  fileprivate init(_ wire: WireServerStatus) {
    self.init()
    trouble = wire.trouble
    troubleSince = Instant(microseconds: wire.troubleSince)
    jobs = Int(clamping: wire.jobs)
    renders = Int(clamping: wire.renders)
    rendersOnline = Int(clamping: wire.rendersOnline)
    rendersBusy = Int(clamping: wire.rendersBusy)
    tasksRunning = Int(clamping: wire.tasksRunning)
  }
}

extension ViewUpdate {
  /// What a list is taken to be long at most: beyond it numbers would overflow somewhere.
  private static let longest: UInt64 = 1 << 40

  fileprivate init(_ wire: WireViewUpdate) {
    self.init(
      subscription: wire.subscription, isSnapshot: wire.snapshot, total: Int(min(wire.total, Self.longest)),
      first: Int(min(wire.first, Self.longest)))
    jobs = wire.jobs.map(JobSummary.init)
    blocks = wire.blocks.map(BlockSummary.init)
    tasks = wire.tasks.map(TaskSummary.init)
    renders = wire.renders.map(RenderSummary.init)
    if wire.hasGrid {
      grid = GridChange(
        runs: wire.grid.runs.map { (Int($0.at), $0.letters) }, totalTasks: Int(min(wire.grid.totalTasks, Self.longest)))
    }
    users = wire.users.map { UserRow(summary: UserSummary($0), parameters: Self.parameters($0.parameters)) }
    tree = wire.tree.compactMap(TreeRow.init)
    systemBlocks = wire.systemBlocks.compactMap(SystemBlockSummary.init)
    systemTasks = wire.systemTasks.compactMap(SystemTaskSummary.init)
    events = wire.events.map { row in
      EventRow(
        number: row.number, time: Instant(microseconds: row.time), name: row.name, object: row.object, user: row.user,
        info: row.info, isSent: row.sent)
    }
    serverLines = wire.serverLines.map { row in
      ServerLine(number: row.number, time: Instant(microseconds: row.time), level: row.level, text: row.text)
    }
    journal = wire.journal.map(JournalEntry.init)
    areEventsLost = wire.eventsLost
    eventsSeen = wire.eventsSeen
    if wire.hasRenderPage { renderPage = RenderPageNews(wire.renderPage) }
    if wire.hasTaskPage { taskPage = TaskPageNews(wire.taskPage) }
    if wire.hasFailure { failure = wire.failure.message }
  }

  /// What somebody set, as the server sends it: an object of Afanasy's keys.
  fileprivate static func parameters(_ text: String) -> JSONObject { (try? JSONParser.parse(text))?.object ?? JSONObject() }
}

extension TreeRow {
  /// nil: a row of a kind that this program does not know.
  fileprivate init?(_ wire: WireTreeRow) {
    let depth = Int(min(wire.depth, 64))
    switch wire.row {
    case .branch(let row):
      self.init(
        depth: depth, isOpen: wire.open,
        node: .branch(
          BranchSummary(
            path: row.path, parameters: BranchParameters(), jobs: row.jobs, running: row.running, capacityUsed: row.capacityUsed,
            created: Instant(microseconds: row.created))), parameters: ViewUpdate.parameters(row.parameters))
    case .pool(let row):
      self.init(
        depth: depth, isOpen: wire.open,
        node: .pool(
          PoolSummary(
            path: row.path, parameters: PoolParameters(), effectivePriority: row.effectivePriority, renders: row.renders,
            online: row.online, busy: row.busy, running: row.running, capacityUsed: row.capacityUsed,
            ticketsUsed: row.ticketsUsed, created: Instant(microseconds: row.created))),
        parameters: ViewUpdate.parameters(row.parameters))
    case .job(let row): self.init(depth: depth, isOpen: false, node: .job(JobSummary(row)))
    case .render(let row): self.init(depth: depth, isOpen: false, node: .render(RenderSummary(row)))
    case nil: return nil
    }
  }
}

extension LogPortion {
  fileprivate init(_ wire: WireLogPortion) {
    self.init(
      subscription: wire.subscription, offset: wire.offset, data: Array(wire.data), isEnd: wire.end,
      failure: wire.hasFailure ? wire.failure.message : nil, task: wire.hasTask ? TaskSummary(wire.task) : nil)
  }
}

extension WireSubscribe {
  init(_ number: SubscriptionNumber, _ topic: Topic, _ window: Window) {
    self.init()
    subscription = number
    self.window.first = UInt64(window.first)
    self.window.count = UInt32(window.count)
    switch topic {
    case .jobs(let query): jobs = WireJobsView(query)
    case .blocks(let job): blocks.job = job.value
    case .tasks(let query):
      tasks.job = query.job.value
      tasks.block = query.block.map { Int32($0.value) } ?? -1
      tasks.state = query.state.rawValue
    case .grid(let query):
      grid.job = query.job.value
      grid.block = UInt32(query.block.value)
      grid.first = UInt64(query.first)
      grid.cells = UInt32(query.cells)
      grid.perCell = UInt32(query.perCell)
    case .renders(let query): renders = WireRendersView(query)
    case .users(let query): users = WireUsersView(query)
    case .work(let query):
      work.jobs = WireJobsView(query.jobs)
      work.closed = query.closed.sorted()
    case .farm(let query):
      farm.renders = WireRendersView(query.renders)
      farm.closed = query.closed.sorted()
    case .heat(let query):
      heat.renders = WireRendersView(query.renders)
      heat.first = UInt64(query.first)
      heat.cells = UInt32(query.cells)
      heat.perCell = UInt32(query.perCell)
      heat.load = query.isLoad
    case .system(let block): system.block = UInt32(block.rawValue)
    case .render(let id): render.render = id.value
    case .task(let key): task.task = WireTaskKey(key)
    case .events(let query):
      events.after = query.after
      events.last = UInt32(query.last)
    case .serverLog(let query):
      serverLog.after = query.after
      serverLog.last = UInt32(query.last)
    case .journal(let query):
      journal.after = query.after
      journal.last = UInt32(query.last)
    case .log(let query):
      log.selector.ids = [query.task.job.value]
      log.block = "\(query.task.block)"
      log.task = "\(query.task.task)"
      log.start = query.start
      log.offset = query.offset
      log.follow = true
    }
  }
}

extension WireUsersView {
  init(_ query: UsersQuery) {
    self.init()
    mask = query.mask
    descending = query.isDescending
    order =
      switch query.order {
      case .name: .name
      case .jobs: .jobs
      case .running: .running
      case .priority: .priority
      }
  }
}

extension WireJobsView {
  init(_ query: JobsQuery) {
    self.init()
    user = query.user
    state = query.state.rawValue
    mask = query.mask
    order =
      switch query.order {
      case .id: .id
      case .name: .name
      case .user: .user
      case .priority: .priority
      case .state: .state
      case .percent: .percent
      case .running: .running
      case .ready: .ready
      case .waiting: .waiting
      case .done: .done
      case .skipped: .skipped
      case .errors: .errors
      case .blocks: .blocks
      case .created: .created
      case .started: .started
      case .finished: .finished
      }
    descending = query.isDescending
    terms = query.terms.map(WireFilterTerm.init)
    ids = query.ids.map(\.value)
  }
}

extension WireRendersView {
  init(_ query: RendersQuery) {
    self.init()
    state = query.state.rawValue
    mask = query.mask
    order =
      switch query.order {
      case .name: .name
      case .state: .state
      case .load: .load
      case .memory: .memory
      case .tasks: .tasks
      case .cpu: .cpu
      case .cores: .cores
      case .gpu: .gpu
      case .capacity: .capacity
      case .priority: .priority
      case .user: .user
      case .os: .os
      }
    descending = query.isDescending
    terms = query.terms.map(WireFilterTerm.init)
  }
}

extension WireFilterTerm {
  fileprivate init(_ term: FilterTerm) {
    self.init()
    field = term.field
    comparison = WireFilterTerm.Comparison(rawValue: Int(term.comparison.rawValue)) ?? .equal
    values = term.values
    inverted = term.isInverted
  }
}

extension OperationOutcome {
  init(_ wire: WireOutcome) {
    self.init(
      job: JobID(wire.job), name: wire.name, isDone: wire.done, message: wire.message, changedTasks: wire.changedTasks)
  }
}
