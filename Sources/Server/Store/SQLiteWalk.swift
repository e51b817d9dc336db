import GRDB

/// A way through a table of a damaged database in the order of its keys, which are whole numbers from 0 on.
struct SQLiteWalk {
  let table: String
  /// Of the table, those to be copied.
  let columns: String
  let key: [String]
  let source: Database
  /// Where the rows go.
  let db: Database

  private var keys: String { key.joined(separator: ", ") }
  private var insert: String {
    let marks = columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
    return "INSERT OR REPLACE INTO \(table) (\(columns)) VALUES (\(marks))"
  }

  private func select(_ what: String, _ comparison: String, _ place: [Int64]) -> String {
    "SELECT \(what) FROM \(table) WHERE (\(keys)) \(comparison) (\(place.map(String.init).joined(separator: ", "))) "
  }

  /// Copies row after row.
  ///
  /// - Parameters:
  ///   - last: the key behind which to begin; afterwards the last that was read.
  ///   - broken: keys of rows with values that the schema forbids.
  /// - Returns: whether the end of the table was reached.
  func copy(after last: inout [Int64], broken: inout [[Int64]]) throws -> Bool {
    let names = columns.split(separator: ",").map { String($0.trimmingPrefix(" ")) }
    let places = key.compactMap(names.firstIndex)
    do {
      let rows = try Row.fetchCursor(source, sql: select(columns, ">", last) + "ORDER BY \(keys)")
      let insertion = try db.cachedStatement(sql: insert)
      while let row = try rows.next() {
        let values = Array(row.databaseValues)
        let place = places.compactMap { Int64.fromDatabaseValue(values[$0]) }
        guard place.count == key.count else { continue }
        do { try insertion.execute(arguments: StatementArguments(values)) } catch let error as DatabaseError {
          guard SQLiteSalvage.isDamage(error) else { throw error }
          broken.append(place)
        }
        last = place
      }
      return true
    } catch let error as DatabaseError where SQLiteSalvage.isDamage(error) {
      return false
    }
  }

  /// One row; nothing when it cannot be read.
  func copy(at place: [Int64]) throws {
    do {
      guard let row = try Row.fetchOne(source, sql: select(columns, "=", place)) else { return }
      try db.execute(sql: insert, arguments: StatementArguments(Array(row.databaseValues)))
    } catch let error as DatabaseError where SQLiteSalvage.isDamage(error) {}
  }

  /// The first key behind `last` that can be reached; nil: none. Steps of growing length, then halves between the last two.
  func next(after last: [Int64]) throws -> [Int64]? {
    for depth in key.indices.reversed() {
      // The numbers further down begin anew.
      func bound(_ number: Int64) -> [Int64] { Array(last[..<depth]) + [number] + key[(depth + 1)...].map { _ in 0 } }
      var (low, step) = (last[depth], Int64(1))
      while true {
        let (high, isOver) = last[depth].addingReportingOverflow(step)
        if isOver { break }
        if case .reached(var found) = try probe(bound(high)) {
          var high = high
          while high - low > 1 {
            let middle = low + (high - low) / 2
            if case .reached(let other) = try probe(bound(middle)) { (high, found) = (middle, other) } else { low = middle }
          }
          return found
        }
        guard step < 1 << 62 else { break }
        (low, step) = (high, step << 1)
      }
    }
    return nil
  }

  private enum Probe {
    /// The first key from there on; nil: there is none.
    case reached([Int64]?)
    case damaged
  }

  private func probe(_ place: [Int64]) throws -> Probe {
    do {
      let row = try Row.fetchOne(source, sql: select(keys, ">=", place) + "ORDER BY \(keys) LIMIT 1")
      let found = row.map { row in Array(row.databaseValues).compactMap { Int64.fromDatabaseValue($0) } } ?? []
      return .reached(found.count == key.count ? found : nil)
    } catch let error as DatabaseError where SQLiteSalvage.isDamage(error) {
      return .damaged
    }
  }
}
