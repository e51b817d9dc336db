import Foundation
import Model
import Scheduler
import Wire

/// Records to changes: all that comes in is checked, and what is wrong is named with the record's place in the file.
struct ChangeDecoding {
  /// Lists of tasks that belong to the next change, by their blocks.
  private var lists: [Int: TaskList] = [:]
  private var firsts: [Int: Int] = [:]
  private var pieces: UInt32 = 0
  private var tasks = 0

  /// Takes a piece of a list of tasks.
  mutating func take(_ wire: WireStoredTasks, at offset: Int) throws(ArchiveFault) {
    let block = Int(wire.block)
    guard block < Limits.blocksPerJob else { throw Self.fault(offset, "tasks of block \(block)") }
    guard wire.first <= UInt64(Limits.tasksPerBlock), Int(wire.count) <= Limits.tasksPerBlock else {
      throw Self.fault(offset, "tasks beyond the \(Limits.tasksPerBlock) that a block may have")
    }
    var list = lists.removeValue(forKey: block) ?? TaskList()
    let before = list.count
    if before == 0 { firsts[block] = Int(wire.first) }
    guard Int(wire.first) == (firsts[block] ?? 0) + before, list.append(encoded: [UInt8](wire.tasks)),
      list.count - before == Int(wire.count)
    else { throw Self.fault(offset, "tasks of block \(block) are damaged") }
    tasks += Int(wire.count)
    guard tasks <= Limits.tasksPerJob else {
      throw Self.fault(offset, "tasks beyond the \(Limits.tasksPerJob) that a job may have")
    }
    pieces += 1
    lists[block] = list
  }

  /// - Parameter spec: a job as it stands before the change, with its tasks; nil: there is none.
  mutating func change(
    _ wire: WireStoredChange, at offset: Int, spec: (JobID) -> JobSpec?
  ) throws(ArchiveFault) -> StoreChange {
    let (lists, firsts, pieces) = (self.lists, self.firsts, self.pieces)
    self = ChangeDecoding()
    var expected: UInt32 = 0
    if case .putJob(let job) = wire.content { expected = job.pieces }
    if case .appendTasks(let append) = wire.content { expected = append.pieces }
    guard expected == pieces else { throw Self.fault(offset, "tasks of a job are missing") }
    switch wire.content {
    case .putJob(let job):
      let state = try Self.state(job.state, offset)
      guard firsts.values.allSatisfy({ $0 == 0 }) else { throw Self.fault(offset, "tasks of job \(state.id) are missing") }
      return .putJob(StoredJob(id: state.id, spec: try Self.spec(job.document, lists, state.id, offset), state: state))
    case .putJobState(let state): return .putJobState(try Self.state(state, offset))
    case .deleteJob(let id): return .deleteJob(JobID(id))
    case .putTask(let task): return .putTask(try Self.task(task, offset))
    case .deleteTask(let key): return .deleteTask(try Self.key(key, offset))
    case .deleteTasks(let block): return .deleteTasks(JobID(block.job), try Self.block(block.block, offset))
    case .putRun(let run):
      let hold = RunHold(text: run.hold)
      guard run.hold.isEmpty || hold != nil else { throw Self.fault(offset, "what run \(run.lease) holds is no JSON object") }
      return .putRun(
        StoredRun(
          lease: Lease(run.lease), key: try Self.key(run.key, offset), render: RenderID(run.render),
          started: Instant(microseconds: run.started), capacityCoefficient: run.coefficient, hostNumber: run.hostNumber,
          hold: hold))
    case .deleteRun(let lease): return .deleteRun(Lease(lease))
    case .putRender(let render): return .putRender(try Self.render(render, offset))
    case .deleteRender(let id): return .deleteRender(RenderID(id))
    case .putUser(let user): return .putUser(try Self.user(user, offset))
    case .deleteUser(let name): return .deleteUser(name)
    case .putPool(let pool):
      let parameters = Parameters.pool.stored(try Self.object(pool.parameters, "pool \(pool.path)", offset))
      return .putPool(StoredPool(path: pool.path, parameters: parameters, created: Instant(microseconds: pool.created)))
    case .deletePool(let path): return .deletePool(path)
    case .putBranch(let branch):
      let parameters = Parameters.branch.stored(try Self.object(branch.parameters, "branch \(branch.path)", offset))
      return .putBranch(
        StoredBranch(
          path: branch.path, parameters: parameters, created: Instant(microseconds: branch.created),
          used: try Self.finite(branch.used, offset), usedAt: Instant(microseconds: branch.usedAt)))
    case .deleteBranch(let path): return .deleteBranch(path)
    case .putJobParameters(let parameters):
      let id = JobID(parameters.job)
      let known = try Self.known(id, spec, offset)
      return .putJobParameters(id, try Self.spec(parameters.document, known.lists, id, offset))
    case .appendTasks(let append): return try Self.append(append, lists, firsts, spec, offset)
    case .putErrorHost(let host): return .putErrorHost(try Self.errorHost(host, offset))
    case .deleteErrorHosts(let block): return .deleteErrorHosts(JobID(block.job), try Self.block(block.block, offset))
    case .journal(let row):
      return .journal(
        JournalEntry(
          number: row.number, time: Instant(microseconds: row.time), subject: row.subject, type: row.type, object: row.object,
          info: row.info))
    case .putSystemCommand(let command): return .putSystemCommand(try Self.systemCommand(command, offset))
    case .placeSystemCommand(let place): return .placeSystemCommand(place.number, TaskIndex(place.task))
    case .deleteSystemCommand(let number): return .deleteSystemCommand(number)
    case .putEvent(let row):
      guard let name = EventName(rawValue: row.name) else { throw Self.fault(offset, "an event \"\(row.name.prefix(64))\"") }
      return .putEvent(
        FarmEvent(
          number: row.number, time: Instant(microseconds: row.time), name: name, object: row.object, user: row.user,
          info: row.info, isSent: row.sent))
    case .putUndo(let undo):
      return .putUndo(
        StoredUndo(
          number: undo.number, user: undo.user, host: undo.host, at: Instant(microseconds: undo.time),
          until: Instant(microseconds: undo.until), text: undo.text, parts: undo.parts))
    case .deleteUndo(let number): return .deleteUndo(number)
    case .putCounter(let counter):
      guard let name = Counter(rawValue: counter.name) else {
        throw Self.fault(offset, "a counter \"\(counter.name.prefix(64))\"")
      }
      return .putCounter(name, counter.value)
    case nil: throw Self.fault(offset, "a change of a kind that this version does not know")
    }
  }

