import GRDB
import GRDBSQLite

/// A prepared statement, bound by position and stepped without GRDB's general machinery: the store writes some ten thousand rows
/// a second.
struct SQLiteStatement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer
  private let text: String

  /// Compiled once for each connection and text, then taken from the connection's cache. Valid inside the access that gave `db`.
  init(_ db: Database, _ text: String) throws {
    handle = try db.cachedStatement(sql: text).sqliteStatement
    guard let connection = db.sqliteConnection else { throw StoreFailure(.other, "the store is closed") }
    self.connection = connection
    self.text = text
  }

  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }
  func bind(_ index: Int32, _ value: some BinaryInteger) { sqlite3_bind_int64(handle, index, Int64(value)) }
  func bind(_ index: Int32, _ value: Double) { sqlite3_bind_double(handle, index, value) }
  func bind(_ index: Int32, _ value: Int64?) {
    if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
  }
  func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      let characters = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
      if let characters, !bytes.isEmpty {
        sqlite3_bind_text64(handle, index, characters, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
      } else {
        sqlite3_bind_text(handle, index, "", 0, nil)
      }
    }
  }
  func bind(_ index: Int32, _ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { raw in
      if raw.isEmpty {
        sqlite3_bind_zeroblob(handle, index, 0)
      } else {
        sqlite3_bind_blob64(handle, index, raw.baseAddress, UInt64(raw.count), Self.transient)
      }
    }
  }

  /// Runs it to its end and makes it ready for the next values.
  func run() throws {
    let code = sqlite3_step(handle)
    let reset = sqlite3_reset(handle)
    guard code == SQLITE_DONE || code == SQLITE_ROW else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: reset), message: String(cString: sqlite3_errmsg(connection)), sql: text)
    }
  }

  // SQLite's own name for "copy the value now".
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
