import Model

/// Tasks that were asked to be tried before all others of their job (reference/afanasy.md section 3.7).
///
/// The job's list is part of its parameters; each block has its own part of it in the same order. A task leaves it when it starts,
/// or when nothing of it is left to start.
extension Farm {
  /// What one job may have at most: the list is gone through at every start of the job.
  private static let tryNextLimit = 10_000

  /// The blocks of a job in the order in which they are asked for tasks: those of tasks to be tried first, then all by index.
  func blocksInOrder(_ job: Int) -> [Int] {
    var order: [Int] = []
    for asked in jobs[job].spec.parameters.tryNext {
      guard Int(asked.block.value) < jobs[job].blocks.count else { continue }
      let block = jobs[job].blocks[Int(asked.block.value)]
      if !order.contains(block) { order.append(block) }
    }
    return order + jobs[job].blocks.filter { !order.contains($0) }
  }

  /// Takes in the list that a job was submitted or loaded with; what is no task that could start is left out.
  mutating func takeTryNext(_ job: Int) {
    let asked = jobs[job].spec.parameters.tryNext
    if asked.isEmpty { return }
    var kept: [TryNext] = []
    for entry in asked.prefix(Self.tryNextLimit) {
      guard Int(entry.block.value) < jobs[job].blocks.count, !kept.contains(entry), !jobs[job].spec.parameters.maintenance else {
        continue
      }
      let block = jobs[job].blocks[Int(entry.block.value)]
      let task = Int(entry.task.value)
      guard task < blocks[block].count, blocks[block].base(task).isWaiting else { continue }
      kept.append(entry)
      blocks[block].tryNext.append(task)
      setTryFlag(block, task, true)
    }
    jobs[job].spec.parameters.tryNext = kept
  }

  private mutating func setTryFlag(_ block: Int, _ task: Int, _ isAsked: Bool) {
    var flags = blocks[block].pages[task]?.flags ?? []
    if isAsked { flags.insert(.tryNext) } else { flags.remove(.tryNext) }
    change(block) { $0.setFlags(task, flags) }
  }

  /// Nothing of a job is to be tried first any more.
  mutating func clearTryNext(_ job: Int) {
    for block in jobs[job].blocks {
      let tasks = blocks[block].tryNext
      blocks[block].tryNext = []
      for task in tasks { setTryFlag(block, task, false) }
    }
    jobs[job].spec.parameters.tryNext = []
  }

  /// A task starts, or nothing is left to start of it.
  mutating func leaveTryNext(_ block: Int, _ task: Int) {
    guard let at = blocks[block].tryNext.firstIndex(of: task) else { return }
    blocks[block].tryNext.remove(at: at)
    setTryFlag(block, task, false)
    let job = blocks[block].job
    let entry = TryNext(block: blocks[block].index, task: TaskIndex(task))
    jobs[job].spec.parameters.tryNext.removeAll { $0 == entry }
    store(.putJobParameters(jobs[job].id, jobs[job].spec))
  }

  /// - Returns: how many tasks it changed.
  /// - Throws: when that is too much, or the job is one of maintenance (section 3.16).
  mutating func tryNext(_ targets: [TaskTarget], _ job: Int, isAsked: Bool) throws(Failure) -> Int {
    if jobs[job].spec.parameters.maintenance {
      throw Failure(.failed, "the tasks of a maintenance job have no order (each runs on the render of its name)")
    }
    var entries: [TryNext] = []
    for target in targets {
      let block = target.block
      if !isAsked {
        entries += blocks[block].tryNext.filter { task in target.ranges.contains { $0.contains(task) } }
          .map { TryNext(block: blocks[block].index, task: TaskIndex($0)) }
        continue
      }
      for range in target.ranges {
        for tree in [blocks[block].startable, blocks[block].waiting] {
          var from = range.lowerBound
          while let task = tree.next(from: from), task < range.upperBound {
            from = task + 1
            if blocks[block].pages[task]?.flags.contains(.tryNext) == true { continue }
            entries.append(TryNext(block: blocks[block].index, task: TaskIndex(task)))
            guard jobs[job].spec.parameters.tryNext.count + entries.count <= Self.tryNextLimit else {
              throw Failure(.failed, "more than \(Self.tryNextLimit) tasks to be tried first (name fewer of them)")
            }
          }
        }
      }
    }
    if isAsked { entries.sort { ($0.block, $0.task) < ($1.block, $1.task) } }
    if entries.isEmpty { return 0 }
    for entry in entries {
      let block = jobs[job].blocks[Int(entry.block.value)]
      let task = Int(entry.task.value)
      if isAsked { blocks[block].tryNext.append(task) } else { blocks[block].tryNext.removeAll { $0 == task } }
      setTryFlag(block, task, isAsked)
    }
    if isAsked {
      jobs[job].spec.parameters.tryNext += entries
    } else {
      let gone = Set(entries)
      jobs[job].spec.parameters.tryNext.removeAll { gone.contains($0) }
    }
    store(.putJobParameters(jobs[job].id, jobs[job].spec))
    refreshQueues(job)
    return entries.count
  }
}
