import Model

/// Who waits for whom inside a job (reference/afanasy.md section 3.11). A task's end looks only at the tasks that need it.
extension Farm {
  /// Moves a task to another phase, and lets all that depends on it follow.
  mutating func move(_ block: Int, _ task: Int, to base: TaskPhase) {
    var standing = base
    if base == .ready || base == .errorReady, !blocks[block].needs.isEmpty, !needsAreMet(block, task) {
      standing = .waitingDependency
    }
    let wasFinished = !blocks[block].unfinished.contains(task)
    let wasAllFinished = blocks[block].counts.isAllFinished
    let wasRunning = blocks[block].running.contains(task)
    let wasDone = blocks[block].base(task) == .done
    let couldStart = blocks[block].startable.contains(task)
    change(block) { $0.move(task, to: base, standing: standing) }
    if !couldStart { mayStart(block, task) }
    if wasDone != (base == .done), let record = blocks[block].pages[task] {
      let took = (record.finished - record.started).microseconds
      blocks[block].runMicroseconds += wasDone ? -took : took
      if !wasDone, wasRunning { noteRunTime(block, Span(microseconds: took)) }
    }
    if wasFinished != base.isFinished {
      if !blocks[block].taskDependents.isEmpty { checkDependents(block, task) }
      let isAllFinished = blocks[block].counts.isAllFinished
      if wasAllFinished != isAllFinished { allFinishedChanged(block, isAllFinished) }
    } else if blocks[block].isSubTask, wasRunning != (base == .running), !blocks[block].taskDependents.isEmpty {
      checkDependents(block, task)
    }
    if !blocks[block].tryNext.isEmpty, base != .ready, base != .errorReady { leaveTryNext(block, task) }
    refreshQueue(block)
  }

  /// One more task of a block may start. A block that is in the queue already was refused by all renders that are free; where its
  /// tasks avoid renders, or have one each, that says nothing of this task.
  private mutating func mayStart(_ block: Int, _ task: Int) {
    guard blocks[block].isQueued, !blocks[block].errorHosts.isEmpty || blocks[block].tasksByName != nil,
      blocks[block].startable.contains(task)
    else { return }
    solver.fresh.insert(blocks[block].demand)
  }

  /// Changes a block, and its job's counts with it.
  @inline(__always)
  mutating func change(_ block: Int, _ body: (inout Block) -> Void) {
    let before = blocks[block].presented
    body(&blocks[block])
    let after = blocks[block].presented
    let job = blocks[block].job
    jobs[job].counts -= before
    jobs[job].counts += after
  }

  /// Whether all tasks are finished of which this one needs the frames.
  func needsAreMet(_ block: Int, _ task: Int) -> Bool {
    let frames = blocks[block].frames.frames(of: task)
    for need in blocks[block].needs {
      let shift = blocks[block].frames.shift(to: blocks[need].frames)
      guard let needed = blocks[need].frames.tasks(holding: (frames.first + shift, frames.last + shift)) else { continue }
      if blocks[need].isSubTask {
        if !blocks[need].havePassed(needed, frames.last + shift) { return false }
      } else if blocks[need].unfinished.meets(needed.lowerBound..<needed.upperBound + 1) {
        return false
      }
    }
    return true
  }

  /// A running task is at this frame of it (`RunProgress.frame`): those go on that need only what is before.
  mutating func subTaskProgressed(_ block: Int, _ task: Int, _ frame: Int64) {
    blocks[block].subFrames[task] = frame
    if !blocks[block].taskDependents.isEmpty { checkDependents(block, task) }
  }

  /// A task was finished, or is to be done again: those that need its frames go on, or wait again.
  private mutating func checkDependents(_ block: Int, _ task: Int) {
    let cover = blocks[block].frames.cover(of: task)
    for dependent in blocks[block].taskDependents {
      let shift = blocks[block].frames.shift(to: blocks[dependent].frames)
      guard let near = blocks[dependent].frames.tasks(near: (cover.first + shift, cover.last + shift)) else { continue }
      for other in near { settle(dependent, other, isNews: true) }
      refreshQueue(dependent)
    }
  }

