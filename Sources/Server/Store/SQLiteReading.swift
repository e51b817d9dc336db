import GRDB
import Model
import Scheduler
import Synchronization
import Wire

/// A reading of the store through a connection of its own, in one transaction: it sees the store as it was when the transaction
/// began, and what is committed meanwhile waits in the log beside the file.
///
/// Rows come in the order of their keys, some thousand at a time; each portion begins behind the last key of the one before.
final class SQLiteReading: StoreReading {
  /// In the order in which they are read. A job comes before what belongs to it.
  private enum Part: Int, CaseIterable { case few, renders, jobs, tasks, runs, errorHosts, systemCommands, undos, journal, events }

  private struct Place {
    var part: Part? = .few
    /// Of the last row that was read.
    var key: [Int64] = []
  }

  private let database: DatabaseQueue
  private let path: String
  private let extent: StoreExtent
  private let place = Mutex(Place())
  /// Jobs that are in the file and for nobody to see.
  private let hidden: String

  /// Rows of one portion.
  private static let rows = 2000
  /// Jobs, whose documents may be long.
  private static let jobs = 50

  /// - Throws: `StoreFailure`.
  init(path: String, extent: StoreExtent) throws {
    self.path = path
    self.extent = extent
    var configuration = Configuration()
    configuration.label = "reeve.reading"
    configuration.readonly = true
    // The transaction lives as long as the reading.
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(5)
    do {
      database = try DatabaseQueue(path: path, configuration: configuration)
      hidden = try database.inDatabase { db in
        try db.execute(sql: "BEGIN DEFERRED TRANSACTION")
        // What it sees is settled by the first look.
        let setsAside = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE name = 'set_aside_job'") ?? 0
        return setsAside > 0 ? "SELECT id FROM set_aside_job" : "SELECT id FROM deleted_job"
      }
    } catch { throw SQLiteStore.failure(error, path) }
  }

  func next() throws -> [StoreChange]? {
    var place = place.withLock { $0 }
    defer { self.place.withLock { $0 = place } }
    do {
      return try database.inDatabase { db in
        while let part = place.part {
          let changes = try read(part, db, &place.key)
          if !changes.isEmpty { return changes }
          place.key = []
          place.part = Part(rawValue: part.rawValue + 1)
          if extent == .farm, place.part == .journal { place.part = nil }
        }
        return nil
      }
    } catch { throw SQLiteStore.failure(error, path) }
  }

  /// The rows behind a key.
  ///
  /// - Parameter key: becomes that of the last row; empty: from the first row on.
  private func read(_ part: Part, _ db: Database, _ key: inout [Int64]) throws -> [StoreChange] {
    switch part {
    case .few:
      if !key.isEmpty { return [] }
      key = [0]
      return try few(db)
    case .renders: return try rows(db, "render", ["id"], 300, &key) { .putRender(try $0.render()) }
    case .jobs: return try jobs(db, &key)
    case .tasks:
      return try rows(db, "task", ["job", "block", "task"], Self.rows, &key, isOfJob: true) { .putTask(try $0.task()) }
    case .runs: return try rows(db, "run", ["lease"], Self.rows, &key) { .putRun(try $0.run()) }
    case .errorHosts:
      return try rows(db, "error_host", ["job", "block", "task", "render"], Self.rows, &key, isOfJob: true) {
        .putErrorHost(try $0.errorHost())
      }
    case .systemCommands:
      return try rows(db, "system_command", ["number"], 300, &key) { try $0.systemCommand().map(StoreChange.putSystemCommand) }
    case .undos: return try rows(db, "undo", ["number"], 300, &key) { .putUndo(try SQLiteUndoRows.undo($0)) }
    case .journal:
      return try rows(db, "journal", ["number"], Self.rows, &key) { row in
        .journal(
          JournalEntry(
            number: try row.unsigned(0), time: try row.instant(1), subject: try row.text(2), type: try row.text(3),
            object: try row.text(4), info: try row.text(5)))
      }
    case .events: return try rows(db, "event", ["number"], Self.rows, &key) { try $0.event().map(StoreChange.putEvent) }
    }
  }

