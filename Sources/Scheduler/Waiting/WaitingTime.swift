import Model

/// Jobs that wait for a moment, and jobs whose time is over (reference/afanasy.md section 3.11, `time_life` in section 1.4).
extension Farm {
  /// Sets a job's clocks by its parameters, after they were made or changed.
  mutating func setClocks(_ job: Int) {
    timers.cancel(&jobs[job].waitTimer)
    let wait = jobs[job].spec.parameters.timeWait
    let waits = wait > now
    if waits { jobs[job].waitTimer = timers.add(wait, .timeWait(job: job)) }
    if waits != jobs[job].waitsForTime {
      jobs[job].waitsForTime = waits
      refreshQueues(job)
      changed(.job(jobs[job].id))
    }
    setLifeClock(job)
  }

  /// Also after its user's `jobs_life_time` was changed.
  mutating func setLifeClock(_ job: Int) {
    timers.cancel(&jobs[job].lifeTimer)
    if let life = life(of: job) { jobs[job].lifeTimer = timers.add(max(now, jobs[job].created + life), .timeLife(job: job)) }
  }

  /// nil: it is not deleted by itself.
  private func life(of job: Int) -> Span? {
    let own = jobs[job].spec.parameters.timeLife
    let seconds = own >= 0 ? own : people[jobs[job].user].parameters.jobsLifeTime
    return seconds > 0 ? .seconds(Int64(seconds)) : nil
  }

  mutating func timeWaitIsOver(_ job: Int) {
    jobs[job].waitTimer = nil
    jobs[job].waitsForTime = false
    refreshQueues(job)
    changed(.job(jobs[job].id))
    log(.info, .job(jobs[job].id), "its time_wait has come")
  }

  mutating func timeLifeIsOver(_ job: Int) {
    jobs[job].lifeTimer = nil
    guard mayDelete(job) else {
      // As soon as its commands can wait in line.
      jobs[job].lifeTimer = timers.add(now + .seconds(60), .timeLife(job: job))
      return
    }
    let seconds = life(of: job)?.seconds ?? 0
    _ = delete(job, by: nil, because: "its life time of \(seconds) s is over")
  }
}
