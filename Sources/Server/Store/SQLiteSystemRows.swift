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

  /// In the order in which they came.
  func commands() throws -> [StoredSystemCommand] {
    var commands: [StoredSystemCommand] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM system_command ORDER BY number")
    while let row = try rows.next() {
      let number = UInt64(bitPattern: row[0] as Int64)
      guard let kind = SystemCommand.Kind(rawValue: UInt8(truncatingIfNeeded: row[1] as Int64)) else {
        throw StoreFailure(.damaged, "command \(number) of the system job in the store is of a kind that is not known")
      }
      commands.append(
        StoredSystemCommand(
          command: SystemCommand(
            number: number, kind: kind, text: row[2], workingDirectory: row[3], user: row[4], jobName: row[5], taskName: row[6],
            created: Instant(microseconds: row[7]), job: (row[8] as Int64?).map { JobID(UInt32(truncatingIfNeeded: $0)) },
            render: (row[9] as Int64?).map { RenderID(UInt32(truncatingIfNeeded: $0)) }),
          task: (row[10] as Int64?).map { TaskIndex(UInt32(truncatingIfNeeded: $0)) }))
    }
    return commands
  }

  /// The last `limit`, the oldest first. What this program has no name for is left out.
  func events(_ limit: Int) throws -> [FarmEvent] {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM event ORDER BY number DESC LIMIT ?", arguments: [limit])
    return rows.reversed().compactMap { row in
      EventName(rawValue: row[2]).map { name in
        FarmEvent(
          number: UInt64(bitPattern: row[0] as Int64), time: Instant(microseconds: row[1]), name: name, object: row[3],
          user: row[4], info: row[5], isSent: row[6] as Int64 != 0)
      }
    }
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