  /// Whether all pieces had their change.
  var isBetweenChanges: Bool { pieces == 0 }

  // MARK: Parts

  private static func fault(_ offset: Int, _ what: String) -> ArchiveFault { ArchiveFault(.damaged, at: offset, what) }

  private static func block(_ value: UInt32, _ offset: Int) throws(ArchiveFault) -> BlockIndex {
    guard value < UInt32(Limits.blocksPerJob) else { throw fault(offset, "a block with the number \(value)") }
    return BlockIndex(UInt16(value))
  }

  private static func key(_ wire: WireTaskKey, _ offset: Int) throws(ArchiveFault) -> TaskKey {
    TaskKey(job: JobID(wire.job), block: try block(wire.block, offset), task: TaskIndex(wire.task))
  }

  /// A number that is kept one greater, so that 0 is none.
  private static func number(plusOne value: UInt64, _ offset: Int) throws(ArchiveFault) -> UInt32? {
    if value == 0 { return nil }
    guard let number = UInt32(exactly: value - 1) else { throw fault(offset, "the number \(value - 1)") }
    return number
  }

  private static func byte(_ value: UInt32, _ what: String, _ offset: Int) throws(ArchiveFault) -> UInt8 {
    guard let byte = UInt8(exactly: value) else { throw fault(offset, "\(what) \(value)") }
    return byte
  }

  private static func finite(_ value: Double, _ offset: Int) throws(ArchiveFault) -> Double {
    guard value.isFinite else { throw fault(offset, "a use of the farm that is no number") }
    return value
  }

  private static func object(_ text: String, _ node: String, _ offset: Int) throws(ArchiveFault) -> JSONObject {
    guard let object = (try? JSONParser.parse(text))?.object else {
      throw fault(offset, "the parameters of \(node.prefix(64)) are no JSON object")
    }
    return object
  }

  private static func state(_ wire: WireStoredJobState, _ offset: Int) throws(ArchiveFault) -> StoredJobState {
    guard let pre = PreCommands(rawValue: try byte(wire.preCommands, "commands before a job in the state", offset)) else {
      throw fault(offset, "commands before job \(wire.id) in the state \(wire.preCommands)")
    }
    return StoredJobState(
      id: JobID(wire.id), priority: try byte(wire.priority, "the priority", offset), isOffline: wire.offline,
      created: Instant(microseconds: wire.created), started: Instant(microseconds: wire.started),
      done: Instant(microseconds: wire.done), preCommands: pre)
  }

  private static func spec(
    _ document: Data, _ lists: [Int: TaskList], _ job: JobID, _ offset: Int
  ) throws(ArchiveFault) -> JobSpec {
    let spec: JobSpec
    do { spec = try JobDocument.stored([UInt8](document), tasks: lists) } catch {
      throw fault(offset, "the document of job \(job) cannot be read: \(error)")
    }
    guard spec.blocks.count <= Limits.blocksPerJob else { throw fault(offset, "job \(job) has \(spec.blocks.count) blocks") }
    return spec
  }

