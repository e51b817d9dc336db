import Model

/// What is started next, and where.
struct Choice: Sendable {
  var block: Int
  var render: Int
  /// Tried before all others of its job, if somebody asked for that.
  var task: Int
}

/// Where a render stands for a job (reference/afanasy.md section 3.5): the least first.
private struct RenderRank: Comparable {
  var tier: Int
  var running: Int
  var free: FreeRender

  static func < (a: RenderRank, b: RenderRank) -> Bool {
    if a.tier != b.tier { return a.tier < b.tier }
    if a.running != b.running { return a.running < b.running }
    return a.free < b.free
  }
}

extension Farm {
  /// The first in order of what is fresh that can start, with its best render. What cannot is fresh no more.
  mutating func solve() -> Choice? {
    guard !solver.fresh.isEmpty else { return nil }
    guard solver.freeCount > 0, solver.tree.nodes[branches[0].node].isOpen else {
      // The next free render is news itself, and so is a root that opens.
      solver.fresh.removeAll()
      solver.refused.removeAll()
      return nil
    }
    solver.fresh.subtract(solver.barred)
    if let choice = descend(branches[0].node) { return choice }
    solver.fresh.removeAll()
    solver.refused.removeAll()
    return nil
  }

  private mutating func descend(_ node: Int) -> Choice? {
    if case .job(let job) = solver.tree.nodes[node].owner { return choose(job) }
    var chunk = 0
    while chunk < solver.tree.nodes[node].children.chunks.count {
      if solver.tree.nodes[node].children.chunks[chunk].classes.meets(solver.fresh) {
        var index = 0
        while index < solver.tree.nodes[node].children.chunks[chunk].entries.count {
          if solver.tree.nodes[node].children.chunks[chunk].entries[index].meets(solver.fresh) {
            let child = Int(solver.tree.nodes[node].children.chunks[chunk].entries[index].key.node)
            if let choice = descend(child) { return choice }
          }
          index += 1
        }
      }
      chunk += 1
    }
    return nil
  }

  /// What of a job starts next: on its best render, the task that was asked to be tried first, else that of the first block that
  /// may run there (section 3.7).
  private mutating func choose(_ job: Int) -> Choice? {
    var best: (rank: RenderRank, choice: Choice)?
    var asked: [Int] = []
    let refused = solver.refused.isEmpty ? nil : solver.refused[job]
    for block in jobs[job].ready {
      let demand = blocks[block].demand
      guard solver.fresh.contains(demand), !(refused?.contains(demand) ?? false), !asked.contains(demand) else { continue }
      asked.append(demand)
      switch bestRender(demand, for: job) {
      case .none: solver.fresh.remove(demand)
      case .refused: solver.refused[job, default: BitSet()].insert(demand)
      case .found(let rank, let choice):
        if best.map({ rank < $0.rank }) ?? true { best = (rank, choice) }
      }
    }
    guard var choice = best?.choice else { return nil }
    if let first = tryNext(job, on: choice.render) { choice = first }
    return choice
  }

  private enum Search {
    /// No free render can take this class now.
    case none
    /// Some could, but not for this job.
    case refused
    case found(RenderRank, Choice)
  }

  private mutating func bestRender(_ demandClass: Int, for job: Int) -> Search {
    let common = solver.free.common(solver.classes[demandClass].renders, limit: 48)
    if common == 0 { return .none }
    let tiers = tiers(solver.classes[demandClass].demand.weights)
    var result = Search.none
    if common <= 48 {
      var ranked: [RenderRank] = []
      var from = 0
      while let render = solver.classes[demandClass].renders.nextCommon(solver.free, from: from) {
        from = render + 1
        guard fits(demandClass, render), let place = solver.places[render] else { continue }
        let tier = tiers.firstIndex { $0.contains(place.pool) } ?? tiers.count
        ranked.append(RenderRank(tier: tier, running: place.running, free: place.entry))
      }
      // The best is as a rule taken: sorting all is for those that are refused.
      while let place = ranked.indices.min(by: { ranked[$0] < ranked[$1] }) {
        result = .refused
        if let choice = choice(demandClass, job, Int(ranked[place].free.render)) { return .found(ranked[place], choice) }
        ranked.swapAt(place, ranked.count - 1)
        ranked.removeLast()
      }
      return result
    }
    for (tier, pools) in tiers.enumerated() {
      let most = pools.reduce(0) { max($0, solver.pools[$1].open.count, solver.pools[$1].shut.count) }
      for running in 0..<most {
        var best: (rank: RenderRank, choice: Choice)?
        for pool in pools where solver.pools[pool].count > 0 {
          for isShut in [false, true] {
            switch firstThatTakes(demandClass, job, pool: pool, running: running, isShut: isShut) {
            case .none: break
            case .refused: result = .refused
            case .found(var rank, let choice):
              rank.tier = tier
              if best.map({ rank < $0.rank }) ?? true { best = (rank, choice) }
            }
          }
        }
        if let best { return .found(best.rank, best.choice) }
      }
    }
    return result
  }

  private func firstThatTakes(_ demandClass: Int, _ job: Int, pool: Int, running: Int, isShut: Bool) -> Search {
    var result = Search.none
    let capacity = solver.classes[demandClass].demand.capacity
    let count = isShut ? solver.pools[pool].shut.count : solver.pools[pool].open.count
    guard running < count else { return .none }
    var found: Search?
    func look(_ entry: FreeRender) -> Bool {
      // Each list begins with the most free capacity.
      if entry.freeCapacity < capacity { return true }
      let render = Int(entry.render)
      guard solver.classes[demandClass].renders.contains(render), fits(demandClass, render) else { return false }
      result = .refused
      guard let choice = choice(demandClass, job, render) else { return false }
      found = .found(RenderRank(tier: 0, running: running, free: entry), choice)
      return true
    }
    if isShut { solver.pools[pool].shut[running].visit(look) } else { solver.pools[pool].open[running].visit(look) }
    return found ?? result
  }

