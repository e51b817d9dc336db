import GRDB
public import Model
import Scheduler
import Synchronization

/// Commands of the system job, and events.
struct SQLiteSystemRows {
  let db: Database

  func put(_ stored: StoredSystemCommand) throws {
    let command = stored.command
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO system_command VALUES (?,?,?,?,?,?,?,?,?,?,?)")
    statement.bind(1, Int64(bitPattern: command.number))
    statement.bind(2, command.kind.rawValue)
    statement.bind(3, command.text)
    statement.bind(4, command.workingDirectory)
    statement.bind(5, command.user)
    statement.bind(6, command.jobName)
    statement.bind(7, command.taskName)
    statement.bind(8, command.created.microseconds)
    statement.bind(9, command.job.map { Int64($0.value) })
    statement.bind(10, command.render.map { Int64($0.value) })
    statement.bind(11, stored.task.map { Int64($0.value) })
    try statement.run()
  }

  func place(_ number: UInt64, _ task: TaskIndex) throws {
    let statement = try SQLiteStatement(db, "UPDATE system_command SET task = ?2 WHERE number = ?1")
    statement.bind(1, Int64(bitPattern: number))
    statement.bind(2, task.value)
    try statement.run()
  }

  func delete(_ number: UInt64) throws {
    let statement = try SQLiteStatement(db, "DELETE FROM system_command WHERE number = ?")
    statement.bind(1, Int64(bitPattern: number))
    try statement.run()
  }

  func put(_ event: FarmEvent) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO event VALUES (?,?,?,?,?,?,?)")
    statement.bind(1, Int64(bitPattern: event.number))
    statement.bind(2, event.time.microseconds)
    statement.bind(3, event.name.rawValue)
    statement.bind(4, event.object)
    statement.bind(5, event.user)
    statement.bind(6, event.info)
    statement.bind(7, event.isSent ? 1 : 0)
    try statement.run()
  }

  /// A row of all its columns.
  func command(_ row: SQLiteRow) throws -> StoredSystemCommand {
    guard let kind = SystemCommand.Kind(rawValue: try row.number(1)) else {
      throw StoreFailure(.damaged, "its kind is not known")
    }
    return StoredSystemCommand(
      command: SystemCommand(
        number: try row.unsigned(0), kind: kind, text: try row.text(2), workingDirectory: try row.text(3), user: try row.text(4),
        jobName: try row.text(5), taskName: try row.text(6), created: Instant(microseconds: try row.integer(7)),
        job: try row.optional(8).map { JobID($0) }, render: try row.optional(9).map { RenderID($0) }),
      task: try row.optional(10, as: UInt32.self).map { TaskIndex($0) })
  }

  /// The last `limit`, the oldest first. What this program has no name for, or cannot read, is left out.
  func events(_ limit: Int) throws -> [FarmEvent] {
    var events: [FarmEvent] = []
    try SQLiteRow.each(db, "SELECT * FROM event ORDER BY number DESC LIMIT ?", [Int64(limit)]) { row in
      guard let name = (try? row.text(2)).flatMap(EventName.init(rawValue:)) else { return }
      let event = try? FarmEvent(
        number: row.unsigned(0), time: Instant(microseconds: row.integer(1)), name: name, object: row.text(3), user: row.text(4),
        info: row.text(5), isSent: row.integer(6) != 0)
      if let event { events.append(event) }
    }
    return events.reversed()
  }

  /// Leaves the last ones.
  func trimEvents() throws {
    try db.execute(
      sql: """
        DELETE FROM event WHERE number <= (SELECT number FROM event ORDER BY number DESC LIMIT 1 OFFSET \(Limits.events))
        """)
  }
}

extension SQLiteStore {
  public func events(limit: Int) throws -> [FarmEvent] {
    do { return try reading { try SQLiteSystemRows(db: $0).events(limit) } } catch { throw Self.failure(error, path) }
  }
}
