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
    row.annotation = String(annotation.prefix(500)) + "…"
    return row
  }
}

extension WireResponse {
  init(_ reply: Reply, warnings: [String]) {
    self.init()
    switch reply {
    case .failure(let value): failure = WireFailure(value)
    case .submitted(let id, let name):
      var message = WireSubmitted()
      message.job = id.value
      message.name = name
      message.warnings = warnings
      submitted = message
    case .jobs(let rows, let more):
      var message = WireJobList()
      message.rows = rows.map { WireJobRow($0.listed) }
      message.more = more
      jobs = message
    case .job(let row, let blocks, let spec):
      var message = WireJobDetail()
      message.row = WireJobRow(row)
      message.blocks = blocks.map(WireBlockRow.init)
      message.document = Data(spec.document.text().utf8)
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
    case .renders(let rows, let more):
      var message = WireRenderList()
      message.rows = rows.map(WireRenderRow.init)
      message.more = more
      renders = message
    case .users(let rows):
      var message = WireUserList()
      message.rows = rows.map(WireUserRow.init)
      users = message
    case .operated(let outcomes):
      var message = WireOperated()
      message.outcomes = outcomes.map(WireOutcome.init)
      operated = message
    case .rendersOperated(let outcomes):
      var message = WireRendersOperated()
      message.outcomes = outcomes.map { outcome in
        var wire = WireRenderOutcome()
        wire.name = outcome.name
        wire.done = outcome.isDone
        wire.message = outcome.message
        return wire
      }
      rendersOperated = message
    }
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
    }
    if let failure = view.failure { self.failure = WireFailure(failure) }
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
