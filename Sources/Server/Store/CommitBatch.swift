import Model
import Scheduler

/// What one batch of the farm leaves behind: rows, and what may leave when they are kept.
struct CommitBatch: Sendable {
  var rows: [StoreChange] = []
  var outgoing: [Outgoing] = []
  /// Jobs whose output files go when their deletion is kept.
  var removed: [JobID] = []
  /// Jobs that were submitted in it.
  var submitted: [JobID] = []
  /// For the flight recorder: when it was, and what the rows do not tell.
  var time = Instant.never
  var notes = BatchNotes()

  var isEmpty: Bool { rows.isEmpty && outgoing.isEmpty && removed.isEmpty && notes.isEmpty }

  /// Takes out all that concerns these jobs.
  ///
  /// - Returns: the answers for their submitters, who hear `failure` instead of a number.
  mutating func withdraw(_ jobs: Set<JobID>, saying failure: Failure) -> [Outgoing] {
    rows.removeAll { $0.job.map(jobs.contains) ?? false }
    submitted.removeAll { jobs.contains($0) }
    var answers: [Outgoing] = []
    for index in outgoing.indices {
      guard case .events(var rows) = outgoing[index].out else { continue }
      rows.events.removeAll { $0.job.map(jobs.contains) ?? false }
      outgoing[index] = Outgoing(outgoing[index].session, .events(rows))
    }
    outgoing.removeAll { outgoing in
      switch outgoing.out {
      case .start(let start, _):
        return jobs.contains(start.key.job) || (start.system?.job.map(jobs.contains) ?? false)
      case .reply(let number, .submitted(let job, _, _)) where jobs.contains(job):
        answers.append(Outgoing(outgoing.session, .reply(number, .failure(failure))))
        return true
      default:
        return false
      }
    }
    return answers
  }

  /// Takes out the answers to orders whose rows wait for a store that fails, turned into failures: nobody is left waiting.
  mutating func failOrders(saying failure: Failure) -> [Outgoing] {
    var answers: [Outgoing] = []
    outgoing.removeAll { outgoing in
      switch outgoing.out {
      case .reply(let number, .operated), .reply(let number, .rendersOperated), .reply(let number, .edited),
        .reply(let number, .added):
        answers.append(Outgoing(outgoing.session, .reply(number, .failure(failure))))
        return true
      default: return false
      }
    }
    return answers
  }

  /// Takes out answers and views (not events, whose numbers are their own only when they are kept) that were only to wait for the rows: their askers are not left waiting for a store that fails.
  mutating func takeAnswers() -> [Outgoing] {
    var answers: [Outgoing] = []
    outgoing.removeAll { outgoing in
      switch outgoing.out {
      case .view: break
      case .reply(_, let reply) where !reply.isOfAnOrder: break
      default: return false
      }
      answers.append(outgoing)
      return true
    }
    return answers
  }

  /// About what the rows take in a store, in bytes.
  var roughBytes: Int { rows.reduce(0) { $0 + $1.roughBytes } }
}

extension StoreChange {
  /// The job that the change is about. The end of a run names none: without its beginning it does no harm.
  var job: JobID? {
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
      .placeSystemCommand, .deleteSystemCommand, .putCounter:
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
    default: 256
    }
  }
}

extension FarmEvent {
  /// The job that it is about.
  var job: JobID? {
    object.hasPrefix("job ") ? UInt32(object.dropFirst(4)).map { JobID($0) } : nil
  }
}

extension BlockSpec {
  fileprivate var roughBytes: Int {
    let own = 1024 + command.utf8.count + files.reduce(0) { $0 + $1.utf8.count }
    return if case .listed(let tasks, _) = work { own + tasks.bytes } else { own }
  }
}
