public import Model
public import Scheduler

/// A store in memory: what a real one would keep, and give back.
public struct MemoryStore: Sendable {
  public var jobs: [JobID: StoredJob] = [:]
  public var tasks: [TaskKey: StoredTask] = [:]
  public var runs: [Lease: StoredRun] = [:]
  public var renders: [RenderID: StoredRender] = [:]
  public var users: [String: StoredUser] = [:]
  public var pools: [String: StoredPool] = [:]
  public var branches: [String: StoredBranch] = [:]
  public var errorHosts: [ErrorPlace: StoredErrorHost] = [:]
  public var journal: [JournalEntry] = []
  public var systemCommands: [UInt64: StoredSystemCommand] = [:]
  public var events: [FarmEvent] = []
  public var undos: [UInt64: StoredUndo] = [:]
  public var counters: [Counter: UInt64] = [:]

  public struct ErrorPlace: Hashable, Sendable {
    let job: JobID
    let block: BlockIndex
    let task: TaskIndex?
    let render: RenderID
  }

  public init() {}

  public mutating func apply(_ change: StoreChange) {
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
    case .putUndo(let undo): undos[undo.number] = undo
    case .deleteUndo(let number): undos[number] = nil
    case .putCounter(let counter, let value): counters[counter] = value
    }
  }

  /// In one order for the same content, whatever the order of its making.
  public var snapshot: StoreSnapshot {
    var snapshot = StoreSnapshot()
    snapshot.jobs = jobs.values.sorted { $0.id < $1.id }
    snapshot.tasks = tasks.values.sorted { $0.key < $1.key }
    snapshot.runs = runs.values.sorted { $0.lease < $1.lease }
    snapshot.renders = renders.values.sorted { $0.id < $1.id }
    snapshot.users = users.values.sorted { $0.name < $1.name }
    snapshot.pools = pools.values.sorted { $0.path < $1.path }
    snapshot.branches = branches.values.sorted { $0.path < $1.path }
    snapshot.errorHosts = errorHosts.values.sorted {
      ($0.job, $0.block, $0.task?.value ?? .max, $0.render) < ($1.job, $1.block, $1.task?.value ?? .max, $1.render)
    }
    snapshot.systemCommands = systemCommands.values.sorted { $0.command.number < $1.command.number }
    snapshot.undos = undos.values.sorted { $0.number < $1.number }
    snapshot.counters = counters
    return snapshot
  }
}
