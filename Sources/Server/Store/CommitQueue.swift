import Dispatch
import Model
import Scheduler
import Synchronization

/// The thread around `CommitLine`: gives the store what waits, and lets go what is kept.
final class CommitQueue: Sendable {
  typealias Batch = CommitBatch<Outgoing>
  typealias Retry = CommitLine<Outgoing>.Retry

  private struct State {
    var line: CommitLine<Outgoing>
    var hasHousework = false
    var isTidying = false
    /// No more retries after this moment: the server stops.
    var giveUpAt: DispatchTime?
    var whenIdle: [@Sendable (Bool) -> Void] = []

    mutating func takeWaiters() -> [@Sendable (Bool) -> Void] {
      giveUpAt = nil
      defer { whenIdle = [] }
      return whenIdle
    }
  }

  private let store: any Store
  private let queue = DispatchQueue(label: "reeve.store", qos: .userInitiated)
  private let state: Mutex<State>
  private let news: @Sendable (StoreNews) -> Void
  private let removeOutput: @Sendable (JobID) -> Void
  private let recorder: Recorder?
  /// Whether notes of batches are wanted.
  var isRecorded: Bool { recorder != nil }

  /// - Parameters:
  ///   - news: told how the store is; called on the store's queue.
  ///   - removeOutput: called when a job's deletion is kept.
  init(
    store: any Store, retry: Retry = Retry(), news: @escaping @Sendable (StoreNews) -> Void,
    removeOutput: @escaping @Sendable (JobID) -> Void, recorder: Recorder? = nil
  ) {
    self.recorder = recorder
    self.store = store
    state = Mutex(State(line: CommitLine(retry: retry)))
    self.news = news
    self.removeOutput = removeOutput
  }

  /// Rows that wait for the store: too many mean that no more work should be taken.
  var waitingRows: Int { state.withLock { $0.line.waitingRows } }

  /// Called by the farm's actor only, in the order of its batches.
  func commit(_ batch: Batch) {
    if batch.isEmpty { return }
    switch state.withLock({ $0.line.add(batch) }) {
    case .leaves(let batch): release([batch])
    case .wakes: queue.async { self.work() }
    case .waits: break
    }
  }

  /// Calls back when nothing waits any more; with false when rows had to be given up after `patience` milliseconds.
  func drain(patience: Int, _ done: @escaping @Sendable (Bool) -> Void) {
    let isIdle = state.withLock { state in
      if !state.line.isBusy { return true }
      state.giveUpAt = .now() + .milliseconds(patience)
      state.whenIdle.append(done)
      return false
    }
    if isIdle { done(true) }
  }

  /// Reads the journal, when the store has time: the newest entries first. What is not kept yet is not among them.
  func journal(
    object: String?, before: UInt64?, limit: Int, _ done: @escaping @Sendable (Result<[JournalEntry], StoreFailure>) -> Void
  ) {
    queue.async {
      do {
        done(.success(try self.store.journal(object: object, before: before, limit: limit)))
      } catch {
        done(.failure(StoreFailure(wrapping: error)))
      }
    }
  }

  /// Begins to read the store as it is between two commits. `begun` runs on the store's queue: what is released before it is in the
  /// reading, what comes after it is not.
  func reading(_ extent: StoreExtent, _ begun: @escaping @Sendable (Result<any StoreReading, StoreFailure>) -> Void) {
    queue.async {
      do { begun(.success(try self.store.reading(extent))) } catch { begun(.failure(StoreFailure(wrapping: error))) }
    }
  }

  /// Closes the store. Nothing may be committed afterwards.
  func close() throws { try queue.sync { try store.close() } }

  // MARK: On the store's queue

  private func work() {
    while true {
      // Rest, and who waits for it, in one step: whoever comes right after waits for the next one.
      let (batches, waiters) = state.withLock { state in
        let batches = state.line.take()
        return (batches, batches.isEmpty ? state.takeWaiters() : [])
      }
      if batches.isEmpty {
        for done in waiters { done(true) }
        return scheduleHousework()
      }
      do {
        let rows = batches.count == 1 ? batches[0].rows : batches.flatMap(\.rows)
        if !rows.isEmpty { try store.append(rows) }
      } catch {
        return failed(batches, StoreFailure(wrapping: error))
      }
      release(batches)
      if store.hasHousework || batches.contains(where: { !$0.removed.isEmpty }) { state.withLock { $0.hasHousework = true } }
      if state.withLock({ $0.line.kept() }) { probe() }
    }
  }

  private func release(_ batches: [Batch]) {
    recorder?.take(batches.map { Recorder.Entry(time: $0.time, notes: $0.notes, rows: $0.rows) })
    if batches.count == 1 { Delivery.send(batches[0].outgoing) } else { Delivery.send(batches.flatMap(\.outgoing)) }
    for batch in batches {
      for job in batch.removed { removeOutput(job) }
    }
  }

  private func failed(_ batches: [Batch], _ failure: StoreFailure) {
    let (outcome, waiters) = state.withLock { state in
      let isLast = state.giveUpAt.map { .now() >= $0 } ?? false
      let outcome = state.line.failed(batches, because: failure.message, isLast: isLast)
      return (outcome, isLast ? state.takeWaiters() : [])
    }
    Delivery.send(outcome.leaving)
    news(.failing(failure, withdrawn: outcome.withdrawn))
    for done in waiters { done(false) }
    if let delay = outcome.retryAfter { queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { self.work() } }
  }

  /// Commits go on again; whether there is room for a new job too is asked until there is.
  private func probe() {
    do {
      try store.probe(bytes: state.withLock { $0.line.needed })
      state.withLock { _ = $0.line.probed(hasRoom: true) }
      news(.well)
    } catch {
      let delay = state.withLock { $0.line.probed(hasRoom: false) }
      news(.tight(StoreFailure(wrapping: error)))
      guard let delay else { return }
      queue.asyncAfter(deadline: .now() + .milliseconds(delay)) {
        if self.state.withLock({ $0.line.probeIsDue() }) { self.probe() }
      }
    }
  }

  // MARK: Housework

  /// Takes up what an earlier server left undone.
  func beginHousework() {
    state.withLock { $0.hasHousework = true }
    queue.async { self.scheduleHousework() }
  }

  /// A portion at a time, and only while nothing waits to be committed.
  private func scheduleHousework() {
    let isDue = state.withLock { state in
      let isDue = state.hasHousework && !state.isTidying && !state.line.isBusy && state.line.health == .well
      if isDue { state.isTidying = true }
      return isDue
    }
    guard isDue else { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(20)) {
      let isQuiet = self.state.withLock { state in
        state.isTidying = false
        return !state.line.isBusy && state.line.health == .well
      }
      // Otherwise the end of that work comes back here.
      guard isQuiet else { return }
      let hasMore = (try? self.store.compact()) ?? false
      self.state.withLock { $0.hasHousework = hasMore }
      self.scheduleHousework()
    }
  }
}

extension StoreFailure {
  init(wrapping error: any Error) { self = (error as? StoreFailure) ?? StoreFailure(.other, "\(error)") }
}
