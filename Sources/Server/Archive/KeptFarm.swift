import Model
import Scheduler

/// All that a store would keep, in memory: changes come in, a snapshot comes out.
///
/// The journal and events are left out: no farm is loaded from them.
struct KeptFarm {
  private struct Kept {
    var job: StoredJob
    var tasks: [TaskPlace: StoredTask] = [:]
    var errorHosts: [ErrorPlace: StoredErrorHost] = [:]
  }
  private struct TaskPlace: Hashable {
    let block: BlockIndex
    let task: TaskIndex
  }
  private struct ErrorPlace: Hashable {
    let block: BlockIndex
    let task: TaskIndex?
    let render: RenderID
  }

  private var jobs: [JobID: Kept] = [:]
  private var runs: [Lease: StoredRun] = [:]
  private var renders: [RenderID: StoredRender] = [:]
  private var users: [String: StoredUser] = [:]
  private var pools: [String: StoredPool] = [:]
  private var branches: [String: StoredBranch] = [:]
  private var systemCommands: [UInt64: StoredSystemCommand] = [:]
  private var undos: [UInt64: StoredUndo] = [:]
  private var counters: [Counter: UInt64] = [:]

  func spec(_ job: JobID) -> JobSpec? { jobs[job]?.job.spec }

  mutating func apply(_ change: StoreChange) {
    switch change {
    case .putJob(let job): jobs[job.id, default: Kept(job: job)].job = job
    case .putJobState(let state): jobs[state.id]?.job.state = state
    case .deleteJob(let id):
      if jobs.removeValue(forKey: id) != nil { runs = runs.filter { $0.value.key.job != id } }
    case .putTask(let task):
      jobs[task.key.job]?.tasks[TaskPlace(block: task.key.block, task: task.key.task)] = task
    case .deleteTask(let key): jobs[key.job]?.tasks[TaskPlace(block: key.block, task: key.task)] = nil
    case .deleteTasks(let job, let block):
      if let tasks = jobs[job]?.tasks { jobs[job]?.tasks = tasks.filter { $0.key.block != block } }
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
    case .putJobParameters(let id, let spec), .appendTasks(let id, _, _, let spec): jobs[id]?.job.spec = spec
    case .putErrorHost(let host):
      let place = ErrorPlace(block: host.block, task: host.task, render: host.render)
      jobs[host.job]?.errorHosts[place] = host.count == 0 ? nil : host
    case .deleteErrorHosts(let job, let block):
      if let hosts = jobs[job]?.errorHosts { jobs[job]?.errorHosts = hosts.filter { $0.key.block != block } }
    case .putSystemCommand(let command): systemCommands[command.command.number] = command
    case .placeSystemCommand(let number, let task): systemCommands[number]?.task = task
    case .deleteSystemCommand(let number): systemCommands[number] = nil
    case .putUndo(let undo): undos[undo.number] = undo
    case .deleteUndo(let number): undos[number] = nil
    case .putCounter(let counter, let value): counters[counter] = value
    case .journal, .putEvent: break
    }
  }

  /// What is out now, on which render.
  var runsOut: Dictionary<Lease, StoredRun>.Values { runs.values }

  /// In the order in which a store gives it.
  var snapshot: StoreSnapshot {
    var snapshot = StoreSnapshot()
    for id in jobs.keys.sorted() {
      guard let kept = jobs[id] else { continue }
      snapshot.jobs.append(kept.job)
      snapshot.tasks += kept.tasks.values.sorted { $0.key < $1.key }
      snapshot.errorHosts += kept.errorHosts.values
    }
    snapshot.runs = runs.values.sorted { $0.lease < $1.lease }
    snapshot.renders = renders.values.sorted { $0.id < $1.id }
    snapshot.users = users.values.sorted { $0.name < $1.name }
    snapshot.pools = pools.values.sorted { $0.path < $1.path }
    snapshot.branches = branches.values.sorted { $0.path < $1.path }
    snapshot.systemCommands = systemCommands.values.sorted { $0.command.number < $1.command.number }
    snapshot.undos = undos.values.sorted { $0.number < $1.number }
    snapshot.counters = counters
    return snapshot
  }
}
