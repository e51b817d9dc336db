import GRDB
import Model
import Scheduler

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
    putRun = try SQLiteStatement(db, "INSERT OR REPLACE INTO run VALUES (?,?,?,?,?,?)")
    deleteRun = try SQLiteStatement(db, "DELETE FROM run WHERE lease = ?")
    putJobState = try SQLiteStatement(
      db, "UPDATE job SET priority = ?2, offline = ?3, created = ?4, started = ?5, done = ?6 WHERE id = ?1")
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
      try putRun.run()
    case .deleteRun(let lease):
      deleteRun.bind(1, Int64(bitPattern: lease.value))
      try deleteRun.run()
    case .deleteUser, .putPool, .deletePool, .putBranch, .deleteBranch, .putJobParameters, .appendTasks, .putErrorHost,
      .deleteErrorHosts, .journal:
      break
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
    case .putUser(let user):
      let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO user VALUES (?,?,?)")
      statement.bind(1, user.name)
      statement.bind(2, Int64(user.parameters.errorsRetries))
      statement.bind(3, user.registered.microseconds)
      try statement.run()
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
    let row = try SQLiteStatement(db, "INSERT OR REPLACE INTO job VALUES (?,?,?,?,?,?)")
    bind(job.state, to: row)
    try row.run()
    let document = try SQLiteStatement(db, "INSERT OR REPLACE INTO job_document VALUES (?,?)")
    document.bind(1, job.id.value)
    document.bind(2, Array(job.spec.document.text().utf8))
    try document.run()
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
    let statement = try SQLiteStatement(db, "INSERT OR REPLACE INTO render VALUES (?,?,?,?,?,?,?,?,?)")
    statement.bind(1, render.id.value)
    statement.bind(2, render.name)
    statement.bind(3, render.agent)
    statement.bind(4, render.user)
    statement.bind(5, render.capacity)
    statement.bind(6, render.maxTasks)
    statement.bind(7, render.priority)
    statement.bind(8, render.state.rawValue)
    statement.bind(9, render.registered.microseconds)
    try statement.run()
  }
}
