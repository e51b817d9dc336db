import Model

/// The life of a run after its start (reference/afanasy.md section 2.2).
extension Farm {
  /// The run with this lease if it is out on this render, whose sign of life this is. A render that does not own it says nothing
  /// that counts.
  private mutating func run(_ lease: Lease, of id: RenderID) -> Int? {
    guard let place = leases[lease], let render = runs[place]?.render, renders[render].id == id else { return nil }
    renders[render].seen = max(renders[render].seen, now)
    runs[place]?.seen = now
    return place
  }

  mutating func started(_ render: RenderID, _ lease: Lease) {
    guard let place = run(lease, of: render), let key = runs[place]?.key else { return }
    changed(.task(key))
  }

  mutating func progressed(_ render: RenderID, _ lease: Lease, _ progress: RunProgress) {
    guard let place = run(lease, of: render), let run = runs[place], run.intent == nil else { return }
    if progress.position != run.position {
      runs[place]?.progressed = now
      runs[place]?.position = progress.position
    }
    runs[place]?.percent = min(progress.percent, 100)
    // A slave of a multi-host task has a part of it: the task's frame is its master's.
    let frame = run.role.isTask ? progress.frame : -1
    runs[place]?.frame = frame
    if run.activity != progress.activity { runs[place]?.activity = progress.activity }
    let task = Int(run.key.task.value)
    if blocks[run.block].isSubTask, frame != run.frame { subTaskProgressed(run.block, task, Int64(frame)) }
    if progress.hasWarning, let flags = blocks[run.block].pages[task]?.flags, !flags.contains(.warning) {
      change(run.block) { $0.setFlags(task, flags.union(.warning)) }
      changed(.job(run.key.job))
    }
    changed(.task(run.key))
  }

  mutating func finished(_ render: RenderID, _ lease: Lease, _ key: TaskKey, _ result: RunResult) {
    // A late result is acknowledged, so that its agent forgets it, and changes nothing.
    guard let place = run(lease, of: render), let known = runs[place]?.key else { return emit(.acknowledge(render, lease)) }
    // One that is for another task than its lease says nothing of either; the end of the run is still to come.
    guard known == key else {
      return log(.warning, .render(render), "a result of task \(key) came with the lease of task \(known): it counts for nothing")
    }
    end(place, result)
    emit(.acknowledge(render, lease))
  }

  /// Ends a run. `result` is nil when it is lost: its render went or does not know it.
  mutating func end(_ place: Int, _ result: RunResult?) {
    guard partyLost(place, result), let run = runs[place] else { return }
    detach(place)
    index(run.render, isFreer: true)
    changed(.render(renders[run.render].id))
    if run.intent == .forget { return }
    if run.intent == nil { store(.deleteRun(run.lease)) }
    let task = Int(run.key.task.value)
    if run.role.isTask {
      emit(
        .ended(
          RunEnd(
            key: run.key, start: blocks[run.block].pages[task]?.starts ?? 1, render: renders[run.render].id, started: run.started,
            ended: now, result: result, wish: run.intent?.wish)))
    }
    blocks[run.block].change(task) { $0.finished = now }
    switch run.intent {
    case .restart: toReady(run.block, task)
    case .skip, .done, .suspend, .error, .errorReady: move(run.block, task, to: run.target ?? .ready)
    case .requeue where result.map { isSuccess($0.outcome) } != true: move(run.block, task, to: .ready)
    case .requeue, .forget, nil: take(result, of: run, task)
    }
    store(.putTask(blocks[run.block].stored(task)))
    changed(.task(run.key))
    changed(.job(run.key.job))
    if run.key.job == .system { return systemTaskSettled(run.block, task, result) }
    refreshDone(blocks[run.block].job)
  }

  private func isSuccess(_ outcome: RunOutcome) -> Bool { outcome == .success || outcome == .parserSuccess || outcome == .skipped }

