import Model

/// What people do to jobs, blocks and tasks (reference/afanasy.md section 4.2).
extension Farm {
  mutating func operate(_ operation: Operation, by actor: Actor, _ request: RequestID) {
    do {
      let outcomes = try operate(operation, by: actor)
      emit(.answer(request, .operated(outcomes)))
    } catch {
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
    var outcomes: [OperationOutcome] = []
    for id in selected {
      guard let place = jobPlaces[id] else {
        outcomes.append(OperationOutcome(job: id, name: "", isDone: false, message: "there is no job \(id)"))
        continue
      }
      let job = jobs[place]
      var outcome = OperationOutcome(job: id, name: job.spec.name, isDone: false, message: "")
      guard mayAct(actor, on: job) else {
        outcome.message = "not permitted: it is a job of \(job.spec.user)"
        outcomes.append(outcome)
        continue
      }
      perform(operation, on: place, by: actor, &outcome)
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// Whether this person may act on this job. Everybody may on every one, as in Afanasy, until users prove who they are.
  private func mayAct(_ actor: Actor, on job: Job) -> Bool { true }

  /// - Throws: `.notFound` when nothing is selected, `.usage` for a mask that does not compile.
  private func select(_ selection: JobSelection) throws(Failure) -> [JobID] {
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
    switch operation.kind {
    case .start: setOffline(job, false, &outcome)
    case .pause: setOffline(job, true, &outcome)
    case .delete: return delete(job, by: actor, &outcome)
    case .resetErrorHosts:
      outcome.isDone = true
      outcome.message = "no render is avoided for its errors: nothing to reset"
    case .restartWarnings, .restartPause, .suspend, .continue, .done, .tryNext, .notTryNext:
      outcome.message = "not in this version"
    case .stop, .restart, .restartErrors, .restartRunning, .restartSkipped, .restartDone, .skip:
      let targets: [TaskTarget]
      do { targets = try self.targets(operation, in: job) } catch {
        outcome.message = error.message
        return
      }
      if operation.kind == .stop { setOffline(job, true, &outcome) }
      performOnTasks(operation, targets, job, &outcome)
    }
    changed(.job(id))
    refreshDone(job)
    log(.info, .job(id), outcome.message, by: actor)
  }

  private mutating func setOffline(_ job: Int, _ isOffline: Bool, _ outcome: inout OperationOutcome) {
    outcome.isDone = true
    if jobs[job].isOffline == isOffline {
      outcome.message = isOffline ? "is paused already" : "is not paused"
    } else {
      jobs[job].isOffline = isOffline
      store(.putJobState(jobs[job].stored))
      for block in jobs[job].blocks { refreshQueue(block) }
      outcome.message = isOffline ? "paused" : "started"
    }
    if !isOffline, jobs[job].priority == 0 { outcome.message += "; its priority 0 keeps it from running" }
  }

  /// The job is gone at once; what of it runs is told to stop and keeps its place on its render until it has.
  private mutating func delete(_ job: Int, by actor: Actor, _ outcome: inout OperationOutcome) {
    let id = jobs[job].id
    let user = jobs[job].spec.user
    let out = runsOut(of: job)
    for place in out {
      if let key = runs[place]?.key { changed(.task(key)) }
      requestStop(place, .forget)
    }
    remove(job)
    store(.deleteJob(id))
    emit(.removeOutput(id))
    changed(.jobRemoved(id))
    changed(.user(user))
    outcome.isDone = true
    outcome.changedTasks = Int32(out.count)
    outcome.message = out.isEmpty ? "deleted" : "deleted; \(number(out.count, "running task")) stopped"
    log(.info, .job(id), "\"\(outcome.name)\" \(outcome.message)", by: actor)
  }
}
