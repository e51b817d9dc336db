import Model
import Scheduler

/// The list of users. A change of a job is one of its user: a change costs O(log users).
struct UsersView: LiveView {
  private let subscription: UInt32
  private let topic: UsersTopic
  private var window: ViewWindow
  private var sorted = SortedRows<String>()
  private var shown = WindowedIDs<String>()
  private var unsorted: Unsorted<String>

  init(_ subscription: UInt32, _ topic: UsersTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    unsorted = Unsorted(at: now)
    sorted.fill(farm.userNames()) { Self.key($0, topic, farm) }
  }

  private static func key(_ name: String, _ topic: UsersTopic, _ farm: Farm) -> SortedRows<String>.Key? {
    guard let user = farm.user(name) else { return nil }
    if let mask = topic.mask, !mask.isFound(in: name) { return nil }
    switch topic.order {
    case .name: return SortedRows.Key()
    case .jobs: return SortedRows.Key(number: Int64(user.jobs))
    case .running: return SortedRows.Key(number: Int64(user.running))
    case .priority: return SortedRows.Key(number: Int64(farm.userParameters(name)?.priority ?? 0))
    }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    // Of a job that is gone the farm tells through its user.
    let touched = dirt.users.union(dirt.jobs.compactMap { farm.spec($0)?.user })
    if !touched.isEmpty {
      shown.mark(touched)
      unsorted.note(touched)
    }
    if let moved = unsorted.take(isStable: topic.order == .name, at: now) {
      sorted.update(moved) { Self.key($0, topic, farm) }
    }
  }

  var due: Instant? { unsorted.due }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    let names = sorted.ids(window.range(of: sorted.count), isDescending: topic.isDescending)
    let (all, wanted): (Bool, [String])
    switch shown.step(names, total: sorted.count) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, some)
    case .delta(let some): (all, wanted) = (false, some)
    }
    let rows = wanted.compactMap { name in
      farm.user(name).map { ViewRows.User(summary: $0, parameters: farm.userParameters(name) ?? UserParameters()) }
    }
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: sorted.count, first: window.first, rows: .users(rows))
  }
}
