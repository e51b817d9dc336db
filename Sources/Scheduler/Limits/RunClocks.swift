import Model

/// Limits in time of runs (reference/afanasy.md sections 2.2 and 3.14). A run has one timer, or none; progress only notes the time.
extension Farm {
  /// A run is out: its clocks run. What had been asked to be tried first was.
  mutating func began(_ place: Int) {
    guard let run = runs[place] else { return }
    setLimitClock(place)
    let task = Int(run.key.task.value)
    if !blocks[run.block].tryNext.isEmpty { leaveTryNext(run.block, task) }
  }

  /// After the run began, or the limits of its block were changed.
  mutating func setLimitClock(_ place: Int) {
    guard let run = runs[place] else { return }
    timers.cancel(&runs[place]!.timer)  // It is there: looked at a line above.
    guard run.intent == nil, run.role.isTask, !isAhead else { return }
    var moment = mostIsReached(run)
    if let other = standstillIsReached(run), moment.map({ other < $0 }) ?? true { moment = other }
    if let moment { runs[place]?.timer = timers.add(max(now, moment), .limit(run: place)) }
  }

  private func mostIsReached(_ run: Run) -> Instant? {
    let most = blocks[run.block].limits.most
    return most > 0 ? run.started + .seconds(Int64(most)) : nil
  }

  private func standstillIsReached(_ run: Run) -> Instant? {
    standstill(of: run.block).map { run.progressed + $0 }
  }

  private func standstill(of block: Int) -> Span? {
    let own = blocks[block].limits.standstill
    if own < 0 { return settings.taskProgressChangeTimeout }
    return own > 0 ? .seconds(Int64(own)) : nil
  }

  mutating func limitHasCome(_ place: Int) {
    runs[place]?.timer = nil
    // Ahead of its time nobody tells of progress, and a run may stand for many.
    guard let run = runs[place], run.intent == nil, !isAhead else { return }
    let task = Int(run.key.task.value)
    guard blocks[run.block].running.contains(task) else {
      // Its render is away: whether it broke a limit is asked again when there is somebody to stop it.
      if mostIsReached(run) != nil || standstillIsReached(run) != nil {
        runs[place]?.timer = timers.add(now + settings.reconnectTimeout, .limit(run: place))
      }
      return
    }
    if let moment = mostIsReached(run), moment <= now {
      breakOff(place, "ran longer than \(blocks[run.block].limits.most) s (task_max_run_time)")
    } else if let moment = standstillIsReached(run), moment <= now {
      let seconds = standstill(of: run.block)?.seconds ?? 0
      breakOff(place, "its progress did not change for \(seconds) s (task_progress_change_timeout)")
    } else {
      setLimitClock(place)
    }
  }

  /// An error at once, whatever the run comes to; it keeps its place on its render until it has ended.
  private mutating func breakOff(_ place: Int, _ reason: String) {
    guard let run = runs[place] else { return }
    let isFinal = countError(run, reason, blocks[run.block].pages[Int(run.key.task.value)]?.flags ?? [])
    requestStop(place, isFinal ? .error : .errorReady)
    changed(.task(run.key))
    changed(.job(run.key.job))
  }

  /// Why a run that ended well was too short to be believed; nil: it was not.
  func isTooShort(_ run: Run, _ result: RunResult) -> String? {
    let least = blocks[run.block].limits.least
    guard least > 0, !isAhead else { return nil }
    // By the render's clock when it says so: a result may have waited for the server.
    let took = result.started != .never && result.ended >= result.started ? result.ended - result.started : now - run.started
    guard took < .seconds(Int64(least)) else { return nil }
    return "ended after \(took.seconds) s, before its \(least) s were over (task_min_run_time)"
  }
}
