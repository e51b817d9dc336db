import Foundation
import GRDB
import Model
public import Scheduler
import Wire

extension SQLiteStore {
  /// - Throws: `StoreFailure`; a job whose document cannot be read is named, never left out.
  public func load() throws -> StoreSnapshot {
    do {
      return try reading { db in
        var snapshot = StoreSnapshot()
        try Self.loadJobs(db, &snapshot)
        try Self.loadTasks(db, &snapshot)
        try Self.loadRenders(db, &snapshot)
        try Self.loadUsers(db, &snapshot)
        try Self.loadTrees(db, &snapshot)
        try Self.loadErrorHosts(db, &snapshot)
        snapshot.systemCommands = try SQLiteSystemRows(db: db).commands()
        return snapshot
      }
    } catch { throw Self.failure(error, path) }
  }

  private static func loadJobs(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT j.*, d.document AS document FROM job j LEFT JOIN job_document d ON d.id = j.id ORDER BY j.id")
    while let row = try rows.next() {
      let id = JobID(UInt32(truncatingIfNeeded: row[0] as Int64))
      let bytes = [UInt8](row["document"] as Data? ?? Data())
      let spec: JobSpec
      do { spec = try JobDocument.stored(bytes, tasks: try SQLiteTaskRows(db).load(id)) } catch {
        throw StoreFailure(.damaged, "job \(id) in the store cannot be read: \(error)")
      }
      let state = StoredJobState(
        id: id, priority: UInt8(truncatingIfNeeded: row[1] as Int64), isOffline: row[2] as Int64 != 0,
        created: Instant(microseconds: row[3]), started: Instant(microseconds: row[4]), done: Instant(microseconds: row[5]),
        preCommands: PreCommands(rawValue: UInt8(truncatingIfNeeded: row[6] as Int64)) ?? .none)
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
          render: RenderID(UInt32(truncatingIfNeeded: row[4] as Int64)), started: Instant(microseconds: row[5]),
          capacityCoefficient: Int32(truncatingIfNeeded: row[6] as Int64), hostNumber: Int32(truncatingIfNeeded: row[7] as Int64)))
    }
  }

  private static func loadRenders(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let renders = try Row.fetchCursor(db, sql: "SELECT * FROM render ORDER BY id")
    while let row = try renders.next() {
      let name: String = row[1]
      let interfaces: [NetworkInterface]
      let resources: HostResources
      do {
        interfaces = try MachineText.interfaces(row[12])
        resources = try MachineText.resources(row[13])
      } catch { throw StoreFailure(.damaged, "render \(name) in the store cannot be read: \(error)") }
      snapshot.renders.append(
        StoredRender(
          id: RenderID(UInt32(truncatingIfNeeded: row[0] as Int64)), name: name, agent: row[2], user: row[3],
          capacity: Int32(truncatingIfNeeded: row[4] as Int64), maxTasks: Int32(truncatingIfNeeded: row[5] as Int64),
          priority: UInt8(truncatingIfNeeded: row[6] as Int64),
          state: RenderState(rawValue: UInt32(truncatingIfNeeded: row[7] as Int64)), registered: Instant(microseconds: row[8]),
          parameters: Parameters.render.stored(try object(row[9], of: "render \(name)")),
          failedUsers: (try value(row[10], of: "render \(name)").array ?? []).compactMap(\.string), os: row[11],
          interfaces: interfaces, resources: resources, wolSince: Instant(microseconds: row[14]),
          wakes: UInt8(truncatingIfNeeded: row[15] as Int64)))
    }
  }

  private static func value(_ text: String, of node: String) throws -> JSONValue {
    do { return try JSONParser.parse(text) } catch { throw StoreFailure(.damaged, "\(node) in the store cannot be read: \(error)") }
  }

  private static func object(_ text: String, of node: String) throws -> JSONObject {
    guard let object = try value(text, of: node).object else {
      throw StoreFailure(.damaged, "\(node) in the store cannot be read: it is no object")
    }
    return object
  }

  private static func loadTrees(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let pools = try Row.fetchCursor(db, sql: "SELECT path, parameters, created FROM pool ORDER BY path")
    while let row = try pools.next() {
      let path: String = row[0]
      snapshot.pools.append(
        StoredPool(
          path: path, parameters: Parameters.pool.stored(try object(row[1], of: "pool \(path)")),
          created: Instant(microseconds: row[2])))
    }
    let branches = try Row.fetchCursor(db, sql: "SELECT path, parameters, created, used, used_at FROM branch ORDER BY path")
    while let row = try branches.next() {
      let path: String = row[0]
      snapshot.branches.append(
        StoredBranch(
          path: path, parameters: Parameters.branch.stored(try object(row[1], of: "branch \(path)")),
          created: Instant(microseconds: row[2]), used: row[3], usedAt: Instant(microseconds: row[4])))
    }
  }

  private static func loadErrorHosts(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let hosts = try Row.fetchCursor(
      db, sql: "SELECT * FROM error_host WHERE job NOT IN (SELECT id FROM deleted_job) ORDER BY job, block, task, render")
    while let row = try hosts.next() {
      let task: Int64 = row[2]
      snapshot.errorHosts.append(
        StoredErrorHost(
          job: JobID(UInt32(truncatingIfNeeded: row[0] as Int64)), block: BlockIndex(UInt16(truncatingIfNeeded: row[1] as Int64)),
          task: task < 0 ? nil : TaskIndex(UInt32(truncatingIfNeeded: task)),
          render: RenderID(UInt32(truncatingIfNeeded: row[3] as Int64)), count: Int32(truncatingIfNeeded: row[4] as Int64),
          last: Instant(microseconds: row[5])))
    }
  }

  private static func loadUsers(_ db: Database, _ snapshot: inout StoreSnapshot) throws {
    let users = try Row.fetchCursor(db, sql: "SELECT name, registered, parameters, used, used_at FROM user ORDER BY name")
    while let row = try users.next() {
      let name: String = row[0]
      snapshot.users.append(
        StoredUser(
          name: name, parameters: Parameters.user.stored(try object(row[2], of: "user \(name)")),
          registered: Instant(microseconds: row[1]), used: row[3], usedAt: Instant(microseconds: row[4])))
    }
    let counters = try Row.fetchCursor(db, sql: "SELECT name, value FROM counter")
    while let row = try counters.next() {
      guard let counter = Counter(rawValue: row[0]) else { continue }
      snapshot.counters[counter] = UInt64(bitPattern: row[1] as Int64)
    }
  }
}
