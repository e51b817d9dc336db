import GRDB
import Glibc
import Model
public import Scheduler
import Synchronization

/// The store that needs no set-up: one SQLite file in WAL mode.
///
/// `synchronous=FULL`: a commit returns when the write-ahead log is synced, so a batch survives a crash of the process, the system
/// and the power as soon as `append` has returned. A transaction that was cut short is not there at the next start.
public final class SQLiteStore: Store {
  public let path: String
  public var name: String { "sqlite:\(path)" }
  private let database: DatabaseQueue
  private let journals = Mutex(JournalGrowth())
  /// Events since they were last cut to their length.
  private let newEvents = Mutex(0)

  /// Rows of deleted jobs that one `compact` removes: of tasks and errors, and of lists of tasks.
  private static let compactedRows = 20_000
  private static let compactedLists = 100
  /// Journals that one `compact` cuts.
  private static let compactedJournals = 200
  /// Events beyond those that are kept before they are removed.
  private static let eventSlack = 1000

  /// - Throws: `StoreFailure` that names the file: damaged, not writable, or made by a newer version.
  public init(path: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.label = "reeve.store"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(
        sql: """
          PRAGMA journal_mode = WAL;
          PRAGMA synchronous = FULL;
          PRAGMA wal_autocheckpoint = 4000;
          PRAGMA journal_size_limit = 67108864;
          PRAGMA temp_store = MEMORY;
          """)
    }
    do {
      try StoreSwap(path: path).finish()
      database = try DatabaseQueue(path: path, configuration: configuration)
      let migrations = SQLiteSchema.migrations
      if try database.read({ db in try migrations.hasBeenSuperseded(db) }) {
        throw StoreFailure(.damaged, "\(path) was made by a newer version of reeve-server")
      }
      try migrations.migrate(database)
    } catch { throw Self.failure(error, path) }
    chmod(path, 0o600)
  }

  public func append(_ changes: [StoreChange]) throws {
    do {
      try database.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) {
          let writer = try SQLiteRowWriter(db)
          for change in changes { try writer.write(change) }
          return .commit
        }
      }
      journals.withLock { journals in
        for case .journal(let entry) in changes { journals.note(entry.object) }
      }
      let events = changes.count { if case .putEvent = $0 { true } else { false } }
      if events > 0 { newEvents.withLock { $0 += events } }
    } catch { throw Self.failure(error, path) }
  }

  public func probe(bytes: Int) throws {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { throw StoreFailure(.device, "\(path): \(String(cString: strerror(errno)))") }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    let needed = UInt64(max(1 << 20, bytes * 3))
    guard free >= needed else {
      throw StoreFailure(.diskFull, "disk full: \(free >> 10) KiB are free where \(path) lies, \(needed >> 10) KiB are needed")
    }
  }

  public var hasHousework: Bool { journals.withLock(\.isDue) || newEvents.withLock { $0 > Self.eventSlack } }

  public func compact() throws -> Bool {
    do {
      let grown = journals.withLock { $0.take(Self.compactedJournals) }
      let hasEvents = newEvents.withLock { events in
        guard events > Self.eventSlack else { return false }
        events = 0
        return true
      }
      return try database.write { db in
        if hasEvents { try SQLiteSystemRows(db: db).trimEvents() }
        let trimming = JournalTrimming(db: db)
        for object in grown { try trimming.cut(object) }
        if !grown.isEmpty {
          try trimming.dropOld()
          return true
        }
        guard let job = try Int64.fetchOne(db, sql: "SELECT id FROM deleted_job ORDER BY id LIMIT 1") else { return false }
        guard try Self.removeRows(of: job, db) else { return true }
        try trimming.leave(job: job)
        try db.execute(sql: "DELETE FROM deleted_job WHERE id = ?", arguments: [job])
        return true
      }
    } catch { throw Self.failure(error, path) }
  }

  /// A portion of what a deleted job left behind.
  ///
  /// - Returns: whether nothing is left.
  private static func removeRows(of job: Int64, _ db: Database) throws -> Bool {
    try db.execute(
      sql: """
        DELETE FROM task WHERE job = ?1 AND (block, task) IN
          (SELECT block, task FROM task WHERE job = ?1 ORDER BY block, task LIMIT \(compactedRows))
        """, arguments: [job])
    guard db.changesCount < compactedRows else { return false }
    try db.execute(
      sql: """
        DELETE FROM job_task WHERE job = ?1 AND (block, first) IN
          (SELECT block, first FROM job_task WHERE job = ?1 ORDER BY block, first LIMIT \(compactedLists))
        """, arguments: [job])
    guard db.changesCount < compactedLists else { return false }
    try db.execute(
      sql: """
        DELETE FROM error_host WHERE job = ?1 AND (block, task, render) IN
          (SELECT block, task, render FROM error_host WHERE job = ?1 ORDER BY block, task, render LIMIT \(compactedRows))
        """, arguments: [job])
    return db.changesCount < compactedRows
  }

  public func close() throws {
    do {
      try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      try database.close()
    } catch { throw Self.failure(error, path) }
  }

  func reading<T>(_ body: (Database) throws -> T) throws -> T { try database.read(body) }
  func writing<T>(_ body: (Database) throws -> T) throws -> T { try database.write(body) }

  static func failure(_ error: any Error, _ path: String) -> StoreFailure {
    if let failure = error as? StoreFailure { return failure }
    guard let error = error as? DatabaseError else { return StoreFailure(.other, "\(path): \(error)") }
    let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode.primaryResultCode {
    case .SQLITE_FULL: return StoreFailure(.diskFull, "disk full, no room for \(path)")
    case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: return StoreFailure(.device, "\(path): \(text)")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return StoreFailure(.damaged, "\(path) is damaged: \(text) (restore it from a backup)")
    case .SQLITE_BUSY, .SQLITE_LOCKED: return StoreFailure(.other, "\(path) is locked by another program")
    default: return StoreFailure(.other, "\(path): \(text)")
    }
  }
}
