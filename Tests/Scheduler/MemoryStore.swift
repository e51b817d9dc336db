import Model

@testable import Scheduler

/// A store in memory: what a real one would keep, and give back.
struct MemoryStore {
  var jobs: [JobID: StoredJob] = [:]
  var tasks: [TaskKey: StoredTask] = [:]
  var runs: [Lease: StoredRun] = [:]
  var renders: [RenderID: StoredRender] = [:]
  var users: [String: StoredUser] = [:]
  var counters: [Counter: UInt64] = [:]

  mutating func apply(_ change: StoreChange) {
    switch change {
    case .putJob(let job): jobs[job.id] = job
    case .putJobState(let state): jobs[state.id]?.state = state
    case .deleteJob(let id):
      jobs[id] = nil
      tasks = tasks.filter { $0.key.job != id }
      runs = runs.filter { $0.value.key.job != id }
    case .putTask(let task): tasks[task.key] = task
    case .deleteTask(let key): tasks[key] = nil
    case .deleteTasks(let job, let block): tasks = tasks.filter { $0.key.job != job || $0.key.block != block }
    case .putRun(let run): runs[run.lease] = run
    case .deleteRun(let lease): runs[lease] = nil
    case .putRender(let render): renders[render.id] = render
    case .deleteRender(let id): renders[id] = nil
    case .putUser(let user): users[user.name] = user
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
    snapshot.counters = counters
    return snapshot
  }
}
