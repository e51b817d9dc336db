import Foundation
import Model
import Scheduler
import SwiftProtobuf
import Wire

/// Changes to records. A list of tasks stands before its change, some thousand tasks in a record.
enum ChangeEncoding {
  /// Tasks in a record; about 100 KiB.
  static let pieceTasks = 4096

  /// - Parameter piece: gets the pieces of lists of tasks that must stand before the change.
  static func wire(_ change: StoreChange, piece: (WireStoredTasks) throws -> Void) throws -> WireStoredChange {
    var wire = WireStoredChange()
    switch change {
    case .putJob(let job): wire.putJob = try self.job(job, piece: piece)
    case .putJobState(let state): wire.putJobState = WireStoredJobState(state)
    case .deleteJob(let id): wire.deleteJob = id.value
    case .putTask(let task): wire.putTask = WireStoredTask(task)
    case .deleteTask(let key): wire.deleteTask = WireTaskKey(key)
    case .deleteTasks(let job, let block): wire.deleteTasks = WireStoredBlock(job, block)
    case .putRun(let run): wire.putRun = WireStoredRun(run)
    case .deleteRun(let lease): wire.deleteRun = lease.value
    case .putRender(let render): wire.putRender = WireStoredRender(render)
    case .deleteRender(let id): wire.deleteRender = id.value
    case .putUser(let user): wire.putUser = WireStoredUser(user)
    case .deleteUser(let name): wire.deleteUser = name
    case .putPool(let pool): wire.putPool = WireStoredPool(pool)
    case .deletePool(let path): wire.deletePool = path
    case .putBranch(let branch): wire.putBranch = WireStoredBranch(branch)
    case .deleteBranch(let path): wire.deleteBranch = path
    case .putJobParameters(let id, let spec):
      var parameters = WireStoredParameters()
      parameters.job = id.value
      parameters.document = document(spec)
      wire.putJobParameters = parameters
    case .appendTasks(let id, let block, let first, let spec):
      wire.appendTasks = try append(id, block, first, spec, piece: piece)
    case .putErrorHost(let host): wire.putErrorHost = WireStoredErrorHost(host)
    case .deleteErrorHosts(let job, let block): wire.deleteErrorHosts = WireStoredBlock(job, block)
    case .journal(let entry): wire.journal = WireJournalRow(entry)
    case .putSystemCommand(let command): wire.putSystemCommand = WireStoredSystemCommand(command)
    case .placeSystemCommand(let number, let task):
      var placement = WireStoredPlacement()
      placement.number = number
      placement.task = task.value
      wire.placeSystemCommand = placement
    case .deleteSystemCommand(let number): wire.deleteSystemCommand = number
    case .putEvent(let event): wire.putEvent = WireEventRow(event)
    case .putUndo(let undo): wire.putUndo = WireStoredUndo(undo)
    case .deleteUndo(let number): wire.deleteUndo = number
    case .putCounter(let counter, let value):
      var stored = WireStoredCounter()
      stored.name = counter.rawValue
      stored.value = value
      wire.putCounter = stored
    }
    return wire
  }

  private static func document(_ spec: JobSpec) -> Data { Data(spec.documentWithoutTasks.text().utf8) }

  private static func job(_ job: StoredJob, piece: (WireStoredTasks) throws -> Void) throws -> WireStoredJob {
    var wire = WireStoredJob()
    wire.state = WireStoredJobState(job.state)
    wire.state.id = job.id.value
    wire.document = document(job.spec)
    for (index, block) in job.spec.blocks.enumerated() {
      if case .listed(let tasks, _) = block.work { wire.pieces += try pieces(of: tasks, index, from: 0, piece) }
    }
    return wire
  }

  private static func append(
    _ id: JobID, _ block: BlockIndex, _ first: Int, _ spec: JobSpec, piece: (WireStoredTasks) throws -> Void
  ) throws -> WireStoredAppend {
    var wire = WireStoredAppend()
    wire.job = id.value
    wire.block = UInt32(block.value)
    wire.first = UInt64(first)
    wire.document = document(spec)
    if spec.blocks.indices.contains(Int(block.value)), case .listed(let tasks, _) = spec.blocks[Int(block.value)].work {
      wire.pieces = try pieces(of: tasks, Int(block.value), from: first, piece)
    }
    return wire
  }

