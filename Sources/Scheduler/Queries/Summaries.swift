public import Model

/// What views and commands ask for. None of it changes the farm; each costs what it returns.
extension Farm {
  /// Without the system job.
  public var jobCount: Int { jobPlaces.count - (system.place == nil ? 0 : 1) }

  /// At most `limit` jobs with greater numbers, ascending.
  public func jobIDs(after id: JobID? = nil, limit: Int) -> [JobID] { jobOrder.elements(after: id, limit: limit) }

  /// - Parameter withBar: the 128 letters of its progress bar cost more than all the rest.
  public func job(_ id: JobID, withBar: Bool = true) -> JobSummary? {
    guard let job = found(id) else { return nil }
    return JobSummary(
      id: id, name: job.spec.name, user: job.spec.user, priority: job.priority, state: state(job),
      counts: inUse(job.counts, of: id),
      created: job.created, started: job.started, done: job.done, blockCount: Int32(job.blocks.count),
      annotation: job.spec.other["annotation"]?.string ?? "", progressBar: withBar ? progressBar(job) : "")
  }

  public func jobState(_ id: JobID) -> StateBits? { found(id).map(state) }

  public func spec(_ id: JobID) -> JobSpec? { found(id)?.spec }

  func found(_ id: JobID) -> Job? { jobPlaces[id].map { jobs[$0] } }

  /// The jobs that are meant, ascending; those that do not exist are left out, and a mask that does not compile means none.
  public func resolve(_ selection: JobSelection) -> [JobID] {
    switch selection {
    case .ids(let ids): return Set(ids.filter { jobPlaces[$0] != nil }).sorted()
    case .name(let name): return jobNames[name].map { [$0] } ?? []
    case .mask(let mask):
      guard let pattern = try? Pattern(mask) else { return [] }
      return jobOrder.elements().filter { found($0).map { pattern.matchesWhole($0.spec.name) } ?? false }
    }
  }

  public func blocks(of id: JobID) -> [BlockSummary] {
    guard let job = found(id) else { return [] }
    return job.blocks.indices.compactMap { block(id, BlockIndex($0)) }
  }

  public func block(_ id: JobID, _ index: BlockIndex) -> BlockSummary? {
    guard let place = blockPlace(id, index), let job = found(id) else { return nil }
    let block = blocks[place]
    let spec = job.spec.blocks[Int(index.value)]
    return BlockSummary(
      job: id, block: index, name: spec.name, service: spec.service, state: state(block), counts: inUse(block.presented, of: id),
      capacity: block.capacity, errors: block.errors, errorHosts: Int32(clamping: block.errorHosts.renderCount),
      avoidedHosts: Int32(clamping: block.errorHosts.avoided.count), runSeconds: block.runMicroseconds / 1_000_000,
      started: block.started, done: block.done)
  }

  /// Of the system job only the slots count that have something in them.
  private func inUse(_ counts: Counts, of id: JobID) -> TaskCounts {
    var counts = counts.taskCounts
    if id == .system {
      counts.total -= counts.skipped
      counts.skipped = 0
    }
    return counts
  }

  public func blockIndex(_ selection: BlockSelection, of id: JobID) -> BlockIndex? {
    guard let job = found(id) else { return nil }
    switch selection {
    case .index(let index): return Int(index.value) < job.blocks.count ? index : nil
    case .name(let name): return job.spec.blocks.firstIndex { $0.name == name }.map { BlockIndex($0) }
    }
  }

  public func run(_ lease: Lease) -> StoredRun? {
    leases[lease].flatMap { runs[$0] }.map(stored)
  }

  /// The lease of a task that is out.
  public func lease(of key: TaskKey) -> Lease? {
    guard let (block, task) = place(of: key), let run = runPlace(block, task) else { return nil }
    return runs[run]?.lease
  }

  public func users() -> [UserSummary] {
    people.filter(\.isStored).map { UserSummary(name: $0.name, jobs: $0.jobs, running: $0.running) }.sorted { $0.name < $1.name }
  }

  public var totals: FarmTotals {
    FarmTotals(jobs: jobCount, renders: renderNames.count, online: onlineRenders, busy: busyRenders, runningTasks: leases.count)
  }

  // MARK: Renders

  public var renderCount: Int { renderNames.count }

  /// In the order of their names.
  public func renderIDs() -> [RenderID] { renderNames.elements().map { renders[$0.render].id } }

  public func render(named name: String) -> RenderID? { renderNamePlaces[name].map { renders[$0].id } }

  public func render(_ id: RenderID) -> RenderSummary? {
    guard let place = renderPlaces[id] else { return nil }
    let render = renders[place]
    var state = render.state
    if render.isOnline { state.insert(.online) }
    if !render.runs.isEmpty { state.insert(.busy) }
    return RenderSummary(
      id: id, name: render.name, user: render.user, state: state, priority: render.priority, capacity: render.capacity,
      capacityUsed: render.capacityUsed, maxTasks: render.maxTasks, running: sorted(render.runs).compactMap { runs[$0]?.key },
      resources: render.resources, version: render.version, os: render.os, address: render.address, registered: render.registered,
      seen: render.seen, changed: render.changed)
  }
}