  /// What a run's own end makes of its task.
  private mutating func take(_ result: RunResult?, of run: Run, _ task: Int) {
    var flags = blocks[run.block].pages[task]?.flags ?? []
    if let result { flags.formUnion(result.flags) }
    switch result?.outcome {
    case nil, .lost, .stopped:
      move(run.block, task, to: .ready)
    case .success, .parserSuccess:
      guard let result else { return }
      if run.intent == nil, let fault = isTooShort(run, result) { return fail(run, fault, flags) }
      if result.outcome == .parserSuccess { flags.insert(.parserSuccess) }
      change(run.block) { $0.setFlags(task, flags) }
      move(run.block, task, to: .done)
      endedWell(run.render)
    case .skipped:
      change(run.block) { $0.setFlags(task, flags) }
      move(run.block, task, to: .skipped)
      endedWell(run.render)
    case .exitStatus, .killed, .failedToStart, .parserError, .parserFatalError, .parserBadResult, .badFiles:
      guard let result else { return }
      fail(result, flags, run)
    }
  }

  private mutating func fail(_ result: RunResult, _ given: TaskFlags, _ run: Run) {
    var flags = given
    switch result.outcome {
    case .parserError: flags.insert(.parserError)
    case .parserFatalError: flags.insert(.parserFatal)
    case .parserBadResult: flags.insert(.parserBadResult)
    case .badFiles: flags.insert(.badFiles)
    default: break
    }
    fail(run, result.reason.isEmpty ? defaultReason(result) : result.reason, flags)
  }

  private func defaultReason(_ result: RunResult) -> String {
    switch result.outcome {
    case .exitStatus: "ended with status \(result.exitCode)"
    case .killed: "killed by signal \(result.signal)"
    case .failedToStart: "could not be started"
    case .parserError: "the parser found an error in the output"
    case .parserFatalError: "the parser found a fatal error in the output"
    case .parserBadResult: "the parser found a bad result in the output"
    case .badFiles: "a result file is missing or has a wrong size"
    case .success, .parserSuccess, .skipped, .stopped, .lost: ""
    }
  }

  /// A task is to be run again with a clean slate; how often it was started stays, since that names its outputs.
  mutating func toReady(_ block: Int, _ task: Int) {
    change(block) {
      $0.setErrors(task, 0)
      $0.setFlags(task, ($0.pages[task]?.flags ?? []).intersection(.tryNext))
      if !$0.reasons.isEmpty { $0.reasons[UInt32(task)] = nil }
    }
    move(block, task, to: .ready)
  }

  /// Asks for the end of a run. From here on the store has no such run: its lease is fenced even if the server dies now.
  ///
  /// - Returns: whether a process has to end first; false: it is over at once, since nobody knows where it is.
  @discardableResult
  mutating func requestStop(_ place: Int, _ intent: Run.Intent) -> Bool {
    if let isStopping = stopsMaster(of: place, intent) { return isStopping }
    let isOverAtOnce = stopsParty(place)
    guard let run = runs[place] else { return false }
    if run.intent == nil, intent != .forget { store(.deleteRun(run.lease)) }
    runs[place]?.intent = intent
    let task = Int(run.key.task.value)
    if run.role == .master, intent == .forget { dissolve(run.block, task, but: place) }
    switch intent {
    case .forget: uncount(run)
    case .requeue: store(.putTask(blocks[run.block].stored(task, phase: .ready)))
    case .skip, .done, .suspend, .error, .errorReady:
      store(.putTask(blocks[run.block].stored(task, phase: runs[place]?.target)))
    case .restart:
      var stored = blocks[run.block].stored(task, phase: .ready)
      stored.errors = 0
      stored.flags = []
      stored.reason = ""
      store(.putTask(stored))
    }
    guard renders[run.render].isOnline, !isOverAtOnce else {
      end(place, nil)
      return false
    }
    if renders[run.render].connection != nil { emit(.stop(renders[run.render].id, run.lease)) }
    return true
  }
}
