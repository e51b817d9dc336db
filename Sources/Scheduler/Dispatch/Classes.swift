import Model

/// Which class of demands a block has, and which renders pass it.
extension Farm {
  // MARK: Demands

  /// What a block wants now, from itself, its job, its user and the branches above (reference/afanasy.md section 3.4).
  mutating func demand(of block: Int) -> Demand {
    let job = blocks[block].job
    let spec = jobs[job].spec
    let own = spec.blocks[Int(blocks[block].index.value)]
    let values = own.parameters
    let user = jobs[job].user
    var demand = Demand()
    var predicates: [Predicate] = []
    var memory = values.needMemoryMB
    var disk = values.needDiskGB
    var weights: [String: Int32] = [:]

    func add(_ work: WorkParameters) {
      let type = work.hostsMaskType ?? .find
      if !work.hostsMask.isEmpty { predicates.append(.hosts(work.hostsMask, type, exclude: false)) }
      if !work.hostsMaskExclude.isEmpty { predicates.append(.hosts(work.hostsMaskExclude, type, exclude: true)) }
      if !work.needOS.isEmpty { predicates.append(.os(work.needOS)) }
      if !work.needProperties.isEmpty { predicates.append(.properties(work.needProperties)) }
      if work.needPower >= 0 { predicates.append(.power(work.needPower)) }
      memory = max(memory, work.needMemoryMB)
      disk = max(disk, work.needDiskGB)
      let pools = PoolWeight.sorted(work.pools)
      if !pools.isEmpty {
        predicates.append(.pools(pools))
        for entry in pools { weights[entry.path, default: 0] += entry.weight }
      }
    }
    for branch in branchChain(jobs[job].branch) {
      add(branches[branch].parameters.work)
      if branches[branch].parameters.work.maxRunningTasksPerHost > 0 { demand.perHost.append(Int32(branch)) }
    }
    add(people[user].parameters.work)
    add(spec.parameters.work)

    let type = spec.parameters.work.hostsMaskType ?? .find
    if !values.hostsMask.isEmpty { predicates.append(.hosts(values.hostsMask, type, exclude: false)) }
    if !values.hostsMaskExclude.isEmpty { predicates.append(.hosts(values.hostsMaskExclude, type, exclude: true)) }
    if !values.needProperties.isEmpty { predicates.append(.properties(values.needProperties)) }
    if values.needPower >= 0 { predicates.append(.power(values.needPower)) }
    if values.needCPUMHz > 0 { predicates.append(.cpuMHz(values.needCPUMHz)) }
    if values.needCPUCores > 0 { predicates.append(.cpuCores(values.needCPUCores)) }
    if values.needCPUMHzCores > 0 { predicates.append(.cpuMHzCores(values.needCPUMHzCores)) }
    predicates.append(.service(own.service))
    predicates.append(
      .access(
        user: people[user].nimbyRenders > 0 ? Int32(user) : -1, ignoreNimby: spec.parameters.ignoreNimby || values.ignoreNimby,
        ignorePaused: spec.parameters.ignorePaused || values.ignorePaused))
    if blocks[block].hasOwnRenders(isMaintenance: spec.parameters.maintenance) { predicates.append(.block(Int32(block))) }

    demand.capacity = Int32(clamping: Int64(own.capacity) * Int64(max(1, values.capacityCoeffMin)))
    demand.memoryMB = max(0, memory)
    demand.diskGB = max(0, disk)
    demand.gpuMemoryMB = max(0, values.needGPUMemoryMB)
    demand.tickets = values.tickets.sorted { $0.key < $1.key }.filter { $0.value > 0 }
      .map { TicketNeed(ticket: Int32(solver.ticket($0.key)), count: $0.value) }
    demand.weights = PoolWeight.sorted(weights)
    if people[user].isLimited { demand.gate = Int32(user) }
    demand.predicates = Set(predicates.map { Int32(self.place($0)) }).sorted()
    return demand
  }

  /// Puts a block into the class of what it wants now.
  mutating func reclass(block: Int) {
    let demand = demand(of: block)
    let old = blocks[block].demand
    let new = classPlace(demand)
    guard old != new else { return }
    let wasQueued = blocks[block].isQueued
    if wasQueued { dequeue(block) }
    solver.classes[new].blocks.insert(block)
    blocks[block].demand = new
    if old >= 0 { release(demandClass: old, of: block) }
    if wasQueued { enqueue(block) }
  }

