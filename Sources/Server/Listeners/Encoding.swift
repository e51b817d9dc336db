import Foundation
import Model
import Scheduler
import Wire

// Answers and views as the wire's messages. Runs on the connections' event loops.

extension JobSummary {
  /// As a row of a list: a long annotation is cut.
  fileprivate var listed: JobSummary {
    guard annotation.utf8.count > 512 else { return self }
    var row = self
    row.annotation = annotation.beginning(500) + "…"
    return row
  }
}

extension WireResponse {
  init(_ reply: Reply, warnings: [String]) {
    self.init()
    switch reply {
    case .failure(let value): failure = WireFailure(value)
    case .backup(let portion):
      var message = WireBackupPortion()
      message.data = Data(portion.bytes)
      message.end = portion.isEnd
      backup = message
    case .restorePlan(let totals):
      var message = WireRestorePlan()
      message.jobs = UInt64(totals.jobs)
      message.renders = UInt64(totals.renders)
      message.tasksRunning = UInt64(totals.runningTasks)
      restorePlan = message
    case .role(let value, let idle):
      var message = WireRoleRow()
      message.role = UInt32(value.rawValue)
      message.idleSeconds = UInt32(clamping: idle)
      role = message
    case .restoreTaken(let offset):
      var message = WirePartTaken()
      message.offset = UInt64(offset)
      restoreTaken = message
    case .restored(let end):
      var message = WireRestored()
      message.jobs = end.jobs
      message.tasks = end.tasks
      restored = message
    case .submitted(let id, let name, let more):
      var message = WireSubmitted()
      message.job = id.value
      message.name = name
      message.warnings = warnings + more
      submitted = message
    case .jobs(let rows, let more):
      var message = WireJobList()
      message.rows = rows.map { WireJobRow($0.listed) }
      message.more = more
      jobs = message
    case .job(let row, let blocks, let spec, let withoutTasks):
      var message = WireJobDetail()
      message.row = WireJobRow(row)
      message.blocks = blocks.map(WireBlockRow.init)
      message.document = Data((withoutTasks ? spec.withoutTasks : spec).document.text().utf8)
      message.withoutTasks = withoutTasks
      job = message
    case .tasks(let rows, let more):
      var message = WireTaskList()
      message.rows = rows.map(WireTaskRow.init)
      message.more = more
      tasks = message
    case .task(let row, let job, let block):
      var message = WireTaskDetail()
      message.row = WireTaskRow(row)
      message.job = WireJobRow(job.listed)
      message.block = WireBlockRow(block)
      task = message
    case .renders(let rows, let parameters, let more):
      var message = WireRenderList()
      message.rows = rows.map { row in
        var wire = WireRenderRow(row)
        if let own = parameters[row.id] { wire.parameters = Parameters.render.text(of: own, among: rows.count) }
        return wire
      }
      message.more = more
      renders = message
    case .users(let rows, let parameters):
      var message = WireUserList()
      message.rows = rows.map { row in
        var wire = WireUserRow(row)
        if let own = parameters[row.name] { wire.parameters = Parameters.user.text(of: own, among: rows.count) }
        return wire
      }
      users = message
    case .pools(let rows):
      var message = WirePoolList()
      message.rows = rows.map { WirePoolRow($0, parameters: Parameters.pool.text(of: $0.parameters, among: rows.count)) }
      pools = message
    case .branches(let rows):
      var message = WireBranchList()
      message.rows = rows.map { WireBranchRow($0, parameters: Parameters.branch.text(of: $0.parameters, among: rows.count)) }
      branches = message
    case .explained(let explanation): explained = WireExplained(explanation)
    case .forecast(let value): forecast = WireForecastRow(value)
    case .whatIf(let value): whatIf = WireWhatIfOutcome(value)
    case .journal(let entries):
      var message = WireJournalList()
      message.rows = entries.map(WireJournalRow.init)
      journal = message
    case .systemJob(let blocks, let tasks):
      var message = WireSystemJob()
      message.blocks = blocks.map(WireSystemBlockRow.init)
      var bytes = 0
      for task in tasks where bytes < Answers.pageBytes {
        let row = WireSystemTaskRow(task)
        bytes += row.roughBytes
        message.tasks.append(row)
      }
      systemJob = message
    case .errorHosts(let rows, let more):
      var message = WireErrorHostList()
      message.rows = rows.map(WireErrorHostRow.init)
      message.more = more
      errorHosts = message
    case .events(let rows):
      var message = WireEventList()
      message.rows = rows.map(WireEventRow.init)
      events = message
    case .undone(let outcome):
      var message = WireUndone()
      message.number = outcome.number
      message.text = outcome.text
      message.outcomes = outcome.nodes.map(WireNodeOutcome.init)
      undone = message
    case .undos(let rows, let now):
      var message = WireUndoList()
      message.rows = rows.map { WireUndoRow($0, now: now) }
      undos = message
    case .edited(let outcomes, let undo):
      var message = WireEdited()
      if let undo { message.undo = WireUndoOffer(undo) }
      message.outcomes = outcomes.map(WireNodeOutcome.init)
      edited = message
    case .selected(let selection, let count, let first):
      var message = WireRowsSelected()
      message.selection = selection
      message.count = UInt64(count)
      message.first = first
      rowsSelected = message
    case .added(let id, let first, let count):
      var message = WireAdded()
      message.job = id.value
      message.first = UInt64(first)
      message.count = UInt64(count)
      message.warnings = warnings
      added = message
    case .partTaken(let offset):
      var message = WirePartTaken()
      message.offset = UInt64(offset)
      partTaken = message
    case .operated(let outcomes, let undo):
      var message = WireOperated()
      if let undo { message.undo = WireUndoOffer(undo) }
      message.outcomes = outcomes.map(WireOutcome.init)
      operated = message
    case .rendersOperated(let outcomes, let undo):
      var message = WireRendersOperated()
      if let undo { message.undo = WireUndoOffer(undo) }
      message.outcomes = outcomes.map { outcome in
        var wire = WireRenderOutcome()
        wire.name = outcome.name
        wire.done = outcome.isDone
        wire.message = outcome.message
        wire.notPermitted = !outcome.isPermitted
        return wire
      }
      rendersOperated = message
    }
  }
}

