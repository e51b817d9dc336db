import GRDB
import Model
public import Scheduler
import Wire

extension SQLiteStore {
  /// All that can be read. What cannot is set aside in the store, told by `damage`, and never keeps the rest from being loaded.
  ///
  /// - Throws: `StoreFailure`; `.damaged` when the file itself is, so that not even its rows can be looked at.
  public func load() throws -> StoreSnapshot {
    do {
      let loader = try reading { db in
        var loader = try SQLiteLoader(db)
        try loader.load()
        return loader
      }
      if !loader.damage.isEmpty {
        // When this fails (the disk is full) the next start finds the same again.
        try? writing { db in
          for damage in loader.damage { try damage.setAside(in: db) }
        }
      }
      note(loader.damage.map { StoreDamage(subject: $0.subject, reason: $0.told) }, aside: loader.aside)
      return loader.snapshot
    } catch { throw Self.failure(error, path) }
  }
}

/// Reads a whole farm in one transaction.
struct SQLiteLoader {
  let db: Database
  private(set) var snapshot = StoreSnapshot()
  private(set) var damage: [SQLiteDamage] = []
  /// Jobs that are not looked at: deleted, or set aside now or earlier.
  private var hidden: Set<JobID> = []
  /// Those of them that are set aside.
  private(set) var aside: Set<JobID> = []
  /// Jobs of which a row is missing: nothing of them may run before somebody has looked at them.
  private var incomplete: Set<JobID> = []

  init(_ db: Database) throws { self.db = db }

  mutating func load() throws {
    try SQLiteRow.each(db, "SELECT id FROM deleted_job") { hidden.insert(JobID(try $0.number(0))) }
    try SQLiteRow.each(db, "SELECT id FROM set_aside_job") { aside.insert(JobID(try $0.number(0))) }
    hidden.formUnion(aside)
    try loadJobs()
    try loadTasks()
    try loadRuns()
    try loadRenders()
    try loadUsers()
    try loadPools()
    try loadBranches()
    try loadErrorHosts()
    try loadSystemCommands()
    try each("undo", key: 1, order: "number") { $0.undos.append(try SQLiteUndoRows.undo($1)) }
    try loadCounters()
    for index in snapshot.jobs.indices where incomplete.contains(snapshot.jobs[index].id) {
      snapshot.jobs[index].state.isOffline = true
    }
  }

  /// Reads the rows of a table. A row that cannot be read is noted by its first `key` values.
  ///
  /// - Parameter job: whose row it is, so that it does not run without it.
  private mutating func each(
    _ table: String, key: Int32, _ columns: String = "*", order: String, job: ((SQLiteRow) -> JobID?)? = nil,
    _ body: (inout StoreSnapshot, SQLiteRow) throws -> Void
  ) throws {
    try SQLiteRow.each(db, "SELECT \(columns) FROM \(table) ORDER BY \(order)") { row in
      do { try body(&snapshot, row) } catch let failure as StoreFailure {
        let job = job?(row)
        if let job { incomplete.insert(job) }
        damage.append(.row(table, key: (0..<key).map(row.value), job: job, reason: failure.message))
      }
    }
  }

  // MARK: Jobs

  private mutating func loadJobs() throws {
    let lists = SQLiteTaskRows(db)
    let sql = """
      SELECT j.id, j.priority, j.offline, j.created, j.started, j.done, j.pre_commands, d.document
      FROM job j LEFT JOIN job_document d ON d.id = j.id ORDER BY j.id
      """
    try SQLiteRow.each(db, sql) { row in
      let id = JobID(try row.number(0))
      guard !hidden.contains(id) else { return }
      do {
        let state = StoredJobState(
          id: id, priority: try row.number(1), isOffline: try row.integer(2) != 0, created: try row.instant(3),
          started: try row.instant(4), done: try row.instant(5),
          preCommands: PreCommands(rawValue: try row.number(6)) ?? .none)
        guard !row.isNull(7) else { throw StoreFailure(.damaged, "its document is missing") }
        let spec = try JobDocument.stored(try row.bytes(7), tasks: try lists.load(id))
        snapshot.jobs.append(StoredJob(id: id, spec: spec, state: state))
      } catch let error where (error as? DatabaseError) == nil {
        hidden.insert(id)
        if id != .system { aside.insert(id) }
        damage.append(.job(id, reason: "\(error)"))
      }
    }
  }

  private static func job(_ column: Int32) -> (SQLiteRow) -> JobID? {
    { row in (try? row.number(column)).map { JobID($0) } }
  }

  private mutating func loadTasks() throws {
    let hidden = hidden
    try each("task", key: 3, order: "job, block, task", job: Self.job(0)) { snapshot, row in
      let key = try row.key(from: 0)
      guard !hidden.contains(key.job) else { return }
      guard let phase = TaskPhase(rawValue: try row.number(3)) else { throw StoreFailure(.damaged, "its state is not known") }
      snapshot.tasks.append(
        StoredTask(
          key: key, phase: phase, flags: TaskFlags(rawValue: try row.number(4)), starts: try row.number(5),
          errors: try row.number(6), render: try row.optional(7).map { RenderID($0) }, started: try row.instant(8),
          finished: try row.instant(9), reason: try row.text(10)))
    }
  }