  /// The class of a block that goes is not used by it any more.
  mutating func release(demandClass: Int, of block: Int) {
    solver.classes[demandClass].blocks.remove(block)
    guard solver.classes[demandClass].blocks.isEmpty else { return }
    // A block's own predicate dies with it; other wants come again.
    let isPrivate = solver.classes[demandClass].demand.predicates.contains { place in
      if case .block = solver.predicates[Int(place)].predicate { true } else { false }
    }
    if isPrivate { return forget(demandClass: demandClass) }
    solver.unusedClasses.append(demandClass)
    if solver.unusedClasses.count > 256 {
      let oldest = solver.unusedClasses.removeFirst()
      if solver.classes[oldest].blocks.isEmpty { forget(demandClass: oldest) }
    }
  }

  private mutating func forget(demandClass: Int) {
    let demand = solver.classes[demandClass].demand
    solver.classPlaces[demand] = nil
    var from = 0
    while let render = solver.classes[demandClass].renders.next(from: from) {
      solver.classesOfRender[render].remove(demandClass)
      from = render + 1
    }
    solver.capacities.remove(demandClass)
    solver.memories.remove(demandClass)
    solver.disks.remove(demandClass)
    solver.gpuMemories.remove(demandClass)
    for need in demand.tickets {
      let ticket = Int(need.ticket)
      solver.ticketWants[ticket].remove(demandClass)
      if solver.ticketWants[ticket].isEmpty { solver.wantedTickets.removeAll { $0 == ticket } }
    }
    if demand.gate >= 0 { solver.gates[Int(demand.gate)]?.remove(demandClass) }
    solver.barred.remove(demandClass)
    solver.fresh.remove(demandClass)
    for place in demand.predicates {
      solver.predicates[Int(place)].uses -= 1
      guard solver.predicates[Int(place)].uses == 0 else { continue }
      solver.predicatePlaces[solver.predicates[Int(place)].predicate] = nil
      solver.vacantPredicates.append(Int(place))
      solver.predicates[Int(place)].renders.removeAll()
    }
    solver.classes[demandClass] = DemandClass(demand: Demand())
    solver.classes[demandClass].exists = false
    solver.vacantClasses.append(demandClass)
  }

  private mutating func classPlace(_ demand: Demand) -> Int {
    if let known = solver.classPlaces[demand] {
      if solver.classes[known].blocks.isEmpty { solver.unusedClasses.removeAll { $0 == known } }
      return known
    }
    let place = solver.vacantClasses.popLast() ?? solver.classes.count
    if place == solver.classes.count { solver.classes.append(DemandClass(demand: demand)) }
    solver.classes[place] = DemandClass(demand: demand)
    solver.classPlaces[demand] = place
    for predicate in demand.predicates { solver.predicates[Int(predicate)].uses += 1 }
    solver.capacities.add(place, demand.capacity)
    solver.memories.add(place, demand.memoryMB)
    solver.disks.add(place, demand.diskGB)
    solver.gpuMemories.add(place, demand.gpuMemoryMB)
    for need in demand.tickets {
      let ticket = Int(need.ticket)
      if solver.ticketWants[ticket].isEmpty { solver.wantedTickets.append(ticket) }
      solver.ticketWants[ticket].add(place, need.count)
    }
    if demand.gate >= 0 {
      solver.gates[Int(demand.gate), default: BitSet()].insert(place)
      if !isOpen(user: Int(demand.gate)) { solver.barred.insert(place) }
    }
    countRenders(demandClass: place)
    return place
  }

  /// Which renders pass a class: those that pass all its predicates.
  private mutating func countRenders(demandClass: Int) {
    var all: BitSet?
    for place in solver.classes[demandClass].demand.predicates {
      if all == nil {
        all = solver.predicates[Int(place)].renders
      } else {
        all?.formIntersection(solver.predicates[Int(place)].renders)
      }
    }
    let now = all ?? BitSet(renders.indices.filter { !renders[$0].isGone })
    let before = solver.classes[demandClass].renders
    guard now != before else { return }
    solver.classes[demandClass].renders = now
    var gone = before
    gone.subtract(now)
    var came = now
    came.subtract(before)
    for render in gone.members { solver.classesOfRender[render].remove(demandClass) }
    for render in came.members { solver.classesOfRender[render].insert(demandClass) }
    system.isDue = true
    judgePossible(demandClass)
  }

