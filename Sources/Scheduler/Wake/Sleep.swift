import Model

/// Renders fall asleep (reference/afanasy.md section 7).
///
/// One that is told to takes no task from then on (WFL). When it is silent, or says that it leaves, it sleeps (WSL). Unlike in
/// Afanasy, one that still reports after `wolFallTimeout` is online again, and nobody hears that a sleeping render was lost.
extension Farm {
  /// Why a render cannot be put to sleep; nil: it can.
  func whyNotSleep(_ render: Int) -> String? {
    let state = renders[render].state
    if state.contains(.wolWaking) { return "is being woken" }
    if state.contains(.wolSleeping) { return "sleeps already" }
    if state.contains(.wolFalling) { return "falls asleep already" }
    if !renders[render].isOnline { return "is offline" }
    if renders[render].connection == nil { return "its connection is lost" }
    if !renders[render].runs.isEmpty {
      return "is busy with \(number(renders[render].runs.count, "task")) (eject first, or wait)"
    }
    if renders[render].interfaces.isEmpty { return "no hardware address of it is known: nobody could wake it" }
    return nil
  }

  /// Tells a render to fall asleep.
  ///
  /// - Precondition: `whyNotSleep` has nothing against it.
  mutating func sleep(_ render: Int) -> String {
    renders[render].state.insert(.wolFalling)
    renders[render].wolSince = now
    renders[render].wakes = 0
    renders[render].knownResources = renders[render].resources
    expectWol(render, now + settings.wolFallTimeout)
    store(.putRender(renders[render].stored))
    emit(.sleep(renders[render].id))
    forgetLoad(render)
    forgetEvents(render)
    index(render, isFreer: false)
    changed(.render(renders[render].id))
    return "falls asleep"
  }

  /// It was to fall asleep, and is offline: that is what it was to be.
  mutating func fellAsleep(_ render: Int) {
    renders[render].state.remove(.wolFalling)
    renders[render].state.insert(.wolSleeping)
    renders[render].wolSince = now
    timers.cancel(&renders[render].wolTimer)
    store(.putRender(renders[render].stored))
    log(.info, .render(renders[render].id), "sleeps")
    wake.sleeps(render)
    changed(.render(renders[render].id))
  }

  /// So long a machine that did not fall asleep is not told to by the farm itself: meanwhile it can work.
  private static let pauseAfterInsomnia = Span.seconds(3600)

  /// It should be asleep by now.
  private mutating func shouldSleep(_ render: Int) {
    guard renders[render].isOnline else { return fellAsleep(render) }
    // A silent one may well sleep: that is found out by its zombie time, however long.
    let signs = 3 * Int64(configuration(render).heartbeat)
    guard renders[render].connection != nil, now - renders[render].seen <= .seconds(signs) else {
      return expectWol(render, now + max(.seconds(1), settings.wolFallTimeout))
    }
    let text = "was told to fall asleep at \(Self.utc(renders[render].wolSince)) and still reports: it is online again"
    renders[render].state.remove(.wolFalling)
    renders[render].wolSince = .never
    renders[render].noSleepUntil = now + Self.pauseAfterInsomnia
    store(.putRender(renders[render].stored))
    log(.warning, .render(renders[render].id), text)
    journal("renders sleep", "render \(renders[render].name)", text)
    eventTimesChanged(render)
    index(render, isFreer: true)
    changed(.render(renders[render].id))
  }

  /// It registers: whatever it did, it is awake.
  mutating func cameAwake(_ render: Int) {
    guard !renders[render].state.isDisjoint(with: .asleep) else { return }
    if renders[render].state.contains(.wolWaking), renders[render].wakes > 0 {
      log(.info, .render(renders[render].id), "woke up \((now - renders[render].wolSince).seconds) s after it was called")
    }
    renders[render].state.subtract(.asleep)
    renders[render].wolSince = .never
    renders[render].wakes = 0
    timers.cancel(&renders[render].wolTimer)
    wake.forget(render)
    dropWakes(of: renders[render].id)
  }

  /// The moment came at which a render was to be asleep, or awake.
  mutating func wolHasCome(_ render: Int) {
    renders[render].wolTimer = nil
    if isAhead { return }
    if renders[render].state.contains(.wolFalling) {
      shouldSleep(render)
    } else if renders[render].state.contains(.wolWaking) {
      shouldBeAwake(render)
    } else {
      wake.isDue = true
    }
  }

  mutating func expectWol(_ render: Int, _ moment: Instant) {
    timers.cancel(&renders[render].wolTimer)
    renders[render].wolTimer = timers.add(max(now, moment), .wol(render: render))
  }

  /// A render is removed from the farm.
  mutating func forgetSleep(_ render: Int) {
    forgetEvents(render)
    timers.cancel(&renders[render].wolTimer)
    wake.forget(render)
    dropWakes(of: renders[render].id)
  }

  // MARK: A farm that is loaded

  /// What was stored of its sleep; its clocks begin when the server listens.
  mutating func settleSleep(loaded render: Int) {
    wake.isHeld = true
    if renders[render].state.contains(.wolSleeping), !renders[render].state.contains(.wolWaking) { wake.sleeps(render) }
  }

  /// The server listens: whoever is awake has the usual time to come back before anybody is called in its place.
  mutating func resumeSleep() {
    guard wake.isHeld else { return }
    wake.isHeld = false
    let back = now + settings.reconnectTimeout
    wake.nextLook = back
    var called: [Int] = []
    for render in renders.indices where !renders[render].isGone && !renders[render].state.isDisjoint(with: .asleep) {
      let values = renders[render]
      if values.state.contains(.wolFalling) {
        expectWol(render, now + settings.wolFallTimeout)
      } else if values.state.contains(.wolWaking) {
        if Wakes.isNewRound(values.wakes) {
          called.append(render)
        } else {
          expectWol(render, max(back, values.wolSince + settings.wakeTimeout))
        }
      } else if let end = endOfPause(render) {
        expectWol(render, end)
      }
    }
    wake.queue = called.sorted { (renders[$0].wolSince, renders[$0].name) < (renders[$1].wolSince, renders[$1].name) }
  }
}

extension RenderState {
  /// Falls asleep, sleeps or is woken.
  static let asleep: RenderState = [.wolFalling, .wolSleeping, .wolWaking]
}
