import Model

/// Jobs that wait for other jobs (reference/afanasy.md section 3.11). A job that does not exist, or not any more, is nothing to wait
/// for.
extension Farm {
  /// The masks of a job, as watches.
  private func watchKeys(_ parameters: JobParameters, user: Int?) -> [Watches.Key] {
    var keys: [Watches.Key] = []
    if !parameters.dependMask.isEmpty, let user { keys.append(Watches.Key(mask: parameters.dependMask, user: user)) }
    if !parameters.dependMaskGlobal.isEmpty { keys.append(Watches.Key(mask: parameters.dependMaskGlobal, user: nil)) }
    return keys
  }

  /// Lets a job that was just put into the farm be seen, and wait.
  mutating func enterWatches(_ job: Int) {
    if jobs[job].done == .never { showToWatches(job) }
    beginWatching(job)
  }

  /// Takes a job out of all watches: it goes.
  mutating func leaveWatches(_ job: Int) {
    ceaseWatching(job)
    hideFromWatches(job)
  }

  /// A job is not done (any more), or has another owner: those wait that watch for its name.
  mutating func showToWatches(_ job: Int) {
    precondition(jobs[job].seenBy.isEmpty)
    let id = jobs[job].id
    jobs[job].seenBy = watches.matching(jobs[job].spec.name, user: jobs[job].user)
    for place in jobs[job].seenBy { refreshHolds(watches.see(id, place, isSeen: true)) }
  }

  /// A done job is to be done again. Others may have begun to wait for it that it waits for itself: that is said, since nobody can
  /// refuse it.
  mutating func isWatchedAgain(_ job: Int) {
    showToWatches(job)
    do throws(Failure) {
      let user = jobs[job].user
      try refuseCircle(name: jobs[job].spec.name, user: user, jobs[job].spec.parameters, own: jobs[job].id)
    } catch {
      log(.warning, .job(jobs[job].id), error.message)
      journal("jobs circle", "job \(jobs[job].id)", error.message)
    }
  }

  /// A job is done, or goes: nobody waits for it any more.
  mutating func hideFromWatches(_ job: Int) {
    let id = jobs[job].id
    let places = jobs[job].seenBy
    jobs[job].seenBy = []
    for place in places { refreshHolds(watches.see(id, place, isSeen: false)) }
  }

  /// Lets a job wait as its masks say. Of a farm that is loaded this is all: a new watch sees every job that is there.
  mutating func beginWatching(_ job: Int) {
    let id = jobs[job].id
    for key in watchKeys(jobs[job].spec.parameters, user: jobs[job].user) {
      do {
        let (place, isNew) = try watches.watch(key)
        if isNew {
          for other in unfinished(matching: place) {
            _ = watches.see(jobs[other].id, place, isSeen: true)
            jobs[other].seenBy.append(place)
          }
        }
        watches.wait(id, for: place)
        jobs[job].watches.append(place)
      } catch {
        // Checked when it was submitted; should the rules have changed since, it does not wait.
        log(.error, .job(id), "does not wait for jobs \"\(key.mask)\": \(error)")
      }
    }
    refreshHolds([id])
  }

  mutating func ceaseWatching(_ job: Int) {
    let id = jobs[job].id
    for place in jobs[job].watches {
      for other in watches.cease(id, for: place) {
        if let other = anyPlace(other) { jobs[other].seenBy.removeAll { $0 == place } }
      }
    }
    jobs[job].watches = []
    jobs[job].heldBy = 0
  }

  /// Jobs that are not done and that a watch matches, in the order of their numbers.
  private func unfinished(matching place: Int) -> [Int] {
    guard let watch = watches[place] else { return [] }
    return unfinished(user: watch.key.user, plain: watch.pattern == nil ? watch.key.mask : nil, where: watch.matches)
  }