  /// A class has its first render, or lost its last: its blocks stand in the queues from now on, or no more. O(blocks of the class),
  /// and then only.
  mutating func judgePossible(_ demandClass: Int) {
    let isPossible = !solver.classes[demandClass].renders.isEmpty
    guard isPossible != solver.classes[demandClass].isPossible else { return }
    solver.classes[demandClass].isPossible = isPossible
    if isPossible { solver.fresh.insert(demandClass) }
    for block in solver.classes[demandClass].blocks.sorted() where blocks[block].isQueued { jobClassesChanged(blocks[block].job) }
  }

  // MARK: Predicates

  private mutating func place(_ predicate: Predicate) -> Int {
    if let known = solver.predicatePlaces[predicate] { return known }
    let place = solver.vacantPredicates.popLast() ?? solver.predicates.count
    if place == solver.predicates.count { solver.predicates.append(PredicateSlot(predicate)) }
    solver.predicates[place] = PredicateSlot(predicate)
    solver.predicatePlaces[predicate] = place
    for render in renders.indices where !renders[render].isGone && passes(place, render) {
      solver.predicates[place].renders.insert(render)
    }
    return place
  }

  /// Asks a predicate about a render.
  func passes(_ place: Int, _ render: Int) -> Bool {
    switch solver.predicates[place].predicate {
    case .hosts(_, _, let exclude): return (solver.predicates[place].mask?.matches(renders[render].name) ?? true) != exclude
    case .os: return solver.predicates[place].mask?.matches(renders[render].os) ?? true
    case .properties: return solver.predicates[place].mask?.matches(properties(render)) ?? true
    case .power(let need): return power(render) >= need
    case .cpuMHz(let need): return renders[render].resources.cpuMHz >= need
    case .cpuCores(let need): return renders[render].resources.cpuCount >= need
    case .cpuMHzCores(let need):
      return Int64(renders[render].resources.cpuCount) * Int64(renders[render].resources.cpuMHz) >= Int64(need)
    case .service(let name): return allows(name, render)
    case .pools(let weights): return weights.allow(pools[renders[render].pool].path)
    case .access(let user, let ignoreNimby, let ignorePaused):
      let state = renders[render].state
      if state.contains(.paused), !ignorePaused { return false }
      if ignoreNimby { return true }
      if state.contains(.NIMBY) { return false }
      return !state.contains(.nimby) || (user >= 0 && people[Int(user)].name == renders[render].user)
    case .block(let block): return passesOwn(Int(block), render)
    }
  }

  /// What a block alone says of a render: its tasks are named after renders, or it avoids those on which it failed.
  private func passesOwn(_ block: Int, _ render: Int) -> Bool {
    if blockAvoids(block, render) { return false }
    guard jobs[blocks[block].job].spec.parameters.maintenance else { return true }
    return blocks[block].maintenanceTask(of: renders[render].name) != nil
  }

  /// A block avoids another render, or one less; or other tasks of it are ready that are named after renders.
  mutating func ownRendersChanged(_ block: Int, _ changed: [Int]) {
    let isMaintenance = jobs[blocks[block].job].spec.parameters.maintenance
    guard blocks[block].hasOwnRenders(isMaintenance: isMaintenance), let place = solver.predicatePlaces[.block(Int32(block))],
      blocks[block].demand >= 0, solver.classes[blocks[block].demand].demand.predicates.contains(Int32(place))
    else { return reclass(block: block) }
    for render in changed { solver.predicates[place].renders.set(render, passes(place, render)) }
    countRenders(demandClass: blocks[block].demand)
    if blocks[block].isQueued { solver.fresh.insert(blocks[block].demand) }
  }

