import Model

/// A farm from what was stored (reference/afanasy.md section 4.8): O(stored), whatever the number of waiting tasks.
extension Farm {
  /// Takes in a snapshot. Runs that were out wait for their renders; `listening` starts their clocks.
  mutating func load(_ snapshot: StoreSnapshot) {
    loadTrees(snapshot)
    for user in snapshot.users {
      let place = userPlace(user.name)
      people[place].use = FadingUse(used: user.used, at: user.usedAt)
      people[place].parameters = user.parameters
      refreshValues(user: place)
      people[place].registered = user.registered
      people[place].isStored = true
    }
    for render in snapshot.renders.sorted(by: { $0.name < $1.name })
    where renderPlaces[render.id] == nil && renderNamePlaces[render.name] == nil {
      counters.isUsed(render.id)
      let place = add(Render(render))
      settle(loaded: place)
    }
    let deleted = Set(
      snapshot.undos.flatMap { UndoText.parts($0.parts).compactMap { if case .deletion(let id, _) = $0 { id } else { nil } } })
    for job in snapshot.jobs.sorted(by: { $0.id < $1.id }) where jobPlaces[job.id] == nil && job.id != .system {
      load(job, isDeleted: deleted.contains(job.id))
    }
    for job in snapshot.jobs where job.id == .system {
      if job.spec.user == SystemJob.user { loadSystem(job, snapshot.systemCommands) } else { load(job) }
    }
    for task in snapshot.tasks { load(task) }
    let stored = snapshot.runs.sorted { $0.lease < $1.lease }
    for run in stored where run.hostNumber == 0 { load(run) }
    for run in stored where run.hostNumber > 0 { load(slave: run) }
    for id in jobOrder.elements() {
      guard let place = jobPlaces[id] else { continue }
      let done = jobs[place].done
      settleWaits(place)
      jobs[place].hasErrors = jobs[place].counts[.error] > 0
      for block in jobs[place].blocks where blocks[block].counts.isAllFinished {
        // A block that was skipped without a run says nothing of when.
        blocks[block].done = [lastEnd(block), done, now].first { $0 != .never } ?? now
      }
      if jobs[place].counts.isAllFinished != (done != .never) {
        jobs[place].done = done == .never ? now : .never
        repairs.append(.store(.putJobState(jobs[place].stored)))
      }
    }
    load(snapshot.errorHosts)
    let all = jobOrder.elements().compactMap { jobPlaces[$0] }
    load(snapshot.undos)
    for place in all where jobs[place].isDeleted {
      settleLoadedPreCommands(place)
      takeTryNext(place)
    }
    for id in jobOrder.elements() {
      guard let place = jobPlaces[id] else { continue }
      settleLoadedPreCommands(place)
      beginWatching(place)
      setClocks(place)
      takeTryNext(place)
    }
    let before = effects.count
    settleLoadedSystem()
    repairs += effects[before...].filter { if case .store = $0 { true } else { false } }
    // Nothing was asked of it yet, and nobody is told of what only waits.
    effects = []
  }

  private mutating func load(_ stored: StoredJob, isDeleted: Bool = false) {
    counters.isUsed(stored.id)
    var spec = stored.spec
    // The name of a deleted job may be another's by now.
    if !isDeleted { spec.name = jobNames.take(spec.name, for: stored.id) }
    let user = userPlace(spec.user)
    if !people[user].isStored {
      people[user].isStored = true
      repairs.append(.store(.putUser(people[user].stored)))
    }
    var job = Job(
      id: stored.id, spec: spec, user: user, priority: stored.state.priority, isOffline: stored.state.isOffline, blocks: [],
      created: stored.state.created)
    job.branch = branchOfLoaded(spec.parameters.branch)
    job.started = stored.state.started
    job.done = stored.state.done
    job.preCommands = stored.state.preCommands
    // A stored document was checked when it was submitted; should the rules have changed since, it runs without its waits.
    var dependencies: BlockDependencies?
    do { dependencies = try BlockDependencies(spec.blocks) } catch {
      repairs.append(.log(LogRecord(.error, .job(stored.id), "runs without its dependencies: \(error)")))
    }
    _ = add(job, dependencies)
  }

