import Model

extension Farm {
  mutating func submit(_ spec: JobSpec, by actor: Actor, _ request: RequestID) {
    var spec = spec
    let dependencies: BlockDependencies
    do { dependencies = try BlockDependencies(spec.blocks) } catch {
      return emit(.answer(request, .failed(Failure(.failed, "\(error)"))))
    }
    guard !spec.blocks.isEmpty, spec.blocks.allSatisfy({ $0.taskCount > 0 }) else {
      return emit(.answer(request, .failed(Failure(.failed, "blocks: expected one block or more, each with a task or more"))))
    }
    guard counters.job < UInt64(UInt32.max) else {
      return emit(.answer(request, .failed(Failure(.failed, "no job numbers are left"))))
    }
    do throws(Failure) {
      try refuseCircle(name: jobNames.unique(spec.name), user: peoplePlaces[spec.user], spec.parameters)
      try checkParameters(spec)
      if let fault = faultOfCommands(spec) { throw fault }
    } catch {
      return emit(.answer(request, .failed(error)))
    }
    let (id, counter) = counters.nextJob()
    store(counter)
    spec.name = jobNames.take(spec.name, for: id)
    let user = userPlace(spec.user)
    if !people[user].isStored {
      people[user].isStored = true
      people[user].registered = now
      store(.putUser(people[user].stored))
    }
    if spec.parameters.work.hostsMaskType == nil {
      spec.parameters.work.hostsMaskType = people[user].parameters.work.hostsMaskType
    }
    let branch = branchForSubmit(spec.parameters.branch)
    spec.parameters.branch = branches[branch].path
    var job = Job(
      id: id, spec: spec, user: user, priority: spec.priority, isOffline: spec.isOffline, blocks: [], created: now)
    job.branch = branch
    if hasPreCommands(spec) { job.preCommands = .waiting }
    store(.putJob(StoredJob(id: id, spec: spec, state: job.stored)))
    let place = add(job, dependencies)
    takeTryNext(place)
    if jobs[place].spec.parameters.tryNext != spec.parameters.tryNext { store(.putJobParameters(id, jobs[place].spec)) }
    settleWaits(place)
    enterWatches(place)
    setClocks(place)
    if jobs[place].preCommands == .waiting { pushPreCommands(place) }
    journal("jobs submit", "job \(id)", "\"\(spec.name)\" of \(spec.user)", by: actor)
    emit(.answer(request, .submitted(id, name: spec.name, warnings: warnings(about: spec))))
    changed(.jobAdded(id))
    changed(.user(spec.user))
    raise(.jobCreated, job: place)
    log(.info, .job(id), "submitted as \"\(spec.name)\", \(tasks(of: place)) in \(spec.blocks.count) blocks", by: actor)
  }

  private func tasks(of job: Int) -> String { number(Int(jobs[job].counts.total), "task") }

  /// Forgets a job that the store refused. Nobody was told of it, and its starts were never sent.
  mutating func withdraw(_ id: JobID) {
    guard let job = anyPlace(id) else { return }
    counters.reserveAgain()
    let user = jobs[job].user
    // Hosts of multi-host tasks too.
    for run in sorted(runs.indices.filter { runs[$0]?.key.job == id }) {
      guard let render = runs[run]?.render else { continue }
      detach(run)
      index(render, isFreer: true)
      changed(.render(renders[render].id))
    }
    if let gathering = solver.gathering, jobs[job].blocks.contains(gathering.block) { solver.gathering = nil }
    withdrawCommands(of: id)
    let isDeleted = jobs[job].isDeleted
    remove(job)
    if isDeleted, let record = undos.records.first(where: { $0.deleted.contains(id) }) { drop([id], from: record) }
    // It may have been the user's first job: then the store refused the user too.
    if people[user].jobPlaces.isEmpty { people[user].isStored = false }
    changed(.jobRemoved(id))
  }

  /// Puts a job with all its tasks ready into the farm; `settleWaits` then says what waits.
  mutating func add(_ job: Job, _ dependencies: BlockDependencies?) -> Int {
    let place = freeJobs.popLast() ?? jobs.count
    if place == jobs.count { jobs.append(job) } else { jobs[place] = job }
    for (index, spec) in job.spec.blocks.enumerated() {
      let block = self.place(Block(job: place, id: job.id, index: BlockIndex(index), spec: spec))
      blocks[block].isPreviewOnly = job.spec.parameters.previewApproval
      jobs[place].blocks.append(block)
      jobs[place].counts += blocks[block].presented
    }
    if let dependencies { wire(jobs[place].blocks, dependencies) }
    people[job.user].jobs += 1
    people[job.user].jobPlaces.insert(place)
    jobPlaces[job.id] = place
    // Lists do not show the system job.
    if job.id != .system { jobOrder.insert(job.id) }
    for block in jobs[place].blocks { setErrorLimits(block) }
    if job.spec.parameters.maintenance { nameTasks(place) }
    for block in jobs[place].blocks { reclass(block: block) }
    enter(place)
    return place
  }

  /// The place of a new block.
  mutating func place(_ block: Block) -> Int {
    if let free = freeBlocks.popLast() {
      blocks[free] = block
      return free
    }
    blocks.append(block)
    return blocks.count - 1
  }

  /// Takes a job out of the farm. No run of it may be out.
  mutating func remove(_ place: Int) {
    leaveWatches(place)
    timers.cancel(&jobs[place].waitTimer)
    timers.cancel(&jobs[place].lifeTimer)
    leave(place)
    let job = jobs[place]
    for block in job.blocks {
      timers.cancel(&blocks[block].errorHosts.timer)
      release(demandClass: blocks[block].demand, of: block)
      solver.multihost.remove(block)
      blocks[block] = .vacant
      freeBlocks.append(block)
    }
    people[job.user].jobPlaces.remove(place)
    if job.isDeleted {
      deletedPlaces[job.id] = nil
    } else {
      people[job.user].jobs -= 1
      jobPlaces[job.id] = nil
      jobOrder.remove(job.id)
      jobNames.release(job.spec.name)
    }
    jobs[place] = .vacant
    freeJobs.append(place)
  }

  /// The place of a user of this name, who is made if there was none.
  mutating func userPlace(_ name: String) -> Int {
    if let known = peoplePlaces[name] { return known }
    people.append(User(name: name, parameters: settings.newUser, registered: now))
    peoplePlaces[name] = people.count - 1
    refreshValues(user: people.count - 1)
    return people.count - 1
  }

  /// `1 task`, `12 tasks`.
  func number(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}