  /// - Parameters:
  ///   - keys: the first columns of the table.
  ///   - isOfJob: rows of jobs that were deleted or set aside are left out.
  private func rows(
    _ db: Database, _ table: String, _ keys: [String], _ limit: Int, _ key: inout [Int64], isOfJob: Bool = false,
    _ change: (SQLiteRow) throws -> StoreChange?
  ) throws -> [StoreChange] {
    let names = keys.joined(separator: ", ")
    let marks = keys.map { _ in "?" }.joined(separator: ", ")
    let job = isOfJob ? "AND job IN (SELECT id FROM job) AND job NOT IN (\(hidden))" : ""
    let sql = "SELECT * FROM \(table) WHERE (\(names)) > (\(marks)) \(job) ORDER BY \(names) LIMIT \(limit)"
    if key.isEmpty { key = keys.map { _ in .min } }
    var changes: [StoreChange] = []
    var isEnd = false
    // What this program has no name for is left out, and is no end.
    while changes.isEmpty, !isEnd {
      let from = key
      isEnd = true
      try SQLiteRow.each(db, sql, from) { row in
        isEnd = false
        if let change = try change(row) { changes.append(change) }
        key = try keys.indices.map { try row.integer(Int32($0)) }
      }
    }
    return changes
  }

  private func jobs(_ db: Database, _ key: inout [Int64]) throws -> [StoreChange] {
    let lists = SQLiteTaskRows(db)
    var changes: [StoreChange] = []
    let sql = """
      SELECT j.id, j.priority, j.offline, j.created, j.started, j.done, j.pre_commands, d.document
      FROM job j JOIN job_document d ON d.id = j.id WHERE j.id > ? AND j.id NOT IN (\(hidden))
      ORDER BY j.id LIMIT \(Self.jobs)
      """
    try SQLiteRow.each(db, sql, key.isEmpty ? [Int64.min] : key) { row in
      let state = try row.jobState()
      let spec: JobSpec
      do { spec = try JobDocument.stored(try row.bytes(7), tasks: try lists.load(state.id)) } catch {
        throw StoreFailure(.damaged, "job \(state.id) in the store cannot be read: \(error)")
      }
      changes.append(.putJob(StoredJob(id: state.id, spec: spec, state: state)))
      key = [Int64(state.id.value)]
    }
    return changes
  }

  /// Counters, users and trees: some ten thousand at most.
  private func few(_ db: Database) throws -> [StoreChange] {
    var changes: [StoreChange] = []
    try SQLiteRow.each(db, "SELECT name, value FROM counter ORDER BY name") { row in
      if let counter = Counter(rawValue: try row.text(0)) { changes.append(.putCounter(counter, try row.unsigned(1))) }
    }
    try SQLiteRow.each(db, "SELECT name, registered, parameters, used, used_at FROM user ORDER BY name") { row in
      changes.append(
        .putUser(
          StoredUser(
            name: try row.text(0), parameters: Parameters.user.stored(try row.object(2)), registered: try row.instant(1),
            used: try row.real(3), usedAt: try row.instant(4))))
    }
    try SQLiteRow.each(db, "SELECT path, parameters, created FROM pool ORDER BY path") { row in
      changes.append(
        .putPool(
          StoredPool(path: try row.text(0), parameters: Parameters.pool.stored(try row.object(1)), created: try row.instant(2))))
    }
    try SQLiteRow.each(db, "SELECT path, parameters, created, used, used_at FROM branch ORDER BY path") { row in
      changes.append(
        .putBranch(
          StoredBranch(
            path: try row.text(0), parameters: Parameters.branch.stored(try row.object(1)), created: try row.instant(2),
            used: try row.real(3), usedAt: try row.instant(4))))
    }
    return changes
  }
}

