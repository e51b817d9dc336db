import Model
import Scheduler

/// The tree of pools with their renders. The pools' counts are kept by the view: a render that changes costs the pools above it.
struct FarmView: LiveView {
  /// What renders add to their pools.
  private struct Tally: Sendable, Hashable {
    var renders: Int32 = 0
    var online: Int32 = 0
    var busy: Int32 = 0
    var running: Int32 = 0
    var capacity: Int64 = 0

    mutating func add(_ other: Tally, _ sign: Int32) {
      renders += sign * other.renders
      online += sign * other.online
      busy += sign * other.busy
      running += sign * other.running
      capacity += Int64(sign) * other.capacity
    }
  }

  private struct Share: Sendable, Hashable {
    var pool: String
    var tally: Tally
  }

  private let subscription: UInt32
  private let topic: FarmTopic
  private var window: ViewWindow
  private var tree: TreeRows<RenderID>
  private var shown = WindowedIDs<TreeKey<RenderID>>()
  private var tallies: [String: Tally] = [:]
  private var shares: [RenderID: Share] = [:]
  private var unsorted: Unsorted<RenderID>

  init(_ subscription: UInt32, _ topic: FarmTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    unsorted = Unsorted(at: now)
    tree = TreeRows(closed: topic.closed, isDescending: topic.renders.isDescending, hidesEmpty: !topic.renders.isWhole)
    tree.set(paths: farm.poolPaths())
    let ids = farm.renderIDs()
    tree.fill(ids, home: { farm.poolPath(of: $0) }, key: { RendersView.key($0, topic.renders, farm) })
    for id in ids { count(id, farm) }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if !dirt.pools.isEmpty {
      if dirt.pools.contains(where: { tree.has($0) != (farm.pool($0) != nil) }) { tree.set(paths: farm.poolPaths()) }
      // Priorities and openness go down the tree.
      shown.mark(
        shown.shown.filter { key in
          guard case .node(let path) = key else { return false }
          return TreeRows<RenderID>.chain(path).contains { dirt.pools.contains($0) }
        })
    }
    for id in dirt.renders {
      let old = tree.home(of: id)
      let new = farm.poolPath(of: id)
      count(id, farm)
      shown.mark([.leaf(id)])
      shown.mark(TreeRows<RenderID>.chain(old ?? new).map { .node($0) })
      if let old, let new, old != new { shown.mark(TreeRows<RenderID>.chain(new).map { .node($0) }) }
      if old != new { update([id], farm) } else { unsorted.note([id]) }
    }
    if let moved = unsorted.take(isStable: topic.renders.order == .name, at: now) {
      update(moved, farm)
    }
  }

  private mutating func update(_ ids: Set<RenderID>, _ farm: Farm) {
    tree.update(ids, home: { farm.poolPath(of: $0) }, key: { RendersView.key($0, topic.renders, farm) })
  }

  /// Renders count in all pools above them, shown or not.
  private mutating func count(_ id: RenderID, _ farm: Farm) {
    var share: Share?
    if let pool = farm.poolPath(of: id), let row = farm.render(id) {
      share = Share(
        pool: pool,
        tally: Tally(
          renders: 1, online: row.state.contains(.online) ? 1 : 0, busy: row.running.isEmpty ? 0 : 1,
          running: Int32(row.running.count), capacity: Int64(row.capacityUsed)))
    }
    let old = shares[id]
    guard share != old else { return }
    if let old { for path in TreeRows<RenderID>.chain(old.pool) { tallies[path]?.add(old.tally, -1) } }
    if let share { for path in TreeRows<RenderID>.chain(share.pool) { tallies[path, default: Tally()].add(share.tally, 1) } }
    shares[id] = share
  }

  var due: Instant? { unsorted.due }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func turn(into topic: Topic) -> Bool {
    guard case .farm(let farm) = topic, farm.renders == self.topic.renders else { return false }
    if farm.closed != tree.closed { tree.close(farm.closed) }
    return true
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    let rows = tree.rows { [window] in window.range(of: $0) }
    let (all, wanted): (Bool, Set<TreeKey<RenderID>>)
    switch shown.step(rows.map(\.key), total: tree.count) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, Set(some))
    case .delta(let some): (all, wanted) = (false, Set(some))
    }
    let found = rows.filter { wanted.contains($0.key) }.compactMap { key, depth -> ViewRows.TreeRow? in
      switch key {
      case .node(let path): pool(path, farm).map { ViewRows.TreeRow(depth: depth, isOpen: tree.isOpen(path), node: .pool($0)) }
      case .leaf(let id): farm.render(id).map { ViewRows.TreeRow(depth: depth, isOpen: false, node: .render($0)) }
      }
    }
    return ViewRows(subscription: subscription, isSnapshot: all, total: tree.count, first: window.first, rows: .tree(found))
  }

  private func pool(_ path: String, _ farm: Farm) -> PoolSummary? {
    guard var row = farm.pool(path) else { return nil }
    let tally = tallies[path] ?? Tally()
    row.renders = tally.renders
    row.online = tally.online
    row.busy = tally.busy
    row.running = tally.running
    row.capacityUsed = tally.capacity
    return row
  }
}
