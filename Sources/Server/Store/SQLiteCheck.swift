import Files
import GRDB
import Model
import Scheduler
import Text

/// Looks a store file through without changing it: `reeve-server --check-store`.
enum SQLiteCheck {
  struct Report {
    /// What is wrong with the file or its rows now.
    var faults: [String] = []
    /// What was set aside earlier.
    var setAside: [String] = []
    var snapshot = StoreSnapshot()
    var bytes: Int64 = 0
  }

  /// - Throws: `StoreFailure` when there is no such file, or nothing of it can be read.
  static func look(at path: String) throws -> Report {
    var report = Report()
    do { report.bytes = try AtomicFile.size(of: path) } catch { throw StoreFailure(.other, "\(error)") }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.read { db in
        report.faults = try faults(db, isQuick: false)
        guard try !SQLiteSchema.migrations.hasBeenSuperseded(db) else {
          return report.faults.append("made by a newer version of reeve-server: only the file itself was checked")
        }
        // A file of an older version is brought up to date when a server opens it; its rows are looked at then.
        guard try SQLiteSchema.migrations.hasCompletedMigrations(db), report.faults.isEmpty else { return }
        var loader = try SQLiteLoader(db)
        try loader.load()
        report.faults += loader.damage.map { "\($0.subject): \($0.told)" }
        report.snapshot = loader.snapshot
        try SQLiteRow.each(db, "SELECT time, subject, reason FROM set_aside ORDER BY number") { row in
          let moment = TimeText.local(microseconds: try row.integer(0))
          report.setAside.append("\(try row.text(1)), found \(moment): \(try row.text(2))")
        }
      }
      try database.close()
    } catch { throw SQLiteStore.failure(error, path) }
    return report
  }

  /// The database's own check, at most 100 lines.
  static func faults(_ db: Database, isQuick: Bool) throws -> [String] {
    var faults: [String] = []
    try SQLiteRow.each(db, isQuick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(100)") { row in
      let text = try row.text(0)
      if text != "ok" { faults.append(text) }
    }
    return faults
  }
}
