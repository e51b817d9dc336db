import Model

/// Jobs whose deletion can be undone.
///
/// A deleted job is gone for everybody at once: no list, question or selection finds it, its name is free, its user and its branch do
/// not count it, and it starts nothing. In the farm it stays where it is until its deletion is final: what runs of it goes on and
/// keeps its capacity and its tickets, results count, limits in time hold; and jobs that wait for it go on waiting, so that an undo
/// finds nothing begun that should not have been. When it is final its runs are stopped, its post-commands run, and the event
/// says so. Where a branch or a user is to be removed whose last jobs are deleted, their deletion becomes final then.
extension Farm {
  /// The place of a job, of a deleted one too.
  func anyPlace(_ id: JobID) -> Int? { jobPlaces[id] ?? deletedPlaces[id] }

  /// Takes a job from everybody's sight. Says nothing to anybody.
  mutating func hide(_ job: Int) {
    let id = jobs[job].id
    precondition(!jobs[job].isDeleted && id != .system)
    jobs[job].isDeleted = true
    jobPlaces[id] = nil
    deletedPlaces[id] = job
    jobOrder.remove(id)
    if jobNames[jobs[job].spec.name] == id { jobNames.release(jobs[job].spec.name) }
    people[jobs[job].user].jobs -= 1
    for place in branchChain(jobs[job].branch) { branches[place].jobsBelow -= 1 }
    // What it waits for, and when its life is over, is found out anew should it come back.
    ceaseWatching(job)
    timers.cancel(&jobs[job].waitTimer)
    timers.cancel(&jobs[job].lifeTimer)
    jobs[job].waitsForTime = false
    refreshQueues(job)
  }

  /// Deletes a job so that it can be undone.
  ///
  /// - Returns: how many of its tasks run on.
  mutating func deleteForNow(_ job: Int, by actor: Actor) -> Int {
    let id = jobs[job].id
    let (name, user) = (jobs[job].spec.name, jobs[job].spec.user)
    undos.note(.deletion(id, wasDone: jobs[job].done != .never))
    hide(job)
    let text = "\"\(name)\" deleted; final in \(settings.undoGrace.seconds) s"
    journal("jobs delete", "job \(id)", text, by: actor)
    changed(.jobRemoved(id))
    changed(.user(user))
    log(.info, .job(id), text, by: actor)
    return runsOut(of: job).count
  }

  /// A deleted job comes back.
  ///
  /// - Returns: what of it is not as it was; empty: nothing.
  mutating func reveal(_ id: JobID, wasDone: Bool) -> String? {
    guard let job = deletedPlaces.removeValue(forKey: id) else { return nil }
    jobs[job].isDeleted = false
    jobPlaces[id] = job
    jobOrder.insert(id)
    people[jobs[job].user].jobs += 1
    for place in branchChain(jobs[job].branch) { branches[place].jobsBelow += 1 }
    let old = jobs[job].spec.name
    let name = jobNames.take(old, for: id)
    if name != old {
      let isSeen = jobs[job].done == .never
      if isSeen { hideFromWatches(job) }
      jobs[job].spec.name = name
      store(.putJobParameters(id, jobs[job].spec))
      if isSeen { showToWatches(job) }
    }
    beginWatching(job)
    setClocks(job)
    refreshQueues(job)
    for block in jobs[job].blocks where blocks[block].isQueued { solver.fresh.insert(blocks[block].demand) }
    do throws(Failure) {
      try refuseCircle(name: name, user: jobs[job].user, jobs[job].spec.parameters, own: id)
    } catch {
      log(.warning, .job(id), error.message)
      journal("jobs circle", "job \(id)", error.message)
    }
    changed(.jobAdded(id))
    changed(.user(jobs[job].spec.user))
    if jobs[job].done != .never, !wasDone { raise(.jobDone, job: job) }
    return name == old ? "" : "its name \"\(old)\" was taken meanwhile: it is \"\(name)\" now"
  }

  /// Makes the deletion of some jobs final before its time.
  ///
  /// - Returns: false: there is no room for the post-commands of one.
  mutating func finishDeletions(where isMeant: (Job) -> Bool) -> Bool {
    let meant = deletedPlaces.filter { isMeant(jobs[$0.value]) }.keys.sorted()
    if meant.isEmpty { return true }
    guard meant.allSatisfy({ id in deletedPlaces[id].map(mayDelete) ?? true }) else { return false }
    let gone = Set(meant)
    for record in undos.records where record.deleted.contains(where: gone.contains) {
      for id in record.deleted where gone.contains(id) {
        if let job = deletedPlaces[id] { _ = delete(job, by: record.actor) }
      }
      drop(gone, from: record)
    }
    return true
  }

  /// Forgets the deletions of some jobs: they are gone.
  mutating func drop(_ jobs: Set<JobID>, from record: UndoRecord) {
    var record = record
    record.parts.removeAll { part in
      if case .deletion(let id, _) = part { jobs.contains(id) } else { false }
    }
    record.weight = record.parts.reduce(1) { $0 + $1.weight }
    if record.parts.isEmpty { return forget(record) }
    undos.set(record)
    if record.isStored { store(.putUndo(record.stored)) }
  }
}
