import GRDB
import GRDBSQLite

/// A row of a query, read value by value. A value of another kind than the schema's, as a damaged file may have, is an error that
/// names its place; GRDB's own conversions would end the program.
struct SQLiteRow {
  private let handle: OpaquePointer

  /// Reads all rows of a query. A row, and what `bytes` gave of it, is valid inside `body` only.
  static func each(_ db: Database, _ sql: String, _ arguments: [Int64] = [], _ body: (SQLiteRow) throws -> Void) throws {
    let handle = try db.cachedStatement(sql: sql).sqliteStatement
    defer {
      sqlite3_reset(handle)
      sqlite3_clear_bindings(handle)
    }
    for (index, value) in arguments.enumerated() { sqlite3_bind_int64(handle, Int32(index + 1), value) }
    while true {
      let code = sqlite3_step(handle)
      switch code {
      case SQLITE_ROW: try body(SQLiteRow(handle: handle))
      case SQLITE_DONE: return
      default:
        let text = db.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: text, sql: sql)
      }
    }
  }

  func integer(_ column: Int32) throws(StoreFailure) -> Int64 {
    guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { throw unreadable(column, "a whole number") }
    return sqlite3_column_int64(handle, column)
  }

  /// As far as it fits: what does not is damage too.
  func number<Value: FixedWidthInteger>(_ column: Int32, as: Value.Type = Value.self) throws(StoreFailure) -> Value {
    let value = try integer(column)
    guard let fitting = Value(exactly: value) else { throw unreadable(column, "a smaller number than \(value)") }
    return fitting
  }

  /// nil for NULL.
  func optional<Value: FixedWidthInteger>(_ column: Int32, as: Value.Type = Value.self) throws(StoreFailure) -> Value? {
    isNull(column) ? nil : try number(column)
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// A number of 64 bits without sign, kept as one with it.
  func unsigned(_ column: Int32) throws(StoreFailure) -> UInt64 { UInt64(bitPattern: try integer(column)) }

  func real(_ column: Int32) throws(StoreFailure) -> Double {
    let type = sqlite3_column_type(handle, column)
    guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else { throw unreadable(column, "a number") }
    return sqlite3_column_double(handle, column)
  }

  func text(_ column: Int32) throws(StoreFailure) -> String {
    guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { throw unreadable(column, "text") }
    let count = Int(sqlite3_column_bytes(handle, column))
    guard count > 0, let start = sqlite3_column_text(handle, column) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int32) throws(StoreFailure) -> [UInt8] {
    guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw unreadable(column, "bytes") }
    let count = Int(sqlite3_column_bytes(handle, column))
    guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Whatever it is.
  func value(_ column: Int32) -> DatabaseValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: sqlite3_column_int64(handle, column).databaseValue
    case SQLITE_FLOAT: sqlite3_column_double(handle, column).databaseValue
    case SQLITE_TEXT: ((try? text(column)) ?? "").databaseValue
    default: .null
    }
  }

  private func unreadable(_ column: Int32, _ expected: String) -> StoreFailure {
    let name = sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "\(column)"
    return StoreFailure(.damaged, "the value of \(name) is not \(expected)")
  }
}
