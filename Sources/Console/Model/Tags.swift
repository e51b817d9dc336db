import Model

/// Rows that were tagged, by id: they stay tagged wherever they go. Jobs, tasks and renders with what people call them.
struct Tags: Sendable {
  var jobs: [JobID: JobSummary] = [:]
  var tasks: [TaskKey: String] = [:]
  var renders: [RenderID: RenderSummary] = [:]
  var branches: Set<String> = []
  var pools: Set<String> = []
  var users: Set<String> = []

  var isEmpty: Bool {
    jobs.isEmpty && tasks.isEmpty && renders.isEmpty && branches.isEmpty && pools.isEmpty && users.isEmpty
  }

  func count(_ kind: Order.Kind) -> Int {
    switch kind {
    case .job: jobs.count
    case .task: tasks.count
    case .render: renders.count
    case .branch: branches.count
    case .pool: pools.count
    case .user: users.count
    case .block, .systemBlock, .systemTask: 0
    }
  }

  func has(_ row: TreeRow) -> Bool {
    switch row.node {
    case .branch(let branch): branches.contains(branch.path)
    case .pool(let pool): pools.contains(pool.path)
    case .job(let job): jobs[job.id] != nil
    case .render(let render): renders[render.id] != nil
    }
  }

  /// Tags a row, or untags it.
  mutating func toggle(_ row: TreeRow) {
    switch row.node {
    case .branch(let branch): branches.toggle(branch.path)
    case .pool(let pool): pools.toggle(pool.path)
    case .job(let job): toggle(job)
    case .render(let render): toggle(render)
    }
  }

  mutating func toggle(_ row: JobSummary) { if jobs.removeValue(forKey: row.id) == nil { jobs[row.id] = row } }
  mutating func toggle(_ row: RenderSummary) { if renders.removeValue(forKey: row.id) == nil { renders[row.id] = row } }

  mutating func remove(_ nodes: OrderNodes) {
    switch nodes {
    case .jobs(let ids): for id in ids { jobs[id] = nil }
    case .tasks: tasks = [:]
    case .branches(let names): branches.subtract(names)
    case .pools(let names): pools.subtract(names)
    case .users(let names): users.subtract(names)
    case .renders(let names): renders = renders.filter { !names.contains($0.value.name) }
    case .block, .system: break
    }
  }
}

extension Set<String> {
  mutating func toggle(_ name: String) { if remove(name) == nil { insert(name) } }
}
