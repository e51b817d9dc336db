import Model

/// Signs of life, and what happens when they stop (reference/afanasy.md section 2.5).
///
/// A render has at most one moment at which it must be looked at (`deadline`) and, as a rule, one entry among the timers. A sign of
/// life only notes the time; the timer, when it comes, finds out whether it came for nothing.
extension Farm {
  mutating func alive(_ id: RenderID, _ resources: HostResources?) {
    guard let render = renderPlaces[id] else { return }
    renders[render].seen = max(renders[render].seen, now)
    if let resources {
      take(resources, of: render)
      measureLoad(render)
      lookAtOverload(render)
      changed(.render(id))
    }
  }

  /// The connection broke: nothing new goes there, what runs there goes on. After `zombieTime` of silence the render is offline;
  /// its tasks are awaited until `patience`.
  mutating func disconnected(_ id: RenderID, _ connection: ConnectionID) {
    guard let render = renderPlaces[id], renders[render].connection == connection else { return }
    renders[render].connection = nil
    index(render, isFreer: false)
    changed(.render(id))
    log(.notice, .render(id), "lost the connection; its tasks go back at \(Self.utc(patience(render)))")
  }

  mutating func left(_ id: RenderID, _ connection: ConnectionID, ejected: Bool) {
    guard let render = renderPlaces[id], renders[render].connection == connection else { return }
    goOffline(render)
    log(.info, .render(id), ejected ? "left, its tasks ended" : "left, its tasks go on")
    if ejected { return requeueAll(render) }
    awaitRuns(of: render, until: now + settings.reconnectTimeout)
  }

  /// What runs on a render that is offline goes on as far as anybody knows: its tasks wait for it until then. What was to be
  /// stopped is over.
  private mutating func awaitRuns(of render: Int, until moment: Instant) {
    for place in sorted(renders[render].runs) {
      guard let run = runs[place] else { continue }
      if run.intent != nil {
        end(place, nil)
        continue
      }
      guard run.role.isTask else { continue }
      move(run.block, Int(run.key.task.value), to: .waitingReconnect)
      changed(.task(run.key))
      changed(.job(run.key.job))
    }
    if !renders[render].runs.isEmpty { look(at: render, by: moment) }
  }

  /// When the tasks of a render that is silent go back. Afanasy gives them back when the render becomes a zombie (section 2.5); then
  /// a switch that starts anew costs the farm all that it was rendering. Reeve waits for `af_task_reconnect_timeout` at least, two
  /// minutes as Copernicus does: what then comes back goes on, and what comes later is known by its lease.
  private func patience(_ render: Int) -> Instant {
    renders[render].seen + max(zombieTime(render), settings.reconnectTimeout)
  }

  /// The clocks of the runs that were out when the server went down begin to run.
  mutating func listening() {
    for render in renders.indices where !renders[render].isOnline && !renders[render].runs.isEmpty {
      look(at: render, by: now + settings.reconnectTimeout)
    }
    resumeSleep()
  }

  /// Looks at a render again at this moment at the latest.
  mutating func look(at render: Int, by moment: Instant) {
    renders[render].deadline = moment
    if let known = renders[render].timer, known <= moment { return }
    renders[render].timer = moment
    timers.add(moment, .render(render))
  }

  /// The moment came at which a render was to be looked at.
  mutating func lookAt(_ render: Int, _ moment: Instant) {
    // An earlier moment was asked for since: this one is stale.
    guard renders[render].timer == moment, !(isAhead && renders[render].isOnline) else { return }
    renders[render].timer = nil
    if renders[render].isOnline {
      let zombie = renders[render].seen + zombieTime(render)
      if zombie > now { look(at: render, by: zombie) } else { becameZombie(render) }
    } else if renders[render].deadline != .never, !renders[render].runs.isEmpty {
      if renders[render].deadline > now {
        look(at: render, by: renders[render].deadline)
      } else {
        log(.warning, .render(renders[render].id), "did not come back; \(number(renders[render].runs.count, "task")) go back")
        requeueAll(render)
      }
    }
  }

  private mutating func becameZombie(_ render: Int) {
    let id = renders[render].id
    if let connection = renders[render].connection {
      emit(.drop(connection: connection, reason: "no sign of life for \(zombieTime(render).seconds) s"))
    }
    // One that was to fall asleep is silent because it does.
    if renders[render].state.contains(.wolFalling) {
      goOffline(render)
      return requeueAll(render)
    }
    let until = patience(render)
    let tasks = number(renders[render].runs.count, "task")
    let what =
      renders[render].runs.isEmpty ? "" : until > now ? "; \(tasks) awaited until \(Self.utc(until))" : "; \(tasks) go back"
    let text = "no sign of life since \(Self.utc(renders[render].seen))\(what)"
    log(.warning, .render(id), "offline: \(text)")
    goOffline(render)
    raise(.renderZombie, render: render, text)
    if until > now { awaitRuns(of: render, until: until) } else { requeueAll(render) }
  }

  private mutating func goOffline(_ render: Int) {
    guard renders[render].isOnline else { return }
    renders[render].isOnline = false
    renders[render].connection = nil
    renders[render].deadline = .never
    renders[render].changed = now
    onlineRenders -= 1
    forgetLoad(render)
    forgetEvents(render)
    if renders[render].state.contains(.wolFalling) { fellAsleep(render) }
    index(render, isFreer: false)
    changed(.render(renders[render].id))
  }

  /// All runs of a render are lost: their tasks go back with their tries kept.
  private mutating func requeueAll(_ render: Int) {
    renders[render].deadline = .never
    for place in sorted(renders[render].runs) { end(place, nil) }
  }
}
