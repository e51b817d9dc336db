import Dispatch
import Files
import Logging
import Model
import Scheduler
import Synchronization
import Wire

/// The flight recorder: takes down what every batch did, so that any list can be shown as it was (docs/decisions/0015).
///
/// Batches come when they are kept, in order, and are written on a thread of the recorder's own. It never keeps the farm waiting:
/// what waits is bounded, and what is beyond the bound is not taken down; a gap says so, and a new segment begins with a snapshot.
/// A disk that takes no more switches it off until there is room.
final class Recorder: Sendable {
  struct Entry: Sendable {
    var time: Instant
    var notes: BatchNotes
    var rows: [StoreChange]
  }

  /// Bounds and paces. Tests take others.
  struct Limits: Sendable {
    /// Of all segments together, in bytes.
    var bytes = 256 << 20
    /// Changes that wait to be written.
    var waiting = 200_000
    /// Of one run, and of one render.
    var progressPace = Span.seconds(10)
    var measurePace = Span.seconds(60)
    /// Free on the disk, in bytes: below it nothing is written.
    var room = 64 << 20
    /// After a failure, in milliseconds.
    var retry = 30_000
  }

  private enum Item {
    case entry(Entry)
    /// A new segment begins here, with this snapshot.
    case begin(any StoreReading, Instant)
    case failed(StoreFailure)
  }

  private struct State {
    var items: [Item] = []
    var weight = 0
    /// Since when batches are not taken down.
    var lostSince: Instant?
    var isBusy = false
    var isClosing = false
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "reeve.recorder", qos: .utility)
  private let limits: Limits
  private let worker: Mutex<RecorderWorker>
  /// In a value of its own, as in `Mailbox`.
  private struct Source: Sendable {
    let read: @Sendable (@escaping @Sendable (Result<any StoreReading, StoreFailure>) -> Void) -> Void
  }
  private let source = Mutex<Source?>(nil)
  private let clock: FarmClock

  /// - Throws: `FileError` when the folder cannot be made.
  init(folder: String, limits: Limits, header: WireArchiveHeader, clock: FarmClock, log: Logger) throws {
    try AtomicFile.makeFolder(folder)
    self.limits = limits
    self.clock = clock
    worker = Mutex(RecorderWorker(folder: RecorderFolder(path: folder), limits: limits, header: header, log: log))
  }

  /// Begins to take down.
  ///
  /// - Parameter snapshot: begins a reading of the store between two batches: those that came before it are in the reading.
  func start(
    _ snapshot: @escaping @Sendable (@escaping @Sendable (Result<any StoreReading, StoreFailure>) -> Void) -> Void
  ) {
    source.withLock { $0 = Source(read: snapshot) }
    beginSegment()
  }

  /// Called with the batches that are kept, in their order, on any thread.
  func take(_ entries: [Entry]) {
    let wakes = state.withLock { state in
      if state.isClosing { return false }
      for var entry in entries {
        let weight = entry.rows.count + entry.notes.presence.count
        if weight == 0, entry.notes.commands.isEmpty { continue }
        if state.weight + weight > limits.waiting, state.lostSince == nil { state.lostSince = entry.time }
        if state.lostSince != nil {
          // Who is there must be known when it goes on.
          entry.rows = []
          entry.notes.commands = []
          entry.notes.presence.removeAll(where: \.isCoarse)
          if entry.notes.presence.isEmpty { continue }
        }
        state.weight += weight
        state.items.append(.entry(entry))
      }
      guard !state.items.isEmpty, !state.isBusy else { return false }
      state.isBusy = true
      return true
    }
    if wakes { queue.async { self.work() } }
  }

  /// Writes what waits, and ends. Nothing is taken afterwards.
  func close() {
    state.withLock { $0.isClosing = true }
    queue.sync { worker.withLock { $0.close(writing: takeItems().entries) } }
    source.withLock { $0 = nil }
  }

  /// Waits until all that was taken is written, for tests.
  func settle() {
    while state.withLock({ $0.isBusy || !$0.items.isEmpty }) { queue.sync {} }
  }

  // MARK: On the recorder's queue

  private func beginSegment() {
    guard let source = source.withLock({ $0 }) else { return }
    source.read { result in
      let now = self.clock.now
      // Still between two batches.
      let wakes = self.state.withLock { state in
        if state.isClosing { return false }
        switch result {
        case .success(let reading): state.items.append(.begin(reading, now))
        case .failure(let failure): state.items.append(.failed(failure))
        }
        state.lostSince = nil
        defer { state.isBusy = true }
        return !state.isBusy
      }
      if wakes { self.queue.async { self.work() } }
    }
  }

  private func takeItems() -> (items: [Item], lostSince: Instant?, entries: [Entry]) {
    let (items, lost) = state.withLock { state in
      defer {
        state.items = []
        state.weight = 0
      }
      return (state.items, state.lostSince)
    }
    return (items, lost, items.compactMap { if case .entry(let entry) = $0 { entry } else { nil } })
  }

  private func work() {
    while true {
      let (items, lostSince, _) = takeItems()
      let (wish, hasMore) = worker.withLock { worker in
        for item in items {
          switch item {
          case .entry(let entry): worker.take(entry)
          case .begin(let reading, let time): worker.begin(reading, at: time)
          case .failed(let failure): worker.fail("\(failure)")
          }
        }
        if let lostSince { worker.lost(since: lostSince, until: clock.now) }
        worker.goOn()
        return (worker.takeWish(), worker.hasMore)
      }
      switch wish {
      case .now: beginSegment()
      case .later: queue.asyncAfter(deadline: .now() + .milliseconds(limits.retry)) { self.retry() }
      case nil: break
      }
      let isDone = state.withLock { state in
        if state.isClosing || (state.items.isEmpty && !hasMore) {
          state.isBusy = false
          return true
        }
        return false
      }
      if isDone { return }
    }
  }

  private func retry() {
    switch worker.withLock({ $0.retry() }) {
    case .now: beginSegment()
    case .later: queue.asyncAfter(deadline: .now() + .milliseconds(limits.retry)) { self.retry() }
    case nil: break
    }
  }
}