extension SQLiteStore {
  public func reading(_ extent: StoreExtent) throws -> any StoreReading { try SQLiteReading(path: path, extent: extent) }
}

extension SQLiteRow {
  fileprivate func instant(_ column: Int32) throws -> Instant { Instant(microseconds: try integer(column)) }

  fileprivate func object(_ column: Int32) throws -> JSONObject {
    guard let object = (try? JSONParser.parse(try text(column)))?.object else {
      throw StoreFailure(.damaged, "parameters in the store are no JSON object")
    }
    return object
  }

  fileprivate func key(from index: Int32) throws -> TaskKey {
    TaskKey(
      job: JobID(try number(index)), block: BlockIndex(try number(index + 1, as: UInt16.self)),
      task: TaskIndex(try number(index + 2, as: UInt32.self)))
  }

  fileprivate func jobState() throws -> StoredJobState {
    StoredJobState(
      id: JobID(try number(0)), priority: try number(1), isOffline: try integer(2) != 0, created: try instant(3),
      started: try instant(4), done: try instant(5), preCommands: PreCommands(rawValue: try number(6)) ?? .none)
  }

  fileprivate func task() throws -> StoredTask {
    guard let phase = TaskPhase(rawValue: try number(3)) else {
      throw StoreFailure(.damaged, "task \(try key(from: 0)) in the store stands in a state that is not known")
    }
    return StoredTask(
      key: try key(from: 0), phase: phase, flags: TaskFlags(rawValue: try number(4)), starts: try number(5), errors: try number(6),
      render: try optional(7).map { RenderID($0) }, started: try instant(8), finished: try instant(9), reason: try text(10))
  }

  fileprivate func run() throws -> StoredRun {
    StoredRun(
      lease: Lease(try unsigned(0)), key: try key(from: 1), render: RenderID(try number(4)), started: try instant(5),
      capacityCoefficient: try number(6), hostNumber: try number(7), hold: try hold(8))
  }

  fileprivate func errorHost() throws -> StoredErrorHost {
    let task = try integer(2)
    return StoredErrorHost(
      job: JobID(try number(0)), block: BlockIndex(try number(1, as: UInt16.self)),
      task: task < 0 ? nil : TaskIndex(try number(2, as: UInt32.self)), render: RenderID(try number(3)), count: try number(4),
      last: try instant(5))
  }

  fileprivate func render() throws -> StoredRender {
    let name = try text(1)
    let failed = try JSONParser.parse(try text(10)).array ?? []
    return StoredRender(
      id: RenderID(try number(0)), name: name, agent: try text(2), user: try text(3), capacity: try number(4),
      maxTasks: try number(5), priority: UInt8(truncatingIfNeeded: try integer(6)), state: RenderState(rawValue: try number(7)),
      registered: try instant(8), parameters: Parameters.render.stored(try object(9)), failedUsers: failed.compactMap(\.string),
      os: try text(11), interfaces: try MachineText.interfaces(try text(12)), resources: try MachineText.resources(try text(13)),
      wolSince: try instant(14), wakes: try number(15))
  }

  fileprivate func systemCommand() throws -> StoredSystemCommand? {
    guard let kind = SystemCommand.Kind(rawValue: try number(1)) else { return nil }
    return StoredSystemCommand(
      command: SystemCommand(
        number: try unsigned(0), kind: kind, text: try text(2), workingDirectory: try text(3), user: try text(4),
        jobName: try text(5), taskName: try text(6), created: try instant(7), job: try optional(8).map { JobID($0) },
        render: try optional(9).map { RenderID($0) }),
      task: try optional(10, as: UInt32.self).map { TaskIndex($0) })
  }

  fileprivate func event() throws -> FarmEvent? {
    guard let name = EventName(rawValue: try text(2)) else { return nil }
    return FarmEvent(
      number: try unsigned(0), time: try instant(1), name: name, object: try text(3), user: try text(4), info: try text(5),
      isSent: try integer(6) != 0)
  }
}
