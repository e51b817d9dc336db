import Model

/// Renders are woken (reference/afanasy.md section 7): a packet for each of their cards, sent by another render through the system job.
///
/// Unlike in Afanasy a wake has an end: one that does not bring the render back in `wakeTimeout` is tried again, `Wakes.tries` times
/// in all, and then has failed. Nobody is woken by himself for a while after that. All wakes are `wakeInterval` apart.
extension Farm {
  /// Why a render cannot be woken; nil: it can.
  func whyNotWake(_ render: Int) -> String? {
    let state = renders[render].state
    if state.contains(.wolFalling) { return "falls asleep: wake it when it sleeps" }
    if renders[render].isOnline { return "is online" }
    if state.contains(.wolWaking) { return "is being woken already" }
    if renders[render].interfaces.isEmpty { return "no hardware address of it is known" }
    return nil
  }

  /// Lets a render be woken when its turn comes.
  ///
  /// - Precondition: `whyNotWake` has nothing against it.
  mutating func askToWake(_ render: Int) -> String {
    renders[render].wakes = 0
    isToWake(render)
    wake.queue.append(render)
    store(.putRender(renders[render].stored))
    let before = wake.queue.count - 1
    var text = "is woken"
    if before > 0 || wake.next > now {
      text += " in its turn (\(before) before it, one each \(settings.wakeInterval.seconds) s)"
    }
    if !canCall { text += "; no render that is online offers the service to call it" }
    return text
  }

  /// Whether some render is online that may run the command.
  private var canCall: Bool {
    guard let job = system.place else { return onlineRenders > 0 }
    return takesCommands(jobs[job].blocks[SystemBlock.wakeOnLan.rawValue])
  }

  private mutating func isToWake(_ render: Int) {
    wake.sleepsNoMore(render)
    renders[render].state.insert(.wolWaking)
    renders[render].wolSince = now
    timers.cancel(&renders[render].wolTimer)
    changed(.render(renders[render].id))
  }

  /// Calls a render: the next of its tries.
  private mutating func call(_ render: Int) {
    renders[render].wakes += 1
    renders[render].wolSince = now
    expectWol(render, now + settings.wakeTimeout)
    store(.putRender(renders[render].stored))
    push(
      SystemCommand(
        kind: .wake, text: ([settings.wakeCommand] + wakingAddresses(render)).joined(separator: " "), user: renders[render].user,
        jobName: renders[render].name, created: now, render: renders[render].id))
    let attempt = (renders[render].wakes - 1) % Wakes.tries + 1
    log(.info, .render(renders[render].id), "called to wake up (\(attempt) of \(Wakes.tries))")
    changed(.render(renders[render].id))
    wake.next = now + settings.wakeInterval
  }

  /// It was called, and has not come.
  mutating func shouldBeAwake(_ render: Int) {
    guard Wakes.isNewRound(renders[render].wakes) else { return wake.queue.append(render) }
    dropWakes(of: renders[render].id)
    renders[render].state.remove(.wolWaking)
    let sleeps = renders[render].state.contains(.wolSleeping)
    renders[render].wolSince = sleeps ? now : .never
    if !sleeps { renders[render].wakes = 0 }
    store(.putRender(renders[render].stored))
    var text = "did not wake up, \(Wakes.tries) times in \(settings.wakeTimeout.seconds) s each"
    if sleeps {
      wake.sleeps(render)
      if let end = endOfPause(render) {
        expectWol(render, end)
        text += "; it is not woken by itself until \(Self.utc(end))"
      }
    }
    log(.error, .render(renders[render].id), text)
    journal("renders wake", "render \(renders[render].name)", text)
    raise(.renderWakeFailed, render: render, text)
    changed(.render(renders[render].id))
  }

  /// Until when a render that did not wake is left alone; nil: it is not.
  func endOfPause(_ render: Int) -> Instant? {
    let rounds = Wakes.failedRounds(renders[render].wakes)
    guard rounds > 0 else { return nil }
    return renders[render].wolSince + min(EventClocks.doubled(Wakes.pause, rounds - 1), Wakes.longestPause)
  }

  // MARK: One after the other

  /// Wakes the next one whose turn it is: those that were asked for first, then one for work that waits. After dispatch: what waits
  /// then, nobody who is awake can take.
  ///
  /// - Returns: whether one was called.
  mutating func goOnWaking() -> Bool {
    if wake.isIdle || wake.isHeld || isAhead { return false }
    if !wake.queue.isEmpty {
      // Calls that nobody can send now would go out all at once later.
      if !canCall { return false }
      guard wake.next <= now else { return expectTurn(wake.next) }
      call(wake.queue.removeFirst())
      if !wake.isIdle { _ = expectTurn(wake.next) }
      return true
    }
    if !canCall { return false }
    // Nothing waits: whatever comes is looked at anew.
    if solver.tree.nodes[branches[0].node].classes.isEmpty {
      wake.isDue = false
      return false
    }
    let moment = max(wake.next, wake.nextLook)
    guard moment <= now else { return expectTurn(moment) }
    wake.isDue = false
    wake.nextLook = now + Wakes.lookInterval
    guard let (render, job) = renderToWake() else { return false }
    // More failed rounds make no longer pause: the count stays below its end.
    renders[render].wakes = min(renders[render].wakes, 80 * Wakes.tries)
    isToWake(render)
    journal("renders wake", "render \(renders[render].name)", "woken for job \(job), which no other render can take")
    call(render)
    wake.isDue = true
    if !wake.isIdle { _ = expectTurn(wake.next) }
    return true
  }

  private mutating func expectTurn(_ moment: Instant) -> Bool {
    timers.cancel(&wake.timer)
    wake.timer = timers.add(max(now, moment), .wake)
    return false
  }
}