  private mutating func loadRuns() throws {
    let hidden = hidden
    try each("run", key: 1, order: "lease", job: Self.job(1)) { snapshot, row in
      let key = try row.key(from: 1)
      guard !hidden.contains(key.job) else { return }
      snapshot.runs.append(
        StoredRun(
          lease: Lease(try row.unsigned(0)), key: key, render: RenderID(try row.number(4)), started: try row.instant(5),
          capacityCoefficient: try row.number(6), hostNumber: try row.number(7), hold: try row.hold(8)))
    }
  }

  private mutating func loadErrorHosts() throws {
    let hidden = hidden
    try each("error_host", key: 4, order: "job, block, task, render") { snapshot, row in
      let job = JobID(try row.number(0))
      guard !hidden.contains(job) else { return }
      let task = try row.integer(2)
      snapshot.errorHosts.append(
        StoredErrorHost(
          job: job, block: BlockIndex(try row.number(1, as: UInt16.self)),
          task: task < 0 ? nil : TaskIndex(try row.number(2, as: UInt32.self)), render: RenderID(try row.number(3)),
          count: try row.number(4), last: try row.instant(5)))
    }
  }

  private mutating func loadSystemCommands() throws {
    let rows = SQLiteSystemRows(db: db)
    try each("system_command", key: 1, order: "number") { $0.systemCommands.append(try rows.command($1)) }
  }

  // MARK: Renders, users, trees

  private mutating func loadRenders() throws {
    try each("render", key: 1, order: "id") { snapshot, row in
      snapshot.renders.append(
        StoredRender(
          id: RenderID(try row.number(0)), name: try row.text(1), agent: try row.text(2), user: try row.text(3),
          capacity: try row.number(4), maxTasks: try row.number(5), priority: UInt8(truncatingIfNeeded: try row.integer(6)),
          state: RenderState(rawValue: try row.number(7)), registered: try row.instant(8),
          parameters: Parameters.render.stored(try row.object(9)), failedUsers: (try row.json(10).array ?? []).compactMap(\.string),
          os: try row.text(11), interfaces: try row.machine(12, MachineText.interfaces),
          resources: try row.machine(13, MachineText.resources), wolSince: try row.instant(14), wakes: try row.number(15)))
    }
  }

  private mutating func loadUsers() throws {
    try each("user", key: 1, "name, registered, parameters, used, used_at", order: "name") { snapshot, row in
      snapshot.users.append(
        StoredUser(
          name: try row.text(0), parameters: Parameters.user.stored(try row.object(2)), registered: try row.instant(1),
          used: try row.real(3), usedAt: try row.instant(4)))
    }
  }

  private mutating func loadPools() throws {
    try each("pool", key: 1, "path, parameters, created", order: "path") { snapshot, row in
      snapshot.pools.append(
        StoredPool(
          path: try row.text(0), parameters: Parameters.pool.stored(try row.object(1)), created: try row.instant(2)))
    }
  }

  private mutating func loadBranches() throws {
    try each("branch", key: 1, "path, parameters, created, used, used_at", order: "path") { snapshot, row in
      snapshot.branches.append(
        StoredBranch(
          path: try row.text(0), parameters: Parameters.branch.stored(try row.object(1)), created: try row.instant(2),
          used: try row.real(3), usedAt: try row.instant(4)))
    }
  }

  private mutating func loadCounters() throws {
    try each("counter", key: 1, "name, value", order: "name") { snapshot, row in
      // A counter of a later version is left alone.
      guard let counter = Counter(rawValue: try row.text(0)) else { return }
      snapshot.counters[counter] = try row.unsigned(1)
    }
  }
}

extension SQLiteRow {
  fileprivate func key(from index: Int32) throws -> TaskKey {
    TaskKey(
      job: JobID(try number(index)), block: BlockIndex(try number(index + 1, as: UInt16.self)),
      task: TaskIndex(try number(index + 2, as: UInt32.self)))
  }

  fileprivate func instant(_ column: Int32) throws -> Instant { Instant(microseconds: try integer(column)) }

  fileprivate func json(_ column: Int32) throws -> JSONValue {
    let text = try text(column)
    do { return try JSONParser.parse(text) } catch { throw StoreFailure(.damaged, "\(error)") }
  }

  fileprivate func object(_ column: Int32) throws -> JSONObject {
    guard let object = try json(column).object else { throw StoreFailure(.damaged, "its parameters are no JSON object") }
    return object
  }

  fileprivate func machine<Value>(_ column: Int32, _ read: (String) throws -> Value) throws -> Value {
    let text = try text(column)
    do { return try read(text) } catch { throw StoreFailure(.damaged, "its machine: \(error)") }
  }
}
