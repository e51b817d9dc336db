import Model
import Scheduler

/// A list of jobs: filtered, ordered, a window of it.
struct JobsView: LiveView {
  private let subscription: UInt32
  private let topic: JobsTopic
  private var window: ViewWindow
  private var sorted = SortedRows<JobID>()
  private var shown = WindowedIDs<JobID>()
  private var unsorted: Unsorted<JobID>
  private let only: Set<JobID>

  init(_ subscription: UInt32, _ topic: JobsTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    only = Set(topic.ids)
    unsorted = Unsorted(at: now)
    let all = topic.ids.isEmpty ? farm.jobIDs(after: nil, limit: .max) : topic.ids
    sorted.fill(all) { Self.key($0, topic, farm) }
  }

  /// nil: the job is not in the list.
  static func key(_ id: JobID, _ topic: JobsTopic, _ farm: Farm) -> SortedRows<JobID>.Key? {
    guard let state = farm.jobState(id) else { return nil }
    if !topic.state.isEmpty, topic.state.isDisjoint(with: state) { return nil }
    if !topic.user.isEmpty || topic.mask != nil {
      guard let spec = farm.spec(id) else { return nil }
      if !topic.user.isEmpty, spec.user != topic.user { return nil }
      if let mask = topic.mask, !mask.isFound(in: spec.name) { return nil }
    }
    if !topic.filter.takes(id, farm) { return nil }
    func key(_ number: (JobSummary) -> Int64) -> SortedRows<JobID>.Key? {
      farm.job(id, withBar: false).map { SortedRows.Key(number: number($0)) }
    }
    switch topic.order {
    case .id: return SortedRows.Key()
    case .name: return farm.spec(id).map { SortedRows.Key(text: $0.name) }
    case .user: return farm.spec(id).map { SortedRows.Key(text: $0.user) }
    case .state: return SortedRows.Key(number: Int64(state.rawValue))
    case .priority: return key { Int64($0.priority) }
    case .percent: return key { Int64($0.counts.percent) }
    case .running: return key { Int64($0.counts.running) }
    case .ready: return key { Int64($0.counts.ready + $0.counts.errorReady) }
    case .waiting: return key { Int64($0.counts.waitingDependency) }
    case .done: return key { Int64($0.counts.done) }
    case .skipped: return key { Int64($0.counts.skipped) }
    case .errors: return key { Int64($0.counts.error) }
    case .blocks: return key { Int64($0.blockCount) }
    case .created: return key { $0.created.microseconds }
    case .started: return key { $0.started.microseconds }
    case .finished: return key { $0.done.microseconds }
    }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    let touched = only.isEmpty ? dirt.jobs : dirt.jobs.intersection(only)
    if !touched.isEmpty {
      shown.mark(touched)
      unsorted.note(touched)
    }
    if let moved = unsorted.take(isStable: isStable(farm), at: now) { sorted.update(moved) { Self.key($0, topic, farm) } }
  }

  /// The order by id changes with nothing but the jobs that come and go; others would have rows jump about. A job that is gone is
  /// taken away at once.
  private func isStable(_ farm: Farm) -> Bool {
    (topic.order == .id && topic.filter.isEmpty) || shown.shown.contains { unsorted.ids.contains($0) && farm.jobState($0) == nil }
  }

  var due: Instant? { unsorted.due }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    let ids = sorted.ids(window.range(of: sorted.count), isDescending: topic.isDescending)
    let (all, wanted): (Bool, [JobID])
    switch shown.step(ids, total: sorted.count) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, some)
    case .delta(let some): (all, wanted) = (false, some)
    }
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: sorted.count, first: window.first,
      rows: .jobs(wanted.compactMap { farm.job($0) }))
  }
}