  /// What predicates ask of a render may have changed: its state, pool, services, machine.
  mutating func renderChanged(_ render: Int) {
    if renders[render].isGone { return }
    system.isDue = true
    while solver.classesOfRender.count <= render { solver.classesOfRender.append(BitSet()) }
    var isNews = false
    for place in solver.predicates.indices where solver.predicates[place].uses > 0 {
      let passes = passes(place, render)
      if passes != solver.predicates[place].renders.contains(render) {
        solver.predicates[place].renders.set(render, passes)
        isNews = true
      }
    }
    guard isNews || solver.classesOfRender[render].isEmpty else { return }
    for place in solver.classes.indices where solver.classes[place].exists {
      let passes = solver.classes[place].demand.predicates.allSatisfy { solver.predicates[Int($0)].renders.contains(render) }
      let changes = passes != solver.classes[place].renders.contains(render)
      solver.classes[place].renders.set(render, passes)
      solver.classesOfRender[render].set(place, passes)
      if changes, passes != solver.classes[place].isPossible { judgePossible(place) }
    }
  }

  // MARK: Queues

  /// Lets a block stand in the queues exactly while it has something to start.
  mutating func refreshQueue(_ block: Int) {
    namesChanged(block)
    let isWanted = blocks[block].isOpen && (blocks[block].hosts.map { wantsHosts(block, $0) } ?? startableNow(block))
    if isWanted == blocks[block].isQueued { return }
    if isWanted { enqueue(block) } else { dequeue(block) }
  }

  private mutating func enqueue(_ block: Int) {
    let job = blocks[block].job
    blocks[block].isQueued = true
    let index = jobs[job].ready.firstIndex { blocks[$0].index > blocks[block].index } ?? jobs[job].ready.count
    jobs[job].ready.insert(block, at: index)
    solver.fresh.insert(blocks[block].demand)
    if system.place == job { system.isDue = true }
    jobClassesChanged(job)
    if jobs[job].spec.parameters.preempt {
      solver.preempting.insert(job)
      solver.isPreemptionDue = true
    }
  }

  private mutating func dequeue(_ block: Int) {
    let job = blocks[block].job
    blocks[block].isQueued = false
    jobs[job].ready.removeAll { $0 == block }
    jobClassesChanged(job)
    if jobs[job].ready.isEmpty { solver.preempting.remove(job) }
  }

  private mutating func jobClassesChanged(_ job: Int) {
    let node = jobs[job].node
    guard node >= 0 else { return }
    var classes = BitSet()
    for block in jobs[job].ready where solver.classes[blocks[block].demand].isPossible { classes.insert(blocks[block].demand) }
    guard classes != solver.tree.nodes[node].classes else { return }
    solver.tree.nodes[node].classes = classes
    refreshNode(node)
  }

  mutating func noteMultihost(_ block: Int) {
    if blocks[block].hosts != nil { solver.multihost.insert(block) } else { solver.multihost.remove(block) }
  }

  /// Everything that the solver knows of a job is found out anew: its parameters, its user's or its branch's changed.
  mutating func reclass(_ job: Int) {
    refreshValues(jobs[job].node)
    if jobs[job].node >= 0, jobs[job].countedPriority != jobs[job].priority {
      let running = Int(solver.tree.nodes[jobs[job].node].running)
      solver.runningByPriority[Int(jobs[job].countedPriority)] -= running
      solver.runningByPriority[Int(jobs[job].priority)] += running
      jobs[job].countedPriority = jobs[job].priority
    }
    for block in jobs[job].blocks {
      let parameters = jobs[job].spec.blocks[Int(blocks[block].index.value)].parameters
      blocks[block].maxRunning = parameters.maxRunningTasks
      blocks[block].maxPerHost = parameters.maxRunningTasksPerHost
      blocks[block].hosts = HostsWanted(jobs[job].spec.blocks[Int(blocks[block].index.value)])
      noteMultihost(block)
      refreshBlockLimit(block)
      reclass(block: block)
      refreshQueue(block)
    }
    if jobs[job].spec.parameters.preempt, !jobs[job].ready.isEmpty {
      solver.preempting.insert(job)
      solver.isPreemptionDue = true
    } else {
      solver.preempting.remove(job)
    }
    reopen(jobs[job].node)
    rekey(jobs[job].node)
  }

  mutating func reclass(user: Int) {
    for job in people[user].jobPlaces.sorted() { reclass(job) }
  }
}
