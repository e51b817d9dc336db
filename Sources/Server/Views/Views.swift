import Model
import Scheduler

/// All live views of all connections. Costs nothing while nobody looks, and little while nothing changes.
struct Views: Sendable {
  private struct Subscription: Sendable {
    let session: Session
    var topic: Topic
    var view: any LiveView
    /// Of which it hears.
    var nodes: Set<NodeID> = []
    /// Has never been asked.
    var isNew = true
  }

  private struct Name: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
  }

  /// Screens hear of changes at most so often.
  static let pace = Span.milliseconds(100)

  private var subscriptions: [Name: Subscription] = [:]
  private var perConnection: [ConnectionID: Int] = [:]
  private var watched = Watched()
  private var dirt = Dirt()
  private var memory = NodeMemory()
  private var lastFlush = Instant.never
  private var hasNew = false

  var isEmpty: Bool { subscriptions.isEmpty }

  /// Adds a subscription, or changes the one with this number.
  mutating func subscribe(
    _ session: Session, _ number: UInt32, _ topic: Topic, _ window: ViewWindow, _ farm: Farm, at now: Instant
  ) throws(Failure) {
    let name = Name(connection: session.id, number: number)
    if var old = subscriptions[name], old.topic.isSameList(as: topic) || old.view.turn(into: topic) {
      // Scrolling, or folding: the list stays sorted as it is.
      subscriptions[name] = nil
      old.topic = topic
      old.view.move(to: window)
      old.isNew = true
      subscriptions[name] = old
      hasNew = true
      return
    }
    remove(session.id, number)
    guard perConnection[session.id, default: 0] < Limits.subscriptionsPerConnection else {
      throw Failure(.usage, "more than \(Limits.subscriptionsPerConnection) views at once")
    }
    let view: any LiveView
    switch topic {
    case .jobs(let jobs): view = JobsView(number, jobs, window, farm, at: now)
    case .blocks(let job): view = BlocksView(number, job, window)
    case .tasks(let tasks): view = TasksView(number, tasks, window, at: now)
    case .grid(let grid): view = GridView(number, grid)
    case .renders(let renders): view = RendersView(number, renders, window, farm, at: now)
    case .users(let users): view = UsersView(number, users, window, farm, at: now)
    case .work(let work): view = WorkView(number, work, window, farm, at: now)
    case .farm(let topic): view = FarmView(number, topic, window, farm, at: now)
    case .heat(let heat): view = HeatView(number, heat, farm, at: now)
    case .system(let block): view = SystemView(number, block, window)
    case .render(let id): view = RenderView(number, id)
    case .task(let key): view = TaskView(number, key)
    case .log, .events, .serverLog, .journal: return
    }
    subscriptions[name] = Subscription(session: session, topic: topic, view: view, nodes: view.nodes)
    perConnection[session.id, default: 0] += 1
    watched.add(topic, 1)
    watched.turn(from: [], to: view.nodes)
    hasNew = true
  }

  mutating func remove(_ connection: ConnectionID, _ number: UInt32) {
    guard let old = subscriptions.removeValue(forKey: Name(connection: connection, number: number)) else { return }
    watched.add(old.topic, -1)
    watched.turn(from: old.nodes, to: [])
    let left = perConnection[connection, default: 1] - 1
    perConnection[connection] = left > 0 ? left : nil
  }

  mutating func removeAll(_ connection: ConnectionID) {
    guard perConnection[connection] != nil else { return }
    for name in subscriptions.keys where name.connection == connection { remove(connection, name.number) }
  }

  mutating func note(_ change: Change) {
    if case .renderRemoved(let id) = change { memory.forget(id) }
    if watched.isNothing { return }
    dirt.note(change, watched)
  }

  // What is remembered though nobody looks.

  mutating func note(_ end: RunEnd) {
    memory.note(end)
    dirt.note(node: .task(end.key), watched)
    dirt.note(node: .render(end.render), watched)
  }

  mutating func note(_ record: LogRecord, at now: Instant) {
    if let node = memory.note(record, at: now) { dirt.note(node: node, watched) }
  }

  mutating func note(_ entry: JournalEntry, _ farm: Farm) {
    if let node = memory.note(entry, farm) { dirt.note(node: node, watched) }
  }

  mutating func note(_ resources: HostResources, of render: RenderID, at now: Instant) {
    memory.note(resources, of: render, at: now)
    dirt.note(node: .render(render), watched)
  }

  /// The connection takes more again: what it missed is due.
  mutating func unclogged(_ connection: ConnectionID) {
    if perConnection[connection] != nil { hasNew = true }
  }

  /// When `flush` should be called next; nil: nothing is to be said.
  func due(at now: Instant) -> Instant? {
    if hasNew { return now }
    if !dirt.isEmpty { return lastFlush + Self.pace }
    return subscriptions.values.lazy.compactMap { $0.view.due }.min()
  }

  /// Tells the screens what they do not know yet.
  mutating func flush(_ farm: Farm, at now: Instant, into outgoing: inout [Outgoing]) {
    guard let due = due(at: now), due <= now else { return }
    // A new view does not wait for the pace of the others, and the others keep it.
    let isTime = now - lastFlush >= Self.pace
    var taken = Dirt()
    if isTime {
      swap(&taken, &dirt)
      lastFlush = now
    }
    for name in subscriptions.keys {
      guard var subscription = subscriptions[name] else { continue }
      subscriptions[name] = nil
      if isTime { subscription.view.take(taken, farm, at: now) }
      if !subscription.session.isClogged, isTime || subscription.isNew || hasNew, let rows = subscription.view.rows(farm, memory) {
        outgoing.append(Outgoing(subscription.session, .view(rows)))
        subscription.isNew = false
      }
      let nodes = subscription.view.nodes
      if nodes != subscription.nodes {
        watched.turn(from: subscription.nodes, to: nodes)
        subscription.nodes = nodes
      }
      subscriptions[name] = subscription
    }
    hasNew = false
  }
}
