import Model
import Scheduler

/// What people and agents were told, and what of it must last over every crash.
///
/// A promise begins when its answer arrives, not before. It ends when somebody changes what it says, at the moment at which the
/// farm hears of that: from then on, whatever the change becomes, either may be found after a crash.
struct Promises {
  /// What was told of a job; nil: nothing.
  private struct Job {
    var isOffline: Bool?
    var priority: UInt8?
    var annotation: String?
    var tasks: Int32 = 0
    var done: Set<TaskKey> = []
  }

  private enum Claim {
    case exists(JobID)
    case gone(JobID)
    case offline(JobID, Bool)
    case priority(JobID, UInt8)
    case annotation(JobID, String)
    case tasks(JobID, Int32)

    var job: JobID {
      switch self {
      case .exists(let id), .gone(let id), .offline(let id, _), .priority(let id, _), .annotation(let id, _), .tasks(let id, _): id
      }
    }
  }

  private var jobs: [JobID: Job] = [:]
  private var gone: Set<JobID> = []
  /// Grow with each change by people: an answer of before says nothing any more.
  private var epochs: [JobID: Int] = [:]
  private var claims: [RequestID: [(claim: Claim, epoch: Int)]] = [:]
  /// Results that counted, until their acknowledgement arrives.
  private var counted: [Lease: (key: TaskKey, epoch: Int)] = [:]
  /// How processes really ended.
  private var truth: [Lease: RunOutcome] = [:]

  /// Tasks that were done, and acknowledged.
  private(set) var kept = 0

  // MARK: - What is said

  mutating func ended(_ lease: Lease, _ outcome: RunOutcome) { truth[lease] = outcome }

  func truth(of lease: Lease) -> RunOutcome? { truth[lease] }

  mutating func heard(_ request: RequestID, _ reply: Reply) {
    guard let claims = claims.removeValue(forKey: request) else { return }
    if case .answer(.failed) = reply { return }
    for (claim, epoch) in claims where epoch == epochs[claim.job, default: 0] {
      switch claim {
      case .exists(let id): jobs[id, default: Job()].tasks += 0
      case .gone(let id):
        jobs[id] = nil
        gone.insert(id)
      case .offline(let id, let value): jobs[id, default: Job()].isOffline = value
      case .priority(let id, let value): jobs[id, default: Job()].priority = value
      case .annotation(let id, let value): jobs[id, default: Job()].annotation = value
      case .tasks(let id, let count): jobs[id, default: Job()].tasks = max(jobs[id]?.tasks ?? 0, count)
      }
    }
  }

  mutating func heardAcknowledgement(of lease: Lease) {
    guard let (key, epoch) = counted.removeValue(forKey: lease), epoch == epochs[key.job, default: 0] else { return }
    jobs[key.job, default: Job()].done.insert(key)
    kept += 1
  }

  // MARK: - What happens at the server

  /// A result comes: what an earlier life of the server made of it, and did not keep, counts no more.
  mutating func takesAgain(_ lease: Lease) { counted[lease] = nil }

  /// A result was taken, and its task is done by it.
  mutating func counts(_ lease: Lease, _ key: TaskKey) { counted[lease] = (key, epochs[key.job, default: 0]) }

  /// Somebody's request was carried out.
  mutating func carriedOut(_ request: RequestID, _ wish: Request, _ answer: Answer?, _ farm: Farm) {
    var claims: [Claim] = []
    switch (wish, answer) {
    case (.submit, .submitted(let id, _, _)): claims.append(.exists(id))
    case (.operate(let operation), .operated(let outcomes, _)):
      for outcome in outcomes {
        epochs[outcome.job, default: 0] += 1
        guard outcome.isDone else { continue }
        switch operation.kind {
        case .delete: claims.append(.gone(outcome.job))
        case .pause, .start:
          if let job = farm.job(outcome.job) { claims.append(.offline(outcome.job, job.state.contains(.offline))) }
        default: break
        }
      }
    case (.edit(let edit), .edited):
      guard case .jobs(let selection) = edit.target else { break }
      for id in farm.resolve(selection) {
        epochs[id, default: 0] += 1
        guard let job = farm.job(id) else { continue }
        for change in edit.changes {
          switch change.key {
          case "priority": claims.append(.priority(id, job.priority))
          case "offline": claims.append(.offline(id, job.state.contains(.offline)))
          case "annotation": claims.append(.annotation(id, job.annotation))
          default: break
          }
        }
      }
    case (.add(_, let id), .added):
      epochs[id, default: 0] += 1
      if let job = farm.job(id) { claims.append(.tasks(id, job.counts.total)) }
    case (.undo, .undone(let outcome)):
      for id in outcome.jobs {
        epochs[id, default: 0] += 1
        gone.remove(id)
        // Whatever was said of it may be as it was before.
        jobs[id] = nil
        if farm.job(id) != nil { claims.append(.exists(id)) }
      }
    case (.list, _): claims = farm.jobIDs(limit: .max).map { .exists($0) }
    default: break
    }
    if !claims.isEmpty { self.claims[request] = claims.map { ($0, epochs[$0.job, default: 0]) } }
  }