  /// The task of the first block of this class in the job that this render may be given.
  private func choice(_ demandClass: Int, _ job: Int, _ render: Int) -> Choice? {
    let perHost = solver.tree.nodes[jobs[job].node].says.maxPerHost
    if perHost > 0, jobs[job].onHost[render] ?? 0 >= perHost { return nil }
    for block in jobs[job].ready where blocks[block].demand == demandClass {
      if !mayTakeMore(block, render) { continue }
      let next = blocks[block].hosts.map { partyTask(block, $0, on: render) } ?? nextTask(block, on: render)
      if let task = next { return Choice(block: block, render: render, task: task) }
    }
    return nil
  }

  /// Whether a block's own limit per host lets a render take more of it.
  private func mayTakeMore(_ block: Int, _ render: Int) -> Bool {
    let limit = blocks[block].maxPerHost
    return limit < 0 || blocks[block].onHost[render] ?? 0 < limit
  }

  /// Tasks that were asked to be tried first, whatever their block (section 3.7).
  private func tryNext(_ job: Int, on render: Int) -> Choice? {
    for wanted in jobs[job].spec.parameters.tryNext {
      guard Int(wanted.block.value) < jobs[job].blocks.count else { continue }
      let block = jobs[job].blocks[Int(wanted.block.value)]
      let task = Int(wanted.task.value)
      guard blocks[block].isQueued, blocks[block].hosts == nil, blocks[block].startable.contains(task),
        solver.fresh.contains(blocks[block].demand),
        solver.classes[blocks[block].demand].renders.contains(render), fits(blocks[block].demand, render),
        mayTakeMore(block, render), mayRun(block, task, on: render)
      else { continue }
      return Choice(block: block, render: render, task: task)
    }
    return nil
  }

  // MARK: Quantities

  /// Whether a free render has enough of everything that a class wants of it.
  func fits(_ demandClass: Int, _ render: Int) -> Bool {
    if renders[render].freeCapacity < solver.classes[demandClass].demand.capacity { return false }
    if solver.classes[demandClass].demand.memoryMB > 0, freeMemory(render) < solver.classes[demandClass].demand.memoryMB {
      return false
    }
    if solver.classes[demandClass].demand.diskGB > 0, freeDisk(render) < solver.classes[demandClass].demand.diskGB { return false }
    if solver.classes[demandClass].demand.gpuMemoryMB > 0, freeGPUMemory(render) < solver.classes[demandClass].demand.gpuMemoryMB {
      return false
    }
    for need in solver.classes[demandClass].demand.tickets where ticketsFree(Int(need.ticket), render) < need.count { return false }
    let gate = Int(solver.classes[demandClass].demand.gate)
    if gate >= 0 {
      let limit = people[gate].says.maxPerHost
      if limit > 0, people[gate].onHost[render] ?? 0 >= limit { return false }
    }
    for branch in solver.classes[demandClass].demand.perHost {
      if branches[Int(branch)].onHost[render] ?? 0 >= solver.tree.nodes[branches[Int(branch)].node].says.maxPerHost { return false }
    }
    return true
  }

  /// Free memory in MB, less what tasks that were started may still take of what they asked for.
  func freeMemory(_ render: Int) -> Int32 {
    Int32(clamping: renders[render].resources.memoryFreeMB - Int64(renders[render].memoryReserved))
  }

  func freeDisk(_ render: Int) -> Int32 {
    Int32(clamping: renders[render].resources.diskFreeGB - Int64(renders[render].diskReserved))
  }

  func freeGPUMemory(_ render: Int) -> Int32 {
    let resources = renders[render].resources
    return Int32(clamping: resources.gpuMemoryTotalMB - resources.gpuMemoryUsedMB - Int64(renders[render].gpuMemoryReserved))
  }

  /// A render may take what it could not take before: the classes that it has enough for are fresh.
  mutating func refresh(render: Int) {
    guard solver.isFree(render) else { return }
    var classes = solver.classesOfRender[render]
    if let beyond = solver.capacities.beyond(renders[render].freeCapacity) { classes.subtract(beyond) }
    if let beyond = solver.memories.beyond(freeMemory(render)) { classes.subtract(beyond) }
    if let beyond = solver.disks.beyond(freeDisk(render)) { classes.subtract(beyond) }
    if let beyond = solver.gpuMemories.beyond(freeGPUMemory(render)) { classes.subtract(beyond) }
    for ticket in solver.wantedTickets {
      let free = ticketsFree(ticket, render)
      if free < .max, let beyond = solver.ticketWants[ticket].beyond(free) { classes.subtract(beyond) }
    }
    solver.fresh.formUnion(classes)
  }

  // MARK: Pools in order

  /// Pools of equal priority together, highest first: their own, with those above (section 1.12), and a job's weights for them.
  mutating func tiers(_ weights: [PoolWeight]) -> [[Int]] {
    if let known = solver.tiers[weights] { return known }
    var byPriority: [Int64: [Int]] = [:]
    for pool in pools.indices where pools[pool].exists {
      byPriority[pools[pool].priority + Int64(weights.weight(pools[pool].path)) << 20, default: []].append(pool)
    }
    let tiers = byPriority.sorted { $0.key > $1.key }.map(\.value)
    while solver.pools.count < pools.count { solver.pools.append(FreePool()) }
    solver.tiers[weights] = tiers
    return tiers
  }
}
