import Model

/// Blocks and tasks for a job that is there already (reference/afanasy.md section 4.2).
extension Farm {
  mutating func add(_ addition: Addition, to selection: JobSelection, by actor: Actor, _ request: RequestID) {
    do throws(Failure) {
      let ids = try select(selection)
      guard ids.count == 1, let job = jobPlaces[ids[0]] else {
        throw Failure(.usage, "\(number(ids.count, "job")) were meant: blocks and tasks are added to one")
      }
      if let refusal = refusal(of: .add, by: actor, job: job) { throw Failure(.notPermitted, refusal) }
      let first: Int
      let count: Int
      let text: String
      switch addition {
      case .blocks(let specs):
        (first, count) = (jobs[job].blocks.count, specs.count)
        try append(specs, to: job)
        text = "added \(number(count, "block")), from \(first) on"
      case .tasks(let block, let tasks):
        count = tasks.count
        let index = try append(tasks, to: job, block)
        first = blocks[jobs[job].blocks[index]].count - count
        text = "block \(index): added \(number(count, "task")), from \(first) on"
      }
      refreshDone(job)
      changed(.job(ids[0]))
      log(.info, .job(ids[0]), text, by: actor)
      journal("jobs \(addition.word)", "job \(ids[0])", text, by: actor)
      emit(.answer(request, .added(ids[0], first: first, count: count)))
    } catch {
      emit(.answer(request, .failed(error)))
    }
  }

  private mutating func append(_ added: [BlockSpec], to job: Int) throws(Failure) {
    guard !added.isEmpty, added.allSatisfy({ $0.taskCount > 0 }) else {
      throw Failure(.failed, "blocks: expected one block or more, each with a task or more")
    }
    var spec = jobs[job].spec
    let first = spec.blocks.count
    spec.blocks += added
    guard spec.blocks.count <= Limits.blocksPerJob else { throw Failure(.failed, "blocks: more than \(Limits.blocksPerJob)") }
    try checkSize(spec)
    try checkParameters(spec)
    let dependencies: BlockDependencies
    do { dependencies = try BlockDependencies(spec.blocks) } catch { throw Failure(.failed, "\(error)") }
    jobs[job].spec = spec
    let id = jobs[job].id
    store(.putJobParameters(id, spec))
    for index in first..<spec.blocks.count {
      if case .listed = spec.blocks[index].work { store(.appendTasks(id, BlockIndex(index), first: 0, spec)) }
      let place = place(Block(job: job, id: id, index: BlockIndex(index), spec: spec.blocks[index]))
      jobs[job].blocks.append(place)
      blocks[place].isPreviewOnly = spec.parameters.previewApproval
      jobs[job].counts += blocks[place].presented
      setErrorLimits(place)
    }
    if spec.parameters.maintenance { nameTasks(job) }
    for block in jobs[job].blocks[first...] { reclass(block: block) }
    rewire(job, dependencies)
  }

  /// - Returns: the block's index.
  private mutating func append(_ added: [TaskSpec], to job: Int, _ selection: BlockSelection) throws(Failure) -> Int {
    let target = try targets(Operation(kind: .restart, jobs: .ids([jobs[job].id]), block: selection), in: job)
    let block = target[0].block
    let index = Int(blocks[block].index.value)
    var spec = jobs[job].spec
    guard case .listed(var tasks, let perTask) = spec.blocks[index].work else {
      throw Failure(.failed, "the tasks of \"\(spec.blocks[index].name)\" are made from frames: none can be added")
    }
    guard !added.isEmpty else { throw Failure(.failed, "tasks: expected one or more") }
    func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
    if isBlank(spec.blocks[index].command), let fault = added.firstIndex(where: { isBlank($0.command) }) {
      throw Failure(.failed, "tasks[\(fault)].command: neither the task nor its block has a command")
    }
    guard tasks.count + added.count <= Limits.tasksPerBlock else {
      throw Failure(.failed, "tasks: more than \(Limits.tasksPerBlock) in one block")
    }
    let first = tasks.count
    tasks.append(contentsOf: added)
    spec.blocks[index].work = .listed(tasks, framesPerTask: perTask)
    spec.blocks[index].flags.insert(.appendedTasks)
    try checkSize(spec)
    try checkParameters(spec)
    let dependencies: BlockDependencies
    do { dependencies = try BlockDependencies(spec.blocks) } catch { throw Failure(.failed, "\(error)") }
    jobs[job].spec = spec
    let id = jobs[job].id
    store(.appendTasks(id, BlockIndex(index), first: first, spec))
    let newSpec = spec.blocks[index]
    // Waiting tasks are looked at by frames, which the new tasks change.
    change(block) {
      $0.releaseWaiting()
      $0.grow(newSpec)
    }
    if !blocks[block].counts.isAllFinished { blocks[block].done = .never }
    if spec.parameters.maintenance { maintenanceChanged(job) }
    rewire(job, dependencies)
    return index
  }

  private func checkSize(_ spec: JobSpec) throws(Failure) {
    guard spec.blocks.reduce(0, { $0 + $1.taskCount }) <= Limits.tasksPerJob else {
      throw Failure(.failed, "more than \(Limits.tasksPerJob) tasks in one job")
    }
  }
}

extension Addition {
  fileprivate var word: String {
    switch self {
    case .blocks: "append-blocks"
    case .tasks: "append-tasks"
    }
  }
}