  private mutating func load(_ stored: StoredTask) {
    guard isKnown(stored.key), let (block, task) = place(of: stored.key) else {
      return repairs.append(.store(.deleteTask(stored.key)))
    }
    let isWaiting = stored.phase.isOut || stored.phase == .waitingDependency
    let base = isWaiting ? .ready : stored.phase
    change(block) { block in
      if stored.starts != 0 || stored.errors != 0 || stored.started != .never || stored.finished != .never {
        block.change(task) { record in
          record.starts = stored.starts
          record.started = stored.started
          record.finished = stored.finished
          record.render = stored.render?.value ?? 0
        }
      }
      block.setErrors(task, stored.errors)
      // What is to be tried first is said by the job's list.
      block.setFlags(task, stored.flags.subtracting(.tryNext))
      if !stored.reason.isEmpty { block.reasons[UInt32(task)] = stored.reason }
      block.move(task, to: base, standing: base)
    }
    if base == .done {
      blocks[block].runMicroseconds += (stored.finished - stored.started).microseconds
      noteRunTime(block, stored.finished - stored.started)
    }
    noteStart(block, stored.started)
  }

  private mutating func load(_ stored: StoredRun) {
    counters.isUsed(stored.lease)
    guard leases[stored.lease] == nil else { return }
    guard isKnown(stored.key), let (block, task) = place(of: stored.key), let render = renderPlaces[stored.render],
      !blocks[block].base(task).isOut
    else {
      return repairs.append(.store(.deleteRun(stored.lease)))
    }
    change(block) { block in
      block.change(task) { record in
        record.starts &+= 1
        record.started = stored.started
        record.finished = .never
        record.render = stored.render.value
      }
      block.setFlags(task, [])
      block.reasons[UInt32(task)] = nil
      block.move(task, to: .waitingReconnect, standing: .waitingReconnect)
    }
    noteStart(block, stored.started)
    if blocks[block].hosts?.masterOnSlave == true {
      // It shares what its slave holds.
      attach(
        Run(
          lease: stored.lease, key: stored.key, block: block, render: render, capacity: 0, started: stored.started,
          seen: stored.started))
    } else {
      var run = run(stored.lease, stored.key, block, render, coefficient: stored.capacityCoefficient, started: stored.started)
      hold(stored.hold, &run)
      attach(run)
    }
  }

  /// A slave of a multi-host task goes on with its master; without one the task begins anew.
  private mutating func load(slave stored: StoredRun) {
    counters.isUsed(stored.lease)
    guard leases[stored.lease] == nil, let (block, task) = place(of: stored.key), let wanted = blocks[block].hosts,
      let render = renderPlaces[stored.render], let master = runPlace(block, task)
    else {
      return repairs.append(.store(.deleteRun(stored.lease)))
    }
    var slave = run(stored.lease, stored.key, block, render, coefficient: 1, started: stored.started)
    hold(stored.hold, &slave)
    slave.role = wanted.service.isEmpty ? .captured : .slave
    slave.hostNumber = stored.hostNumber
    attach(slave)
    runs[master]?.role = .master
    var party = blocks[block].parties[task] ?? Party()
    party.stage = .running
    party.master = master
    if let place = leases[stored.lease] { party.hosts.append(place) }
    blocks[block].parties[task] = party
  }

  mutating func noteStart(_ block: Int, _ started: Instant) {
    guard started != .never else { return }
    let known = blocks[block].started
    blocks[block].started = known == .never ? started : min(known, started)
  }

  private func lastEnd(_ block: Int) -> Instant {
    var last = Instant.never
    for task in 0..<blocks[block].count { last = max(last, blocks[block].pages[task]?.finished ?? .never) }
    return last
  }

  /// The places of a task; nil when there is no such.
  func place(of key: TaskKey) -> (block: Int, task: Int)? {
    guard let block = blockPlace(key.job, key.block), key.task.value < blocks[block].count else { return nil }
    return (block, Int(key.task.value))
  }

  func blockPlace(_ job: JobID, _ block: BlockIndex) -> Int? {
    guard let place = jobPlaces[job], Int(block.value) < jobs[place].blocks.count else { return nil }
    return jobs[place].blocks[Int(block.value)]
  }
}