extension ParameterTable {
  /// As JSON. With what is as it is by default too, unless the list is so long that this would not fit a frame.
  fileprivate func text(of node: Node, among count: Int) -> String {
    JSONValue.object(json(of: node, isComplete: count <= 2000)).text()
  }
}

extension JobSpec {
  /// With the lists of tasks taken out.
  fileprivate var withoutTasks: JobSpec {
    var spec = self
    for index in spec.blocks.indices {
      if case .listed(_, let perTask) = spec.blocks[index].work { spec.blocks[index].work = .listed([], framesPerTask: perTask) }
    }
    return spec
  }
}

extension WireWhatIfOutcome {
  init(_ reply: WhatIfReply) {
    self.init()
    rows = reply.rows.map { row in
      var wire = WireWhatIfRow()
      wire.job = row.before.job.value
      wire.name = row.name
      wire.user = row.user
      wire.before = WireForecastRow(row.before)
      wire.after = WireForecastRow(row.after)
      return wire
    }
    time = reply.at.microseconds
    leftOut = UInt32(clamping: reply.leftOut)
  }
}

extension WireViewUpdate {
  init(_ view: ViewRows) {
    self.init()
    subscription = view.subscription
    snapshot = view.isSnapshot
    total = UInt64(view.total)
    first = UInt64(view.first)
    switch view.rows {
    case .none: break
    case .jobs(let rows): jobs = rows.map { WireJobRow($0.listed) }
    case .blocks(let rows): blocks = rows.map(WireBlockRow.init)
    case .tasks(let rows): tasks = rows.map(WireTaskRow.init)
    case .renders(let rows): renders = rows.map(WireRenderRow.init)
    case .grid(let runs, let totalTasks):
      var message = WireGrid()
      message.totalTasks = UInt64(totalTasks)
      message.runs = runs.map { run in
        var wire = WireGridRun()
        wire.at = UInt32(run.at)
        wire.letters = run.letters
        return wire
      }
      grid = message
    case .users(let rows):
      users = rows.map { row in
        var wire = WireUserRow(row.summary)
        wire.parameters = JSONValue.object(Parameters.user.json(of: row.parameters)).text()
        return wire
      }
    case .tree(let rows): tree = rows.map(WireTreeRow.init)
    case .system(let blocks, let tasks):
      systemBlocks = blocks.map(WireSystemBlockRow.init)
      systemTasks = tasks.map(WireSystemTaskRow.init)
    case .render(let page): renderPage = WireRenderPage(page)
    case .task(let page): taskPage = WireTaskPage(page)
    }
    if let failure = view.failure { self.failure = WireFailure(failure) }
  }
}

extension WireViewUpdate {
  init(_ rows: FeedRows<FarmEvent>) {
    self.init(feed: rows)
    events = rows.rows.map(WireEventRow.init)
  }

  init(_ rows: FeedRows<JournalEntry>) {
    self.init(feed: rows)
    journal = rows.rows.map(WireJournalRow.init)
  }

  init(_ rows: FeedRows<ServerLine>) {
    self.init(feed: rows)
    serverLines = rows.rows.map { line in
      var wire = WireServerLine()
      wire.number = line.number
      wire.time = line.time.microseconds
      wire.level = line.level
      wire.text = line.text
      return wire
    }
  }

  private init<Row>(feed rows: FeedRows<Row>) {
    self.init()
    subscription = rows.subscription
    snapshot = rows.isSnapshot
    eventsLost = rows.isGap
    eventsSeen = rows.seen
  }
}

extension WireLogPortion {
  init(_ rows: LogRows) {
    self.init()
    subscription = rows.subscription
    offset = rows.offset
    data = Data(rows.data)
    end = rows.isEnd
    if let failure = rows.failure { self.failure = WireFailure(failure) }
    if let task = rows.task { self.task = WireTaskRow(task) }
  }
}

extension WireServerStatus {
  init(_ condition: ServerCondition, at now: Instant) {
    self.init()
    trouble = condition.trouble
    troubleSince = condition.troubleSince.microseconds
    jobs = UInt64(condition.jobs)
    renders = UInt64(condition.renders)
    rendersOnline = UInt64(condition.rendersOnline)
    rendersBusy = UInt64(condition.rendersBusy)
    tasksRunning = UInt64(condition.tasksRunning)
    time = now.microseconds
  }
}

extension WireTreeRow {
  /// Of nodes: the parameters that somebody set.
  init(_ row: ViewRows.TreeRow) {
    self.init()
    depth = UInt32(row.depth)
    open = row.isOpen
    switch row.node {
    case .branch(let row):
      branch = WireBranchRow(row, parameters: JSONValue.object(Parameters.branch.json(of: row.parameters)).text())
    case .job(let row): job = WireJobRow(row.listed)
    case .pool(let row): pool = WirePoolRow(row, parameters: JSONValue.object(Parameters.pool.json(of: row.parameters)).text())
    case .render(let row): render = WireRenderRow(row)
    }
  }
}
