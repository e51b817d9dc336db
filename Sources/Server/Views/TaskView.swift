import Model
import Scheduler

/// What the page of one task shows.
struct TaskPageRows: Sendable {
  /// nil: as it was.
  var task: TaskSummary?
  var job = ""
  var block = ""
  var user = ""
  /// Runs that are over, the oldest first; of a delta those that ended since.
  var runs: [Run] = []
  /// All of them; nil: as they were.
  var errorHosts: [ErrorHost]?
  /// The oldest first; of a delta those that came since.
  var lines: [NodeLine] = []

  struct Run: Sendable {
    var end: RunEnd
    /// Name of its render; empty: it is not known any more.
    var render: String
  }
}

/// One task: its row, its runs, the renders on which it failed and what was said about it. A change costs the errors of its block.
struct TaskView: LiveView {
  /// Runs and lines that a page begins with.
  static let most = 100
  static let mostHosts = 200

  private let subscription: UInt32
  private let key: TaskKey
  private var isDirty = true
  private var isWhole = true
  /// It was said that there is none.
  private var isGone = false

  // What the screen has.
  private var row: TaskSummary?
  private var hosts: [ErrorHost]?
  /// The start that was said to begin.
  private var begun: Int32 = 0
  private var lines: UInt64 = 0
  private var runs: UInt64 = 0

  init(_ subscription: UInt32, _ key: TaskKey) {
    self.subscription = subscription
    self.key = key
  }

  var nodes: Set<NodeID> { [.task(key)] }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if dirt.nodes.contains(.task(key)) { isDirty = true }
  }

  mutating func move(to window: ViewWindow) {
    isDirty = true
    isWhole = true
  }

  mutating func rows(_ farm: Farm) -> ViewRows? { nil }

  mutating func rows(_ farm: Farm, _ memory: NodeMemory) -> ViewRows? {
    guard isDirty else { return nil }
    isDirty = false
    guard let new = farm.task(key), let spec = farm.spec(key.job), spec.blocks.indices.contains(Int(key.block.value)) else {
      // A deletion may be taken back: then all of it is told anew.
      isWhole = true
      if isGone { return nil }
      isGone = true
      let failure =
        farm.jobState(key.job) == nil ? Failure.noSuchJob(key.job) : Failure(.notFound, "there is no task \(key) any more")
      return ViewRows(subscription: subscription, isSnapshot: true, failure: failure)
    }
    isGone = false
    if isWhole {
      row = nil
      hosts = nil
      begun = 0
      lines = 0
      runs = 0
    }
    var page = TaskPageRows()
    if new != row {
      page.task = new
      page.job = spec.name
      page.block = spec.blocks[Int(key.block.value)].name
      page.user = spec.user
    }
    row = new
    let failed = farm.errorHosts(of: key.job, block: key.block, task: key.task, limit: Self.mostHosts).rows
    if failed != hosts { page.errorHosts = failed }
    hosts = failed
    news(of: new, farm, memory, into: &page)
    let all = isWhole
    isWhole = false
    if !all, page.task == nil, page.errorHosts == nil, page.runs.isEmpty, page.lines.isEmpty { return nil }
    return ViewRows(subscription: subscription, isSnapshot: all, rows: .task(page))
  }

  private mutating func news(of row: TaskSummary, _ farm: Farm, _ memory: NodeMemory, into page: inout TaskPageRows) {
    var news = memory.lines.last(Self.most, of: .task(key), after: lines)
    lines = memory.lines.last
    for end in memory.runs.last(Self.most, of: .task(key), after: runs) {
      let render = farm.render(end.render)?.name ?? ""
      page.runs.append(TaskPageRows.Run(end: end, render: render))
      if begun != end.start { news.append(NodeRuns.began(start: end.start, on: render, at: end.started)) }
      begun = end.start
      news.append(NodeRuns.ended(end, on: render))
    }
    runs = memory.runs.last
    if row.phase.isOut, begun != row.starts {
      begun = row.starts
      news.append(NodeRuns.began(start: row.starts, on: row.render, at: row.started))
    }
    page.lines = Array(news.sorted { $0.time < $1.time }.suffix(Self.most))
  }
}
