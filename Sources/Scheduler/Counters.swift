import Model

/// Numbers that are never given twice, not even by a farm that was killed: each is on disk as used before it is used.
///
/// Jobs, renders and orders that can be undone are counted one by one, since people see their numbers; leases and lines of the journal are reserved in blocks.
struct Counters: Sendable {
  static let leasesReserved: UInt64 = 4096

  private(set) var job: UInt64
  private(set) var render: UInt64
  private(set) var lease: UInt64
  private(set) var undo: UInt64
  /// The greatest lease that a loaded farm would not give again.
  private var reservedLease: UInt64
  /// The same of lines of the journal.
  private var journal: UInt64
  private var reservedJournal: UInt64

  init(_ stored: [Counter: UInt64]) {
    job = max(stored[.job] ?? 0, UInt64(JobID.system.value))
    render = stored[.render] ?? 0
    lease = stored[.lease] ?? 0
    undo = stored[.undo] ?? 0
    reservedLease = lease
    journal = stored[.journal] ?? 0
    reservedJournal = journal
  }

  /// Numbers found in use are not given again either.
  mutating func isUsed(_ id: JobID) { job = max(job, UInt64(id.value)) }
  mutating func isUsed(_ id: RenderID) { render = max(render, UInt64(id.value)) }
  mutating func isUsed(_ used: Lease) {
    lease = max(lease, used.value)
    reservedLease = max(reservedLease, lease)
  }

  /// Each returns the number, and what is to be stored with it.
  mutating func nextJob() -> (JobID, StoreChange) {
    job += 1
    return (JobID(UInt32(job)), .putCounter(.job, job))
  }

  mutating func nextRender() -> (RenderID, StoreChange) {
    render += 1
    return (RenderID(UInt32(render)), .putCounter(.render, render))
  }

  mutating func isUsed(undo number: UInt64) { undo = max(undo, number) }

  mutating func nextUndo() -> (UInt64, StoreChange) {
    undo += 1
    return (undo, .putCounter(.undo, undo))
  }

  mutating func nextLease() -> (Lease, StoreChange?) {
    lease += 1
    guard lease > reservedLease else { return (Lease(lease), nil) }
    reservedLease = lease + Self.leasesReserved - 1
    return (Lease(lease), .putCounter(.lease, reservedLease))
  }

  mutating func nextJournal() -> (UInt64, StoreChange?) {
    journal += 1
    guard journal > reservedJournal else { return (journal, nil) }
    reservedJournal = journal + Self.leasesReserved - 1
    return (journal, .putCounter(.journal, reservedJournal))
  }

  /// The store may have refused the last reservations: they are made again with the next numbers.
  mutating func reserveAgain() {
    reservedLease = lease
    reservedJournal = journal
  }
}
