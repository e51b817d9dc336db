import Model

/// What people do to jobs, blocks and tasks (reference/afanasy.md section 4.2).
extension Farm {
  mutating func operate(_ operation: Operation, by actor: Actor, _ request: RequestID) {
    do {
      openUndo()
      let outcomes = try operate(operation, by: actor)
      let done = outcomes.filter(\.isDone).map { "job \($0.job) \"\($0.name)\"" }
      let offer = closeUndo(UndoWhat(verb: operation.kind.word, noun: "job", done: done), by: actor, request)
      emit(.answer(request, .operated(outcomes, undo: offer)))
    } catch {
      undos.draft = nil
      emit(.answer(request, .failed(error)))
    }
  }

  private mutating func operate(_ operation: Operation, by actor: Actor) throws(Failure) -> [OperationOutcome] {
    if operation.kind.isForJobsOnly, operation.block != nil || !operation.tasks.isEmpty {
      throw Failure(.usage, "\(operation.kind.word) is for whole jobs (leave out the block and the tasks)")
    }
    if let range = operation.tasks.first(where: { $0.first > $0.last }) {
      throw Failure(.usage, "tasks \(range.first)-\(range.last): the last is before the first")
    }
    let selected = try select(operation.jobs)
    // Too many to be hidden: then they go at once.
    if operation.kind == .delete, selected.count > undos.room, undos.draft != nil { undos.draft?.isTooBig = true }
    var outcomes: [OperationOutcome] = []
    for id in selected {
      guard let place = jobPlaces[id] else {
        outcomes.append(OperationOutcome(job: id, name: "", isDone: false, message: "there is no job \(id)"))
        continue
      }
      let job = jobs[place]
      var outcome = OperationOutcome(job: id, name: job.spec.name, isDone: false, message: "")
      if let refusal = refusal(of: .operate(operation.kind), by: actor, job: place) {
        outcome.message = refusal
        outcome.isPermitted = false
        outcomes.append(outcome)
        continue
      }
      perform(operation, on: place, by: actor, &outcome)
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// - Throws: `.notFound` when nothing is selected, `.usage` for a mask that does not compile.
  func select(_ selection: JobSelection) throws(Failure) -> [JobID] {
    let found: [JobID]
    switch selection {
    case .ids(let ids):
      var seen: Set<JobID> = []
      found = ids.filter { seen.insert($0).inserted }
      if found.isEmpty { throw Failure(.usage, "no job was named") }
      if !found.contains(where: { jobPlaces[$0] != nil }) {
        throw Failure(.notFound, found.count == 1 ? "there is no job \(found[0])" : "there are no jobs of these numbers")
      }
    case .name(let name):
      guard let id = jobNames[name] else { throw Failure(.notFound, "there is no job \"\(name)\"") }
      found = [id]
    case .mask(let mask):
      let pattern: Pattern
      do { pattern = try Pattern(mask) } catch { throw Failure(.usage, "the mask \"\(mask)\": \(error)") }
      found = jobOrder.elements().filter { id in
        jobPlaces[id].map { pattern.matchesWhole(jobs[$0].spec.name) } ?? false
      }
      if found.isEmpty { throw Failure(.notFound, "no job's name matches \"\(mask)\"") }
    }
    return found
  }

  private mutating func perform(_ operation: Operation, on job: Int, by actor: Actor, _ outcome: inout OperationOutcome) {
    let id = jobs[job].id
    do throws(Failure) {
      if job == system.place, try operateSystem(operation, &outcome) { return tell(operation, outcome, id, by: actor) }
      switch operation.kind {
      case .start: setOffline(job, false, &outcome)
      case .pause: setOffline(job, true, &outcome)
      case .delete:
        if !mayDelete(job) { throw Self.lineIsFull }
        if undos.draft?.isTooBig == false {
          let out = deleteForNow(job, by: actor)
          outcome.isDone = true
          outcome.message =
            out == 0 ? "deleted" : "deleted; \(number(out, "running task")) \(out == 1 ? "goes" : "go") on until that is final"
          return
        }
        outcome.changedTasks = Int32(clamping: delete(job, by: actor))
        outcome.isDone = true
        outcome.message = deleted(Int(outcome.changedTasks))
        return
      case .resetErrorHosts:
        var renders = 0
        for target in try targets(operation, in: job) {
          renders += resetErrorHosts(target.block, tasks: target.isWholeBlock ? nil : target.ranges)
        }
        outcome.isDone = true
        outcome.message =
          renders == 0 ? "no render is avoided for its errors: nothing to reset" : "forgave \(number(renders, "render"))"
      case .tryNext, .notTryNext:
        let isAsked = operation.kind == .tryNext
        let changed = try tryNext(targets(operation, in: job), job, isAsked: isAsked)
        outcome.isDone = true
        outcome.changedTasks = Int32(changed)
        outcome.message =
          changed == 0
          ? isAsked ? "no task to be tried first" : "no task was to be tried first"
          : "\(number(changed, "task")) \(isAsked ? "to be tried first" : "no longer to be tried first")"
        if changed > 0 { self.changed(.job(id)) }
      case .restartPause, .stop, .restart, .restartErrors, .restartRunning, .restartSkipped, .restartDone, .restartWarnings, .skip,
        .suspend, .continue, .done:
        var targets = try self.targets(operation, in: job)
        if operation.affectsDepends { targets = withNeeded(targets, in: job) }
        if operation.kind == .stop || operation.kind == .restartPause { setOffline(job, true, &outcome) }
        performOnTasks(operation, targets, job, &outcome)
      }
    } catch {
      outcome.message = error.message
      return
    }
    refreshDone(job)
    tell(operation, outcome, id, by: actor)
  }

  private mutating func tell(_ operation: Operation, _ outcome: OperationOutcome, _ id: JobID, by actor: Actor) {
    changed(.job(id))
    log(.info, .job(id), outcome.message, by: actor)
    journal("jobs \(operation.kind.word)", "job \(id)", outcome.message + scope(operation), by: actor)
  }

  /// Which part of a job was meant; empty: all of it.
  private func scope(_ operation: Operation) -> String {
    var parts: [String] = []
    switch operation.block {
    case .index(let index): parts.append("block \(index)")
    case .name(let name): parts.append("block \"\(name)\"")
    case nil: break
    }
    for range in operation.tasks.prefix(5) {
      parts.append("\(range.isFrames ? "frames" : "tasks") \(range.first)-\(range.last)")
    }
    if operation.tasks.count > 5 { parts.append("\(operation.tasks.count - 5) more") }
    if operation.affectsDepends { parts.append("with what they depend on") }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private mutating func setOffline(_ job: Int, _ isOffline: Bool, _ outcome: inout OperationOutcome) {
    outcome.isDone = true
    if setOffline(job, isOffline) {
      undos.note(.paused(jobs[job].id, isOffline))
      outcome.message = isOffline ? "paused" : "started"
    } else {
      outcome.message = isOffline ? "is paused already" : "is not paused"
    }
    if !isOffline, jobs[job].priority == 0 { outcome.message += "; its priority 0 keeps it from running" }
  }

  /// - Returns: whether that is news.
  mutating func setOffline(_ job: Int, _ isOffline: Bool) -> Bool {
    guard jobs[job].isOffline != isOffline else { return false }
    jobs[job].isOffline = isOffline
    if !isOffline { retryPreCommands(job) }
    store(.putJobState(jobs[job].stored))
    refreshQueues(job)
    return true
  }

  /// The job is gone for good; what of it runs is told to stop and keeps its place on its render until it has.
  ///
  /// - Parameters:
  ///   - actor: nil: the farm itself.
  ///   - reason: why, when nobody asked for it.
  /// - Returns: how many of its tasks ran.
  mutating func delete(_ job: Int, by actor: Actor?, because reason: String = "") -> Int {
    let id = jobs[job].id
    let name = jobs[job].spec.name
    let user = jobs[job].spec.user
    let isFinal = jobs[job].isDeleted
    raise(.jobDeleted, job: job, reason.isEmpty ? actor.map { "by \($0.description)" } ?? "" : reason)
    let out = runsOut(of: job)
    for place in out {
      if let key = runs[place]?.key { changed(.task(key)) }
      requestStop(place, .forget)
    }
    pushPostCommands(job)
    remove(job)
    let gone = "is gone for good" + (out.isEmpty ? "" : "; \(number(out.count, "running task")) stopped")
    let text = "\"\(name)\" \(isFinal ? gone : deleted(out.count))" + (reason.isEmpty ? "" : ": \(reason)")
    journal("jobs delete", "job \(id)", text, by: actor)
    store(.deleteJob(id))
    emit(.removeOutput(id))
    changed(.jobRemoved(id))
    changed(.user(user))
    log(.info, .job(id), text, by: actor)
    return out.count
  }

  private func deleted(_ stopped: Int) -> String {
    stopped == 0 ? "deleted" : "deleted; \(number(stopped, "running task")) stopped"
  }
}
