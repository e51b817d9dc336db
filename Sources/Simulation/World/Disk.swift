import Model
import Scheduler

/// A disk with a log of transactions, each behind a checksum.
///
/// What was synced is in `kept`, and stays. The last transaction that was written and not synced, since its sync failed or did not
/// come back yet, is in `tail`: a crash keeps any number of its bytes. Whoever reads the log finds by the checksum that it was torn,
/// and drops it. The next transaction is written over it: what was said not to be kept is not there once something after it is.
struct Disk {
  private(set) var kept = MemoryStore()

  private struct Transaction {
    var rows: [StoreChange]
    var bytes: Int
    /// Bytes that reached the disk.
    var written: Int
    var isWhole: Bool { written == bytes }
  }
  private var tail: Transaction?

  // What is wrong with it, and until when.
  var slowUntil = Instant.never
  var slowness = Span(microseconds: 0)
  var fullUntil = Instant.never
  var syncFailsUntil = Instant.never

  /// Begins to write.
  ///
  /// - Returns: how long the write and its sync take.
  mutating func begin(_ rows: [StoreChange], at now: Instant, _ chance: inout Seeded) -> Span {
    let bytes = rows.count * 64 + 16
    tail = Transaction(rows: rows, bytes: bytes, written: bytes)
    let quick = chance.span(1...6)
    return now < slowUntil ? quick + Span(microseconds: Int64(chance.number(0...Int(slowness.microseconds)))) : quick
  }

  /// The write has come to its end.
  ///
  /// - Returns: why nothing was kept; nil: it was.
  mutating func end(at now: Instant, _ chance: inout Seeded) -> String? {
    guard var transaction = tail else { return nil }
    if now < fullUntil {
      transaction.written = chance.number(0...transaction.bytes - 1)
      tail = transaction
      return "disk full"
    }
    if now < syncFailsUntil { return "the device reports an error" }
    for row in transaction.rows { kept.apply(row) }
    tail = nil
    return nil
  }

  func hasRoom(at now: Instant) -> Bool { now >= fullUntil && now >= syncFailsUntil }

  /// The machine or the server dies.
  ///
  /// - Returns: what a trace says of it.
  mutating func crash(_ chance: inout Seeded) -> String {
    guard var transaction = tail else { return "nothing was being written" }
    tail = nil
    // Half of the time all of it got there: more is to be learned from that than from the many ways to be torn.
    if transaction.isWhole, !chance.chance(1, in: 2) { transaction.written = chance.number(0...transaction.bytes) }
    guard transaction.isWhole else {
      return "a transaction of \(transaction.rows.count) rows is torn at byte \(transaction.written)"
    }
    for row in transaction.rows { kept.apply(row) }
    return "a transaction of \(transaction.rows.count) rows got there, and nobody heard of it"
  }
}

func + (a: Span, b: Span) -> Span { Span(microseconds: a.microseconds + b.microseconds) }
