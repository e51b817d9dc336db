import Model
import Scheduler

/// What changed since the views were last brought up to date: ids only, and only of what somebody looks at.
struct Dirt: Sendable {
  /// The tasks of a job that changed.
  struct Tasks: Sendable {
    /// Blocks of which many tasks changed.
    var blocks: Set<BlockIndex> = []
    var tasks: Set<TaskKey> = []

    /// Beyond so many the whole block counts as changed.
    static let most = 4096
  }

  /// Jobs that came, went or changed.
  var jobs: Set<JobID> = []
  var tasks: [JobID: Tasks] = [:]
  /// Renders that came, went or changed.
  var renders: Set<RenderID> = []
  /// Users, pools and branches that came, went or were edited; their counts change with their jobs and renders.
  var users: Set<String> = []
  var pools: Set<String> = []
  var branches: Set<String> = []
  /// Of which something changed that their own pages show.
  var nodes: Set<NodeID> = []

  var isEmpty: Bool {
    jobs.isEmpty && tasks.isEmpty && renders.isEmpty && users.isEmpty && pools.isEmpty && branches.isEmpty && nodes.isEmpty
  }
}

/// What views look at: everything else is not even noted.
struct Watched: Sendable {
  /// Lists that change with jobs, and with renders.
  var jobLists = 0
  var renderLists = 0
  var userLists = 0
  var workTrees = 0
  var farmTrees = 0
  /// Jobs whose blocks, tasks or grids are shown, and by how many.
  var jobs: [JobID: Int] = [:]

  /// Renders and tasks that have a page open, and by how many; of a render's page the tasks that it runs too.
  private(set) var nodes: [NodeID: Int] = [:]

  var isNothing: Bool { jobLists == 0 && renderLists == 0 && jobs.isEmpty && nodes.isEmpty }

  mutating func turn(from old: Set<NodeID>, to new: Set<NodeID>) {
    for node in old.subtracting(new) {
      let left = nodes[node, default: 1] - 1
      nodes[node] = left > 0 ? left : nil
    }
    for node in new.subtracting(old) { nodes[node, default: 0] += 1 }
  }

  mutating func add(_ topic: Topic, _ step: Int) {
    switch topic {
    case .jobs: jobLists += step
    case .renders: renderLists += step
    case .blocks(let job): count(job, step)
    case .tasks(let tasks): count(tasks.job, step)
    case .grid(let grid): count(grid.job, step)
    case .users:
      jobLists += step
      userLists += step
    case .work:
      jobLists += step
      workTrees += step
    case .farm:
      renderLists += step
      farmTrees += step
    case .heat: renderLists += step
    case .system:
      jobLists += step
      count(.system, step)
    case .log, .events, .serverLog, .journal, .render, .task: break
    }
  }

  private mutating func count(_ job: JobID, _ step: Int) {
    let count = jobs[job, default: 0] + step
    jobs[job] = count > 0 ? count : nil
  }
}

extension Dirt {
  mutating func note(node: NodeID, _ watched: Watched) {
    if watched.nodes[node] != nil { nodes.insert(node) }
  }

  /// What has a page of its own.
  private mutating func noteNodes(_ change: Change, _ watched: Watched) {
    switch change {
    case .task(let key): note(node: .task(key), watched)
    case .renderAdded(let id), .render(let id), .renderRemoved(let id): note(node: .render(id), watched)
    case .job(let id), .jobRemoved(let id), .jobAdded(let id), .block(let id, _):
      for case .task(let key) in watched.nodes.keys where key.job == id { nodes.insert(.task(key)) }
    case .user, .pool, .branch: break
    }
  }

  mutating func note(_ change: Change, _ watched: Watched) {
    if !watched.nodes.isEmpty { noteNodes(change, watched) }
    switch change {
    case .jobAdded(let id), .job(let id), .jobRemoved(let id):
      if watched.jobLists > 0 { jobs.insert(id) }
      if watched.jobs[id] != nil, case .jobRemoved = change { tasks[id, default: Tasks()].blocks.insert(BlockIndex(0)) }
    case .task(let key):
      guard watched.jobs[key.job] != nil else { return }
      var some = tasks[key.job] ?? Tasks()
      tasks[key.job] = nil
      if !some.blocks.contains(key.block) {
        some.tasks.insert(key)
        if some.tasks.count > Tasks.most {
          for task in some.tasks { some.blocks.insert(task.block) }
          some.tasks.removeAll()
        }
      }
      tasks[key.job] = some
    case .block(let job, let block):
      if watched.jobLists > 0 { jobs.insert(job) }
      if watched.jobs[job] != nil { tasks[job, default: Tasks()].blocks.insert(block) }
    case .renderAdded(let id), .render(let id), .renderRemoved(let id):
      if watched.renderLists > 0 { renders.insert(id) }
    case .user(let name): if watched.userLists > 0 { users.insert(name) }
    case .pool(let path): if watched.farmTrees > 0 { pools.insert(path) }
    case .branch(let path): if watched.workTrees > 0 { branches.insert(path) }
    }
  }
}