  private func unfinished(user: Int?, plain: String?, where matches: (String) -> Bool) -> [Int] {
    func isMeant(_ place: Int) -> Bool { jobs[place].done == .never && (user == nil || jobs[place].user == user) }
    // One that is deleted is waited for until that is final.
    let deleted = deletedPlaces.keys.sorted().compactMap { deletedPlaces[$0] }.filter { isMeant($0) && matches(jobs[$0].spec.name) }
    if let plain { return (jobNames[plain].flatMap { jobPlaces[$0] }.map { isMeant($0) ? [$0] : [] } ?? []) + deleted }
    return jobOrder.elements().compactMap { jobPlaces[$0] }.filter { isMeant($0) && matches(jobs[$0].spec.name) } + deleted
  }

  /// Finds out anew whether some jobs wait for others.
  private mutating func refreshHolds(_ ids: [JobID]) {
    for id in ids {
      guard let job = jobPlaces[id] else { continue }
      let holds = jobs[job].watches.count { watches.holds(id, $0) }
      guard holds != jobs[job].heldBy else { continue }
      let changes = (holds == 0) != (jobs[job].heldBy == 0)
      jobs[job].heldBy = holds
      if changes {
        refreshQueues(job)
        changed(.job(id))
      }
    }
  }

  /// Lets the blocks of a job stand in the queues exactly while they have something to start.
  mutating func refreshQueues(_ job: Int) {
    for block in jobs[job].blocks { refreshQueue(block) }
  }

  // MARK: Circles

  /// Refuses masks with which jobs would wait for each other for ever.
  ///
  /// - Parameters:
  ///   - name: of the job that is to have them.
  ///   - user: its owner's place; nil: nobody knows this user yet.
  ///   - own: the job, when it is there already.
  func refuseCircle(name: String, user: Int?, _ parameters: JobParameters, own: JobID? = nil) throws(Failure) {
    let keys = watchKeys(parameters, user: user)
    for (key, mask) in [("depend_mask", parameters.dependMask), ("depend_mask_global", parameters.dependMaskGlobal)]
    where !mask.isEmpty {
      do { _ = try Pattern(mask) } catch { throw Failure(.failed, "\(key): \(error)") }
    }
    // Nobody waits for it: then nothing that it waits for can.
    let waited = Set(watches.matching(name, user: user))
    if keys.isEmpty || waited.isEmpty { return }
    var cameFrom: [JobID: JobID] = [:]
    var next: [JobID] = []
    var seen: Set<Int> = []
    for key in keys {
      for place in unfinished(key) where jobs[place].id != own && cameFrom[jobs[place].id] == nil {
        cameFrom[jobs[place].id] = jobs[place].id
        next.append(jobs[place].id)
      }
    }
    while let id = next.popLast() {
      guard let job = jobPlaces[id] else { continue }
      for place in jobs[job].watches {
        if waited.contains(place) { throw circle(name, back: id, cameFrom) }
        guard seen.insert(place).inserted, let watch = watches[place] else { continue }
        for other in watch.sees.elements() where other != own && cameFrom[other] == nil {
          cameFrom[other] = id
          next.append(other)
        }
      }
    }
  }

  private func unfinished(_ key: Watches.Key) -> [Int] {
    if let known = watches.place(key) { return watches[known]?.sees.elements().compactMap { jobPlaces[$0] } ?? [] }
    if MaskText.isPlain(key.mask) { return unfinished(user: key.user, plain: key.mask) { $0 == key.mask } }
    guard let pattern = try? Pattern(key.mask) else { return [] }
    let prefix = MaskText.prefix(key.mask)
    return unfinished(user: key.user, plain: nil) { $0.hasPrefix(prefix) && pattern.matchesWhole($0) }
  }

  private func circle(_ name: String, back last: JobID, _ cameFrom: [JobID: JobID]) -> Failure {
    var way = [last]
    while let at = way.last, let before = cameFrom[at], before != at { way.append(before) }
    var names = way.reversed().map { "\"\(found($0)?.spec.name ?? "")\"" }
    if names.count > 5 { names = names.prefix(3) + ["\(names.count - 4) more"] + names.suffix(1) }
    let all = (["\"\(name)\""] + names + ["\"\(name)\""]).joined(separator: " waits for ")
    return Failure(.failed, "jobs would wait for each other for ever: \(all) (change a depend_mask)")
  }
}
