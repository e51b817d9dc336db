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

  public func userParameters(_ name: String) -> UserParameters? { peoplePlaces[name].map { people[$0].parameters } }

  public func renderParameters(_ id: RenderID) -> RenderParameters? { renderPlaces[id].map { renders[$0].parameters } }
}
