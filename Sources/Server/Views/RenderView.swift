import Model
import Scheduler

/// What the page of one render shows.
struct RenderPageRows: Sendable {
  struct Running: Sendable, Hashable {
    var task: TaskSummary
    var job: String
    var block: String
    var user: String
  }
  /// nil: as it was.
  var render: RenderSummary?
  /// Of a delta: those that came since.
  var samples: [ResourceSample] = []
  /// Of a delta: those that changed; which there are stands in `render`.
  var running: [Running] = []
  /// The oldest first; of a delta those that came since.
  var lines: [NodeLine] = []

  var isEmpty: Bool { render == nil && samples.isEmpty && running.isEmpty && lines.isEmpty }
}

/// One render: its row, how busy it was, what it runs and what was said about it. A change costs the tasks that it runs.
struct RenderView: LiveView {
  /// Lines that a page begins with.
  static let mostLines = 100

  private let subscription: UInt32
  private let id: RenderID
  private var isDirty = true
  private var isWhole = true
  private var isOver = false

  // What the screen has.
  private var row: RenderSummary?
  private var running: [TaskKey: RenderPageRows.Running] = [:]
  private var samples: UInt64 = 0
  private var lines: UInt64 = 0
  private var runs: UInt64 = 0

  init(_ subscription: UInt32, _ id: RenderID) {
    self.subscription = subscription
    self.id = id
  }

  var nodes: Set<NodeID> { Set(running.keys.map(NodeID.task)).union([.render(id)]) }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if !dirt.nodes.isDisjoint(with: nodes) { isDirty = true }
  }

  mutating func move(to window: ViewWindow) {
    isDirty = true
    isWhole = true
  }

  mutating func rows(_ farm: Farm) -> ViewRows? { nil }

  mutating func rows(_ farm: Farm, _ memory: NodeMemory) -> ViewRows? {
    guard isDirty, !isOver else { return nil }
    isDirty = false
    guard let new = farm.render(id) else {
      isOver = true
      return ViewRows(
        subscription: subscription, isSnapshot: true, failure: Failure(.notFound, "the server does not know this render any more"))
    }
    if isWhole {
      row = nil
      running = [:]
      samples = 0
      lines = 0
      runs = 0
    }
    var page = RenderPageRows()
    if new != row { page.render = new }
    row = new
    (page.samples, samples) = memory.samples(of: id, after: samples)
    page.lines = news(of: new, farm, memory, into: &page.running)
    let all = isWhole
    isWhole = false
    return all || !page.isEmpty ? ViewRows(subscription: subscription, isSnapshot: all, rows: .render(page)) : nil
  }

  /// The lines that are new: what was said, and what of its runs began and ended. The rows of what it runs go into `changed`.
  private mutating func news(
    of row: RenderSummary, _ farm: Farm, _ memory: NodeMemory, into changed: inout [RenderPageRows.Running]
  ) -> [NodeLine] {
    var news = memory.lines.last(Self.mostLines, of: .render(id), after: lines)
    lines = memory.lines.last
    for end in memory.runs.last(Self.mostLines, of: .render(id), after: runs) {
      if running[end.key]?.task.starts != end.start { news.append(NodeRuns.began(end.key, start: end.start, at: end.started)) }
      news.append(NodeRuns.ended(end))
      running[end.key] = nil
    }
    runs = memory.runs.last
    var now: [TaskKey: RenderPageRows.Running] = [:]
    for key in row.running {
      guard let task = farm.task(key), let spec = farm.spec(key.job), spec.blocks.indices.contains(Int(key.block.value)) else {
        continue
      }
      let new = RenderPageRows.Running(task: task, job: spec.name, block: spec.blocks[Int(key.block.value)].name, user: spec.user)
      if let old = running[key], old.task.starts == task.starts {
        if old != new { changed.append(new) }
      } else {
        changed.append(new)
        news.append(NodeRuns.began(key, start: task.starts, at: task.started))
      }
      now[key] = new
    }
    running = now
    return Array(news.sorted { $0.time < $1.time }.suffix(Self.mostLines))
  }
}
