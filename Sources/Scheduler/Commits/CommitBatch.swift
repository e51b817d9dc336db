public import Model

/// What one batch of the farm leaves behind: rows, and what may leave when they are kept.
public struct CommitBatch<Message: CommitMessage>: Sendable {
  public var rows: [StoreChange] = []
  public var outgoing: [Message] = []
  /// Jobs whose output files go when their deletion is kept.
  public var removed: [JobID] = []
  /// Jobs that were submitted in it.
  public var submitted: [JobID] = []
  /// For the flight recorder: when it was, and what the rows do not tell.
  public var time = Instant.never
  public var notes = BatchNotes()

  public init(rows: [StoreChange] = [], outgoing: [Message] = [], removed: [JobID] = []) {
    self.rows = rows
    self.outgoing = outgoing
    self.removed = removed
  }

  public var isEmpty: Bool { rows.isEmpty && outgoing.isEmpty && removed.isEmpty && notes.isEmpty }

  /// Takes out all that concerns these jobs.
  ///
  /// - Returns: the answers for their submitters, who hear `failure` instead of a number.
  public mutating func withdraw(_ jobs: Set<JobID>, saying failure: Failure) -> [Message] {
    rows.removeAll { $0.job.map(jobs.contains) ?? false }
    submitted.removeAll { jobs.contains($0) }
    return takeOut { $0.withdraw(jobs, saying: failure) }
  }

  /// Takes out what need not wait for a store that fails.
  mutating func storeFails(saying failure: Failure) -> [Message] { takeOut { $0.storeFails(saying: failure) } }

  private mutating func takeOut(_ fate: (inout Message) -> CommitFate) -> [Message] {
    var leaving: [Message] = []
    var kept = 0
    for index in outgoing.indices {
      switch fate(&outgoing[index]) {
      case .waits:
        if kept != index { outgoing.swapAt(kept, index) }
        kept += 1
      case .leaves: leaving.append(outgoing[index])
      case .dropped: break
      }
    }
    outgoing.removeLast(outgoing.count - kept)
    return leaving
  }

  /// About what the rows take in a store, in bytes.
  var roughBytes: Int { rows.reduce(0) { $0 + $1.roughBytes } }
}

extension StoreChange {
  /// The job that the change is about. The end of a run names none: without its beginning it does no harm.
  public var job: JobID? {
    switch self {
    case .putJob(let job): job.id
    case .putJobState(let state): state.id
    case .deleteJob(let id): id
    case .putTask(let task): task.key.job
    case .deleteTask(let key): key.job
    case .deleteTasks(let id, _): id
    case .putRun(let run): run.key.job
    case .putJobParameters(let id, _), .appendTasks(let id, _, _, _), .deleteErrorHosts(let id, _): id
    case .putErrorHost(let host): host.job
    case .putSystemCommand(let stored): stored.command.job
    case .putEvent(let event): event.job
    case .deleteRun, .putRender, .deleteRender, .putUser, .deleteUser, .putPool, .deletePool, .putBranch, .deleteBranch, .journal,
      .placeSystemCommand, .deleteSystemCommand, .putUndo, .deleteUndo, .putCounter:
      nil
    }
  }

  fileprivate var roughBytes: Int {
    switch self {
    case .putJob(let job): 256 + job.spec.blocks.reduce(0) { $0 + $1.roughBytes }
    case .putJobParameters(_, let spec): 256 + spec.blocks.count * 1024
    case .appendTasks(_, let block, _, let spec):
      spec.blocks.indices.contains(Int(block.value)) ? spec.blocks[Int(block.value)].roughBytes : 64
    case .putSystemCommand(let stored): stored.command.size
    case .putUndo(let stored): 256 + stored.parts.utf8.count
    default: 256
    }
  }
}

extension FarmEvent {
  /// The job that it is about.
  public var job: JobID? {
    object.hasPrefix("job ") ? UInt32(object.dropFirst(4)).map { JobID($0) } : nil
  }
}

extension BlockSpec {
  fileprivate var roughBytes: Int {
    let own = 1024 + command.utf8.count + files.reduce(0) { $0 + $1.utf8.count }
    return if case .listed(let tasks, _) = work { own + tasks.bytes } else { own }
  }
}
