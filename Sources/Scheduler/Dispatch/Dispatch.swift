import Model

extension Farm {
  /// Starts whatever can be started now: afterwards no ready task is left beside a render that would take it.
  mutating func dispatch() {
    while let (block, render) = solver.pick() { start(block, on: render) }
  }

  private mutating func start(_ block: Int, on render: Int) {
    guard let task = blocks[block].startable.next(from: 0) else { preconditionFailure("a queued block has a task to start") }
    let (lease, reservation) = counters.nextLease()
    if let reservation { store(reservation) }
    let key = blocks[block].key(task)
    let job = blocks[block].job
    let id = renders[render].id

    blocks[block].change(task) { record in
      record.starts &+= 1
      record.started = now
      record.finished = .never
      record.render = id.value
    }
    let start = blocks[block].pages[task]?.starts ?? 1
    change(block) {
      $0.setFlags(task, [])
      $0.move(task, to: .running, standing: .running)
    }
    if !blocks[block].reasons.isEmpty { blocks[block].reasons[UInt32(task)] = nil }
    if blocks[block].started == .never { blocks[block].started = now }
    refreshQueue(block)
    if jobs[job].started == .never {
      jobs[job].started = now
      store(.putJobState(jobs[job].stored))
    }

    attach(
      Run(
        lease: lease, key: key, block: block, render: render, capacity: blocks[block].capacity, started: now, place: 0, seen: now))
    index(render, isFreer: false)
    store(.putRun(StoredRun(lease: lease, key: key, render: id, started: now)))
    emit(.start(id, RunStart(lease: lease, key: key, start: start)))
    changed(.task(key))
    changed(.job(key.job))
    changed(.render(id))
  }

  /// Puts a run among those that are out.
  mutating func attach(_ run: Run) {
    var run = run
    run.place = renders[run.render].runs.count
    let place = freeRuns.popLast() ?? runs.count
    if place == runs.count { runs.append(run) } else { runs[place] = run }
    leases.insert(run.lease, place)
    if renders[run.render].runs.isEmpty {
      busyRenders += 1
      renders[run.render].changed = now
    }
    renders[run.render].runs.append(place)
    renders[run.render].capacityUsed &+= run.capacity
    people[jobs[blocks[run.block].job].user].running += 1
  }

  /// Takes a run out: its lease is no longer known, its render has its place again. The index of renders is the caller's.
  mutating func detach(_ place: Int) {
    guard let run = runs[place] else { return }
    leases.remove(run.lease)
    runs[place] = nil
    freeRuns.append(place)
    let last = renders[run.render].runs.removeLast()
    if last != place {
      renders[run.render].runs[run.place] = last
      runs[last]?.place = run.place
    }
    renders[run.render].capacityUsed &-= run.capacity
    if renders[run.render].runs.isEmpty {
      busyRenders -= 1
      renders[run.render].changed = now
    }
    if run.intent != .forget { people[jobs[blocks[run.block].job].user].running -= 1 }
  }

  /// Brings the index of free renders up to date with a render.
  ///
  /// - Parameter isFreer: whether it may take now what it could not take before.
  mutating func index(_ render: Int, isFreer: Bool) {
    guard renders[render].takesTasks else { return solver.put(render, nil, isFreer: false) }
    let group = groupPlace(render)
    let entry = FreeRender(
      render: render, freeCapacity: renders[render].freeCapacity, priority: renders[render].priority, label: renders[render].label)
    solver.put(render, FreePlace(group: group, running: renders[render].runs.count, entry: entry), isFreer: isFreer)
  }

  private mutating func groupPlace(_ render: Int) -> Int {
    if let known = renders[render].group { return known }
    let nimbyUser = renders[render].state.contains(.nimby) ? userPlace(renders[render].user) : nil
    let blocks = self.blocks
    let jobs = self.jobs
    let group = solver.group(services: renders[render].services, nimbyUser: nimbyUser) { jobs[blocks[$0].job].user }
    renders[render].group = group
    return group
  }

  /// The runs of a job that are out, oldest first.
  func runsOut(of job: Int) -> [Int] {
    guard jobs[job].counts.out > 0 else { return [] }
    var found: [Int] = []
    for block in jobs[job].blocks { found += runsOut(block: block, in: 0..<blocks[block].count) }
    return sorted(found)
  }

  /// The runs of some tasks of a block, in no particular order.
  func runsOut(block: Int, in range: Range<Int>) -> [Int] {
    var found: [Int] = []
    for tree in [blocks[block].running, blocks[block].waitingReconnect] {
      var from = range.lowerBound
      while let task = tree.next(from: from), task < range.upperBound {
        if let run = runPlace(block, task) { found.append(run) }
        from = task + 1
      }
    }
    return found
  }

  /// Oldest first.
  func sorted(_ runs: [Int]) -> [Int] { runs.sorted { lease($0) < lease($1) } }
  private func lease(_ run: Int) -> UInt64 { self.runs[run]?.lease.value ?? 0 }

  /// The run of a task that is out: among those of its render.
  func runPlace(_ block: Int, _ task: Int) -> Int? {
    guard let record = blocks[block].pages[task], record.phase.isOut, let render = renderPlaces[RenderID(record.render)] else {
      return nil
    }
    let key = blocks[block].key(task)
    return renders[render].runs.first { runs[$0]?.key == key && runs[$0]?.intent != .forget }
  }
}
