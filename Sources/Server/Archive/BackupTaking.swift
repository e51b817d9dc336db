import Model
import Scheduler
import Wire

/// A backup that comes in, portion by portion, and becomes a store beside the one in use.
final class BackupTaking {
  private let replacement: StoreReplacement
  private let store: SQLiteStore
  private var reader = BackupReader()
  private var changes: [StoreChange] = []
  /// Bytes that were taken.
  private(set) var taken = 0

  /// Changes in one transaction.
  private static let batch = 20_000

  /// - Throws: `StoreFailure`.
  init(_ replacement: StoreReplacement) throws {
    self.replacement = replacement
    store = try replacement.open()
  }

  /// - Throws: `ArchiveFault`, `StoreFailure`.
  func append(_ portion: some Collection<UInt8>) throws {
    reader.append(portion)
    taken += portion.count
    while let some = try reader.next() {
      changes += some
      if changes.count >= Self.batch { try keep() }
    }
  }

  /// The last portion was appended: looks whether all of it came, and whether it makes a farm.
  ///
  /// - Returns: what the backup says of itself.
  /// - Throws: `ArchiveFault`, `StoreFailure`.
  func finish() throws -> WireArchiveEnd {
    try reader.finish()
    try keep()
    try replacement.check(store)
    return reader.end ?? WireArchiveEnd()
  }

  /// It is not wanted any more.
  func discard() {
    try? store.close()
    replacement.discard()
  }

  private func keep() throws {
    if !changes.isEmpty { try store.append(changes) }
    changes.removeAll(keepingCapacity: true)
  }
}
