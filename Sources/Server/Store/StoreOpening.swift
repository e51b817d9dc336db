import Logging
import Model
import Scheduler

/// A store that was opened, looked through and read.
struct StoreOpening {
  let store: any Store
  let snapshot: StoreSnapshot
  /// What was wrong with it, for the screens; empty: nothing.
  let trouble: String
  /// Jobs whose outputs are kept, whether they can be read or not; nil: nobody knows.
  let jobs: Set<JobID>?

  /// The check at the start reads the whole file, but no longer than this, in seconds.
  private static let checkTime = 5.0

  /// - Parameter salvage: called when the store is damaged, and closed; `open` is tried once more afterwards.
  /// - Throws: `StoreFailure`.
  init(open: () throws -> any Store, salvage: () throws -> [String], log: Logger) throws {
    func read() throws -> (any Store, StoreSnapshot) {
      let store = try open()
      do {
        try store.verify(seconds: Self.checkTime)
        return (store, try store.load())
      } catch {
        try? store.close()
        throw error
      }
    }
    var losses: [String] = []
    do { (store, snapshot) = try read() } catch let failure as StoreFailure where failure.reason == .damaged {
      log.error("\(failure.message)")
      losses = try salvage()
      (store, snapshot) = try read()
    }
    for loss in losses { log.error("\(loss)") }
    for damage in store.damage { log.error("store: \(damage)") }
    let parts = [
      losses.isEmpty ? nil : "it was damaged and is repaired as far as possible",
      store.damage.isEmpty ? nil : "\(store.damage.count) thing\(store.damage.count == 1 ? "" : "s") could not be read",
    ].compactMap(\.self)
    trouble = parts.isEmpty ? "" : "store: \(parts.joined(separator: "; ")) (reeve-server --check-store tells more)"
    jobs = losses.isEmpty ? store.jobsAside.union(snapshot.jobs.map(\.id)) : nil
  }
}
