import Logging
import Model
import Scheduler
import Text

/// What becomes of effects.
extension FarmActor {
  func route() {
    for effect in effects { route(effect) }
    effects.removeAll(keepingCapacity: true)
  }

  private func route(_ effect: Effect) {
    switch effect {
    case .store(let change):
      // The starts that follow need the document as it is now.
      if let job = change.changedDocument { cards[job] = nil }
      if case .journal(let entry) = change {
        journalRing.append(entry.cut)
        feeds.journal.wake(at: now)
        views.note(entry, farm)
      }
      batch.rows.append(change)
    case .start(let render, let start): self.start(render, start)
    case .configure(let render, let configuration): toRender(render, .configure(configuration))
    case .stop(let render, let lease): toRender(render, .stop(lease))
    case .sleep(let render): toRender(render, .sleep)
    case .acknowledge(let render, let lease): toRender(render, .acknowledge(lease))
    case .accepted(let render, let connection, let keep): accepted(render, connection, keep)
    case .refused(let connection, let failure):
      if let session = sessions[connection] { batch.outgoing.append(Outgoing(session, .refuse(failure))) }
    case .drop(let connection, let reason):
      if let session = sessions[connection] { outgoing.append(Outgoing(session, .drop(reason: reason))) }
    case .answer(let request, let answer):
      if case .submitted(let job, _, _) = answer { batch.submitted.append(job) }
      if let session = sessions[request.connection] {
        batch.outgoing.append(Outgoing(session, .reply(request.number, answer.reply)))
      }
    case .changed(let change): changed(change)
    case .log(let record): write(record)
    case .event(let event):
      events.append(event)
      feeds.events.wake(at: now)
    case .ended(let end): views.note(end)
    case .removeOutput(let job):
      cards[job] = nil
      batch.removed.append(job)
    }
  }

  /// To a render only what is kept may go: its order and the farm's memory are one.
  func toRender(_ render: RenderID, _ out: Out) {
    if let session = sessionOf[render] { batch.outgoing.append(Outgoing(session, out)) }
  }

  private func start(_ render: RenderID, _ start: RunStart) {
    guard let session = sessionOf[render] else { return }
    let card: JobCard
    if let known = cards[start.key.job] {
      card = known
    } else {
      guard let spec = farm.spec(start.key.job) else { return }
      card = JobCard(start.key.job, spec)
      cards[start.key.job] = card
    }
    batch.outgoing.append(Outgoing(session, .start(start, card)))
    if let began = beganAt {
      beganAt = nil
      let milliseconds = (now - began).microseconds / 1000
      log.notice(
        "the first task started \(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst()) s after the start")
    }
  }

  private func accepted(_ render: RenderID, _ connection: ConnectionID, _ keep: [Lease]) {
    guard let session = sessions[connection] else { return }
    renderOf[connection] = render
    sessionOf[render] = session
    batch.outgoing.append(Outgoing(session, .accepted(render, keep: keep)))
    // Whoever followed its runs goes on where it was.
    if !logs.isEmpty {
      for lease in keep { listen(to: lease) }
    }
  }

  private func changed(_ change: Change) {
    views.note(change)
    switch change {
    case .task(let key):
      if !logs.isEmpty, logs.isFollowed(key) { endFollowing(key) }
    case .jobRemoved(let id):
      cards[id] = nil
      endFollowing(id)
    default: break
    }
  }

  private func write(_ record: LogRecord) {
    views.note(record, at: now)
    let level: Logger.Level =
      switch record.level {
      case .debug: .debug
      case .info: .info
      case .notice: .notice
      case .warning: .warning
      case .error: .error
      }
    guard log.logLevel <= level else { return }
    var about: String
    switch record.subject {
    case .job(let id): about = "job \(id): "
    case .task(let key): about = "task \(key): "
    case .render(let id): about = "render \(farm.render(id)?.name ?? id.description): "
    case .farm: about = ""
    }
    about += record.text
    if let actor = record.actor { about += " (by \(actor.description))" }
    log.log(level: level, "\(about)")
  }

  // MARK: The server's own condition

  /// Tells every console how the server is, when that changed, and not more often than once a second; trouble at once.
  func tellCondition() {
    lookAtClock()
    let present = storeTrouble.isEmpty ? farm.systemTrouble() : [storeTrouble]
    let trouble = (present + [clockTrouble, startTrouble]).filter { !$0.isEmpty }.joined(separator: "; ")
    if trouble != condition.trouble {
      if trouble.isEmpty || condition.trouble.isEmpty { condition.troubleSince = trouble.isEmpty ? .never : now }
      condition.trouble = trouble
      isConditionDue = true
    }
    guard !consoles.isEmpty else {
      // Whoever comes later is told on arrival: nothing is due, and no timer may wait for it.
      isConditionDue = false
      return
    }
    let totals = farm.totals
    var new = ServerCondition()
    new.jobs = totals.jobs
    new.renders = totals.renders
    new.rendersOnline = totals.online
    new.rendersBusy = totals.busy
    new.tasksRunning = totals.runningTasks
    new.trouble = condition.trouble
    new.troubleSince = condition.troubleSince
    if new != condition { isConditionDue = true }
    condition = new
    guard isConditionDue, now - conditionSent >= Self.conditionPace else { return }
    isConditionDue = false
    conditionSent = now
    for session in consoles.values where !session.isClogged { outgoing.append(Outgoing(session, .status(condition))) }
  }

  /// The farm goes by the clock as it was when the server started: signs of life, limits and waits must not see it jump. Where
  /// people say when something is to begin they mean the clock on the wall, so they are told when that is another.
  private func lookAtClock() {
    let drift = clock.drift
    guard abs(drift.microseconds - clockDrift.microseconds) > 1_000_000 else { return }
    clockDrift = drift
    let seconds = abs(drift.microseconds) / 1_000_000
    if seconds < Self.clockTolerance {
      if !clockTrouble.isEmpty { log.notice("this machine's clock and the farm's are the same again") }
      clockTrouble = ""
    } else {
      clockTrouble =
        "this machine's clock was set \(drift.microseconds > 0 ? "forward" : "back") by \(Format.duration(seconds: seconds)): the farm goes by the old one until the server is started anew"
      log.warning("\(clockTrouble)")
    }
  }

  /// Seconds that nobody has to be told of.
  private static let clockTolerance = 5

  /// The store cannot keep anything, or can again.
  func setTrouble(_ text: String) {
    guard storeTrouble != text else { return }
    storeTrouble = text
    isConditionDue = true
    conditionSent = .never
  }
}
