import Model
import Scheduler
import Wire

/// Which blocks one render's connection has been told about, the ones least lately used first to be forgotten.
struct BlockDefinitions {
  struct Reference: Hashable {
    let job: JobID
    let block: BlockIndex
  }

  private struct Known {
    /// Of the job's document that it was told from.
    var stamp: UInt64
    var lastUse: UInt64
  }

  private let limit: Int
  private var known: [Reference: Known] = [:]
  private var tick: UInt64 = 0
  /// Uses since then stand in the frame that is being filled.
  private var frameTick: UInt64 = 0
  /// Forgotten by the frame that is being filled.
  private var dropped: Set<Reference> = []

  init(limit: Int) { self.limit = limit }

  /// What a start needs before it can be understood.
  enum Need: Equatable {
    case nothing
    case definition(dropping: Reference?)
    /// The frame must leave first: all known definitions are used in it, or this one is dropped by it, or it has starts of the block
    /// as it was before somebody changed it.
    case newFrame
  }

  /// - Parameter stamp: of the job's document as it is now.
  mutating func use(_ reference: Reference, stamp: UInt64 = 0) -> Need {
    tick += 1
    if let old = known[reference] {
      let isSame = old.stamp == stamp
      if !isSame, old.lastUse > frameTick { return .newFrame }
      known[reference] = Known(stamp: stamp, lastUse: tick)
      return isSame ? .nothing : .definition(dropping: nil)
    }
    if dropped.contains(reference) { return .newFrame }
    var leaving: Reference?
    if known.count >= limit, let oldest = known.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      if oldest.value.lastUse > frameTick { return .newFrame }
      leaving = oldest.key
      dropped.insert(oldest.key)
      known[oldest.key] = nil
    }
    known[reference] = Known(stamp: stamp, lastUse: tick)
    return .definition(dropping: leaving)
  }

  mutating func beginFrame() {
    frameTick = tick
    dropped.removeAll()
  }
}

extension StoreChange {
  /// The job of which what renders are told is another now.
  var changedDocument: JobID? {
    switch self {
    case .putJobParameters(let job, _), .appendTasks(let job, _, _, _): job
    case .putJob(let stored): stored.id
    default: nil
    }
  }
}

extension WireRenderConfigure {
  init(_ configuration: RenderConfiguration) {
    self.init()
    heartbeat = configuration.heartbeat
    resources = configuration.resources
    zombie = configuration.zombie
    exitNoTask = configuration.exitNoTask
  }
}

extension WireBlockReference {
  init(_ reference: BlockDefinitions.Reference) {
    self.init()
    job = reference.job.value
    block = UInt32(reference.block.value)
  }
}

extension WireBlockDefinition {
  init(_ job: JobID, _ index: BlockIndex, _ spec: JobSpec, _ block: BlockSpec) {
    self.init()
    self.job = job.value
    self.block = UInt32(index.value)
    jobName = spec.name
    blockName = block.name
    user = spec.user
    service = block.service
    parser = block.parser
    command = block.command
    workingDirectory = block.workingDirectory
    environment = block.environment
    files = block.files
    capacity = block.capacity
    tasksName = block.tasksName
    flags = UInt32(block.flags.rawValue)
    fileSizeMin = block.parameters.fileSizeMin
    fileSizeMax = block.parameters.fileSizeMax
    parserCoeff = block.parameters.parserCoeff
    multihostService = block.parameters.multihostService
    customData = block.other["custom_data"]?.string ?? ""
    jobCustomData = spec.other["custom_data"]?.string ?? ""
    switch block.work {
    case .numeric(let frames):
      numeric = true
      frameFirst = frames.first
      frameLast = frames.last
      framesPerTask = frames.perTask
      framesInc = frames.increment
    case .listed(_, let perTask):
      framesPerTask = perTask
    }
  }

  /// About its length on the wire, in bytes.
  var roughBytes: Int {
    256 + command.utf8.count + workingDirectory.utf8.count + customData.utf8.count + jobCustomData.utf8.count
      + files.reduce(0) { $0 + $1.utf8.count + 4 }
      + environment.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 }
  }
}

extension WireRunStart {
  init(_ start: RunStart, _ block: BlockSpec) {
    self.init()
    lease = start.lease.value
    job = start.key.job.value
    self.block = UInt32(start.key.block.value)
    task = start.key.task.value
    self.start = start.start
    capacityCoefficient = start.capacityCoefficient
    hostNumber = start.hostNumber
    hosts = start.hosts
    if let command = start.system { system = WireSystemCommand(command) }
    if case .listed(let tasks, _) = block.work, tasks.indices.contains(Int(start.key.task.value)) {
      let task = tasks[Int(start.key.task.value)]
      taskName = task.name
      taskCommand = task.command
      taskFiles = task.files
      taskEnvironment = task.environment
    }
  }

  /// About its length on the wire, in bytes.
  var roughBytes: Int {
    48 + (hasSystem ? system.roughBytes : 0) + taskName.utf8.count + taskCommand.utf8.count
      + (taskFiles + hosts).reduce(0) { $0 + $1.utf8.count + 4 }
      + taskEnvironment.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 }
  }
}

extension WireSystemCommand {
  init(_ command: SystemCommand) {
    self.init()
    kind = UInt32(command.kind.rawValue)
    self.command = command.text
    workingDirectory = command.workingDirectory
    user = command.user
    jobName = command.jobName
    taskName = command.taskName
  }

  fileprivate var roughBytes: Int {
    32 + command.utf8.count + workingDirectory.utf8.count + user.utf8.count + jobName.utf8.count + taskName.utf8.count
  }
}
