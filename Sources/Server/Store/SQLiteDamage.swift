import GRDB
import Model

/// What could not be read when the store was loaded.
public struct StoreDamage: Sendable, Hashable, CustomStringConvertible {
  /// `job 5`, `task 5[0][17]`
  public let subject: String
  /// Why, and what was done about it.
  public let reason: String
  public init(subject: String, reason: String) {
    self.subject = subject
    self.reason = reason
  }
  public var description: String { "\(subject): \(reason)" }
}

/// A part of the store that cannot be read, and how it is put out of the way without losing it.
enum SQLiteDamage: Sendable {
  /// Its rows stay where they are, and are passed over from now on.
  case job(JobID, reason: String)
  /// The row moves into the table `set_aside`, as text.
  case row(String, key: [DatabaseValue], job: JobID?, reason: String)

  var subject: String {
    switch self {
    case .job(let id, _): "job \(id)"
    case .row(let table, let key, _, _):
      table == "task" && key.count == 3
        ? "task \(Self.text(key[0]))[\(Self.text(key[1]))][\(Self.text(key[2]))]"
        : "\(table.replacing("_", with: " ")) \(key.map(Self.text).joined(separator: " "))"
    }
  }

  var told: String {
    switch self {
    case .job(_, let reason): "cannot be read and is set aside: \(reason)"
    case .row("task", _, _, let reason):
      "its state cannot be read and is set aside: \(reason). The task stands as new, and its job is paused"
    case .row("run", _, _, let reason): "cannot be read and is set aside: \(reason). The job is paused"
    case .row(_, _, _, let reason): "cannot be read and is set aside: \(reason)"
    }
  }

  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .int64(let number): "\(number)"
    case .string(let text): text
    case .double(let number): "\(number)"
    case .null, .blob: "?"
    }
  }

  func setAside(in db: Database) throws {
    switch self {
    case .job(.system, let reason):
      // The server makes this one anew, under the same number.
      try Self.move("job", [JobID.system.databaseValue], subject, reason, db)
      try Self.move("job_document", [JobID.system.databaseValue], subject, reason, db)
    case .job(let id, let reason):
      try db.execute(sql: "INSERT OR REPLACE INTO set_aside_job VALUES (?)", arguments: [Int64(id.value)])
      try Self.write(db, subject, reason, "")
    case .row(let table, let key, let job, let reason):
      try Self.move(table, key, subject, reason, db)
      if let job { try db.execute(sql: "UPDATE job SET offline = 1 WHERE id = ?", arguments: [Int64(job.value)]) }
    }
  }

  static func write(_ db: Database, _ subject: String, _ reason: String, _ content: String) throws {
    try db.execute(
      sql: "INSERT INTO set_aside (time, subject, reason, content) VALUES (strftime('%s', 'now') * 1000000, ?, ?, ?)",
      arguments: [subject, reason, content])
  }

  private static func move(_ table: String, _ key: [DatabaseValue], _ subject: String, _ reason: String, _ db: Database) throws {
    let columns = try db.columns(in: table).map(\.name)
    let place = columns.prefix(key.count).map { "\($0) IS ?" }.joined(separator: " AND ")
    let quoted = columns.map { "quote(\($0))" }.joined(separator: " || ', ' || ")
    let content = try String.fetchOne(db, sql: "SELECT \(quoted) FROM \(table) WHERE \(place)", arguments: StatementArguments(key))
    guard let content else { return }
    try write(db, subject, reason, "\(table) (\(columns.joined(separator: ", "))): \(content)")
    try db.execute(sql: "DELETE FROM \(table) WHERE \(place)", arguments: StatementArguments(key))
  }
}

extension JobID {
  fileprivate var databaseValue: DatabaseValue { Int64(value).databaseValue }
}
