import Files
import GRDB
import Glibc
import Model

/// Makes a whole store file of what can still be read of a damaged one, which is set aside.
///
/// Each table is read in the order of its keys; where that ends at a damaged page, the next key that can be reached is looked for.
/// Jobs of which something may be lost are paused, so that nothing is run again unasked.
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
  /// Places of one table where rows are missing, before the rest of it is given up.
  private static let patience = 10_000

  /// The damaged file must not be open.
  ///
  /// - Throws: `StoreFailure` when nothing of it can be read; then everything is as before.
  func run() throws -> Report {
    let swap = StoreSwap(path: path)
    for companion in ["", "-wal", "-shm"] { unlink(swap.new + companion) }
    do {
      try lengthen()
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

  /// A file that was cut short is not opened at all; with zeros where its end was, its beginning can be read.
  private func lengthen() throws {
    guard let header = try AtomicFile.read(path, first: 100), header.count == 100 else { return }
    func number(_ at: Int, _ bytes: Int) -> Int64 { header[at..<at + bytes].reduce(0) { $0 << 8 | Int64($1) } }
    // Bytes a page, and pages, as the file's header has them.
    let size = number(16, 2) == 1 ? 65_536 : number(16, 2)
    let length = size * number(28, 4)
    guard size >= 512, length > (try AtomicFile.size(of: path)), length <= Self.mostLength else { return }
    guard truncate(path, Int(length)) == 0 else { throw FileError("lengthen", path) }
  }

  /// A longer file than this is not believed in: its header is damaged.
  private static let mostLength: Int64 = 1 << 40

  private func copy(to new: String) throws -> [String] {
    let database = try DatabaseQueue(path: new)
    defer { try? database.close() }
    chmod(new, 0o600)
    var configuration = Configuration()
    configuration.readonly = true
    let damaged = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? damaged.close() }
    // Without transactions: where one ends, a damaged page that was met makes it fail.
    let copying = try damaged.unsafeRead { source in
      // The first look: without its table of contents nothing can be found in the file.
      guard try Bool.fetchOne(source, sql: "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'job'") == true else {
        throw StoreFailure(.damaged, "\(path) is damaged: it has no table of jobs")
      }
      try source.execute(sql: "PRAGMA cell_size_check = ON")
      // Rows are copied into a file of the same version.
      let known = (try? String.fetchAll(source, sql: "SELECT identifier FROM grdb_migrations")) ?? []
      let migrator = SQLiteSchema.migrations
      try migrator.migrate(
        database, upTo: migrator.migrations.last { known.contains($0) || known.isEmpty } ?? migrator.migrations[0])
      var copying = Copying(source: source)
      try database.write { db in
        for (table, key) in Self.numbered { try copying.copy(table, key, db) }
        for (table, key) in Self.named { try copying.copy(named: table, key, db) }
      }
      return copying
    }
    try SQLiteSchema.migrations.migrate(database)
    try database.write { db in try copying.settle(db) }
    try database.inDatabase { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
    return copying.lost
  }

  private struct Copying {
    /// The damaged one.
    let source: Database
    var lost: [String] = []
    /// Between these numbers some have lost rows.
    private var jobs: [ClosedRange<Int64>] = []

    init(source: Database) { self.source = source }

    private func columns(_ table: String, _ db: Database) throws -> String? {
      let sql = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
      let known = try String.fetchAll(db, sql: sql, arguments: [table])
      let names = try String.fetchAll(source, sql: sql, arguments: [table]).filter(known.contains)
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    /// Reads on from row to row; where that ends, finds the next key that can be read, and goes on there.
    mutating func copy(_ table: String, _ key: [String], _ db: Database) throws {
      guard let columns = try columns(table, db) else { return }
      let walk = SQLiteWalk(table: table, columns: columns, key: key, source: source, db: db)
      var last = key.map { _ in Int64(-1) }
      var gaps: [String] = []
      while gaps.count < SQLiteSalvage.patience {
        var broken: [[Int64]] = []
        let isEnd = try walk.copy(after: &last, broken: &broken)
        for place in broken { note(table, key, from: place, to: place, &gaps) }
        if isEnd { break }
        let next = try walk.next(after: last)
        note(table, key, from: last, to: next, &gaps)
        guard let next else { break }
        // On from there, that one included; a step forward in any case.
        try walk.copy(at: next)
        last = next
      }
      guard !gaps.isEmpty else { return }
      let name = table.replacing("_", with: " ")
      lost.append("\(name): rows cannot be read (\(gaps.prefix(3).joined(separator: ", "))\(gaps.count > 3 ? ", …" : ""))")
    }

    private mutating func note(_ table: String, _ key: [String], from: [Int64], to: [Int64]?, _ gaps: inout [String]) {
      func text(_ place: [Int64]) -> String { place.map { "\(max(0, $0))" }.joined(separator: "/") }
      gaps.append(to == from ? text(from) : "\(text(from)) to \(to.map(text) ?? "the end")")
      if key[0] == "job" || table == "job_document" { jobs.append(min(from[0], to?[0] ?? .max)...(to?[0] ?? .max)) }
    }

    /// From the front as far as it goes, then from the back.
    mutating func copy(named table: String, _ key: String, _ db: Database) throws {
      guard let columns = try columns(table, db) else { return }
      var isWhole = true
      for order in ["ASC", "DESC"] {
        let names = columns.split(separator: ",").map { $0.trimmingPrefix(" ") }
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        do {
          let rows = try Row.fetchCursor(source, sql: "SELECT \(columns) FROM \(table) ORDER BY \(key) \(order)")
          while let row = try rows.next() {
            try? db.execute(
              sql: "INSERT OR REPLACE INTO \(table) (\(columns)) VALUES (\(marks))",
              arguments: StatementArguments(Array(row.databaseValues)))
          }
          if isWhole { return }
        } catch let error as DatabaseError where SQLiteSalvage.isDamage(error) {
          isWhole = false
        }
      }
      lost.append("\(table): rows that cannot be read")
    }

    /// Makes sure that no number is used twice, and that nobody misses what is told.
    func settle(_ db: Database) throws {
      for range in jobs {
        try db.execute(
          sql: "UPDATE job SET offline = 1 WHERE id BETWEEN ? AND ? AND id != 1", arguments: [range.lowerBound, range.upperBound])
      }
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
      guard !jobs.isEmpty else { return }
      let ranges = jobs.map { "id BETWEEN \($0.lowerBound) AND \($0.upperBound)" }.joined(separator: " OR ")
      for id in try Int64.fetchAll(db, sql: "SELECT id FROM job WHERE id != 1 AND (\(ranges))") {
        try SQLiteDamage.write(db, "job \(id)", "rows of it may be lost; it is paused", "")
      }
    }
  }

  /// A row that breaks the schema's rules is as damaged as one on a damaged page.
  static func isDamage(_ error: DatabaseError) -> Bool {
    switch error.resultCode.primaryResultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG: true
    // A page that lies beyond the end of a file that was cut short.
    case .SQLITE_IOERR: error.extendedResultCode == .SQLITE_IOERR_SHORT_READ || error.extendedResultCode == .SQLITE_IOERR_CORRUPTFS
    default: false
    }
  }
}