  private static func known(
    _ id: JobID, _ spec: (JobID) -> JobSpec?, _ offset: Int
  ) throws(ArchiveFault) -> (spec: JobSpec, lists: [Int: TaskList]) {
    guard let spec = spec(id) else { throw fault(offset, "job \(id) is changed, and there is none") }
    var lists: [Int: TaskList] = [:]
    for (index, block) in spec.blocks.enumerated() {
      if case .listed(let tasks, _) = block.work { lists[index] = tasks }
    }
    return (spec, lists)
  }

  private static func append(
    _ wire: WireStoredAppend, _ lists: [Int: TaskList], _ firsts: [Int: Int], _ spec: (JobID) -> JobSpec?, _ offset: Int
  ) throws(ArchiveFault) -> StoreChange {
    let id = JobID(wire.job)
    let block = try self.block(wire.block, offset)
    var known = try known(id, spec, offset)
    let index = Int(block.value)
    guard lists.keys.allSatisfy({ $0 == index }), let old = known.lists[index], wire.first <= UInt64(old.count),
      firsts[index].map({ UInt64($0) == wire.first }) ?? true
    else { throw fault(offset, "tasks for block \(block) of job \(id) at the wrong place") }
    let first = Int(wire.first)
    var list = TaskList()
    // What was encoded a line before is not damaged.
    guard list.append(encoded: old.encoded(0..<first)) else { throw fault(offset, "tasks of job \(id) are damaged") }
    if let more = lists[index] { list.append(contentsOf: more) }
    known.lists[index] = list
    return .appendTasks(id, block, first: first, try self.spec(wire.document, known.lists, id, offset))
  }

  private static func task(_ wire: WireStoredTask, _ offset: Int) throws(ArchiveFault) -> StoredTask {
    guard let phase = TaskPhase(rawValue: try byte(wire.phase, "a task in the state", offset)) else {
      throw fault(offset, "a task in the state \(wire.phase)")
    }
    return StoredTask(
      key: try key(wire.key, offset), phase: phase, flags: TaskFlags(rawValue: try byte(wire.flags, "a task's flags", offset)),
      starts: wire.starts, errors: wire.errors, render: try number(plusOne: wire.renderPlusOne, offset).map { RenderID($0) },
      started: Instant(microseconds: wire.started), finished: Instant(microseconds: wire.finished), reason: wire.reason)
  }

  private static func render(_ wire: WireStoredRender, _ offset: Int) throws(ArchiveFault) -> StoredRender {
    let parameters = Parameters.render.stored(try object(wire.parameters, "render \(wire.name)", offset))
    return StoredRender(
      id: RenderID(wire.id), name: wire.name, agent: wire.agent, user: wire.user, capacity: wire.capacity, maxTasks: wire.maxTasks,
      priority: try byte(wire.priority, "the priority", offset), state: RenderState(rawValue: wire.state),
      registered: Instant(microseconds: wire.registered), parameters: parameters, failedUsers: wire.failedUsers, os: wire.os,
      interfaces: wire.interfaces.map(NetworkInterface.init), resources: HostResources(wire.resources),
      wolSince: Instant(microseconds: wire.wolSince), wakes: try byte(wire.wakes, "a render woken so often:", offset))
  }

  private static func user(_ wire: WireStoredUser, _ offset: Int) throws(ArchiveFault) -> StoredUser {
    StoredUser(
      name: wire.name, parameters: Parameters.user.stored(try object(wire.parameters, "user \(wire.name)", offset)),
      registered: Instant(microseconds: wire.registered), used: try finite(wire.used, offset),
      usedAt: Instant(microseconds: wire.usedAt))
  }

  private static func errorHost(_ wire: WireStoredErrorHost, _ offset: Int) throws(ArchiveFault) -> StoredErrorHost {
    StoredErrorHost(
      job: JobID(wire.job), block: try block(wire.block, offset),
      task: try number(plusOne: wire.taskPlusOne, offset).map { TaskIndex($0) }, render: RenderID(wire.render), count: wire.count,
      last: Instant(microseconds: wire.last))
  }

  private static func systemCommand(
    _ wire: WireStoredSystemCommand, _ offset: Int
  ) throws(ArchiveFault) -> StoredSystemCommand {
    guard let kind = SystemCommand.Kind(rawValue: try byte(wire.kind, "a command of the kind", offset)) else {
      throw fault(offset, "a command of the kind \(wire.kind)")
    }
    return StoredSystemCommand(
      command: SystemCommand(
        number: wire.number, kind: kind, text: wire.text, workingDirectory: wire.workingDirectory, user: wire.user,
        jobName: wire.jobName, taskName: wire.taskName, created: Instant(microseconds: wire.created),
        job: try number(plusOne: wire.jobPlusOne, offset).map { JobID($0) },
        render: try number(plusOne: wire.renderPlusOne, offset).map { RenderID($0) }),
      task: try number(plusOne: wire.taskPlusOne, offset).map { TaskIndex($0) })
  }
}
