import Model
import Scheduler

/// The tasks of a job or block: a window of them, all or those in some states.
struct TasksView: LiveView {
  private let subscription: UInt32
  private let topic: TasksTopic
  private var window: ViewWindow
  private var shown = WindowedIDs<TaskKey>()
  private var isOver = false
  /// Whether what the window shows may have changed by tasks outside of it.
  private var isMoved = true
  private var lastScan: Instant
  private var now: Instant

  init(_ subscription: UInt32, _ topic: TasksTopic, _ window: ViewWindow, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    self.now = now
    lastScan = .never
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    self.now = now
    guard let tasks = dirt.tasks[topic.job] else { return }
    if tasks.blocks.contains(where: { topic.block == nil || $0 == topic.block }) { shown.markAll() }
    shown.mark(tasks.tasks)
    if !topic.state.isEmpty { isMoved = true }
  }

  /// A filtered list deep down is looked through from its beginning: not more often than once a second.
  private var isScanDue: Bool { window.first < Limits.rowsPerWindow || now - lastScan >= resortTime }

  var due: Instant? { isMoved && !isScanDue ? lastScan + resortTime : nil }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
    isMoved = true
    lastScan = .never
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    if isOver { return nil }
    guard farm.jobState(topic.job) != nil else {
      isOver = true
      return ViewRows(subscription: subscription, isSnapshot: true, failure: .noSuchJob(topic.job))
    }
    if let block = topic.block, farm.block(topic.job, block) == nil {
      isOver = true
      return ViewRows(
        subscription: subscription, isSnapshot: true, failure: Failure(.notFound, "job \(topic.job) has no block \(block)"))
    }
    let total = farm.taskCount(of: topic.job, block: topic.block, state: topic.state)
    var keys = shown.shown
    if isMoved && isScanDue {
      keys = topic.state.isEmpty ? unfiltered(farm) : filtered(farm)
      isMoved = false
      lastScan = now
    }
    let (all, wanted): (Bool, [TaskKey])
    switch shown.step(keys, total: total) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, some)
    case .delta(let some): (all, wanted) = (false, some)
    }
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: total, first: window.first,
      rows: .tasks(wanted.compactMap { farm.task($0) }))
  }

  /// All tasks: places in the list are places in the blocks.
  private func unfiltered(_ farm: Farm) -> [TaskKey] {
    guard let spec = farm.spec(topic.job) else { return [] }
    var keys: [TaskKey] = []
    var before = 0
    for (index, block) in spec.blocks.enumerated() {
      if let only = topic.block, Int(only.value) != index { continue }
      let range = (before..<before + block.taskCount).clamped(to: window.first..<window.first + window.count)
      for place in range { keys.append(TaskKey(job: topic.job, block: BlockIndex(index), task: TaskIndex(place - before))) }
      before += block.taskCount
      if before >= window.first + window.count { break }
    }
    return keys
  }

  private func filtered(_ farm: Farm) -> [TaskKey] {
    var keys: [TaskKey] = []
    var after: TaskKey?
    var passed = 0
    while keys.count < window.count {
      let page = farm.tasks(
        of: topic.job, block: topic.block, state: topic.state, after: after,
        limit: min(Limits.rowsPerPage, window.first - passed + window.count))
      for row in page.rows {
        if passed >= window.first, keys.count < window.count { keys.append(row.key) }
        passed += 1
      }
      after = page.rows.last?.key
      if !page.more || after == nil { break }
    }
    return keys
  }
}
