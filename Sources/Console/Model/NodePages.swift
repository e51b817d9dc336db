public import Model

/// What a render runs, with what people call it.
public struct RunningRow: Sendable, Hashable {
  public var task: TaskSummary
  public var job: String
  public var block: String
  public var user: String
  public init(task: TaskSummary, job: String, block: String, user: String) {
    self.task = task
    self.job = job
    self.block = block
    self.user = user
  }
}

extension RunningRow: ListRow {
  var rowID: TaskKey { task.key }
  var rowName: String { task.name }
  func isFound(by search: Search) -> Bool { [task.name, job, block, user].contains { search.isFound(in: $0) } }
}

/// News of the page of a render; of a delta only what changed.
public struct RenderPageNews: Sendable {
  public var render: RenderSummary?
  public var samples: [ResourceSample] = []
  public var running: [RunningRow] = []
  public var lines: [NodeLine] = []
  public init() {}
}

/// News of the page of a task; of a delta only what changed.
public struct TaskPageNews: Sendable {
  public var task: TaskSummary?
  /// With `task`.
  public var job = ""
  public var block = ""
  public var user = ""
  /// Runs that are over, with the names of their renders.
  public var runs: [(end: RunEnd, render: String)] = []
  /// nil: as they were.
  public var errorHosts: [ErrorHost]?
  public var lines: [NodeLine] = []
  public init() {}
}

/// A line of a node's log, numbered here.
struct NodeLineRow: ListRow, Hashable {
  var number: Int
  var line: NodeLine
  var rowID: Int { number }
  var rowName: String { line.text }
  func isFound(by search: Search) -> Bool { search.isFound(in: line.text) || search.isFound(in: line.who) }
}

/// The lines of a node's log, the newest last. Stays at the end as more comes while the cursor is there.
struct NodeLines: Sendable {
  /// Lines that are held.
  static let capacity = 1000

  private(set) var all: [NodeLineRow] = []
  var list = RowList<NodeLineRow>()
  private var lastNumber = 0

  /// - Parameter isSnapshot: it may begin with lines that are held already.
  mutating func take(_ news: [NodeLine], isSnapshot: Bool) {
    var fresh = news[...]
    if isSnapshot {
      if let last = all.last?.line, let at = news.lastIndex(of: last) { fresh = news[(at + 1)...] } else { all = [] }
    }
    let follows = !list.isLoaded || list.cursor >= list.total - 1
    for line in fresh {
      lastNumber += 1
      all.append(NodeLineRow(number: lastNumber, line: line))
    }
    if all.count > Self.capacity { all.removeFirst(all.count - Self.capacity) }
    list.take(all, isSnapshot: true, total: all.count, first: 0)
    if follows { list.move(to: all.count - 1) }
  }
}

/// One render: how it stands, how busy it is, what it runs, and what the server wrote about it.
struct RenderPage: Sendable {
  enum Pane: Sendable { case tasks, log, resources }
  /// Samples that are held: hours of them where agents report every ten seconds.
  static let mostSamples = 1200

  let id: RenderID
  /// As the list showed it; kept up to date from then on.
  var render: RenderSummary?
  /// The oldest first.
  private(set) var samples: [ResourceSample] = []
  private var rows: [TaskKey: RunningRow] = [:]
  var running = RowList<RunningRow>()
  var lines = NodeLines()
  var pane = Pane.tasks
  var search: Search?
  /// Why there is nothing to be seen any more.
  var gone: String?

  init(id: RenderID, render: RenderSummary?) {
    self.id = id
    self.render = render
  }

  mutating func take(_ news: RenderPageNews, isSnapshot: Bool) {
    gone = nil
    if let row = news.render { render = row }
    // Over another connection what was gathered before it goes on.
    let last = isSnapshot ? samples.last?.time : nil
    samples += last.map { last in news.samples.filter { $0.time > last } } ?? news.samples
    if samples.count > Self.mostSamples { samples.removeFirst(samples.count - Self.mostSamples) }
    if isSnapshot { rows = [:] }
    for row in news.running { rows[row.task.key] = row }
    let keys = render?.running ?? []
    let shown = keys.compactMap { rows[$0] }
    if rows.count > shown.count { rows = rows.filter { keys.contains($0.key) } }
    running.take(shown, isSnapshot: true, total: shown.count, first: 0)
    lines.take(news.lines, isSnapshot: isSnapshot)
  }
}

/// A run of a task, as far as anything is known of it.
struct TaskRun: ListRow, Hashable {
  enum Result: Hashable {
    case runs
    case ended(RunEnd)
    /// The last one, of which nothing is known but what became of its task.
    case task(TaskSummary)
    /// Too long ago, or before the server was started.
    case forgotten
  }
  var start: Int32
  /// Empty: not known.
  var render: String
  var started: Instant
  var ended: Instant
  var result: Result
  var rowID: Int32 { start }
  var rowName: String { render }
}

extension ErrorHost: ListRow {
  struct RowID: Hashable, Sendable {
    var render: RenderID
    var task: TaskIndex?
  }
  var rowID: RowID { RowID(render: render, task: task) }
  var rowName: String { name }
}

/// One task: its runs, the renders on which it failed, and what the server wrote about it.
struct TaskPage: Sendable {
  enum Pane: CaseIterable, Sendable { case runs, hosts, log }
  /// Starts that are listed at most, the last.
  static let mostRuns = 1000

  let key: TaskKey
  var jobName: String
  var block = ""
  var user = ""
  var task: TaskSummary?
  private var ends: [Int32: (end: RunEnd, render: String)] = [:]
  /// The newest first.
  var runs = RowList<TaskRun>()
  var hosts = RowList<ErrorHost>()
  var lines = NodeLines()
  var pane = Pane.runs
  var search: Search?
  /// Why there is nothing to be seen any more.
  var gone: String?

  init(key: TaskKey, jobName: String, task: TaskSummary?) {
    self.key = key
    self.jobName = jobName
    self.task = task
  }

  mutating func take(_ news: TaskPageNews, isSnapshot: Bool) {
    gone = nil
    if let row = news.task {
      task = row
      jobName = news.job
      block = news.block
      user = news.user
    }
    // Nothing that is known is forgotten when a server that was started anew knows less.
    for run in news.runs { ends[run.end.start] = run }
    if ends.count > Self.mostRuns, let row = task { ends = ends.filter { $0.key > row.starts - Int32(Self.mostRuns) } }
    let all = list
    runs.take(all, isSnapshot: true, total: all.count, first: 0)
    if let rows = news.errorHosts { hosts.take(rows, isSnapshot: true, total: rows.count, first: 0) }
    lines.take(news.lines, isSnapshot: isSnapshot)
  }

  private var list: [TaskRun] {
    guard let task, task.starts > 0 else { return [] }
    return stride(from: task.starts, through: max(1, task.starts - Int32(Self.mostRuns) + 1), by: -1).map { start in
      if start == task.starts, task.phase.isOut {
        return TaskRun(start: start, render: task.render, started: task.started, ended: .never, result: .runs)
      }
      if let (end, render) = ends[start] {
        return TaskRun(start: start, render: render, started: end.started, ended: end.ended, result: .ended(end))
      }
      guard start == task.starts else {
        return TaskRun(start: start, render: "", started: .never, ended: .never, result: .forgotten)
      }
      return TaskRun(start: start, render: task.render, started: task.started, ended: task.finished, result: .task(task))
    }
  }
}
