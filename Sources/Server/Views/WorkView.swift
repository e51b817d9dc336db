import Model
import Scheduler

/// The tree of branches with the jobs in them.
struct WorkView: LiveView {
  private let subscription: UInt32
  private let topic: WorkTopic
  private var window: ViewWindow
  private var tree: TreeRows<JobID>
  private var shown = WindowedIDs<TreeKey<JobID>>()
  private var unsorted: Unsorted<JobID>

  init(_ subscription: UInt32, _ topic: WorkTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    unsorted = Unsorted(at: now)
    tree = TreeRows(closed: topic.closed, isDescending: topic.jobs.isDescending, hidesEmpty: !topic.jobs.isWhole)
    tree.set(paths: farm.branchPaths())
    tree.fill(farm.jobIDs(after: nil, limit: .max), home: { farm.branchPath(of: $0) }, key: { JobsView.key($0, topic.jobs, farm) })
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if !dirt.branches.isEmpty {
      if dirt.branches.contains(where: { tree.has($0) != (farm.branch($0) != nil) }) { tree.set(paths: farm.branchPaths()) }
      shown.mark(dirt.branches.map { .node($0) })
    }
    for id in dirt.jobs {
      let old = tree.home(of: id)
      let new = farm.branchPath(of: id)
      shown.mark([.leaf(id)])
      shown.mark(TreeRows<JobID>.chain(old ?? new).map { .node($0) })
      if let old, let new, old != new { shown.mark(TreeRows<JobID>.chain(new).map { .node($0) }) }
      // Jobs that come, go and move do so at once, whatever the order.
      if old != new { update([id], farm) } else { unsorted.note([id]) }
    }
    if let moved = unsorted.take(isStable: (topic.jobs.order == .id && topic.jobs.filter.isEmpty), at: now) {
      update(moved, farm)
    }
  }

  private mutating func update(_ ids: Set<JobID>, _ farm: Farm) {
    tree.update(ids, home: { farm.branchPath(of: $0) }, key: { JobsView.key($0, topic.jobs, farm) })
  }

  var due: Instant? { unsorted.due }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func turn(into topic: Topic) -> Bool {
    guard case .work(let work) = topic, work.jobs == self.topic.jobs else { return false }
    if work.closed != tree.closed { tree.close(work.closed) }
    return true
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    let rows = tree.rows { [window] in window.range(of: $0) }
    let (all, wanted): (Bool, Set<TreeKey<JobID>>)
    switch shown.step(rows.map(\.key), total: tree.count) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, Set(some))
    case .delta(let some): (all, wanted) = (false, Set(some))
    }
    let found = rows.filter { wanted.contains($0.key) }.compactMap { key, depth -> ViewRows.TreeRow? in
      switch key {
      case .node(let path):
        farm.branch(path).map { ViewRows.TreeRow(depth: depth, isOpen: tree.isOpen(path), node: .branch($0)) }
      case .leaf(let id): farm.job(id).map { ViewRows.TreeRow(depth: depth, isOpen: false, node: .job($0)) }
      }
    }
    return ViewRows(subscription: subscription, isSnapshot: all, total: tree.count, first: window.first, rows: .tree(found))
  }
}
