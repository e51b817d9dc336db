public import Model

/// Tasks, one by one and in pages.
extension Farm {
  public func task(_ key: TaskKey) -> TaskSummary? {
    guard let (block, task) = place(of: key), let job = found(key.job) else { return nil }
    return summary(block, task, job.spec.blocks[Int(key.block.value)])
  }

  private func summary(_ place: Int, _ task: Int, _ spec: BlockSpec) -> TaskSummary {
    let key = blocks[place].key(task)
    let phase = blocks[place].phase(task)
    var summary = TaskSummary(key: key, name: spec.taskName(task), phase: phase)
    if phase == .done { summary.percent = 100 }
    if let command = systemCommand(place, task) { summary.name = "\(command.taskName) \(command.jobName)" }
    guard let record = blocks[place].pages[task] else { return summary }
    summary.flags = record.flags
    summary.starts = record.starts
    summary.errors = record.errors
    summary.started = record.started
    summary.finished = record.finished
    summary.reason = blocks[place].reasons[UInt32(task)] ?? ""
    if record.render != 0, let render = renderPlaces[RenderID(record.render)] { summary.render = renders[render].name }
    if record.phase.isOut, let run = runPlace(place, task).flatMap({ runs[$0] }) {
      summary.percent = run.percent
      summary.frame = run.frame
      summary.activity = run.activity
      summary.finished = run.seen
    }
    return summary
  }

  /// The task that has this frame; in a listed block, frames count from 0.
  public func taskIndex(ofFrame frame: Int64, job: JobID, block: BlockIndex) -> TaskIndex? {
    blockPlace(job, block).flatMap { blocks[$0].frames.task(of: frame) }.map { TaskIndex($0) }
  }

  /// A page of the tasks of a job, in order.
  ///
  /// - Parameters:
  ///   - block: nil: all blocks.
  ///   - state: only tasks with one of these bits; empty: all.
  ///   - after: only tasks after this one.
  /// - Returns: at most `limit` rows, and whether more follow.
  public func tasks(
    of id: JobID, block: BlockIndex? = nil, state: StateBits = [], after: TaskKey? = nil, limit: Int
  ) -> (rows: [TaskSummary], more: Bool) {
    guard let job = found(id) else { return ([], false) }
    var rows: [TaskSummary] = []
    let filter = TaskFilter(state, inUse: id == .system)
    for (index, place) in job.blocks.enumerated() {
      if let block, Int(block.value) != index { continue }
      var from = 0
      if let after, after.job == id {
        if Int(after.block.value) > index { continue }
        if Int(after.block.value) == index { from = Int(after.task.value) + 1 }
      }
      while let task = next(filter, place, from: from) {
        if rows.count >= limit { return (rows, true) }
        rows.append(summary(place, task, job.spec.blocks[index]))
        from = task + 1
      }
    }
    return (rows, false)
  }

  /// How many tasks have one of these bits; empty: how many there are.
  public func taskCount(of id: JobID, block: BlockIndex? = nil, state: StateBits = []) -> Int {
    guard let job = found(id) else { return 0 }
    let filter = TaskFilter(state, inUse: id == .system)
    var sum = 0
    for (index, place) in job.blocks.enumerated() {
      if let block, Int(block.value) != index { continue }
      sum += count(filter, place)
    }
    return sum
  }

  /// A filter by state bits, as phases and flags: a task passes by either.
  private struct TaskFilter {
    let phases: [TaskPhase]
    let flags: TaskFlags
    var isAll: Bool { phases.count == TaskPhase.allCases.count }

    /// - Parameter inUse: of the system job: a task that is skipped is a slot without anything in it.
    init(_ state: StateBits, inUse: Bool) {
      phases = TaskPhase.allCases.filter {
        (state.isEmpty || !StateBits($0, []).isDisjoint(with: state)) && !(inUse && $0 == .skipped)
      }
      var wanted: TaskFlags = []
      for bit in 0..<8 {
        let flag = TaskFlags(rawValue: 1 << UInt8(bit))
        // The bits of a flag alone: those of a finished task without it taken away.
        if !StateBits(.done, flag).subtracting(.done).isDisjoint(with: state) { wanted.insert(flag) }
      }
      flags = wanted
    }

    func passes(_ block: Block, _ task: Int) -> Bool {
      phases.contains(block.phase(task)) || !(block.pages[task]?.flags ?? []).isDisjoint(with: flags)
    }
  }

  private func count(_ filter: TaskFilter, _ place: Int) -> Int {
    if filter.isAll { return blocks[place].count }
    let counts = blocks[place].presented
    var sum = filter.phases.reduce(0) { $0 + Int(counts[$1]) }
    guard !filter.flags.isEmpty else { return sum }
    var from = 0
    while let task = nextFlagged(filter.flags, place, from: from) {
      if !filter.phases.contains(blocks[place].phase(task)) { sum += 1 }
      from = task + 1
    }
    return sum
  }

  private func next(_ filter: TaskFilter, _ place: Int, from: Int) -> Int? {
    if filter.isAll { return from < blocks[place].count ? from : nil }
    var best: Int?
    func offer(_ task: Int?) {
      if let task, task < best ?? .max { best = task }
    }
    for phase in filter.phases { offer(next(phase, place, from: from)) }
    if !filter.flags.isEmpty { offer(nextFlagged(filter.flags, place, from: from)) }
    return best
  }

  /// The next task with this phase, as people see it.
  private func next(_ phase: TaskPhase, _ place: Int, from: Int) -> Int? {
    let waits = blocks[place].waitsFor > 0
    switch phase {
    case .ready: return waits ? nil : nextOnly(blocks[place].startable, without: blocks[place].errorReady, from: from)
    case .errorReady: return waits ? nil : blocks[place].errorReady.next(from: from)
    case .waitingDependency:
      let own = blocks[place].waiting.next(from: from)
      guard waits, let startable = blocks[place].startable.next(from: from) else { return own }
      return min(own ?? startable, startable)
    case .running: return blocks[place].running.next(from: from)
    case .waitingReconnect: return blocks[place].waitingReconnect.next(from: from)
    case .done:
      var start = from
      while let task = blocks[place].unfinished.nextAbsent(from: start) {
        if !blocks[place].skipped.contains(task) { return task }
        start = task + 1
      }
      return nil
    case .skipped: return blocks[place].skipped.next(from: from)
    case .error: return blocks[place].failed.next(from: from)
    case .suspended: return blocks[place].suspended.next(from: from)
    }
  }

  private func nextOnly(_ some: BitTree, without others: BitTree, from: Int) -> Int? {
    var start = from
    while let task = some.next(from: start) {
      if !others.contains(task) { return task }
      start = task + 1
    }
    return nil
  }

  private func nextFlagged(_ flags: TaskFlags, _ place: Int, from: Int) -> Int? {
    if flags == .warning { return blocks[place].warned.next(from: from) }
    var task = from
    while task < blocks[place].count {
      guard let record = blocks[place].pages[task] else {
        guard let page = blocks[place].pages.nextPage(from: task) else { return nil }
        task = page
        continue
      }
      if !record.flags.isDisjoint(with: flags) { return task }
      task += 1
    }
    return nil
  }
}
