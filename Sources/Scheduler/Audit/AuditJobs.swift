import Model

/// Runs, tasks, blocks and jobs, and what they wait for.
extension FarmAudit {
  mutating func checkRuns() {
    let farm = farm
    var out: [TaskKey: Int] = [:]
    // Of a task on several renders its hosts besides; while these gather it is out without a run of its own.
    for run in farm.runs.compactMap({ $0 }) where run.intent != .forget && run.role.isTask {
      out[run.key, default: 0] += 1
      check(farm.task(run.key)?.phase.isOut == true, "\(run.key) has a run and is \(String(describing: farm.task(run.key)?.phase))")
    }
    check(out.values.allSatisfy { $0 == 1 }, "two runs out for one task")
    let leases = Set(farm.runs.compactMap { $0?.lease })
    let stale = snapshot.runs.map(\.lease).filter { !leases.contains($0) }
    check(stale.isEmpty, "runs \(stale) are stored and over")
  }

  mutating func checkJobs(isThorough: Bool) {
    let out = Dictionary(grouping: farm.runs.compactMap { $0 }.filter { $0.intent != .forget && $0.role.isTask }, by: \.key)
    for id in farm.jobIDs(limit: .max) {
      guard let job = farm.job(id), let spec = farm.spec(id) else { continue }
      var sum = TaskCounts()
      let dependencies = isThorough ? try? BlockDependencies(spec.blocks) : nil
      for block in farm.blocks(of: id) {
        let rows = farm.tasks(of: id, block: block.block, limit: .max).rows
        var counts = TaskCounts()
        counts.total = Int32(rows.count)
        for row in rows {
          counts[row.phase] += 1
          if row.flags.contains(.warning) { counts.warning += 1 }
          let isAlone = !spec.blocks[Int(block.block.value)].flags.contains(.multiHost)
          if row.phase.isOut, isAlone { check(out[row.key]?.count == 1, "\(row.key) is out without a run") }
        }
        check(counts == block.counts, "counts of \(id)[\(block.block)]: \(block.counts), counted \(counts)")
        check(rows.reduce(0) { $0 + $1.errors } == block.errors, "errors of \(id)[\(block.block)]")
        check(block.counts.isAllFinished == (block.done != .never), "done time of \(id)[\(block.block)]")
        let letters = farm.letters(job: id, block: block.block, first: 0, cells: .max, perCell: 1)
        check(
          letters == String(rows.map { StateLetter($0.phase, $0.flags).letter }), "letters of \(id)[\(block.block)]: \(letters)")
        sum = sum + counts
        if let dependencies { checkDependencies(id, spec, dependencies, block, rows) }
      }
      check(sum == job.counts, "counts of \(id): \(job.counts), summed \(sum)")
      check(job.counts.isAllFinished == (job.done != .never), "done time of \(id)")
    }
  }

  /// A task waits exactly while something that it needs is not finished. Said anew here, frame by frame.
  mutating func checkDependencies(
    _ id: JobID, _ spec: JobSpec, _ dependencies: BlockDependencies, _ block: BlockSummary, _ rows: [TaskSummary]
  ) {
    let own = Int(block.block.value)
    let blockWaits = dependencies.whole[own].contains { !(farm.block(id, BlockIndex($0))?.counts.isAllFinished ?? true) }
    for row in rows where row.phase.isWaiting {
      var waits = blockWaits
      var unmet = "a block"
      for need in dependencies.perTask[own] {
        let shift = FrameMap(spec.blocks[own]).shift(to: FrameMap(spec.blocks[need]))
        let frames = FrameMap(spec.blocks[own]).frames(of: Int(row.key.task.value))
        let needed = FrameMap(spec.blocks[need]).tasks(holding: (frames.first + shift, frames.last + shift))
        for task in needed.map(Array.init) ?? [] {
          guard let other = farm.task(TaskKey(job: id, block: BlockIndex(need), task: TaskIndex(task))), !other.phase.isFinished
          else { continue }
          if !hasPassed(other, spec.blocks[need], frames.last + shift) {
            waits = true
            unmet = "\(other.key) \(other.phase)"
          }
        }
      }
      check((row.phase == .waitingDependency) == waits, "\(row.key) \(row.phase), needs \(waits ? "\(unmet)" : "nothing")")
    }
  }

  /// Whether a running task of a block with sub-task dependence is beyond a frame.
  private func hasPassed(_ task: TaskSummary, _ block: BlockSpec, _ frame: Int64) -> Bool {
    guard block.flags.contains(.dependSubTask), task.phase == .running, task.frame >= 0 else { return false }
    let own = FrameMap(block).frames(of: Int(task.key.task.value))
    var at = Int64(task.frame)
    if case .listed = block.work { at += own.first - 1 }
    return at > min(frame, own.last)
  }

  /// A job waits exactly while one of its masks matches another job that is not done. Said anew here, job by job.
  mutating func checkWaits() {
    let all = farm.jobIDs(limit: .max).compactMap { farm.found($0) }
    for job in all where !job.isDeleted {
      var held = 0
      for (mask, isGlobal) in [(job.spec.parameters.dependMask, false), (job.spec.parameters.dependMaskGlobal, true)] {
        guard !mask.isEmpty, let pattern = try? Pattern(mask) else { continue }
        let isHeld = all.contains {
          $0.id != job.id && !$0.counts.isAllFinished && (isGlobal || $0.spec.user == job.spec.user)
            && pattern.matchesWhole($0.spec.name)
        }
        if isHeld { held += 1 }
      }
      check(job.heldBy == held, "\(job.id) is held by \(job.heldBy), counted \(held)")
      // A timer that is due is looked at with the next command.
      if job.waitsForTime { check(job.spec.parameters.timeWait != .never, "\(job.id) waits for no moment") }
    }
  }
}
