import Model

/// Tasks as they were.
///
/// An operation notes what it changes as it goes, task by task: what it leaves alone costs nothing, and a record is 48 bytes.
extension Farm {
  /// From here to `endNoting` changes of tasks are those of this operation on this block.
  mutating func beginNoting(_ kind: Operation.Kind, _ target: TaskTarget, job: Int, started: Instant) {
    guard undos.draft?.isTooBig == false, job != system.place else { return }
    let left: TaskPhase
    var isRestart = false
    switch kind {
    case .restart, .restartPause, .restartErrors, .restartSkipped, .restartDone, .restartWarnings:
      (left, isRestart) = (.ready, true)
    case .continue: left = .ready
    case .skip: left = .skipped
    case .done: left = .done
    case .suspend: left = .suspended
    case .start, .pause, .stop, .delete, .restartRunning, .resetErrorHosts, .tryNext, .notTryNext: return
    }
    let forgets = (kind == .restart || kind == .restartPause) && target.isWholeBlock && !blocks[target.block].suspendsNewTasks
    undos.draft?.tasks = UndoTasks(
      job: jobs[job].id, block: blocks[target.block].index, left: left, isRestart: isRestart, forgotStarts: forgets,
      jobStarted: started, jobDone: jobs[job].done)
  }

  mutating func endNoting() {
    guard let tasks = undos.draft?.tasks else { return }
    undos.draft?.tasks = nil
    if !tasks.entries.isEmpty { undos.note(.tasks(tasks)) }
  }

  /// A task is about to be changed by the operation at hand.
  ///
  /// - Parameter isOut: its run is about to be stopped.
  mutating func note(_ block: Int, _ task: Int, isOut: Bool = false) {
    guard let entries = undos.draft?.tasks?.entries.count else { return }
    if entries >= undos.room {
      undos.draft?.tasks = nil
      undos.draft?.isTooBig = true
      undos.draft?.parts = []
      return
    }
    var record = blocks[block].pages[task] ?? TaskRecord()
    record.phase = isOut ? .ready : blocks[block].base(task)
    undos.draft?.tasks?.entries.append(UndoTasks.Entry(task: UInt32(task), wasOut: isOut, record: record))
    if let reason = blocks[block].reasons[UInt32(task)] { undos.draft?.tasks?.reasons[UInt32(task)] = reason }
  }

  /// Lets tasks be what they were, where they still stand as the operation left them.
  ///
  /// - Returns: how many, and how many do not.
  mutating func takeBack(_ tasks: UndoTasks, _ job: Int) -> (back: Int, others: Int) {
    guard Int(tasks.block.value) < jobs[job].blocks.count else { return (0, tasks.entries.count) }
    let block = jobs[job].blocks[Int(tasks.block.value)]
    var back = 0
    for entry in tasks.entries where takeBack(entry, tasks, block) { back += 1 }
    if back > 0 { changed(.block(tasks.job, tasks.block)) }
    return (back, tasks.entries.count - back)
  }

  private mutating func takeBack(_ entry: UndoTasks.Entry, _ tasks: UndoTasks, _ block: Int) -> Bool {
    let task = Int(entry.task)
    guard task < blocks[block].count else { return false }
    let base = blocks[block].base(task)
    if base.isOut {
      // Its run has not ended yet: it becomes what it would have become of a stop.
      guard entry.wasOut, let run = runPlace(block, task), runs[run]?.target == tasks.left else { return false }
      requestStop(run, .requeue)
      return true
    }
    let starts = blocks[block].pages[task]?.starts ?? 0
    guard base == tasks.left, starts == (tasks.forgotStarts ? 0 : entry.record.starts) else { return false }
    if tasks.isRestart {
      guard (blocks[block].pages[task]?.errors ?? 0) == 0 else { return false }
      let before = entry.record
      change(block) { block in
        block.change(task) { record in
          record.started = before.started
          record.finished = before.finished
          record.render = before.render
          record.starts = before.starts
        }
        block.setErrors(task, before.errors)
        let asked = (block.pages[task]?.flags ?? []).intersection(.tryNext)
        block.setFlags(task, before.flags.subtracting(.tryNext).union(asked))
        block.reasons[UInt32(task)] = tasks.reasons[UInt32(task)]
      }
      noteStart(block, before.started)
    }
    move(block, task, to: entry.record.phase)
    store(.putTask(blocks[block].stored(task)))
    return true
  }

  /// A job after parts of it were taken back: that it is done again, or has errors again, is no news.
  mutating func settleUndone(_ job: Int, _ record: UndoRecord) {
    for case .tasks(let tasks) in record.parts where tasks.job == jobs[job].id {
      jobs[job].hasErrors = jobs[job].counts[.error] > 0
      if jobs[job].started == .never, tasks.jobStarted != .never, jobs[job].counts.finished > 0 {
        jobs[job].started = tasks.jobStarted
        store(.putJobState(jobs[job].stored))
      }
      if jobs[job].counts.isAllFinished, jobs[job].done == .never, tasks.jobDone != .never {
        jobs[job].done = tasks.jobDone
        store(.putJobState(jobs[job].stored))
        hideFromWatches(job)
      }
    }
    refreshDone(job)
  }
}
