import Files
import Glibc
import Model
import Scheduler

/// A store that is made of a backup, beside the one that is in use, and takes its place when that is closed.
///
/// Until `arm` nothing has happened to the store in use; from then on the next one that opens it finds the new one in its place.
struct StoreReplacement: Sendable {
  /// Of the store in use.
  let path: String
  private var new: String { path + ".restoring" }

  /// Far above what can have been given out since a backup, where the store that knows it cannot be read.
  private static let margins: [Counter: UInt64] = [.job: 10_000, .render: 1000, .lease: 100_000_000, .journal: 10_000_000]

  /// What an attempt that came to nothing left behind.
  func discard() {
    for companion in ["", "-wal", "-shm"] { unlink(new + companion) }
  }

  /// An empty store to write the backup into.
  ///
  /// - Throws: `StoreFailure`.
  func open() throws -> SQLiteStore {
    discard()
    return try SQLiteStore(path: new)
  }

  /// Looks whether a farm can be loaded from what was written, and closes it.
  ///
  /// - Throws: `StoreFailure`.
  func check(_ store: SQLiteStore) throws {
    try store.checkWhole()
    _ = try store.load()
    try store.close()
  }

  /// No number that the store in use gave out is given again; then the swap is ordered. Both stores must be closed.
  ///
  /// - Returns: the name that the store in use gets.
  /// - Throws: `StoreFailure`, `FileError`; the store in use stays in its place then.
  func arm() throws -> String {
    let swap = StoreSwap(path: path)
    let aside = swap.aside("replaced")
    let used: [Counter: UInt64]?
    if access(path, F_OK) != 0 {
      used = [:]
    } else {
      used = try? SQLiteStore.countersOfClosed(path: path)
    }
    let store = try SQLiteStore(path: new)
    let own = try store.counters()
    try store.append(
      Counter.allCases.map { counter in
        let beyond = used.map { $0[counter] ?? 0 } ?? ((own[counter] ?? 0) + (Self.margins[counter] ?? 0))
        return .putCounter(counter, max(own[counter] ?? 0, beyond))
      })
    try store.close()
    for companion in ["-wal", "-shm"] { unlink(new + companion) }
    guard rename(new, swap.new) == 0 else { throw FileError("replace", swap.new) }
    AtomicFile.syncFolder(of: path)
    try swap.begin(aside: aside)
    return aside
  }
}
