import Model
public import Scheduler

/// All that a store kept at one moment, portion by portion, while it goes on keeping more.
///
/// Used by one thread at a time. When it is let go, the store is free of it.
public protocol StoreReading: AnyObject, Sendable {
  /// The next portion, some hundred KiB of changes that make what was kept; nil: that was all.
  ///
  /// - Throws: `StoreFailure`.
  func next() throws -> [StoreChange]?
}

/// What is read of a store.
public enum StoreExtent: Sendable {
  /// What a farm is loaded from.
  case farm
  /// The journal and the events too.
  case everything
}

/// A reading of a store that has nothing better: what it loads, whole.
final class SnapshotReading: StoreReading {
  private let portions: PortionQueue

  init(_ snapshot: StoreSnapshot, events: [FarmEvent] = [], journal: [JournalEntry] = []) {
    var all: [StoreChange] = Counter.allCases.compactMap { counter in
      snapshot.counters[counter].map { .putCounter(counter, $0) }
    }
    all += snapshot.users.map(StoreChange.putUser) + snapshot.pools.map(StoreChange.putPool)
    all += snapshot.branches.map(StoreChange.putBranch) + snapshot.renders.map(StoreChange.putRender)
    all += snapshot.jobs.map(StoreChange.putJob) + snapshot.tasks.map(StoreChange.putTask)
    all += snapshot.runs.map(StoreChange.putRun) + snapshot.errorHosts.map(StoreChange.putErrorHost)
    all += snapshot.systemCommands.map(StoreChange.putSystemCommand)
    all += snapshot.undos.map(StoreChange.putUndo)
    all += events.map(StoreChange.putEvent) + journal.map(StoreChange.journal)
    portions = PortionQueue()
    for start in stride(from: 0, to: all.count, by: 2000) {
      portions.offer(Array(all[start..<min(all.count, start + 2000)]))
    }
    portions.end(nil)
  }

  func next() throws -> [StoreChange]? { try portions.take() }
}