  /// A job is no more, by whatever command.
  mutating func isRemoved(_ id: JobID) {
    epochs[id, default: 0] += 1
    jobs[id] = nil
  }

  /// Looks at a row that a command brought about.
  ///
  /// - Parameter byPeople: they may undo what is done.
  /// - Returns: what was promised and is undone by nobody.
  mutating func looked(at row: StoreChange, byPeople: Bool) -> String? {
    switch row {
    case .putTask(let task):
      guard task.phase != .done, jobs[task.key.job]?.done.contains(task.key) == true else { return nil }
      jobs[task.key.job]?.done.remove(task.key)
      return byPeople ? nil : "task \(task.key) was done, its result was acknowledged, and it is \(task.phase) again"
    case .deleteTask(let key):
      guard jobs[key.job]?.done.remove(key) != nil else { return nil }
      return byPeople ? nil : "task \(key) was done, its result was acknowledged, and it is as new again"
    case .deleteTasks(let id, let block):
      guard let done = jobs[id]?.done else { return nil }
      jobs[id]?.done = done.filter { $0.block != block }
    case .putRun(let run):
      guard jobs[run.key.job]?.done.remove(run.key) != nil else { return nil }
      return byPeople ? nil : "task \(run.key) was done, its result was acknowledged, and it is started again"
    case .putJobState(let state):
      guard let job = jobs[state.id] else { return nil }
      if let told = job.isOffline, told != state.isOffline { jobs[state.id]?.isOffline = nil }
      if let told = job.priority, told != state.priority { jobs[state.id]?.priority = nil }
    case .putJobParameters(let id, let spec):
      guard let job = jobs[id] else { return nil }
      if let told = job.annotation, told != spec.other["annotation"]?.string ?? "" { jobs[id]?.annotation = nil }
    default: break
    }
    return nil
  }

  /// What was promised and is not so.
  func broken(_ farm: Farm) -> [String] {
    var broken: [String] = []
    for id in jobs.keys.sorted() {
      guard let told = jobs[id] else { continue }
      guard let job = farm.job(id) else {
        broken.append("job \(id) was acknowledged and is lost")
        continue
      }
      if let offline = told.isOffline, job.state.contains(.offline) != offline {
        broken.append("job \(id): \(offline ? "pause" : "start") was acknowledged and is lost")
      }
      if let priority = told.priority, job.priority != priority {
        broken.append("job \(id): priority \(priority) was acknowledged, it is \(job.priority)")
      }
      if let annotation = told.annotation, job.annotation != annotation {
        broken.append("job \(id): annotation \"\(annotation)\" was acknowledged, it is \"\(job.annotation)\"")
      }
      if job.counts.total < told.tasks {
        broken.append("job \(id): \(told.tasks) tasks were acknowledged, it has \(job.counts.total)")
      }
      for key in told.done.sorted() where farm.task(key)?.phase != .done {
        broken.append("task \(key) was done, its result was acknowledged, and it is \(String(describing: farm.task(key)?.phase))")
      }
    }
    for id in gone.sorted() where farm.job(id) != nil {
      broken.append("job \(id) was deleted, that was acknowledged, and it is back")
    }
    return broken
  }

  /// Numbers of leases are not used again: what is over can be forgotten.
  mutating func forget(below lease: Lease) { truth = truth.filter { $0.key >= lease } }
}
