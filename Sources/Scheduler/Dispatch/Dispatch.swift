import Model

extension Farm {
  /// Starts whatever can be started now: afterwards no ready task is left beside a render that would take it.
  mutating func dispatch() {
    fillSlots()
    wake.note(fresh: solver.fresh)
    repeat {
      if !solver.freed.isEmpty { keepPromises() }
      while let choice = solve() { start(choice) }
      if solver.isPreemptionDue { preempt() }
    } while !solver.freed.isEmpty
    startInKeptSlots()
  }

  /// - Parameter inKeptSlot: a task of the system job in the slot that the render keeps for it: it takes none of its capacity.
  mutating func start(_ choice: Choice, inKeptSlot: Bool = false) {
    let (block, render, task) = (choice.block, choice.render, choice.task)
    if let wanted = blocks[block].hosts { return capture(block, task, wanted, on: render) }
    let (lease, reservation) = counters.nextLease()
    if let reservation { store(reservation) }
    let key = blocks[block].key(task)
    let job = blocks[block].job
    let id = renders[render].id
    let coefficient = inKeptSlot ? 0 : coefficient(block, render)

    blocks[block].change(task) { record in
      record.starts &+= 1
      record.started = now
      record.finished = .never
      record.render = id.value
    }
    let start = blocks[block].pages[task]?.starts ?? 1
    if start == 1, key.job == .system { systemTaskBegins(block, task) }
    change(block) {
      $0.setFlags(task, [])
      $0.move(task, to: .running, standing: .running)
    }
    if !blocks[block].reasons.isEmpty { blocks[block].reasons[UInt32(task)] = nil }
    if blocks[block].started == .never { blocks[block].started = now }
    refreshQueue(block)
    jobs[job].lastStart = LastStart(render: render, at: now, cause: cause)
    if jobs[job].started == .never {
      jobs[job].started = now
      store(.putJobState(jobs[job].stored))
    }

    attach(run(lease, key, block, render, coefficient: coefficient))
    index(render, isFreer: false)
    store(.putRun(StoredRun(lease: lease, key: key, render: id, started: now, capacityCoefficient: coefficient)))
    emit(
      .start(
        id,
        RunStart(
          lease: lease, key: key, start: start, capacityCoefficient: max(1, coefficient), system: systemCommand(block, task))))
    changed(.task(key))
    changed(.job(key.job))
    changed(.render(id))
  }

  /// How many times its capacity a task gets on this render (reference/afanasy.md section 3.9).
  private func coefficient(_ block: Int, _ render: Int) -> Int32 {
    let values = jobs[blocks[block].job].spec.blocks[Int(blocks[block].index.value)].parameters
    guard values.capacityCoeffMin > 0 || values.capacityCoeffMax > 0 else { return 1 }
    let most = renders[render].freeCapacity / max(1, blocks[block].capacity)
    let bound = values.capacityCoeffMax > 0 ? min(most, values.capacityCoeffMax) : most
    return max(bound, max(1, values.capacityCoeffMin))
  }

  /// A run with what it takes of its render.
  func run(_ lease: Lease, _ key: TaskKey, _ block: Int, _ render: Int, coefficient: Int32, started: Instant? = nil) -> Run {
    let demand = blocks[block].demand >= 0 ? solver.classes[blocks[block].demand].demand : Demand()
    var run = Run(
      lease: lease, key: key, block: block, render: render, capacity: blocks[block].capacity &* coefficient,
      started: started ?? now, place: 0, seen: started ?? now)
    run.tickets = demand.tickets
    run.needs = RunNeeds(memoryMB: demand.memoryMB, diskGB: demand.diskGB, gpuMemoryMB: demand.gpuMemoryMB)
    run.coefficient = coefficient
    run.isInKeptSlot = coefficient == 0
    return run
  }

  /// Puts a run among those that are out.
  mutating func attach(_ run: Run) {
    var run = run
    run.place = renders[run.render].runs.count
    run.needs.diskAtStart = renders[run.render].resources.diskFreeGB
    let place = freeRuns.popLast() ?? runs.count
    if place == runs.count { runs.append(run) } else { runs[place] = run }
    leases.insert(run.lease, place)
    if renders[run.render].runs.isEmpty {
      busyRenders += 1
      let was = renders[run.render].wasBusy
      renders[run.render].changed = was?.until == now ? was?.since ?? now : now
    }
    if run.key.job != .system { gotTask(run.render) }
    renders[run.render].runs.append(place)
    if run.isInKeptSlot { renders[run.render].keptRuns += 1 }
    renders[run.render].capacityUsed &+= run.capacity
    renders[run.render].lastTask = now
    take(run.tickets, run.render, 1)
    if run.needs.isAny { reserve(run.render) }
    countHost(run, 1)
    count(blocks[run.block].job, tasks: 1, capacity: run.capacity, render: run.render)
    refreshBlockLimit(run.block)
    began(place)
  }

