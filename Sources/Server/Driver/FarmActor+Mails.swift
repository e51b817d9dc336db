import Logging
import Model
import Scheduler

/// What each kind of mail does.
extension FarmActor {
  func handle(_ mail: Mail) {
    switch mail {
    case .opened(let session): opened(session)
    case .closed(let session): closed(session)
    case .register(let session, let registration):
      guard sessions[session.id] != nil else { return }
      perform(.renderRegistered(registration, connection: session.id))
      if let render = renderOf[session.id] { views.note(registration.resources, of: render, at: now) }
    case .alive(let session):
      if let render = renderOf[session.id] { perform(.renderAlive(render, nil)) }
    case .news(let session, let news): self.news(session, news)
    case .liveOutput(let session, let lease, let offset, let bytes): liveOutput(session, lease, offset, bytes)
    case .submit(let session, let number, let spec): submit(session, number, spec)
    case .add(let session, let number, let addition, let jobs): add(session, number, addition, jobs)
    case .ask(let session, let number, let question): ask(session, number, question)
    case .forecasts(let forecasts, let version): self.forecasts(forecasts, of: version)
    case .whatIf(let session, let number, let reply): whatIfDone(session, number, reply)
    case .subscribe(let session, let number, let topic, let window): subscribe(session, number, topic, window)
    case .unsubscribe(let session, let number):
      views.remove(session.id, number)
      feeds.remove(session.id, number)
      listenToLog()
      endLog(Logs.Name(connection: session.id, number: number), nil)
    case .unclogged(let session): unclogged(session)
    case .logRead(let name, let portion): logRead(name, portion)
    case .storeNews(let news): store(news)
    case .serverLines: feeds.serverLog.wake(at: now)
    case .outputsWait(let wait):
      outputsWait = wait
      if wait { log.error("disk full: outputs of tasks wait for room in \(outputs.folder)") }
      tellTrouble()
    }
  }

  private func opened(_ session: Session) {
    sessions[session.id] = session
    guard session.kind == .console else { return }
    consoles[session.id] = session
    tellCondition()
    outgoing.append(Outgoing(session, .status(condition)))
  }

  private func closed(_ session: Session) {
    sessions[session.id] = nil
    consoles[session.id] = nil
    views.removeAll(session.id)
    feeds.removeAll(session.id)
    listenToLog()
    for name in logs.readers(of: session.id) { endLog(name, nil) }
    scans.removeAll { $0.session.id == session.id }
    selections.forget(session.id)
    forecasting.forget(session.id)
    guard let render = renderOf.removeValue(forKey: session.id) else { return }
    if sessionOf[render]?.id == session.id { sessionOf[render] = nil }
    perform(.renderDisconnected(render, connection: session.id))
  }

  private func news(_ session: Session, _ news: RenderNews) {
    guard let render = renderOf[session.id] else { return }
    if let resources = news.resources {
      perform(.renderAlive(render, resources))
      views.note(resources, of: render, at: now)
    }
    for run in news.runs {
      switch run {
      case .started(let lease): perform(.runStarted(render, lease))
      case .progressed(let lease, let progress): perform(.runProgressed(render, lease, progress))
      case .finished(let lease, let key, let result): perform(.runFinished(render, lease, key, result))
      }
    }
    if let leaving = news.leaving { perform(.renderLeft(render, connection: session.id, ejected: leaving.isEjected)) }
  }

  private func submit(_ session: Session, _ number: UInt64, _ spec: JobSpec) {
    switch storeHealth {
    case .failing(let reason), .tight(let reason):
      answer(session, number, .failure(Failure(.failed, "the store could not keep the job: \(reason)")))
    case .well:
      perform(.submit(spec, by: session.person, request: RequestID(connection: session.id, number: number)))
    }
  }

  private func ask(_ session: Session, _ number: UInt64, _ question: Question) {
    switch question {
    case .operate(let operation):
      if isRefusedByStore(session, number) { return }
      do throws(Failure) {
        try checkPlace(of: operation)
        perform(.operate(operation, by: session.person, request: RequestID(connection: session.id, number: number)))
      } catch {
        answer(session, number, .failure(error))
      }
    case .operateRenders(let operation, let names):
      if isRefusedByStore(session, number) { return }
      perform(
        .operateRenders(operation, names: names, by: session.person, request: RequestID(connection: session.id, number: number)))
    case .edit(let request):
      if isRefusedByStore(session, number) { return }
      edit(session, number, request)
    case .order(let order):
      if isRefusedByStore(session, number) { return }
      do throws(Failure) {
        try checkNames(of: order)
        perform(.order(order, by: session.person, request: RequestID(connection: session.id, number: number)))
      } catch {
        answer(session, number, .failure(error))
      }
    case .undo(let undo):
      if isRefusedByStore(session, number) { return }
      perform(.undo(undo, by: session.person, request: RequestID(connection: session.id, number: number)))
    case .undos: answer(session, number, .undos(farm.undoSummaries(limit: Limits.rowsPerPage), now: now))
    case .select(let topic): select(session, number, topic)
    case .orderSelected(let selection, let order): self.order(session, number, selected: selection, order)
    case .forecast(let job): forecast(session, number, job)
    case .whatIf(let question): whatIf(session, number, question)
    case .journal(let question): journal(session, number, question)
    case .jobs(let jobs):
      scans.append(JobScan(session: session, number: number, question: jobs, farm))
    case .events(let question): answer(session, number, .events(events.last(question.limit, of: question.object)))
    default:
      answer(session, number, Answers.reply(to: question, farm))
    }
  }

