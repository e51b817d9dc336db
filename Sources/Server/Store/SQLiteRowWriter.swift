import GRDB
import Model
import Scheduler
import Wire

/// Writes changes as rows. Lives for one transaction.
struct SQLiteRowWriter {
  private let db: Database

  private let putTask: SQLiteStatement
  private let deleteTask: SQLiteStatement
  private let putRun: SQLiteStatement
  private let deleteRun: SQLiteStatement
  private let putJobState: SQLiteStatement
  private let putCounter: SQLiteStatement

  init(_ db: Database) throws {
    self.db = db
    putTask = try SQLiteStatement(db, "INSERT OR REPLACE INTO task VALUES (?,?,?,?,?,?,?,?,?,?,?)")
    deleteTask = try SQLiteStatement(db, "DELETE FROM task WHERE job = ? AND block = ? AND task = ?")
    putRun = try SQLiteStatement(db, "INSERT OR REPLACE INTO run VALUES (?,?,?,?,?,?,?,?,?)")
    deleteRun = try SQLiteStatement(db, "DELETE FROM run WHERE lease = ?")
    putJobState = try SQLiteStatement(
      db, "UPDATE job SET priority = ?2, offline = ?3, created = ?4, started = ?5, done = ?6, pre_commands = ?7 WHERE id = ?1")
    putCounter = try SQLiteStatement(db, "INSERT OR REPLACE INTO counter VALUES (?,?)")
  }

  func write(_ change: StoreChange) throws {
    switch change {
    case .putTask(let task): try put(task)
    case .deleteTask(let key):
      bind(key, to: deleteTask, from: 1)
      try deleteTask.run()
    case .putRun(let run):
      putRun.bind(1, Int64(bitPattern: run.lease.value))
      bind(run.key, to: putRun, from: 2)
      putRun.bind(5, run.render.value)
      putRun.bind(6, run.started.microseconds)
      putRun.bind(7, run.capacityCoefficient)
      putRun.bind(8, run.hostNumber)
      if let hold = run.hold { putRun.bind(9, hold.text) } else { putRun.bind(9, nil as Int64?) }
      try putRun.run()
    case .deleteRun(let lease):
      deleteRun.bind(1, Int64(bitPattern: lease.value))
      try deleteRun.run()
    case .putJobState(let state):
      bind(state, to: putJobState)
      try putJobState.run()
    case .putCounter(let counter, let value):
      putCounter.bind(1, counter.rawValue)
      putCounter.bind(2, Int64(bitPattern: value))
      try putCounter.run()
    case .putJob(let job): try put(job)
    case .deleteJob(let id): try delete(id)
    case .deleteTasks(let job, let block):
      let statement = try SQLiteStatement(db, "DELETE FROM task WHERE job = ? AND block = ?")
      statement.bind(1, job.value)
      statement.bind(2, block.value)
      try statement.run()
    case .putRender(let render): try put(render)
    case .deleteRender(let id):
      let statement = try SQLiteStatement(db, "DELETE FROM render WHERE id = ?")
      statement.bind(1, id.value)
      try statement.run()
    case .putUser(let user): try put(user)
    case .deleteUser(let name): try delete("DELETE FROM user WHERE name = ?", name)
    case .putPool(let pool): try put(pool)
    case .deletePool(let path): try delete("DELETE FROM pool WHERE path = ?", path)
    case .putBranch(let branch): try put(branch)
    case .deleteBranch(let path): try delete("DELETE FROM branch WHERE path = ?", path)
    case .putJobParameters(let id, let spec): try putDocument(id, spec)
    case .appendTasks(let id, let block, let first, let spec): try appendTasks(id, block, first, spec)
    case .putErrorHost(let host): try put(host)
    case .deleteErrorHosts(let job, let block):
      let statement = try SQLiteStatement(db, "DELETE FROM error_host WHERE job = ? AND block = ?")
      statement.bind(1, job.value)
      statement.bind(2, block.value)
      try statement.run()
    case .journal(let entry): try put(entry)
    case .putSystemCommand(let command): try SQLiteSystemRows(db: db).put(command)
    case .placeSystemCommand(let number, let task): try SQLiteSystemRows(db: db).place(number, task)
    case .deleteSystemCommand(let number): try SQLiteSystemRows(db: db).delete(number)
    case .putUndo(let undo): try SQLiteUndoRows(db: db).put(undo)
    case .deleteUndo(let number): try SQLiteUndoRows(db: db).delete(number)
    case .putEvent(let event): try SQLiteSystemRows(db: db).put(event)
    }
  }

  private func bind(_ key: TaskKey, to statement: SQLiteStatement, from index: Int32) {
    statement.bind(index, key.job.value)
    statement.bind(index + 1, key.block.value)
    statement.bind(index + 2, key.task.value)
  }

  private func bind(_ state: StoredJobState, to statement: SQLiteStatement) {
    statement.bind(1, state.id.value)
    statement.bind(2, state.priority)
    statement.bind(3, state.isOffline ? 1 : 0)
    statement.bind(4, state.created.microseconds)
    statement.bind(5, state.started.microseconds)
    statement.bind(6, state.done.microseconds)
    statement.bind(7, state.preCommands.rawValue)
  }

  private func put(_ task: StoredTask) throws {
    bind(task.key, to: putTask, from: 1)
    putTask.bind(4, task.phase.rawValue)
    putTask.bind(5, task.flags.rawValue)
    putTask.bind(6, task.starts)
    putTask.bind(7, task.errors)
    putTask.bind(8, task.render.map { Int64($0.value) })
    putTask.bind(9, task.started.microseconds)
    putTask.bind(10, task.finished.microseconds)
    putTask.bind(11, task.reason)
    try putTask.run()
  }

