import Model

/// Changes of parameters by people: jobs, their blocks and tasks, and users. Each node is changed as a whole or not at all.
extension Farm {
  /// Edits that are one order. What was done before one that cannot be made is told as well.
  mutating func edit(_ edits: [Edit], by actor: Actor, _ request: RequestID) {
    openUndo()
    var outcomes: [NodeOutcome] = []
    do throws(Failure) {
      for edit in edits { outcomes += try self.edit(edit, by: actor) }
    } catch {
      if outcomes.isEmpty {
        undos.draft = nil
        return emit(.answer(request, .failed(error)))
      }
      outcomes.append(NodeOutcome(node: "the rest", isDone: false, message: error.message))
    }
    let offer = closeUndo(Self.what(edits, outcomes), by: actor, request)
    emit(.answer(request, .edited(outcomes, undo: offer)))
  }

  private static func what(_ edits: [Edit], _ outcomes: [NodeOutcome]) -> UndoWhat {
    var keys: [String] = []
    for change in edits.flatMap(\.changes) where !keys.contains(change.key) { keys.append(change.key) }
    let some = keys.prefix(3).joined(separator: ", ") + (keys.count > 3 ? "…" : "")
    return UndoWhat(verb: "set \(some) of", noun: "node", done: outcomes.filter(\.isDone).map(\.node))
  }

  mutating func edit(_ edit: Edit, by actor: Actor) throws(Failure) -> [NodeOutcome] {
    if edit.changes.isEmpty { throw Failure(.usage, "nothing was to be changed") }
    switch edit.target {
    case .jobs(let jobs), .blocks(let jobs, _), .tasks(let jobs, _, _): return try self.edit(jobs: jobs, edit, by: actor)
    case .users(let users): return try self.edit(users: users, edit.changes, by: actor)
    case .renders, .pools, .branches: return try editNodes(edit, by: actor)
    }
  }

  /// Changes the selected jobs, or parts of them, one after the other.
  private mutating func edit(jobs selection: JobSelection, _ edit: Edit, by actor: Actor) throws(Failure) -> [NodeOutcome] {
    var outcomes: [NodeOutcome] = []
    for id in try select(selection) {
      guard let job = jobPlaces[id] else {
        outcomes.append(NodeOutcome(node: "job \(id)", isDone: false, message: "there is no job \(id)"))
        continue
      }
      if let refusal = refusal(toSet: edit.changes, of: edit.target.node, { refusal(of: $0, by: actor, job: job) }) {
        outcomes.append(NodeOutcome(node: "job \(id)", isDone: false, message: refusal, isPermitted: false))
        continue
      }
      do throws(Failure) {
        let before = before(nodes(edit.target, job), edit.changes)
        let part: String
        let text: String
        switch edit.target {
        case .blocks(_, let block): (part, text) = try self.edit(blocksOf: job, block, edit.changes)
        case .tasks(_, let block, let tasks): (part, text) = try self.edit(tasksOf: job, block, tasks, edit.changes)
        case .jobs, .renders, .pools, .branches, .users: (part, text) = ("", try self.edit(job: job, edit.changes))
        }
        note(before)
        changed(.job(id))
        journal("jobs set", "job \(id)", part.isEmpty ? text : "\(part): \(text)", by: actor)
        outcomes.append(NodeOutcome(node: part.isEmpty ? "job \(id)" : "job \(id) \(part)", isDone: true, message: text))
      } catch {
        outcomes.append(NodeOutcome(node: "job \(id)", isDone: false, message: error.message))
      }
    }
    return outcomes
  }

  /// The nodes that an edit means in a job.
  private func nodes(_ target: EditTarget, _ job: Int) -> [UndoNode] {
    let id = jobs[job].id
    switch target {
    case .blocks(_, nil): return jobs[job].blocks.indices.map { .block(id, BlockIndex($0)) }
    case .blocks(_, let block?): return blockIndex(block, of: id).map { [.block(id, $0)] } ?? []
    case .tasks(_, let block, let asked):
      guard let index = blockIndex(block, of: id) else { return [] }
      let targets = try? self.targets(Operation(kind: .restart, jobs: .ids([id]), block: block, tasks: asked), in: job)
      return targets?.flatMap { $0.ranges.joined().map { .task(TaskKey(job: id, block: index, task: TaskIndex($0))) } } ?? []
    case .jobs, .renders, .pools, .branches, .users: return [.job(id)]
    }
  }

  /// A job's spec with what its state says of it.
  func current(_ job: Int) -> JobSpec {
    var spec = jobs[job].spec
    spec.priority = jobs[job].priority
    spec.isOffline = jobs[job].isOffline
    return spec
  }

  private static func checked<Result>(_ body: () throws(DocumentError) -> Result) throws(Failure) -> Result {
    do { return try body() } catch { throw Failure(.failed, error.description) }
  }

  // MARK: Jobs