  func isRefusedByStore(_ session: Session, _ number: UInt64) -> Bool {
    guard case .failing(let reason) = storeHealth else { return false }
    answer(session, number, .failure(Failure(.failed, "the store could not keep the change: \(reason)")))
    return true
  }

  /// The journal is in the store, not in the farm.
  private func journal(_ session: Session, _ number: UInt64, _ question: JournalQuestion) {
    commits.journal(object: question.object, before: question.before, limit: question.limit) { result in
      let reply: Reply =
        switch result {
        case .success(let entries): .journal(entries)
        case .failure(let failure): .failure(Failure(.failed, "the journal cannot be read: \(failure.message)"))
        }
      Delivery.send([Outgoing(session, .reply(number, reply))])
    }
  }

  /// An answer that changes nothing: a console gets it at once, a command when what it tells is kept.
  func answer(_ session: Session, _ number: UInt64, _ reply: Reply) {
    outgoing.append(Outgoing(session, .reply(number, reply)))
  }

  /// A list of many jobs is put together in slices, with other mails in between.
  func continueScans() {
    guard !scans.isEmpty else { return }
    var open: [JobScan] = []
    for var scan in scans {
      if let reply = scan.slice(farm) { answer(scan.session, scan.number, reply) } else { open.append(scan) }
    }
    scans = open
  }

  private func subscribe(_ session: Session, _ number: UInt32, _ topic: Topic, _ window: ViewWindow) {
    guard sessions[session.id] != nil else { return }
    if case .log(let log) = topic { return read(session, number, log) }
    do throws(Failure) {
      switch topic {
      case .events(let topic): try feeds.events.subscribe(session, number, topic, events, at: now)
      case .journal(let topic): try feeds.journal.subscribe(session, number, topic, journalRing, at: now)
      case .serverLog(let topic):
        try tail.read { ring throws(Failure) in try feeds.serverLog.subscribe(session, number, topic, ring, at: now) }
        listenToLog()
      default: try views.subscribe(session, number, topic, window, farm, at: now)
      }
    } catch {
      outgoing.append(Outgoing(session, .view(ViewRows(subscription: number, failure: error))))
    }
  }

  /// Whoever logs wakes the farm's actor only while somebody reads along.
  private func listenToLog() {
    guard feeds.serverLog.isEmpty == isListeningToLog else { return }
    isListeningToLog.toggle()
    guard isListeningToLog else { return tail.whenMore(nil) }
    let mailbox = mailbox
    tail.whenMore { mailbox.post(.serverLines) }
  }

  private func unclogged(_ session: Session) {
    views.unclogged(session.id)
    feeds.wakeAll(at: now)
    if session.kind == .console { outgoing.append(Outgoing(session, .status(condition))) }
    for name in logs.readers(of: session.id) { catchUp(name) }
  }

  // MARK: The store

  private func store(_ news: StoreNews) {
    switch news {
    case .failing(let failure, let withdrawn):
      if storeHealth == .well {
        log.error("the store failed: \(failure.message); submits and operations are refused until it is well")
      }
      storeHealth = .failing(failure.message)
      tellTrouble()
      if !withdrawn.isEmpty { events.withdraw(Set(withdrawn)) }
      for job in withdrawn { perform(.withdraw(job)) }
    case .tight(let failure):
      storeHealth = .tight(failure.message)
      tellTrouble()
    case .well:
      if storeHealth != .well { log.notice("the store is well again") }
      storeHealth = .well
      tellTrouble()
    }
  }

  private func tellTrouble() {
    switch storeHealth {
    case .failing(let reason): setTrouble("store: \(reason); submits and operations are refused")
    case .tight(let reason): setTrouble("store: \(reason); submits are refused")
    case .well: setTrouble(outputsWait ? "disk full: tasks that are done wait until their output can be written" : "")
    }
  }
}
