import GRDB
import Glibc
import Model

/// Makes a whole store file of what can still be read of a damaged one, which is set aside.
///
/// Each table is copied in ranges of its keys; a range that cannot be read is halved until what is lost is as small as the damage.
/// Jobs of which something is lost are paused, so that nothing is run again unasked.
struct SQLiteSalvage {
  let path: String

  struct Report: Sendable {
    /// Where the damaged file is now.
    var aside: String
    /// `job 5: rows of its tasks`
    var lost: [String]
  }

  /// Tables by the whole numbers that make their keys.
  private static let numbered: [(table: String, key: [String])] = [
    ("job", ["id"]), ("job_document", ["id"]), ("job_task", ["job", "block", "first"]), ("task", ["job", "block", "task"]),
    ("error_host", ["job", "block", "task", "render"]), ("run", ["lease"]), ("render", ["id"]), ("deleted_job", ["id"]),
    ("set_aside_job", ["id"]), ("set_aside", ["number"]), ("system_command", ["number"]), ("event", ["number"]),
    ("journal", ["number"]),
  ]
  private static let named: [(table: String, key: String)] = [
    ("user", "name"), ("pool", "path"), ("branch", "path"), ("counter", "name"),
  ]
  /// Ranges of one table that cannot be read one after the other, before the rest of it is given up: a page has 800 rows at most,
  /// and halving finds each by two. Where nothing could be read at all yet, the table's first page is lost and all with it.
  private static let patience = 2000
  private static let firstPatience = 200

  /// The damaged file must not be open.
  ///
  /// - Throws: `StoreFailure` when nothing of it can be read; then everything is as before.
  func run() throws -> Report {
    let swap = StoreSwap(path: path)
    for companion in ["", "-wal", "-shm"] { unlink(swap.new + companion) }
    do {
      let lost = try copy(to: swap.new)
      let aside = swap.aside("damaged")
      try swap.begin(aside: aside)
      try swap.finish()
      return Report(aside: aside, lost: lost)
    } catch {
      for companion in ["", "-wal", "-shm"] { unlink(swap.new + companion) }
      let failure = SQLiteStore.failure(error, path)
      guard failure.reason == .damaged else { throw failure }
      throw StoreFailure(
        .damaged, "\(failure.message), and nothing of it can be read (put a backup in its place: reeve-server --restore FILE)")
    }
  }

