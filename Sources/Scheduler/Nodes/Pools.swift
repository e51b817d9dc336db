import Model

/// The tree of pools, and renders in it.
extension Farm {
  @discardableResult
  mutating func addPool(_ path: String, _ parameters: PoolParameters, created: Instant) -> Int {
    let parent = NodePath.parent(path).flatMap { poolPlaces[$0] }
    let place = pools.count
    pools.append(Pool(path: path, parameters: parameters, created: created, parent: parent))
    poolPlaces[path] = place
    if let parent { pools[parent].children.append(place) }
    while solver.pools.count <= place { solver.pools.append(FreePool()) }
    refreshPool(place)
    return place
  }

  /// The pool of this path; it and those missing above it are made.
  mutating func makePool(_ path: String, isNews: Bool = true) -> Int {
    if let known = poolPlaces[path] { return known }
    _ = makePool(NodePath.parent(path) ?? "/", isNews: isNews)
    let place = addPool(path, PoolParameters(), created: now)
    if isNews {
      store(.putPool(pools[place].stored))
      changed(.pool(path))
    }
    return place
  }

  /// Priority and openness of a pool and those below it (section 1.12).
  private mutating func refreshPool(_ place: Int) {
    let own = Int64(pools[place].parameters.priority) << 20
    let isOpen = !pools[place].parameters.isPaused && pools[place].parameters.priority > 0
    if let parent = pools[place].parent {
      pools[place].priority = (own + pools[parent].priority) / 2
      pools[place].isOpen = isOpen && pools[parent].isOpen
    } else {
      pools[place].priority = own
      pools[place].isOpen = isOpen
    }
    solver.tiers = [:]
    for child in pools[place].children where pools[child].exists { refreshPool(child) }
  }

  /// A pool's parameters changed: it and all below it are looked at anew. O(renders).
  mutating func poolChanged(_ place: Int) {
    refreshPool(place)
    recountTickets()
    for render in renders.indices where chain(renders[render].pool).contains(place) {
      farmValuesChanged(render)
      index(render, isFreer: true)
      configure(render)
      changed(.render(renders[render].id))
    }
    // Tickets may have been added to.
    for ticket in solver.wantedTickets { if let wanting = solver.ticketWants[ticket].wanting { solver.fresh.formUnion(wanting) } }
  }

  mutating func configure(_ render: Int) {
    guard renders[render].isOnline, renders[render].connection != nil else { return }
    emit(.configure(renders[render].id, configuration(render)))
  }

  /// Capacity, tasks at once and what predicates ask, from the render itself, its agent and its pools.
  mutating func farmValuesChanged(_ render: Int) {
    let own = renders[render].parameters.farm
    func value(_ own: Int32, _ agent: Int32, _ pooled: Int32?) -> Int32 { own >= 0 ? own : agent >= 0 ? agent : pooled ?? 0 }
    renders[render].capacity = value(
      own.capacityHost, renders[render].agentCapacity, self.pooled(renders[render].pool) { $0.farm.capacityHost })
    renders[render].maxTasks = value(
      own.maxTasksHost, renders[render].agentMaxTasks, self.pooled(renders[render].pool) { $0.farm.maxTasksHost })
    renderChanged(render)
    eventTimesChanged(render)
  }

  // MARK: Renders in it

  /// A render that comes for the first time: its pool by the pools' patterns, its state as they say.
  mutating func putIntoPool(new render: Int) {
    let pool = poolFor(renders[render].name)
    renders[render].parameters.pool = pools[pool].path
    renders[render].pool = pool
    pools[pool].renders += 1
    if chain(pool).contains(where: { pools[$0].parameters.newNimby }) { setNimby(render, .NIMBY) }
    if chain(pool).contains(where: { pools[$0].parameters.newPaused }) { renders[render].state.insert(.paused) }
  }

  /// A render that was stored: its pool may be there no more.
  mutating func settle(loaded render: Int) {
    if let known = poolPlaces[renders[render].parameters.pool] {
      renders[render].pool = known
    } else {
      renders[render].pool = poolFor(renders[render].name)
      renders[render].parameters.pool = pools[renders[render].pool].path
      repairs.append(.store(.putRender(renders[render].stored)))
    }
    pools[renders[render].pool].renders += 1
    countNimby(render, 1)
    farmValuesChanged(render)
    settleSleep(loaded: render)
  }

  mutating func move(render: Int, pool: Int) {
    guard renders[render].pool != pool else { return }
    solver.put(render, nil)
    pools[renders[render].pool].renders -= 1
    renders[render].pool = pool
    renders[render].parameters.pool = pools[pool].path
    pools[pool].renders += 1
    recountTickets()
    farmValuesChanged(render)
    index(render, isFreer: true)
    configure(render)
  }

  /// What a render measured. More free memory than before may let it take what it could not.
  mutating func take(_ resources: HostResources, of render: Int) {
    let old = renders[render].resources
    let before = (freeMemory(render), freeDisk(render), freeGPUMemory(render))
    renders[render].resources = resources
    if !renders[render].runs.isEmpty { reserve(render) }
    if old.cpuMHz != resources.cpuMHz || old.cpuCount != resources.cpuCount { renderChanged(render) }
    guard solver.isFree(render) else { return }
    let after = (freeMemory(render), freeDisk(render), freeGPUMemory(render))
    if solver.memories.index(above: before.0) != solver.memories.index(above: after.0)
      || solver.disks.index(above: before.1) != solver.disks.index(above: after.1)
      || solver.gpuMemories.index(above: before.2) != solver.gpuMemories.index(above: after.2)
    {
      refresh(render: render)
    }
  }
}
