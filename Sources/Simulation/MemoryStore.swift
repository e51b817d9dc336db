import Model

@testable import Scheduler

/// A store in memory: what a real one would keep, and give back.
struct MemoryStore {
  var jobs: [JobID: StoredJob] = [:]
  var tasks: [TaskKey: StoredTask] = [:]
  var runs: [Lease: StoredRun] = [:]
  var renders: [RenderID: StoredRender] = [:]
  var users: [String: StoredUser] = [:]
  var pools: [String: StoredPool] = [:]
  var branches: [String: StoredBranch] = [:]
  var errorHosts: [ErrorPlace: StoredErrorHost] = [:]
  var journal: [JournalEntry] = []
  var systemCommands: [UInt64: StoredSystemCommand] = [:]
  var events: [FarmEvent] = []
  var counters: [Counter: UInt64] = [:]

  struct ErrorPlace: Hashable {
    let job: JobID
    let block: BlockIndex
    let task: TaskIndex?
    let render: RenderID
  }

  mutating func apply(_ change: StoreChange) {
    switch change {
    case .putJob(let job): jobs[job.id] = job
    case .putJobState(let state): jobs[state.id]?.state = state
    case .deleteJob(let id):
      jobs[id] = nil
      tasks = tasks.filter { $0.key.job != id }
      runs = runs.filter { $0.value.key.job != id }
      errorHosts = errorHosts.filter { $0.key.job != id }
    case .putTask(let task): tasks[task.key] = task
    case .deleteTask(let key): tasks[key] = nil
    case .deleteTasks(let job, let block): tasks = tasks.filter { $0.key.job != job || $0.key.block != block }
    case .putRun(let run): runs[run.lease] = run
    case .deleteRun(let lease): runs[lease] = nil
    case .putRender(let render): renders[render.id] = render
    case .deleteRender(let id): renders[id] = nil
    case .putUser(let user): users[user.name] = user
    case .deleteUser(let name): users[name] = nil
    case .putPool(let pool): pools[pool.path] = pool
    case .deletePool(let path): pools[path] = nil
    case .putBranch(let branch): branches[branch.path] = branch
    case .deleteBranch(let path): branches[path] = nil
    case .putJobParameters(let id, let spec), .appendTasks(let id, _, _, let spec): jobs[id]?.spec = spec
    case .putErrorHost(let host):
      let place = ErrorPlace(job: host.job, block: host.block, task: host.task, render: host.render)
      errorHosts[place] = host.count == 0 ? nil : host
    case .deleteErrorHosts(let job, let block): errorHosts = errorHosts.filter { $0.key.job != job || $0.key.block != block }
    case .journal(let entry): journal.append(entry)
    case .putSystemCommand(let command): systemCommands[command.command.number] = command
    case .placeSystemCommand(let number, let task): systemCommands[number]?.task = task
    case .deleteSystemCommand(let number): systemCommands[number] = nil
    case .putEvent(let event): events.append(event)
    case .putCounter(let counter, let value): counters[counter] = value
    }
  }

  var snapshot: StoreSnapshot {
    var snapshot = StoreSnapshot()
    snapshot.jobs = Array(jobs.values)
    snapshot.tasks = Array(tasks.values)
    snapshot.runs = Array(runs.values)
    snapshot.renders = Array(renders.values)
    snapshot.users = Array(users.values)
    snapshot.pools = Array(pools.values)
    snapshot.branches = Array(branches.values)
    snapshot.errorHosts = Array(errorHosts.values)
    snapshot.systemCommands = Array(systemCommands.values)
    snapshot.counters = counters
    return snapshot
  }
}
