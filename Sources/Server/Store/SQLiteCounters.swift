import GRDB
import Model
import Scheduler

extension SQLiteStore {
  /// The numbers that are given out.
  func counters() throws -> [Counter: UInt64] {
    do { return try reading(Self.counters) } catch { throw Self.failure(error, path) }
  }

  /// Of a store that nobody has open and that may be damaged: nothing but the numbers is looked at.
  static func countersOfClosed(path: String) throws -> [Counter: UInt64] {
    let database = try DatabaseQueue(path: path)
    defer { try? database.close() }
    return try database.read(counters)
  }

  private static func counters(_ db: Database) throws -> [Counter: UInt64] {
    var counters: [Counter: UInt64] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT name, value FROM counter") {
      guard let name = String.fromDatabaseValue(row[0]), let counter = Counter(rawValue: name),
        let value = Int64.fromDatabaseValue(row[1])
      else { continue }
      counters[counter] = UInt64(bitPattern: value)
    }
    return counters
  }

  /// Reads the whole file.
  ///
  /// - Throws: `StoreFailure(.damaged)`.
  func checkWhole() throws {
    do {
      let said = try reading { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
      guard said == ["ok"] else { throw StoreFailure(.damaged, "\(path) is damaged: \(said.first ?? "")") }
    } catch { throw Self.failure(error, path) }
  }
}