  mutating func edit(job: Int, _ changes: [Edit.Change]) throws(Failure) -> String {
    let id = jobs[job].id
    var spec = current(job)
    if job == system.place, let fault = Self.faultOfSystemEdit(changes, ofBlock: false) { throw Failure(.failed, "\(fault)") }
    let changed = try Self.checked { () throws(DocumentError) in try Parameters.edit(&spec, changes) }
    guard let user = peoplePlaces[spec.user], people[user].isStored else {
      throw Failure(.failed, "user_name: there is no user \"\(spec.user)\" (make one, or let the user submit a job)")
    }
    spec.parameters.branch = NodePath.normal(spec.parameters.branch)
    guard let branch = branchPlaces[spec.parameters.branch] else {
      throw Failure(.failed, "branch: there is no branch \"\(spec.parameters.branch)\" (make it first)")
    }
    try checkParameters(spec)
    try refuseCircle(name: spec.name, user: user, spec.parameters, own: id)
    take(spec, job, user: user, branch: branch)
    return Self.text(changes, changed)
  }

  /// Lets a job be what its new parameters say.
  private mutating func take(_ spec: JobSpec, _ job: Int, user: Int, branch: Int) {
    let old = current(job)
    let oldUser = jobs[job].user
    let (before, after) = (old.parameters, spec.parameters)
    let isWatchingAnew =
      user != oldUser || before.dependMask != after.dependMask || before.dependMaskGlobal != after.dependMaskGlobal
    if isWatchingAnew { leaveWatches(job) }
    jobs[job].spec = spec
    jobs[job].priority = spec.priority
    jobs[job].isOffline = spec.isOffline
    if after.maintenance { clearTryNext(job) }
    store(.putJobParameters(jobs[job].id, jobs[job].spec))
    if old.priority != spec.priority || old.isOffline != spec.isOffline { store(.putJobState(jobs[job].stored)) }

    for block in jobs[job].blocks { blocks[block].isPreviewOnly = after.previewApproval }
    if before.maintenance != after.maintenance { maintenanceChanged(job) }
    if user != oldUser || branch != jobs[job].branch {
      move(job, user: user, branch: branch)
      self.changed(.user(old.user))
      self.changed(.user(spec.user))
    } else {
      if before.work.maxRunningTasksPerHost != after.work.maxRunningTasksPerHost { recountHosts() }
      reclass(job)
    }
    if user != oldUser {
      for block in jobs[job].blocks { errorRulesChanged(block) }
    }
    if isWatchingAnew { enterWatches(job) }
    if before.timeWait != after.timeWait || before.timeLife != after.timeLife || user != oldUser { setClocks(job) }
    isFresh(job)
    // However it was paused for it: whoever lets it go on means its pre-commands too.
    if old.isOffline, !spec.isOffline { retryPreCommands(job) }
  }

  /// What a job has to start is looked at as if it were new.
  private mutating func isFresh(_ job: Int) {
    for block in jobs[job].blocks where blocks[block].isQueued { solver.fresh.insert(blocks[block].demand) }
  }

  // MARK: Blocks and tasks

  private func index(_ selection: BlockSelection, of job: Int) throws(Failure) -> Int {
    if let index = blockIndex(selection, of: jobs[job].id) { return Int(index.value) }
    switch selection {
    case .index(let index): throw Failure(.notFound, "it has no block \(index) (it has \(jobs[job].blocks.count), from 0)")
    case .name(let name): throw Failure(.notFound, "it has no block \"\(name)\"")
    }
  }

  mutating func edit(
    blocksOf job: Int, _ selection: BlockSelection?, _ changes: [Edit.Change]
  ) throws(Failure) -> (part: String, text: String) {
    let id = jobs[job].id
    let indices: [Int]
    if let selection { indices = [try index(selection, of: job)] } else { indices = Array(jobs[job].blocks.indices) }
    var spec = current(job)
    if job == system.place, let fault = Self.faultOfSystemEdit(changes, ofBlock: true) { throw Failure(.failed, "\(fault)") }
    let changed = try Self.checked { () throws(DocumentError) in try Parameters.edit(&spec, blocks: indices, changes) }
    let keys = Set(changes.map(\.key))
    var dependencies: BlockDependencies?
    if !keys.isDisjoint(with: ["name", "depend_mask", "tasks_depend_mask"]) {
      dependencies = try Self.checked { () throws(DocumentError) in try BlockDependencies(spec.blocks) }
    }
    let before = jobs[job].spec.blocks
    jobs[job].spec = spec
    store(.putJobParameters(id, spec))
    for index in indices { take(blockAt: index, of: job) }
    if let dependencies { rewire(job, dependencies) }
    if spec.parameters.maintenance { maintenanceChanged(job) }
    reclass(job)
    for index in indices {
      let (old, new) = (before[index], spec.blocks[index])
      if old.capacity != new.capacity || old.parameters.tickets != new.parameters.tickets {
        keepHolds(jobs[job].blocks[index])
      }
    }
    isFresh(job)
    for index in indices { self.changed(.block(id, BlockIndex(index))) }
    let names = indices.count == 1 ? "block \"\(spec.blocks[indices[0]].name)\"" : "all \(indices.count) blocks"
    return (names, changed.first.map { Self.text(changes, $0) } ?? "")
  }

