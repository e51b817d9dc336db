import Dispatch
import Model
import Synchronization

/// Group commit: what the actor hands over while the store writes is committed together in one transaction, and only then do the
/// frames leave that let somebody rely on it. Order is kept, over batches and inside them.
///
/// When the store fails, submits that wait are given up and their users told; everything else stays, in order, and is tried again
/// until it is kept. When it is, submits are welcome again as soon as there is room for one like those that failed.
final class CommitQueue: Sendable {
  /// How long to wait after a failure, in milliseconds: `first`, twice that, … at most `last`.
  struct Retry: Sendable {
    var first = 1000
    var last = 5000
  }

  private enum Health { case well, failing, tight }

  private struct State {
    var waiting: [CommitBatch] = []
    var waitingRows = 0
    /// The store's queue is at work, or will be after a failure.
    var isBusy = false
    var health = Health.well
    /// Failures in a row.
    var attempts = 0
    /// About the size of what failed, in bytes.
    var needed = 0
    var isProbing = false
    /// Jobs that were given back to their submitters: whatever the farm still does for them before it hears of it is left out. The
    /// numbers are never used again, and stay.
    var withdrawn: Set<JobID> = []
    var hasHousework = false
    var isTidying = false
    /// No more retries after this moment: the server stops.
    var giveUpAt: DispatchTime?
    var whenIdle: [@Sendable (Bool) -> Void] = []

    mutating func take() -> [CommitBatch] {
      defer {
        waiting = []
        waitingRows = 0
      }
      return waiting
    }
  }

  private let store: any Store
  private let queue = DispatchQueue(label: "reeve.store", qos: .userInitiated)
  private let state = Mutex(State())
  private let retry: Retry
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
    self.retry = retry
    self.news = news
    self.removeOutput = removeOutput
  }

  /// Rows that wait for the store: too many mean that no more work should be taken.
  var waitingRows: Int { state.withLock { $0.waitingRows } }

  /// Called by the farm's actor only, in the order of its batches.
  func commit(_ batch: CommitBatch) {
    if batch.isEmpty { return }
    var batch = batch
    let (isDirect, wakes) = state.withLock { state in
      if !state.withdrawn.isEmpty { batch.outgoing += batch.withdraw(state.withdrawn, saying: Self.withdrawal) }
      if batch.rows.isEmpty && !state.isBusy { return (true, false) }
      state.waiting.append(batch)
      state.waitingRows += batch.rows.count
      defer { state.isBusy = true }
      return (false, !state.isBusy)
    }
    if isDirect { release([batch]) } else if wakes { queue.async { self.work() } }
  }

  /// Calls back when nothing waits any more; with false when rows had to be given up after `patience` milliseconds.
  func drain(patience: Int, _ done: @escaping @Sendable (Bool) -> Void) {
    let isIdle = state.withLock { state in
      if !state.isBusy { return true }
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

  private static let withdrawal = Failure(.failed, "the store could not keep the job")

  /// Closes the store. Nothing may be committed afterwards.
  func close() throws { try queue.sync { try store.close() } }

  // MARK: On the store's queue

  private func work() {
    while true {
      // Rest, and who waits for it, in one step: whoever comes right after waits for the next one.
      let (batches, waiting) = state.withLock { state -> ([CommitBatch], [@Sendable (Bool) -> Void]) in
        let taken = state.take()
        guard taken.isEmpty else { return (taken, []) }
        state.isBusy = false
        state.giveUpAt = nil
        defer { state.whenIdle = [] }
        return ([], state.whenIdle)
      }
      if batches.isEmpty {
        for done in waiting { done(true) }
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
      let wasFailing = state.withLock { state in
        state.attempts = 0
        return state.health == .failing
      }
      if wasFailing { probe() }
    }
  }

  private func release(_ batches: [CommitBatch]) {
    recorder?.take(batches.map { Recorder.Entry(time: $0.time, notes: $0.notes, rows: $0.rows) })
    if batches.count == 1 { Delivery.send(batches[0].outgoing) } else { Delivery.send(batches.flatMap(\.outgoing)) }
    for batch in batches {
      for job in batch.removed { removeOutput(job) }
    }
  }

  /// The store said no: submits go back to their users, the rest waits for the next try.
  private func failed(_ batches: [CommitBatch], _ failure: StoreFailure) {
    let (given, withdrawn) = state.withLock { state in
      let all = batches + state.take()
      let withdrawn = Set(all.flatMap(\.submitted))
      state.withdrawn.formUnion(withdrawn)
      return (all, withdrawn)
    }
    var all = given
    let size = all.reduce(0) { $0 + $1.roughBytes }
    if !withdrawn.isEmpty {
      let said = Failure(.failed, "the store could not keep the job: \(failure.message)")
      var answers: [Outgoing] = []
      for index in all.indices { answers += all[index].withdraw(withdrawn, saying: said) }
      Delivery.send(answers)
    }
    let unkept = Failure(
      .failed, "done, but not kept: \(failure.message) (it is kept when there is room again, and lost if the server ends before)")
    let told = all.indices.flatMap { all[$0].failOrders(saying: unkept) + all[$0].takeAnswers() }
    if !told.isEmpty { Delivery.send(told) }
    let kept = all
    let (delay, givenUp) = state.withLock { state -> (Int, [@Sendable (Bool) -> Void]?) in
      state.health = .failing
      state.needed = size
      state.attempts += 1
      if let limit = state.giveUpAt, .now() >= limit {
        state.isBusy = false
        defer { state.whenIdle = [] }
        return (0, state.whenIdle)
      }
      // What came in meanwhile stands behind.
      state.waiting = kept + state.waiting
      state.waitingRows = state.waiting.reduce(0) { $0 + $1.rows.count }
      return (min(retry.last, retry.first << min(state.attempts - 1, 10)), nil)
    }
    news(.failing(failure, withdrawn: withdrawn.sorted()))
    if let givenUp {
      for done in givenUp { done(false) }
    } else {
      queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { self.work() }
    }
  }

  /// Commits go on again; whether there is room for a new job too is asked until there is.
  private func probe() {
    do {
      try store.probe(bytes: state.withLock { $0.needed })
      state.withLock { $0.health = .well }
      news(.well)
    } catch {
      let isFirst = state.withLock { state in
        state.health = .tight
        defer { state.isProbing = true }
        return !state.isProbing
      }
      news(.tight(StoreFailure(wrapping: error)))
      guard isFirst else { return }
      queue.asyncAfter(deadline: .now() + .milliseconds(retry.last)) {
        let isDue = self.state.withLock { state in
          state.isProbing = false
          return state.health == .tight
        }
        if isDue { self.probe() }
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
      let isDue = state.hasHousework && !state.isTidying && !state.isBusy && state.health == .well
      if isDue { state.isTidying = true }
      return isDue
    }
    guard isDue else { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(20)) {
      let isQuiet = self.state.withLock { state in
        state.isTidying = false
        return !state.isBusy && state.health == .well
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