  /// Lets a task that could start wait for those it needs, or no longer.
  private mutating func settle(_ block: Int, _ task: Int, isNews: Bool) {
    let isWaiting = blocks[block].waiting.contains(task)
    guard isWaiting || blocks[block].startable.contains(task) else { return }
    guard needsAreMet(block, task) == isWaiting else { return }
    let base = blocks[block].base(task)
    change(block) { $0.move(task, to: base, standing: isWaiting ? base : .waitingDependency) }
    if isWaiting { mayStart(block, task) }
    if isNews { changed(.task(blocks[block].key(task))) }
  }

  /// The last task of a block was finished, or one is to be done again: the blocks that need it wholly go on, or wait again.
  private mutating func allFinishedChanged(_ block: Int, _ isAllFinished: Bool) {
    blocks[block].done = isAllFinished ? now : .never
    for dependent in blocks[block].dependents {
      change(dependent) { $0.waitsFor += isAllFinished ? -1 : 1 }
      refreshQueue(dependent)
      changed(.block(blocks[dependent].id, blocks[dependent].index))
    }
  }

  /// For a job just put into the farm: what waits for what, from the tasks as they stand. O(blocks + finished tasks).
  mutating func settleWaits(_ job: Int) {
    for block in jobs[job].blocks {
      if blocks[block].counts.isAllFinished {
        for dependent in blocks[block].dependents { change(dependent) { $0.waitsFor -= 1 } }
      }
    }
    for block in jobs[job].blocks where !blocks[block].needs.isEmpty { settleTaskWaits(block) }
    for block in jobs[job].blocks { refreshQueue(block) }
  }

  /// Lets all tasks of a block wait at once, and then those go on that need nothing that is not finished: the ones beyond the
  /// frames of the needed blocks, and the ones near finished tasks.
  private mutating func settleTaskWaits(_ block: Int) {
    change(block) { $0.holdStartable() }
    var needed: [ClosedRange<Int>] = []
    for need in blocks[block].needs {
      let shift = blocks[need].frames.shift(to: blocks[block].frames)
      let span = blocks[need].frames.span
      if let near = blocks[block].frames.tasks(near: (span.first + shift, span.last + shift)) { needed.append(near) }
    }
    var task = 0
    for range in needed.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      // The ends of a range are not exact: they are looked at too.
      while task <= range.lowerBound {
        settle(block, task, isNews: false)
        task += 1
      }
      if task <= range.upperBound {
        settle(block, range.upperBound, isNews: false)
        task = range.upperBound + 1
      }
    }
    while task < blocks[block].count {
      settle(block, task, isNews: false)
      task += 1
    }
    for need in blocks[block].needs {
      let shift = blocks[need].frames.shift(to: blocks[block].frames)
      var from = 0
      while let finished = blocks[need].unfinished.nextAbsent(from: from) {
        from = finished + 1
        let cover = blocks[need].frames.cover(of: finished)
        for near in blocks[block].frames.tasks(near: (cover.first + shift, cover.last + shift)).map(Array.init) ?? [] {
          settle(block, near, isNews: false)
        }
      }
    }
  }

  /// Writes down that a job is done, or no longer; and that it has errors.
  mutating func refreshDone(_ job: Int) {
    // It is never done.
    if job == system.place { return }
    refreshErrors(job)
    let isDone = jobs[job].counts.isAllFinished
    guard isDone != (jobs[job].done != .never) else { return }
    jobs[job].done = isDone ? now : .never
    store(.putJobState(jobs[job].stored))
    if isDone { hideFromWatches(job) } else { isWatchedAgain(job) }
    if isDone {
      log(.info, .job(jobs[job].id), "done")
      raise(.jobDone, job: job)
    }
  }
}

extension Block {
  /// Whether all of these tasks are finished, or run and have passed the frame that is needed of them (section 3.11).
  fileprivate func havePassed(_ tasks: ClosedRange<Int>, _ frame: Int64) -> Bool {
    var from = tasks.lowerBound
    while let task = unfinished.next(from: from), task <= tasks.upperBound {
      guard running.contains(task), let at = subFrames[task], at >= 0 else { return false }
      // Of a listed block it is counted from 1 in each task.
      let current = isNumeric ? at : frames.frames(of: task).first + at - 1
      guard current > min(frame, frames.frames(of: task).last) else { return false }
      from = task + 1
    }
    return true
  }
}
