import Model
import Scheduler
import Wire

/// Which blocks one render's connection has been told about, the ones least lately used first to be forgotten.
struct BlockDefinitions {
  struct Reference: Hashable {
    let job: JobID
    let block: BlockIndex
  }

  private let limit: Int
  private var lastUse: [Reference: UInt64] = [:]
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
    /// The frame must leave first: all known definitions are used in it, or this one is dropped by it.
    case newFrame
  }

  mutating func use(_ reference: Reference) -> Need {
    tick += 1
    if lastUse[reference] != nil {
      lastUse[reference] = tick
      return .nothing
    }
    if dropped.contains(reference) { return .newFrame }
    var leaving: Reference?
    if lastUse.count >= limit, let oldest = lastUse.min(by: { $0.value < $1.value }) {
      if oldest.value > frameTick { return .newFrame }
      leaving = oldest.key
      dropped.insert(oldest.key)
      lastUse[oldest.key] = nil
    }
    lastUse[reference] = tick
    return .definition(dropping: leaving)
  }

  mutating func beginFrame() {
    frameTick = tick
    dropped.removeAll()
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
    256 + command.utf8.count + workingDirectory.utf8.count + files.reduce(0) { $0 + $1.utf8.count + 4 }
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
    32 + taskName.utf8.count + taskCommand.utf8.count + taskFiles.reduce(0) { $0 + $1.utf8.count + 4 }
      + taskEnvironment.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 }
  }
}
