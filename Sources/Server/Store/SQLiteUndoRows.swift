import GRDB
import Model
import Scheduler

/// Orders that can be undone.
struct SQLiteUndoRows {
  let db: Database

  func put(_ undo: StoredUndo) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO undo VALUES (?,?,?,?,?,?,?)")
    statement.bind(1, Int64(bitPattern: undo.number))
    statement.bind(2, undo.user)
    statement.bind(3, undo.host)
    statement.bind(4, undo.at.microseconds)
    statement.bind(5, undo.until.microseconds)
    statement.bind(6, undo.text)
    statement.bind(7, undo.parts)
    try statement.run()
  }

  func delete(_ number: UInt64) throws {
    let statement = try SQLiteStatement(db, "DELETE FROM undo WHERE number = ?")
    statement.bind(1, Int64(bitPattern: number))
    try statement.run()
  }

  /// A row of all its columns.
  static func undo(_ row: SQLiteRow) throws -> StoredUndo {
    StoredUndo(
      number: try row.unsigned(0), user: try row.text(1), host: try row.text(2), at: Instant(microseconds: try row.integer(3)),
      until: Instant(microseconds: try row.integer(4)), text: try row.text(5), parts: try row.text(6))
  }
}
