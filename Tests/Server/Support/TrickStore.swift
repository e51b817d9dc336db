import Dispatch
import Model
import Scheduler
import Synchronization

@testable import Server

/// A store in memory that blocks and fails as a test wants.
final class TrickStore: Store {
  struct Faults: Sendable {
    /// What to say to an append; nil: it is kept.
    var append: (@Sendable ([StoreChange]) -> StoreFailure?)?
    var probe: StoreFailure?
  }

  let name = "trick"
  private let faults = Mutex(Faults())
  private let appended = Mutex<[[StoreChange]]>([])
  private let tries = Mutex(0)
  private let gate = Mutex<DispatchSemaphore?>(nil)
  private let snapshot: StoreSnapshot

  init(snapshot: StoreSnapshot = StoreSnapshot()) { self.snapshot = snapshot }

  /// The transactions that were kept.
  var batches: [[StoreChange]] { appended.withLock { $0 } }
  var changes: [StoreChange] { batches.flatMap { $0 } }
  /// Appends that were begun.
  var begun: Int { tries.withLock { $0 } }

  func fail(_ failure: (@Sendable ([StoreChange]) -> StoreFailure?)?) { faults.withLock { $0.append = failure } }
  func failProbe(_ failure: StoreFailure?) { faults.withLock { $0.probe = failure } }

  /// Appends wait until the returned call.
  func block() -> @Sendable () -> Void {
    let semaphore = DispatchSemaphore(value: 0)
    gate.withLock { $0 = semaphore }
    return {
      self.gate.withLock { $0 = nil }
      for _ in 0..<64 { semaphore.signal() }
    }
  }

  func journal(object: String?, before: UInt64?, limit: Int) throws -> [JournalEntry] {
    let all = changes.compactMap { if case .journal(let entry) = $0 { entry } else { nil } }.reversed()
    return Array(all.filter { (object == nil || $0.object == object) && $0.number < before ?? .max }.prefix(limit))
  }

  func load() throws -> StoreSnapshot { snapshot }

  func append(_ changes: [StoreChange]) throws {
    tries.withLock { $0 += 1 }
    gate.withLock { $0 }?.wait()
    if let failure = faults.withLock({ $0.append })?(changes) { throw failure }
    appended.withLock { $0.append(changes) }
  }

  func probe(bytes: Int) throws {
    if let failure = faults.withLock({ $0.probe }) { throw failure }
  }
  func compact() throws -> Bool { false }
  func close() throws {}
}

let diskFull = StoreFailure(.diskFull, "disk full, no room in the test")
