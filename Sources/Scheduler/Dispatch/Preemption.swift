import Model

/// A job with `preempt: true` may stop tasks of lower priority when nothing is free for it: those of the lowest priority first,
/// among them the least progressed. They go back on the queue, and nothing counts as an error.
///
/// The render of a stopped task is kept for the job: when the task has ended, the job's task starts there, whatever the order.
extension Farm {
  /// Tasks that one job has stopped and whose renders are not free yet: no more at a time.
  private static let mostAtOnce = 64

  /// Stops what has to go for jobs that wait though they may preempt. After dispatch: nothing is free for them.
  mutating func preempt() {
    guard solver.isPreemptionDue, !solver.preempting.isEmpty else { return }
    solver.isPreemptionDue = false
    let waiting = solver.preempting.sorted { (jobs[$0].priority, jobs[$1].id) > (jobs[$1].priority, jobs[$0].id) }
    for job in waiting where mayStart(job) {
      guard (0..<Int(jobs[job].priority)).contains(where: { solver.runningByPriority[$0] > 0 }) else { continue }
      for block in jobs[job].ready where blocks[block].hosts == nil { makeRoom(for: block, of: job) }
    }
  }

  /// Whether no limit keeps the job from starting, its user's and its branches' too.
  private func mayStart(_ job: Int) -> Bool {
    var node = jobs[job].node
    while node >= 0 {
      if !solver.tree.nodes[node].isOpen { return false }
      node = solver.tree.nodes[node].parent
    }
    return isOpen(user: jobs[job].user)
  }

  private mutating func makeRoom(for block: Int, of job: Int) {
    let demand = blocks[block].demand
    var wanted = min(Int(blocks[block].counts.startable), Self.mostAtOnce) - solver.kept.count(where: { $0.value == job })
    guard wanted > 0 else { return }
    struct Victim {
      var run: Int
      var priority: UInt8
      var percent: Int32
      var started: Instant
      static func isFirst(_ a: Victim, _ b: Victim) -> Bool {
        if a.priority != b.priority { return a.priority < b.priority }
        if a.percent != b.percent { return a.percent < b.percent }
        return a.started > b.started
      }
    }
    var victims: [Victim] = []
    for place in runs.indices {
      guard let run = runs[place], run.intent == nil, solver.classes[demand].renders.contains(run.render),
        solver.kept[run.render] == nil, renders[run.render].connection != nil, run.mayBePreempted
      else { continue }
      let priority = jobs[blocks[run.block].job].priority
      guard priority < jobs[job].priority, isEnough(demand, without: run), nextTask(block, on: run.render) != nil else { continue }
      victims.append(Victim(run: place, priority: priority, percent: max(0, run.percent), started: run.started))
    }
    victims.sort(by: Victim.isFirst)
    for victim in victims where wanted > 0 {
      guard let run = runs[victim.run], solver.kept[run.render] == nil else { continue }
      wanted -= 1
      solver.kept[run.render] = job
      index(run.render, isFreer: false)
      let text = "stopped to make room for job \(jobs[job].id), whose priority is \(jobs[job].priority)"
      log(.info, .task(run.key), text)
      journal("tasks preempted", "job \(run.key.job)", "task \(run.key): \(text)")
      requestStop(victim.run, .requeue)
      changed(.task(run.key))
    }
  }

  /// Whether the class fits on the run's render when the run is over.
  private func isEnough(_ demandClass: Int, without run: Run) -> Bool {
    let demand = solver.classes[demandClass].demand
    let render = run.render
    guard takesTasks(render) || renders[render].isOnline else { return false }
    if renders[render].freeCapacity &+ run.capacity < demand.capacity || renders[render].runs.count > Int(renders[render].maxTasks)
    {
      return false
    }
    if demand.memoryMB > 0, freeMemory(render) &+ run.needs.memoryMB < demand.memoryMB { return false }
    if demand.diskGB > 0, freeDisk(render) &+ run.needs.diskGB < demand.diskGB { return false }
    if demand.gpuMemoryMB > 0, freeGPUMemory(render) &+ run.needs.gpuMemoryMB < demand.gpuMemoryMB { return false }
    for need in demand.tickets {
      let given = run.tickets.first { $0.ticket == need.ticket }?.count ?? 0
      let free = ticketsFree(Int(need.ticket), render)
      if free < .max, free &+ given < need.count { return false }
    }
    return true
  }

  /// Renders that were kept and are free now: their jobs' tasks start there, or they are free for all again.
  mutating func keepPromises() {
    while let render = solver.freed.popLast() {
      guard let job = solver.kept[render] else { continue }
      solver.kept[render] = nil
      solver.isPreemptionDue = true
      for block in jobs[job].ready where takesTasks(render) && blocks[block].hosts == nil {
        let demand = blocks[block].demand
        guard solver.classes[demand].renders.contains(render), !solver.barred.contains(demand), mayStart(job), fits(demand, render),
          let task = nextTask(block, on: render)
        else { continue }
        start(Choice(block: block, render: render, task: task))
        break
      }
      index(render, isFreer: true)
    }
  }

  /// Nobody waits for it any more.
  mutating func release(kept render: Int) {
    solver.kept[render] = nil
    index(render, isFreer: true)
  }
}
