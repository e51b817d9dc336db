import Model

/// Operations on tasks: only those are touched that the operation changes.
extension Farm {
  /// What an operation did to tasks.
  private struct Tally {
    /// Changed at once.
    var changed = 0
    /// Have to end first.
    var stopping = 0
    /// Runs that were stopped, whatever becomes of their tasks.
    var stopped = 0
  }

  mutating func performOnTasks(_ operation: Operation, _ targets: [TaskTarget], _ job: Int, _ outcome: inout OperationOutcome) {
    var tally = Tally()
    let started = jobs[job].started
    for target in targets {
      let before = (tally.changed, tally.stopping)
      beginNoting(operation.kind, target, job: job, started: started)
      perform(operation.kind, on: target, &tally)
      endNoting()
      if before != (tally.changed, tally.stopping) { changed(.block(blocks[target.block].id, blocks[target.block].index)) }
    }
    if operation.kind == .restart || operation.kind == .restartPause, jobs[job].counts.finished == 0, jobs[job].counts.out == 0,
      jobs[job].started != .never
    {
      jobs[job].started = .never
      // `refreshDone` stores the state if the job was done until now.
      if jobs[job].done == .never { store(.putJobState(jobs[job].stored)) }
    }
    if tally.stopped > 0 { undos.note(.stopped(jobs[job].id, tally.stopped)) }
    outcome.isDone = true
    outcome.changedTasks = Int32(clamping: tally.changed + tally.stopping)
    outcome.message = message(operation.kind, tally)
  }

  private func message(_ kind: Operation.Kind, _ tally: Tally) -> String {
    let all = tally.changed + tally.stopping
    if kind == .stop { return all == 0 ? "paused; nothing of it ran" : "paused; stopped \(number(all, "task"))" }
    let paused = kind == .restartPause ? "paused; " : ""
    if all == 0 { return paused + nothing(kind) }
    let tail = tally.stopping == 0 ? "" : " (\(tally.stopping) of them to be stopped first)"
    switch kind {
    case .skip: return "skipped \(number(all, "task"))" + tail
    case .suspend: return "suspended \(number(all, "task"))" + tail
    case .continue: return "continued \(number(all, "task"))"
    case .done: return "\(number(all, "task")) set done" + tail
    default: return paused + "restarted \(number(all, "task"))" + tail
    }
  }

  private func nothing(_ kind: Operation.Kind) -> String {
    switch kind {
    case .skip: "nothing to skip"
    case .suspend: "nothing to suspend"
    case .continue: "no task is suspended"
    case .done: "all are done"
    case .restartErrors: "no task is an error"
    case .restartRunning: "no task runs"
    case .restartSkipped: "no task is skipped"
    case .restartDone: "no task is done"
    case .restartWarnings: "no task has a warning"
    default: "nothing to restart"
    }
  }

  private mutating func perform(_ kind: Operation.Kind, on target: TaskTarget, _ tally: inout Tally) {
    let block = target.block
    switch kind {
    case .restart, .restartPause:
      if target.isWholeBlock, !blocks[block].suspendsNewTasks {
        restartWhole(block, &tally)
      } else {
        restart(target, &tally) { $0 != .running && $0 != .waitingReconnect }
      }
      stop(target, .restart, &tally)
    case .restartErrors: restart(target, &tally) { $0 == .error }
    case .restartSkipped: restart(target, &tally) { $0 == .skipped }
    case .restartDone: restart(target, &tally) { $0 == .done }
    case .restartWarnings: restartWarned(target, &tally)
    case .restartRunning, .stop: stop(target, kind == .stop ? .requeue : .restart, &tally)
    case .skip:
      set(target, .skipped, &tally) { _ in true }
      stop(target, .skip, &tally)
    case .done:
      set(target, .done, &tally) { _ in true }
      stop(target, .done, &tally)
    case .suspend:
      set(target, .suspended, &tally) { $0 == .ready || $0 == .errorReady }
      suspendSkipped(target, &tally)
      stop(target, .suspend, &tally)
    case .continue: set(target, .ready, &tally) { $0 == .suspended }
    case .start, .pause, .delete, .resetErrorHosts, .tryNext, .notTryNext: break
    }
  }