  private func copy(to new: String) throws -> [String] {
    let database = try DatabaseQueue(path: new)
    defer { try? database.close() }
    chmod(new, 0o600)
    try database.inDatabase { db in try db.execute(sql: "ATTACH DATABASE ? AS damaged", arguments: [path]) }
    // The first look: without its table of contents nothing can be found in the file.
    let migrations = try database.read { db in
      guard try Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM damaged.sqlite_master WHERE name = 'job'") == true else {
        throw StoreFailure(.damaged, "\(path) is damaged: it has no table of jobs")
      }
      return (try? String.fetchAll(db, sql: "SELECT identifier FROM damaged.grdb_migrations")) ?? []
    }
    let migrator = SQLiteSchema.migrations
    if let last = migrator.migrations.last(where: migrations.contains) {
      try migrator.migrate(database, upTo: last)
    } else {
      try migrator.migrate(database)
    }
    var copying = Copying()
    try database.write { db in
      try db.execute(sql: "PRAGMA damaged.cell_size_check = ON")
      for (table, key) in Self.numbered { try copying.copy(table, key, db) }
      for (table, key) in Self.named { try copying.copy(named: table, key, db) }
    }
    try migrator.migrate(database)
    try database.write { db in try copying.settle(db) }
    try database.inDatabase { db in
      try db.execute(sql: "DETACH DATABASE damaged")
      try db.execute(sql: "PRAGMA journal_mode = DELETE")
    }
    return copying.lost
  }

  private struct Copying {
    var lost: [String] = []
    /// Of which rows are lost.
    private var jobs: Set<Int64> = []
    private var failures = 0
    /// Since the last range that could be read.
    private var inRow = 0
    private var hasRead = false
    private var places: [String] = []

    private func columns(_ table: String, _ db: Database) throws -> String? {
      let names = try String.fetchAll(
        db,
        sql: """
          SELECT a.name FROM pragma_table_info(?1, 'damaged') a JOIN pragma_table_info(?1, 'main') b ON a.name = b.name
          ORDER BY a.cid
          """, arguments: [table])
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    mutating func copy(_ table: String, _ key: [String], _ db: Database) throws {
      guard let columns = try columns(table, db) else { return }
      (failures, inRow, hasRead) = (0, 0, false)
      places = []
      try copy(table, columns, key, [], .min, .max, db)
      guard failures > 0 else { return }
      let what = !hasRead ? "all its rows" : isTired ? "the rest of its rows" : "rows"
      let places = self.places.isEmpty ? "" : " (\(self.places.joined(separator: ", ")))"
      lost.append("\(table.replacing("_", with: " ")): \(what) cannot be read\(places)")
    }

    private var isTired: Bool { inRow > (hasRead ? SQLiteSalvage.patience : SQLiteSalvage.firstPatience) }

    private mutating func copy(
      _ table: String, _ columns: String, _ key: [String], _ prefix: [Int64], _ low: Int64, _ high: Int64, _ db: Database
    ) throws {
      guard !isTired else { return }
      let depth = prefix.count
      let fixed = zip(key, prefix).map { "\($0) = \($1) AND " }.joined()
      let sql = """
        INSERT OR REPLACE INTO main.\(table) (\(columns)) SELECT \(columns) FROM damaged.\(table)
        WHERE \(fixed)\(key[depth]) BETWEEN \(low) AND \(high)
        """
      do {
        try db.inSavepoint {
          try db.execute(sql: sql)
          return .commit
        }
        // An empty half says nothing of the others.
        if db.changesCount > 0 {
          hasRead = true
          inRow = 0
        }
        return
      } catch let error as DatabaseError where Self.isDamage(error) {
        failures += 1
        inRow += 1
      }
      if low == high {
        let place = prefix + [low]
        if key[0] == "job" || table == "job" || table == "job_document" { jobs.insert(place[0]) }
        guard depth + 1 < key.count else { return note(place) }
        return try copy(table, columns, key, place, .min, .max, db)
      }
      let middle = (low >> 1) + (high >> 1) + (low & high & 1)
      try copy(table, columns, key, prefix, low, middle, db)
      try copy(table, columns, key, prefix, middle + 1, high, db)
    }

    private mutating func note(_ place: [Int64]) {
      if places.count < 3 { places.append(place.map(String.init).joined(separator: "/")) }
    }

    /// A row that breaks the schema's rules is as damaged as one on a damaged page.
    private static func isDamage(_ error: DatabaseError) -> Bool {
      switch error.resultCode.primaryResultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG: true
      // A page that lies beyond the end of a file that was cut short.
      case .SQLITE_IOERR: error.extendedResultCode == .SQLITE_IOERR_SHORT_READ || error.extendedResultCode == .SQLITE_IOERR_CORRUPTFS
      default: false
      }
    }

    /// From the front as far as it goes, then from the back.
    mutating func copy(named table: String, _ key: String, _ db: Database) throws {
      guard let columns = try columns(table, db) else { return }
      var isWhole = true
      for order in ["ASC", "DESC"] {
        let names = columns.split(separator: ",").map { $0.trimmingPrefix(" ") }
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        do {
          let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM damaged.\(table) ORDER BY \(key) \(order)")
          while let row = try rows.next() {
            try? db.execute(
              sql: "INSERT OR REPLACE INTO main.\(table) (\(columns)) VALUES (\(marks))",
              arguments: StatementArguments(row.databaseValues))
          }
          if isWhole { return }
        } catch let error as DatabaseError where Self.isDamage(error) {
          isWhole = false
        }
      }
      lost.append("\(table): rows that cannot be read")
    }

    /// Makes sure that no number is used twice, and that nobody misses what is told.
    func settle(_ db: Database) throws {
      for id in jobs { try db.execute(sql: "UPDATE job SET offline = 1 WHERE id = ?", arguments: [id]) }
      // Far above what can have been given out since the rows that are left.
      for (counter, table, column, margin) in [
        ("job", "job", "id", 10_000), ("render", "render", "id", 1000), ("lease", "run", "lease", 100_000_000),
        ("journal", "journal", "number", 10_000_000),
      ] {
        let isThere = try Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM counter WHERE name = ?", arguments: [counter]) ?? false
        if isThere { continue }
        let top = try Int64.fetchOne(db, sql: "SELECT max(\(column)) FROM \(table)") ?? 0
        try db.execute(sql: "INSERT INTO counter VALUES (?, ?)", arguments: [counter, top + Int64(margin)])
      }
      for line in lost { try SQLiteDamage.write(db, "the file", line, "") }
      for id in jobs.sorted() {
        let isThere = try Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM job WHERE id = ?", arguments: [id]) ?? false
        if isThere { try SQLiteDamage.write(db, "job \(id)", "rows of it are lost; it is paused", "") }
      }
    }

  }
}