  private static func pieces(
    of tasks: TaskList, _ block: Int, from first: Int, _ piece: (WireStoredTasks) throws -> Void
  ) throws -> UInt32 {
    var count: UInt32 = 0
    for start in stride(from: first, to: tasks.count, by: pieceTasks) {
      let range = start..<min(start + pieceTasks, tasks.count)
      var wire = WireStoredTasks()
      wire.block = UInt32(block)
      wire.first = UInt64(start)
      wire.count = UInt32(range.count)
      wire.tasks = Data(tasks.encoded(range))
      try piece(wire)
      count += 1
    }
    return count
  }
}

extension WireStoredBlock {
  init(_ job: JobID, _ block: BlockIndex) {
    self.init()
    self.job = job.value
    self.block = UInt32(block.value)
  }
}

extension WireStoredJobState {
  init(_ state: StoredJobState) {
    self.init()
    id = state.id.value
    priority = UInt32(state.priority)
    offline = state.isOffline
    created = state.created.microseconds
    started = state.started.microseconds
    done = state.done.microseconds
    preCommands = UInt32(state.preCommands.rawValue)
  }
}

extension WireStoredTask {
  init(_ task: StoredTask) {
    self.init()
    key = WireTaskKey(task.key)
    phase = UInt32(task.phase.rawValue)
    flags = UInt32(task.flags.rawValue)
    starts = task.starts
    errors = task.errors
    renderPlusOne = task.render.map { UInt64($0.value) + 1 } ?? 0
    started = task.started.microseconds
    finished = task.finished.microseconds
    reason = task.reason
  }
}

extension WireStoredRun {
  init(_ run: StoredRun) {
    self.init()
    lease = run.lease.value
    key = WireTaskKey(run.key)
    render = run.render.value
    started = run.started.microseconds
    coefficient = run.capacityCoefficient
    hostNumber = run.hostNumber
    hold = run.hold?.text ?? ""
  }
}

extension WireStoredRender {
  init(_ render: StoredRender) {
    self.init()
    id = render.id.value
    name = render.name
    agent = render.agent
    user = render.user
    capacity = render.capacity
    maxTasks = render.maxTasks
    priority = UInt32(render.priority)
    state = render.state.rawValue
    registered = render.registered.microseconds
    parameters = JSONValue.object(Parameters.render.json(of: render.parameters)).text()
    failedUsers = render.failedUsers
    os = render.os
    interfaces = render.interfaces.map(WireInterface.init)
    resources = WireResources(render.resources)
    wolSince = render.wolSince.microseconds
    wakes = UInt32(render.wakes)
  }
}

extension WireStoredUser {
  init(_ user: StoredUser) {
    self.init()
    name = user.name
    parameters = JSONValue.object(Parameters.user.json(of: user.parameters)).text()
    registered = user.registered.microseconds
    used = user.used
    usedAt = user.usedAt.microseconds
  }
}

extension WireStoredPool {
  init(_ pool: StoredPool) {
    self.init()
    path = pool.path
    parameters = JSONValue.object(Parameters.pool.json(of: pool.parameters)).text()
    created = pool.created.microseconds
  }
}

extension WireStoredBranch {
  init(_ branch: StoredBranch) {
    self.init()
    path = branch.path
    parameters = JSONValue.object(Parameters.branch.json(of: branch.parameters)).text()
    created = branch.created.microseconds
    used = branch.used
    usedAt = branch.usedAt.microseconds
  }
}

extension WireStoredErrorHost {
  init(_ host: StoredErrorHost) {
    self.init()
    job = host.job.value
    block = UInt32(host.block.value)
    taskPlusOne = host.task.map { UInt64($0.value) + 1 } ?? 0
    render = host.render.value
    count = host.count
    last = host.last.microseconds
  }
}

extension WireStoredUndo {
  init(_ undo: StoredUndo) {
    self.init()
    number = undo.number
    user = undo.user
    host = undo.host
    time = undo.at.microseconds
    until = undo.until.microseconds
    text = undo.text
    parts = undo.parts
  }
}

extension WireStoredSystemCommand {
  init(_ stored: StoredSystemCommand) {
    self.init()
    let command = stored.command
    number = command.number
    kind = UInt32(command.kind.rawValue)
    text = command.text
    workingDirectory = command.workingDirectory
    user = command.user
    jobName = command.jobName
    taskName = command.taskName
    created = command.created.microseconds
    jobPlusOne = command.job.map { UInt64($0.value) + 1 } ?? 0
    renderPlusOne = command.render.map { UInt64($0.value) + 1 } ?? 0
    taskPlusOne = stored.task.map { UInt64($0.value) + 1 } ?? 0
  }
}