  /// Ends the runs of these tasks.
  private mutating func stop(_ target: TaskTarget, _ intent: Run.Intent, _ tally: inout Tally) {
    for range in target.ranges {
      for place in sorted(runsOut(block: target.block, in: range)) where runs[place]?.intent != intent {
        // Stopping twice says no more; but a stopped task may still be asked to be skipped or restarted.
        if intent == .requeue, runs[place]?.intent != nil { continue }
        if intent != .requeue, intent != .restart, let key = runs[place]?.key {
          note(target.block, Int(key.task.value), isOut: true)
        }
        tally.stopped += 1
        if requestStop(place, intent) { tally.stopping += 1 } else { tally.changed += 1 }
      }
    }
  }

  private mutating func restart(_ target: TaskTarget, _ tally: inout Tally, where isMeant: (TaskPhase) -> Bool) {
    let block = target.block
    for range in target.ranges {
      var task = range.lowerBound
      while let next = nextTouched(block, from: task), next < range.upperBound {
        task = next + 1
        let base = blocks[block].base(next)
        let errors = blocks[block].pages[next]?.errors ?? 0
        guard isMeant(base), base != .ready || errors > 0 else { continue }
        note(block, next)
        toReady(block, next)
        store(.putTask(blocks[block].stored(next)))
        tally.changed += 1
      }
    }
  }

  /// All tasks of a block as new; those that run are left to `stop`.
  private mutating func restartWhole(_ block: Int, _ tally: inout Tally) {
    guard nextTouched(block, from: 0) != nil else { return }
    var task = 0
    while let next = nextTouched(block, from: task) {
      task = next + 1
      let base = blocks[block].base(next)
      if base.isOut { continue }
      if base != .ready || (blocks[block].pages[next]?.errors ?? 0) > 0 {
        tally.changed += 1
        note(block, next)
      }
      toReady(block, next)
      guard blocks[block].pages.isTouched(next) else { continue }
      blocks[block].change(next) { record in
        let flags = record.flags
        record = TaskRecord()
        record.flags = flags
      }
    }
    store(.deleteTasks(blocks[block].id, blocks[block].index))
    blocks[block].started = .never
    if blocks[block].counts.out == 0, blocks[block].tryNext.isEmpty { blocks[block].pages.removeAll() }
    // What runs keeps how often it was started, until `stop` has stored what becomes of it.
    for place in sorted(runsOut(block: block, in: 0..<blocks[block].count)) {
      guard let run = runs[place], run.intent == .restart else { continue }
      store(.putTask(blocks[block].stored(Int(run.key.task.value), phase: .ready)))
    }
  }

  /// Puts tasks that are not finished and do not run into another phase.
  private mutating func set(_ target: TaskTarget, _ phase: TaskPhase, _ tally: inout Tally, where isMeant: (TaskPhase) -> Bool) {
    let block = target.block
    for range in target.ranges {
      var task = range.lowerBound
      while let next = blocks[block].unfinished.next(from: task), next < range.upperBound {
        task = next + 1
        let base = blocks[block].base(next)
        if !base.isOut, isMeant(base) { set(block, next, phase, &tally) }
      }
    }
  }

  private mutating func suspendSkipped(_ target: TaskTarget, _ tally: inout Tally) {
    for range in target.ranges {
      var task = range.lowerBound
      while let next = blocks[target.block].skipped.next(from: task), next < range.upperBound {
        task = next + 1
        set(target.block, next, .suspended, &tally)
      }
    }
  }

  private mutating func set(_ block: Int, _ task: Int, _ phase: TaskPhase, _ tally: inout Tally) {
    note(block, task)
    move(block, task, to: phase)
    store(.putTask(blocks[block].stored(task)))
    tally.changed += 1
  }

  private mutating func restartWarned(_ target: TaskTarget, _ tally: inout Tally) {
    let block = target.block
    for range in target.ranges {
      var task = range.lowerBound
      while let next = blocks[block].warned.next(from: task), next < range.upperBound {
        task = next + 1
        if let run = runPlace(block, next) {
          guard runs[run]?.intent != .restart else { continue }
          if requestStop(run, .restart) { tally.stopping += 1 } else { tally.changed += 1 }
        } else {
          note(block, next)
          toReady(block, next)
          store(.putTask(blocks[block].stored(next)))
          tally.changed += 1
        }
      }
    }
  }

  /// The first task from this one on of which anything is to be undone: it has a record, or was skipped without one.
  private func nextTouched(_ block: Int, from task: Int) -> Int? {
    guard task < blocks[block].count else { return nil }
    var record: Int?
    if blocks[block].pages.isTouched(task) { record = task } else { record = blocks[block].pages.nextPage(from: task) }
    let skipped = blocks[block].skipped.next(from: task)
    switch (record, skipped) {
    case (let a?, let b?): return min(a, b)
    case (let a, let b): return a ?? b
    }
  }
}
