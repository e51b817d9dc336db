import GRDB
public import Model
import Synchronization

extension SQLiteStore {
  public func journal(object: String?, before: UInt64?, limit: Int) throws -> [JournalEntry] {
    do {
      return try reading { db in
        let last = before.map { Int64(clamping: $0) } ?? .max
        let sql = "SELECT number, time, subject, type, object, info FROM journal WHERE number < ?"
        let rows =
          if let object {
            try Row.fetchAll(db, sql: sql + " AND object = ? ORDER BY number DESC LIMIT ?", arguments: [last, object, limit])
          } else {
            try Row.fetchAll(db, sql: sql + " ORDER BY number DESC LIMIT ?", arguments: [last, limit])
          }
        // A line that cannot be read is left out.
        return rows.compactMap { row in
          let texts = (2...5).compactMap { String.fromDatabaseValue(row[$0]) }
          guard let number = Int64.fromDatabaseValue(row[0]), let time = Int64.fromDatabaseValue(row[1]), texts.count == 4 else {
            return nil
          }
          return JournalEntry(
            number: UInt64(bitPattern: number), time: Instant(microseconds: time), subject: texts[0], type: texts[1],
            object: texts[2], info: texts[3])
        }
      }
    } catch { throw Self.failure(error, path) }
  }
}

/// Which nodes' journals have grown, so that they can be cut to their length now and then: an object is due when it got
/// `slack` lines since the last time.
struct JournalGrowth: Sendable {
  private static let slack = 20
  private var grown: [String: Int] = [:]
  private(set) var due: [String] = []

  var isDue: Bool { !due.isEmpty }

  mutating func note(_ object: String) {
    let lines = (grown[object] ?? 0) + 1
    grown[object] = lines
    if lines == Self.slack { due.append(object) }
    // Objects are many and most get a line or two: what is forgotten here is only cut later.
    if grown.count > 20_000 { grown = grown.filter { $0.value >= Self.slack } }
  }

  mutating func take(_ most: Int) -> [String] {
    let taken = Array(due.suffix(most))
    due.removeLast(taken.count)
    for object in taken { grown[object] = nil }
    return taken
  }
}

/// Keeps the journal short. Lives for one transaction.
struct JournalTrimming {
  let db: Database
  /// Lines of jobs that were deleted, all together.
  private static let gone = 20_000
  /// A line that so many others followed goes, whosever it is: nodes come and go under ever new names.
  private static let age = 5_000_000

  /// Removes what is too old.
  func dropOld() throws {
    try db.execute(
      sql: "DELETE FROM journal WHERE number < (SELECT max(number) FROM journal) - \(Self.age)")
  }

  /// Lines of the system job, which has one for each command.
  private static let system = 10_000

  /// Leaves the last lines of a node.
  func cut(_ object: String) throws {
    let kept = object == "job \(JobID.system)" ? Self.system : Limits.journalEntries
    try db.execute(
      sql: """
        DELETE FROM journal WHERE object = ?1 AND number <= (
          SELECT number FROM journal WHERE object = ?1 ORDER BY number DESC LIMIT 1 OFFSET \(kept))
        """, arguments: [object])
  }

  /// Of a job that was deleted the last line is left, which says by whom; such lines are bounded all together.
  func leave(job: Int64) throws {
    let object = "job \(job)"
    try db.execute(
      sql: """
        DELETE FROM journal WHERE object = ?1 AND number < (SELECT max(number) FROM journal WHERE object = ?1)
        """, arguments: [object])
    try db.execute(sql: "UPDATE journal SET gone = 1 WHERE object = ?", arguments: [object])
    try db.execute(
      sql: """
        DELETE FROM journal WHERE gone = 1 AND number <= (
          SELECT number FROM journal WHERE gone = 1 ORDER BY number DESC LIMIT 1 OFFSET \(Self.gone))
        """)
  }
}