  private func put(_ job: StoredJob) throws {
    let row = try SQLiteStatement(db, "INSERT OR REPLACE INTO job VALUES (?,?,?,?,?,?,?)")
    bind(job.state, to: row)
    try row.run()
    let document = try SQLiteStatement(db, "INSERT OR REPLACE INTO job_document VALUES (?,?)")
    document.bind(1, job.id.value)
    document.bind(2, Array(job.spec.documentWithoutTasks.text().utf8))
    try document.run()
    let tasks = SQLiteTaskRows(db)
    try tasks.delete(job.id)
    try tasks.put(job.id, job.spec)
  }

  private func putDocument(_ id: JobID, _ spec: JobSpec) throws {
    let statement = try SQLiteStatement(db, "UPDATE job_document SET document = ?2 WHERE id = ?1")
    statement.bind(1, id.value)
    statement.bind(2, Array(spec.documentWithoutTasks.text().utf8))
    try statement.run()
  }

  private func appendTasks(_ id: JobID, _ block: BlockIndex, _ first: Int, _ spec: JobSpec) throws {
    let isThere = try Bool.fetchOne(db, sql: "SELECT 1 FROM job WHERE id = ?", arguments: [Int64(id.value)]) ?? false
    guard isThere, spec.blocks.indices.contains(Int(block.value)), case .listed(let tasks, _) = spec.blocks[Int(block.value)].work
    else { return }
    try putDocument(id, spec)
    try SQLiteTaskRows(db).replace(id, block, tasks, from: first)
  }

  private func delete(_ sql: String, _ name: String) throws {
    let statement = try SQLiteStatement(db, sql)
    statement.bind(1, name)
    try statement.run()
  }

  /// The rows of its tasks, up to 20 million, are removed by and by (`SQLiteStore.compact`): a job's number is never used again.
  private func delete(_ id: JobID) throws {
    for sql in [
      "DELETE FROM job WHERE id = ?", "DELETE FROM job_document WHERE id = ?", "DELETE FROM run WHERE job = ?",
      "INSERT OR REPLACE INTO deleted_job VALUES (?)",
    ] {
      let statement = try SQLiteStatement(db, sql)
      statement.bind(1, id.value)
      try statement.run()
    }
  }

  private func put(_ render: StoredRender) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO render VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
    statement.bind(1, render.id.value)
    statement.bind(2, render.name)
    statement.bind(3, render.agent)
    statement.bind(4, render.user)
    statement.bind(5, render.capacity)
    statement.bind(6, render.maxTasks)
    statement.bind(7, render.priority)
    statement.bind(8, render.state.rawValue)
    statement.bind(9, render.registered.microseconds)
    statement.bind(10, JSONValue.object(Parameters.render.json(of: render.parameters)).text())
    statement.bind(11, JSONValue.array(render.failedUsers.map(JSONValue.string)).text())
    statement.bind(12, render.os)
    statement.bind(13, try MachineText.text(render.interfaces))
    statement.bind(14, try MachineText.text(render.resources))
    statement.bind(15, render.wolSince.microseconds)
    statement.bind(16, render.wakes)
    try statement.run()
  }

  private func put(_ user: StoredUser) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO user VALUES (?,?,?,?,?,?)")
    statement.bind(1, user.name)
    statement.bind(2, user.parameters.errorsRetries)
    statement.bind(3, user.registered.microseconds)
    statement.bind(4, JSONValue.object(Parameters.user.json(of: user.parameters)).text())
    statement.bind(5, user.used)
    statement.bind(6, user.usedAt.microseconds)
    try statement.run()
  }

  private func put(_ pool: StoredPool) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO pool VALUES (?,?,?)")
    statement.bind(1, pool.path)
    statement.bind(2, JSONValue.object(Parameters.pool.json(of: pool.parameters)).text())
    statement.bind(3, pool.created.microseconds)
    try statement.run()
  }

  private func put(_ branch: StoredBranch) throws {
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO branch VALUES (?,?,?,?,?)")
    statement.bind(1, branch.path)
    statement.bind(2, JSONValue.object(Parameters.branch.json(of: branch.parameters)).text())
    statement.bind(3, branch.created.microseconds)
    statement.bind(4, branch.used)
    statement.bind(5, branch.usedAt.microseconds)
    try statement.run()
  }

  private func put(_ host: StoredErrorHost) throws {
    let sql =
      host.count == 0
      ? "DELETE FROM error_host WHERE job = ? AND block = ? AND task = ? AND render = ?"
      : "INSERT OR REPLACE INTO error_host VALUES (?,?,?,?,?,?)"
    let statement = try SQLiteStatement(db, sql)
    statement.bind(1, host.job.value)
    statement.bind(2, host.block.value)
    statement.bind(3, host.task.map { Int64($0.value) } ?? -1)
    statement.bind(4, host.render.value)
    if host.count != 0 {
      statement.bind(5, host.count)
      statement.bind(6, host.last.microseconds)
    }
    try statement.run()
  }

  private func put(_ entry: JournalEntry) throws {
    let statement = try SQLiteStatement(
      db, "INSERT OR REPLACE INTO journal (number, time, subject, type, object, info) VALUES (?,?,?,?,?,?)")
    statement.bind(1, Int64(bitPattern: entry.number))
    statement.bind(2, entry.time.microseconds)
    statement.bind(3, entry.subject)
    statement.bind(4, entry.type)
    statement.bind(5, entry.object)
    statement.bind(6, entry.info)
    try statement.run()
  }
}
