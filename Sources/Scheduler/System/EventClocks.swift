import Model

/// When a render's events of lasting conditions come. A render whose pools do not ask for them has no timers.
struct EventClocks: Sendable {
  // Seconds that its pools say; 0: off.
  var noTaskTime: Int32 = 0
  var overloadTime: Int32 = 0
  /// Since when it has no task but those of the system job, one of which may be of this very event; nil: it has some.
  var noTaskSince: Instant?
  /// Events of this idle period.
  var noTaskSent = 0
  var noTaskTimer: TimerID?
  /// Since when it has too little room; nil: it has enough.
  var overloadSince: Instant?
  var overloadSent = 0
  var overloadTimer: TimerID?

  /// So often at most the time doubles: from a second that is 34 years.
  static let doublings = 30

  /// `seconds` times 2 to the power of `count`.
  static func doubled(_ seconds: Int32, _ count: Int) -> Span { .seconds(Int64(seconds) << Int64(min(count, doublings))) }
}

/// RENDER_NO_TASK and RENDER_OVERLOAD (reference/afanasy.md section 6.1).
extension Farm {
  /// What its pools say of a render may have changed.
  mutating func eventTimesChanged(_ render: Int) {
    let noTask = max(0, poolValue(of: render) { $0.noTaskEventTime })
    let overload = max(0, poolValue(of: render) { $0.overloadEventTime })
    if noTask != renders[render].events.noTaskTime || renders[render].events.noTaskTimer == nil {
      renders[render].events.noTaskTime = noTask
      setNoTaskClock(render)
    }
    if overload != renders[render].events.overloadTime {
      timers.cancel(&renders[render].events.overloadTimer)
      renders[render].events.overloadTime = overload
    }
    lookAtOverload(render)
  }

  /// It is offline, or falls asleep.
  mutating func forgetEvents(_ render: Int) {
    timers.cancel(&renders[render].events.noTaskTimer)
    renders[render].events.noTaskSent = 0
    isNotOverloaded(render)
  }

  private func mayHaveEvents(_ render: Int) -> Bool {
    renders[render].isOnline && !renders[render].state.contains(.wolFalling) && !isAhead
  }

  // MARK: No task

  /// A task that is not the system job's began.
  mutating func gotTask(_ render: Int) {
    renders[render].events.noTaskSince = nil
    timers.cancel(&renders[render].events.noTaskTimer)
  }

  /// A task ended: perhaps its last one.
  mutating func lostTask(_ render: Int) {
    guard renders[render].events.noTaskSince == nil, renders[render].runs.count <= Self.mostSystemRuns,
      renders[render].runs.allSatisfy({ runs[$0]?.key.job == .system })
    else { return }
    isIdle(render)
  }

  /// A render that runs more than these has tasks of other jobs as a rule: it is looked at again when one of them ends.
  private static let mostSystemRuns = 4

  /// It has no task from now on.
  mutating func isIdle(_ render: Int) {
    renders[render].events.noTaskSince = now
    renders[render].events.noTaskSent = 0
    if renders[render].events.noTaskTime > 0 { setNoTaskClock(render) }
  }

  private mutating func setNoTaskClock(_ render: Int) {
    timers.cancel(&renders[render].events.noTaskTimer)
    let time = renders[render].events.noTaskTime
    guard time > 0, let since = renders[render].events.noTaskSince, mayHaveEvents(render) else { return }
    let moment = since + EventClocks.doubled(time, renders[render].events.noTaskSent)
    renders[render].events.noTaskTimer = timers.add(max(now, moment), .noTask(render: render))
  }

  mutating func hadNoTask(_ render: Int) {
    renders[render].events.noTaskTimer = nil
    let time = renders[render].events.noTaskTime
    guard time > 0, let since = renders[render].events.noTaskSince, mayHaveEvents(render) else { return }
    raise(.renderNoTask, render: render, "no task for \((now - since).seconds) s")
    // Moments that had passed when the time was set are one event.
    repeat {
      renders[render].events.noTaskSent += 1
    } while renders[render].events.noTaskSent < EventClocks.doublings
      && since + EventClocks.doubled(time, renders[render].events.noTaskSent) <= now
    if renders[render].events.noTaskSent < EventClocks.doublings { setNoTaskClock(render) }
  }

  // MARK: Overload

  /// A measurement came.
  mutating func lookAtOverload(_ render: Int) {
    guard renders[render].events.overloadTime > 0, mayHaveEvents(render), let text = shortage(renders[render].resources) else {
      return isNotOverloaded(render)
    }
    guard renders[render].events.overloadSince != nil else {
      renders[render].events.overloadSince = now
      renders[render].events.overloadSent = 1
      raise(.renderOverload, render: render, text)
      return setOverloadClock(render)
    }
    if renders[render].events.overloadTimer == nil { setOverloadClock(render) }
  }

  private mutating func isNotOverloaded(_ render: Int) {
    timers.cancel(&renders[render].events.overloadTimer)
    renders[render].events.overloadSince = nil
    renders[render].events.overloadSent = 0
  }

  private mutating func setOverloadClock(_ render: Int) {
    let sent = renders[render].events.overloadSent
    guard let since = renders[render].events.overloadSince, sent < EventClocks.doublings else { return }
    let moment = since + EventClocks.doubled(renders[render].events.overloadTime, sent - 1)
    renders[render].events.overloadTimer = timers.add(max(now, moment), .overload(render: render))
  }

  mutating func isStillOverloaded(_ render: Int) {
    renders[render].events.overloadTimer = nil
    guard let since = renders[render].events.overloadSince, mayHaveEvents(render), let text = shortage(renders[render].resources)
    else { return }
    raise(.renderOverload, render: render, "\(text), for \((now - since).seconds) s")
    let time = renders[render].events.overloadTime
    repeat {
      renders[render].events.overloadSent += 1
    } while renders[render].events.overloadSent < EventClocks.doublings
      && since + EventClocks.doubled(time, renders[render].events.overloadSent - 1) <= now
    setOverloadClock(render)
  }

  /// What a machine has too little of; nil: nothing. What it has none of, or never measured, is not looked at.
  private func shortage(_ load: HostResources) -> String? {
    var short: [String] = []
    func look(_ what: String, free: Int64, of total: Int64, limit: Int32) {
      // No machine has more of anything: what a render says cannot overflow.
      let total = min(total, 1 << 50)
      let free = min(max(0, free), total)
      guard limit >= 0, total > 0, free <= total * Int64(limit) / 100 else { return }
      short.append("\(free * 100 / total) % \(what)")
    }
    look("memory", free: load.memoryFreeMB, of: load.memoryTotalMB, limit: settings.overflowMemory)
    look("swap", free: load.swapTotalMB &- load.swapUsedMB, of: load.swapTotalMB, limit: settings.overflowSwap)
    look("disk", free: load.diskFreeGB, of: load.diskTotalGB, limit: settings.overflowDisk)
    return short.isEmpty ? nil : "only \(short.joined(separator: ", ")) free"
  }
}