  /// Lets a block be what its spec says.
  private mutating func take(blockAt index: Int, of job: Int) {
    let block = jobs[job].blocks[index]
    let spec = jobs[job].spec.blocks[index]
    let limits = RunLimits(spec.parameters)
    let hadPerHost = blocks[block].maxPerHost
    blocks[block].capacity = spec.capacity
    blocks[block].errorsRetries = spec.errorsRetries
    blocks[block].hosts = HostsWanted(spec)
    blocks[block].maxRunning = spec.parameters.maxRunningTasks
    blocks[block].maxPerHost = spec.parameters.maxRunningTasksPerHost
    if blocks[block].sequential != spec.parameters.sequential { blocks[block].setOrder(spec.parameters.sequential) }
    if hadPerHost != blocks[block].maxPerHost { recountHosts() }
    refreshBlockLimit(block)
    if limits != blocks[block].limits {
      blocks[block].limits = limits
      for run in sorted(runsOut(block: block, in: 0..<blocks[block].count)) { setLimitClock(run) }
    }
    errorRulesChanged(block)
  }

  mutating func edit(
    tasksOf job: Int, _ selection: BlockSelection, _ asked: [TaskRange], _ changes: [Edit.Change]
  ) throws(Failure) -> (part: String, text: String) {
    let id = jobs[job].id
    let index = try index(selection, of: job)
    let target = try targets(
      Operation(kind: .restart, jobs: .ids([id]), block: .index(BlockIndex(index)), tasks: asked), in: job)
    let tasks = target.flatMap { $0.ranges.flatMap(Array.init) }
    var spec = current(job)
    let changed = try Self.checked { () throws(DocumentError) in try Parameters.edit(&spec, block: index, tasks: tasks, changes) }
    jobs[job].spec = spec
    store(.appendTasks(id, BlockIndex(index), first: tasks[0], spec))
    if spec.parameters.maintenance { maintenanceChanged(job) }
    self.changed(.block(id, BlockIndex(index)))
    let names = tasks.count == 1 ? "task \(tasks[0])" : number(tasks.count, "task")
    return ("block \"\(spec.blocks[index].name)\" \(names)", changed.first.map { Self.text(changes, $0) } ?? "")
  }

  /// Gives tasks of a listed block values of their own each.
  mutating func set(tasksOf job: Int, _ index: Int, _ changes: [Int: [Edit.Change]]) throws(Failure) {
    guard index < jobs[job].blocks.count else { throw Failure(.notFound, "it has no block \(index)") }
    let tasks = changes.keys.sorted()
    guard let first = tasks.first else { return }
    var spec = current(job)
    _ = try Self.checked { () throws(DocumentError) in
      try Parameters.edit(&spec, block: index, tasks: tasks) { changes[$0] ?? [] }
    }
    jobs[job].spec = spec
    store(.appendTasks(jobs[job].id, BlockIndex(index), first: first, spec))
    if spec.parameters.maintenance { maintenanceChanged(job) }
    self.changed(.block(jobs[job].id, BlockIndex(index)))
  }

  // MARK: Users

  private mutating func edit(users: NodeSelection, _ changes: [Edit.Change], by actor: Actor) throws(Failure) -> [NodeOutcome] {
    let known = peoplePlaces.filter { people[$0.value].isStored }
    var outcomes: [NodeOutcome] = []
    for place in try select(users, known, "user") {
      let before = before([.user(people[place].name)], changes)
      outcomes.append(edit(user: place, changes, by: actor))
      note(before)
    }
    return outcomes
  }

  private mutating func edit(user place: Int, _ changes: [Edit.Change], by actor: Actor) -> NodeOutcome {
    let name = people[place].name
    let node = "user \(name)"
    let refusal = refusal(toSet: changes, of: .user) {
      Rights.refusal(of: $0, by: actor.user, actor.role, owner: name)
    }
    if let refusal { return NodeOutcome(node: node, isDone: false, message: refusal, isPermitted: false) }
    let old = people[place].parameters
    var parameters = old
    let text: String
    do { text = Self.text(changes, try Parameters.edit(&parameters, changes, defaults: settings.newUser)) } catch {
      return NodeOutcome(node: node, isDone: false, message: "\(error)")
    }
    people[place].parameters = parameters
    store(.putUser(people[place].stored))
    for job in people[place].jobPlaces.sorted() {
      if old.jobsLifeTime != parameters.jobsLifeTime { setLifeClock(job) }
      for block in jobs[job].blocks { errorRulesChanged(block) }
    }
    userChanged(place, from: old)
    changed(.user(people[place].name))
    journal("users set", node, text, by: actor)
    return NodeOutcome(node: node, isDone: true, message: text)
  }
}