  /// Takes a run out: its lease is no longer known, its render has its place again. The index of renders is the caller's.
  mutating func detach(_ place: Int) {
    guard let run = runs[place] else { return }
    timers.cancel(&runs[place]!.timer)  // It is there: looked at a line above.
    leases.remove(run.lease)
    runs[place] = nil
    freeRuns.append(place)
    let last = renders[run.render].runs.removeLast()
    if last != place {
      renders[run.render].runs[run.place] = last
      runs[last]?.place = run.place
    }
    if run.isInKeptSlot { renders[run.render].keptRuns -= 1 }
    renders[run.render].capacityUsed &-= run.capacity
    renders[run.render].lastTask = now
    if renders[run.render].runs.isEmpty {
      busyRenders -= 1
      renders[run.render].wasBusy = (renders[run.render].changed, now)
      renders[run.render].changed = now
    }
    lostTask(run.render)
    take(run.tickets, run.render, -1)
    if run.needs.isAny { reserve(run.render) }
    if run.intent != .forget { uncount(run) }
  }

  /// A run counts no more for its job, user and branches: it ended, or its job is gone.
  mutating func uncount(_ run: Run) {
    countHost(run, -1)
    count(blocks[run.block].job, tasks: -1, capacity: run.capacity, render: run.render)
    refreshBlockLimit(run.block)
  }

  private mutating func countHost(_ run: Run, _ step: Int32) {
    blocks[run.block].runsOut += step
    if blocks[run.block].maxPerHost > 0 { Self.count(&blocks[run.block].onHost, run.render, step) }
  }

  /// A block's own `max_runsOuttasks`: it stands in the queues only below it.
  mutating func refreshBlockLimit(_ block: Int) {
    let isOpen = blocks[block].maxPerHost != 0 && (blocks[block].maxRunning < 0 || blocks[block].runsOut < blocks[block].maxRunning)
    guard isOpen != blocks[block].isOpen else { return }
    blocks[block].isOpen = isOpen
    refreshQueue(block)
  }

  /// What the tasks of a render may still take of what they asked for: what one uses already is no longer free, and not reserved.
  mutating func reserve(_ render: Int) {
    var memory: Int64 = 0
    var disk: Int64 = 0
    var gpu: Int64 = 0
    for place in renders[render].runs {
      guard let run = runs[place] else { continue }
      memory += max(0, Int64(run.needs.memoryMB) - Int64(run.memoryMB))
      disk += max(0, Int64(run.needs.diskGB) - max(0, run.needs.diskAtStart - renders[render].resources.diskFreeGB))
      gpu += Int64(run.needs.gpuMemoryMB)
    }
    renders[render].memoryReserved = Int32(clamping: memory)
    renders[render].diskReserved = Int32(clamping: disk)
    renders[render].gpuMemoryReserved = Int32(clamping: gpu)
  }

  /// Brings the index of free renders up to date with a render.
  ///
  /// - Parameter isFreer: whether it may take now what it could not take before.
  mutating func index(_ render: Int, isFreer: Bool) {
    while solver.classesOfRender.count <= render { solver.classesOfRender.append(BitSet()) }
    indexKeeper(render)
    guard takesTasks(render) else {
      wake.note(changed: render)
      return solver.put(render, nil)
    }
    if solver.kept[render] != nil {
      if isFreer { solver.freed.append(render) }
      return solver.put(render, nil)
    }
    let place = FreePlace(
      pool: renders[render].pool, running: renders[render].runs.count - renders[render].keptRuns, isShut: renders[render].isShut,
      entry: FreeRender(render: render, renders[render]))
    solver.put(render, place)
    if isFreer { refresh(render: render) }
  }

  /// Whether a render may be given a task, if one fits. Who may pass by nimby, NIMBY and paused is the job's affair. It is asked
  /// for one thing after the other: to ask the render as a whole would copy it, with every start and end.
  func takesTasks(_ render: Int) -> Bool {
    guard renders[render].isOnline, renders[render].connection != nil, renders[render].parameters.priority > 0 else { return false }
    guard renders[render].state.isDisjoint(with: [.sick, .wolFalling]) else { return false }
    if renders[render].capacity <= renders[render].capacityUsed { return false }
    if renders[render].runs.count - renders[render].keptRuns >= Int(renders[render].maxTasks) { return false }
    return pools[renders[render].pool].isOpen
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
  func sorted(_ places: [Int]) -> [Int] {
    guard places.count > 1 else { return places }
    // Not `self`: the closure would copy the farm.
    let runs = self.runs
    return places.sorted { runs[$0]?.lease.value ?? 0 < runs[$1]?.lease.value ?? 0 }
  }

  /// The run of a task that is out: among those of its render.
  func runPlace(_ block: Int, _ task: Int) -> Int? {
    guard let record = blocks[block].pages[task], record.phase.isOut, let render = renderPlaces[RenderID(record.render)] else {
      return nil
    }
    // Until its master runs, the first host of a task on several renders stands for it.
    if let party = blocks[block].parties[task], party.master == nil { return party.hosts.first }
    let key = blocks[block].key(task)
    return renders[render].runs.first { runs[$0]?.key == key && runs[$0]?.hostNumber == 0 && runs[$0]?.intent != .forget }
  }
}
