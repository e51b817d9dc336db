public import Model

/// Nodes besides jobs: pools, branches, users, renders, with what people set on them.
extension Farm {
  /// In the order of paths. O(pools + renders).
  public func poolSummaries() -> [PoolSummary] {
    var rows: [PoolSummary] = pools.map { pool in
      PoolSummary(
        path: pool.path, parameters: pool.parameters, effectivePriority: Int32(pool.priority >> 20), created: pool.created)
    }
    for place in pools.indices {
      for (ticket, use) in pools[place].tickets where use.used > 0 { rows[place].ticketsUsed[solver.tickets[ticket]] = use.used }
    }
    for render in renders where !render.isGone {
      for place in chain(render.pool) {
        rows[place].renders += 1
        if render.isOnline { rows[place].online += 1 }
        if !render.runs.isEmpty { rows[place].busy += 1 }
        rows[place].running += Int32(render.runs.count)
        rows[place].capacityUsed += Int64(render.capacityUsed)
      }
    }
    return pools.indices.filter { pools[$0].exists }.map { rows[$0] }.sorted { $0.path < $1.path }
  }

  /// In the order of paths. O(branches).
  public func branchSummaries() -> [BranchSummary] {
    branches.filter(\.exists).map { branch in
      let node = solver.tree.nodes[branch.node]
      return BranchSummary(
        path: branch.path, parameters: branch.parameters, jobs: branch.jobsBelow, running: node.running,
        capacityUsed: node.capacity,
        created: branch.created)
    }
    .sorted { $0.path < $1.path }
  }

  public func branchPaths() -> [String] { branches.filter(\.exists).map(\.path) }

  /// O(1).
  public func branch(_ path: String) -> BranchSummary? {
    guard let place = branchPlaces[path], branches[place].exists else { return nil }
    let branch = branches[place]
    let node = solver.tree.nodes[branch.node]
    return BranchSummary(
      path: branch.path, parameters: branch.parameters, jobs: branch.jobsBelow, running: node.running,
      capacityUsed: node.capacity, created: branch.created)
  }

  /// Where a job is.
  public func branchPath(of id: JobID) -> String? { found(id).map { branches[$0.branch].path } }

  public func poolPaths() -> [String] { pools.filter(\.exists).map(\.path) }

  /// Without its renders' counts: O(tickets).
  public func pool(_ path: String) -> PoolSummary? {
    guard let place = poolPlaces[path], pools[place].exists else { return nil }
    let pool = pools[place]
    var row = PoolSummary(
      path: pool.path, parameters: pool.parameters, effectivePriority: Int32(pool.priority >> 20), created: pool.created)
    for (ticket, use) in pool.tickets where use.used > 0 { row.ticketsUsed[solver.tickets[ticket]] = use.used }
    return row
  }

  public func poolPath(of id: RenderID) -> String? { renderPlaces[id].map { pools[renders[$0].pool].path } }

  /// O(1).
  public func user(_ name: String) -> UserSummary? {
    guard let place = peoplePlaces[name], people[place].isStored else { return nil }
    return UserSummary(name: name, jobs: people[place].jobs, running: people[place].running)
  }

  public func userNames() -> [String] { people.filter(\.isStored).map(\.name) }

  public func userParameters(_ name: String) -> UserParameters? { peoplePlaces[name].map { people[$0].parameters } }

  public func renderParameters(_ id: RenderID) -> RenderParameters? { renderPlaces[id].map { renders[$0].parameters } }
}
