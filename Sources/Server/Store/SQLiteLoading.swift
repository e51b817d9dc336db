import Foundation
import GRDB
import Model
public import Scheduler

extension SQLiteStore {
  /// - Throws: `StoreFailure`; a job whose document cannot be read is named, never left out.
  public func load() throws -> StoreSnapshot {
    do {
      return try reading { db in
        var snapshot = StoreSnapshot()
        try Self.loadJobs(db, &snapshot)
        try Self.loadTasks(db, &snapshot)
        try Self.loadRenders(db, &snapshot)
        return snapshot
      }
    } catch { throw Self.failure(error, path) }
  }

  private static func loadJobs(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT j.*, d.document FROM job j LEFT JOIN job_document d ON d.id = j.id ORDER BY j.id")
    while let row = try rows.next() {
      let id = JobID(UInt32(truncatingIfNeeded: row[0] as Int64))
      let bytes = [UInt8](row[6] as Data? ?? Data())
      let spec: JobSpec
      do { spec = try JobDocument.read(bytes, defaultUser: "unknown").job } catch {
        throw StoreFailure(.damaged, "job \(id) in the store cannot be read: \(error)")
      }
      let state = StoredJobState(
        id: id, priority: UInt8(truncatingIfNeeded: row[1] as Int64), isOffline: row[2] as Int64 != 0,
        created: Instant(microseconds: row[3]), started: Instant(microseconds: row[4]), done: Instant(microseconds: row[5]))
      snapshot.jobs.append(StoredJob(id: id, spec: spec, state: state))
    }
  }

  private static func key(_ row: Row, from index: Int) -> TaskKey {
    TaskKey(
      job: JobID(UInt32(truncatingIfNeeded: row[index] as Int64)),
      block: BlockIndex(UInt16(truncatingIfNeeded: row[index + 1] as Int64)),
      task: TaskIndex(UInt32(truncatingIfNeeded: row[index + 2] as Int64)))
  }

  private static func loadTasks(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let tasks = try Row.fetchCursor(
      db, sql: "SELECT * FROM task WHERE job NOT IN (SELECT id FROM deleted_job) ORDER BY job, block, task")
    while let row = try tasks.next() {
      guard let phase = TaskPhase(rawValue: UInt8(truncatingIfNeeded: row[3] as Int64)) else {
        throw StoreFailure(.damaged, "task \(key(row, from: 0)) in the store stands in a state that is not known")
      }
      snapshot.tasks.append(
        StoredTask(
          key: key(row, from: 0), phase: phase, flags: TaskFlags(rawValue: UInt8(truncatingIfNeeded: row[4] as Int64)),
          starts: Int32(truncatingIfNeeded: row[5] as Int64), errors: Int32(truncatingIfNeeded: row[6] as Int64),
          render: (row[7] as Int64?).map { RenderID(UInt32(truncatingIfNeeded: $0)) }, started: Instant(microseconds: row[8]),
          finished: Instant(microseconds: row[9]), reason: row[10]))
    }
    let runs = try Row.fetchCursor(db, sql: "SELECT * FROM run ORDER BY lease")
    while let row = try runs.next() {
      snapshot.runs.append(
        StoredRun(
          lease: Lease(UInt64(bitPattern: row[0] as Int64)), key: key(row, from: 1),
          render: RenderID(UInt32(truncatingIfNeeded: row[4] as Int64)), started: Instant(microseconds: row[5])))
    }
  }

  private static func loadRenders(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let renders = try Row.fetchCursor(db, sql: "SELECT * FROM render ORDER BY id")
    while let row = try renders.next() {
      snapshot.renders.append(
        StoredRender(
          id: RenderID(UInt32(truncatingIfNeeded: row[0] as Int64)), name: row[1], agent: row[2], user: row[3],
          capacity: Int32(truncatingIfNeeded: row[4] as Int64), maxTasks: Int32(truncatingIfNeeded: row[5] as Int64),
          priority: UInt8(truncatingIfNeeded: row[6] as Int64),
          state: RenderState(rawValue: UInt32(truncatingIfNeeded: row[7] as Int64)), registered: Instant(microseconds: row[8])))
    }
    let users = try Row.fetchCursor(db, sql: "SELECT * FROM user ORDER BY name")
    while let row = try users.next() {
      snapshot.users.append(
        StoredUser(name: row[0], registered: Instant(microseconds: row[2])))
    }
    let counters = try Row.fetchCursor(db, sql: "SELECT name, value FROM counter")
    while let row = try counters.next() {
      guard let counter = Counter(rawValue: row[0]) else { continue }
      snapshot.counters[counter] = UInt64(bitPattern: row[1] as Int64)
    }
  }
}
