import Model
import Scheduler

/// The blocks of a job.
struct BlocksView: LiveView {
  private let subscription: UInt32
  private let job: JobID
  private var window: ViewWindow
  private var shown = WindowedIDs<BlockIndex>()
  private var isOver = false

  init(_ subscription: UInt32, _ job: JobID, _ window: ViewWindow) {
    self.subscription = subscription
    self.job = job
    self.window = window
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    guard let tasks = dirt.tasks[job] else { return }
    shown.mark(tasks.blocks)
    shown.mark(Set(tasks.tasks.map(\.block)))
  }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    if isOver { return nil }
    guard let spec = farm.spec(job) else {
      isOver = true
      return ViewRows(subscription: subscription, isSnapshot: true, failure: .noSuchJob(job))
    }
    let total = spec.blocks.count
    let ids = window.range(of: total).map { BlockIndex($0) }
    let (all, wanted): (Bool, [BlockIndex])
    switch shown.step(ids, total: total) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, some)
    case .delta(let some): (all, wanted) = (false, some)
    }
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: total, first: window.first,
      rows: .blocks(wanted.compactMap { farm.block(job, $0) }))
  }
}

extension Failure {
  static func noSuchJob(_ id: JobID) -> Failure { Failure(.notFound, "there is no job \(id)") }
}
