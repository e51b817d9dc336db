import Model

/// Renders that people work at, and renders that nobody works at (reference/afanasy.md section 3.13).
///
/// While a render has no task, its load says whether somebody else uses it. The *busy clock* runs while it is free and any limit of
/// `busy_…` is exceeded: after `busy_nimby_time` it becomes NIMBY. The *idle clock* runs while no limit of `idle_…` is exceeded:
/// after `idle_free_time` it is free again. Both are looked at when a measurement comes, and by one timer.
extension Farm {
  /// A measurement came, or its state or the rules of its pool changed.
  mutating func measureLoad(_ render: Int) {
    let (idle, busy) = loadLimits(of: render)
    if idle.isOff && busy.isOff { return forgetLoad(render) }
    guard renders[render].isOnline, renders[render].runs.isEmpty, !renders[render].state.contains(.wolFalling) else {
      return forgetLoad(render)
    }
    let resources = renders[render].resources
    let isFree = renders[render].state.isDisjoint(with: [.nimby, .NIMBY])
    let isBusy = isFree && busy.isExceeded(by: resources)
    let isIdle = !idle.isOff && !idle.isExceeded(by: resources)
    renders[render].busySince = isBusy ? renders[render].busySince ?? now : nil
    renders[render].idleSince = isIdle ? renders[render].idleSince ?? now : nil
    setLoadClock(render)
  }

  /// It is offline, or runs something: neither clock runs.
  mutating func forgetLoad(_ render: Int) {
    renders[render].busySince = nil
    renders[render].idleSince = nil
    timers.cancel(&renders[render].loadTimer)
  }

  private func loadLimits(of render: Int) -> (idle: LoadLimits, busy: LoadLimits) {
    func limits(_ key: KeyPath<PoolParameters, LoadLimits>) -> LoadLimits {
      var limits = LoadLimits()
      limits.cpuPercent = poolValue(of: render) { $0[keyPath: key].cpuPercent }
      limits.memoryPercent = poolValue(of: render) { $0[keyPath: key].memoryPercent }
      limits.swapPercent = poolValue(of: render) { $0[keyPath: key].swapPercent }
      limits.diskFreeGB = poolValue(of: render) { $0[keyPath: key].diskFreeGB }
      limits.diskBusyPercent = poolValue(of: render) { $0[keyPath: key].diskBusyPercent }
      limits.netMBps = poolValue(of: render) { $0[keyPath: key].netMBps }
      return limits
    }
    return (limits(\.idle), limits(\.busy))
  }

  private func span(_ render: Int, _ value: (PoolParameters) -> Int32) -> Span? {
    let seconds = poolValue(of: render, value)
    return seconds >= 0 ? .seconds(Int64(seconds)) : nil
  }

  private mutating func setLoadClock(_ render: Int) {
    timers.cancel(&renders[render].loadTimer)
    var moments: [Instant] = []
    if let since = renders[render].busySince, let nimby = span(render, { $0.busyNimbyTime }) { moments.append(since + nimby) }
    if let since = renders[render].idleSince {
      let isNimby = !renders[render].state.isDisjoint(with: [.nimby, .NIMBY])
      if isNimby, let free = span(render, { $0.idleFreeTime }) { moments.append(since + free) }
      if let sleep = span(render, { $0.idleWolsleepTime }) {
        if since + sleep > now { moments.append(since + sleep) } else if isIdleEnoughToSleep(render, sleep) { return }
      }
    }
    if let moment = moments.min() { renders[render].loadTimer = timers.add(max(now, moment), .load(render: render)) }
  }

  mutating func loadLastedLong(_ render: Int) {
    renders[render].loadTimer = nil
    guard renders[render].isOnline, renders[render].runs.isEmpty, !renders[render].state.contains(.wolFalling) else { return }
    if let since = renders[render].busySince, let nimby = span(render, { $0.busyNimbyTime }), since + nimby <= now {
      renders[render].busySince = nil
      becomes(render, .NIMBY, "busy for \(nimby.seconds) s: NIMBY")
    } else if let since = renders[render].idleSince, let free = span(render, { $0.idleFreeTime }), since + free <= now,
      !renders[render].state.isDisjoint(with: [.nimby, .NIMBY])
    {
      becomes(render, [], "idle for \(free.seconds) s: free")
    }
    setLoadClock(render)
  }

  private mutating func becomes(_ render: Int, _ state: RenderState, _ text: String) {
    setNimby(render, state)
    renderChanged(render)
    store(.putRender(renders[render].stored))
    log(.info, .render(renders[render].id), text)
    journal("renders \(state.isEmpty ? "free" : "NIMBY")", "render \(renders[render].name)", text)
    index(render, isFreer: state.isEmpty)
    changed(.render(renders[render].id))
  }

  /// Its pool wants it to sleep (`idle_wolsleep_time`).
  ///
  /// - Returns: whether it is told to.
  private mutating func isIdleEnoughToSleep(_ render: Int, _ idle: Span) -> Bool {
    guard !isAhead, renders[render].noSleepUntil <= now, whyNotSleep(render) == nil else { return false }
    let text = "idle for \(idle.seconds) s: \(sleep(render))"
    log(.info, .render(renders[render].id), text)
    journal("renders sleep", "render \(renders[render].name)", text)
    return true
  }
}

extension LoadLimits {
  /// Whether a machine has more to do than one of these says, or less room.
  func isExceeded(by load: HostResources) -> Bool {
    if cpuPercent >= 0, load.cpuPercent > cpuPercent { return true }
    if memoryPercent >= 0, load.memoryUsedPercent > memoryPercent { return true }
    if swapPercent >= 0, load.swapUsedPercent > swapPercent { return true }
    if diskFreeGB >= 0, load.diskFreeGB < diskFreeGB { return true }
    if diskBusyPercent >= 0, load.diskBusyPercent > diskBusyPercent { return true }
    return netMBps >= 0 && load.netMBps > netMBps
  }
}
