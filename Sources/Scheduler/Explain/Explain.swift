public import Model

/// Why something does not run, or why it does: answered by what decides, asked render by render.
extension Farm {
  /// - Returns: nil when there is no such job, block or task. O(renders + runs).
  public func explain(_ id: JobID, block index: BlockIndex? = nil, task: TaskIndex? = nil) -> Explanation? {
    guard let job = jobPlaces[id] else { return nil }
    let name = jobs[job].spec.name
    if let index, let task {
      guard let (block, place) = place(of: TaskKey(job: id, block: index, task: task)) else { return nil }
      return explain(task: place, of: block)
    }
    if let index {
      guard let block = blockPlace(id, index) else { return nil }
      return explain(blocks: [block], of: job, "job \(id) block \"\(blockName(block))\"")
    }
    return explain(blocks: jobs[job].blocks, of: job, "job \(id) \"\(name)\"")
  }

  func blockName(_ block: Int) -> String { jobs[blocks[block].job].spec.blocks[Int(blocks[block].index.value)].name }

  // MARK: Job and block

  private func explain(blocks places: [Int], of job: Int, _ subject: String) -> Explanation {
    if job == system.place { return explainSystem(blocks: places, subject) }
    var counts = Counts()
    for block in places { counts += blocks[block].presented }
    var rules = holds(job)
    if counts.isAllFinished {
      let skipped = counts[.skipped]
      return Explanation(
        subject: subject,
        verdict: skipped == counts.total
          ? "is skipped" : skipped > 0 ? "is done; \(number(Int(skipped), "task")) skipped" : "is done")
    }
    let open = places.filter { !blocks[$0].counts.isAllFinished }
    for block in open { rules += holds(block: block) }
    // Renders are asked for the blocks that nothing else holds.
    var free = 0
    if rules.isEmpty || rules.allSatisfy({ $0.key == "running" || $0.node.hasPrefix("block") }) {
      let ready = open.filter { blocks[$0].isQueued }
      let asked =
        ready.isEmpty
        ? open.filter { blocks[$0].counts.startable > 0 && blocks[$0].waitsFor == 0 && !blocks[$0].waitsForApproval } : ready
      for block in asked.prefix(8) {
        let answer = renderRules(block: block, task: nil)
        free += answer.free
        rules += answer.rules
      }
    }
    rules += jobsBefore(job, rules)
    return Explanation(subject: subject, verdict: verdict(counts, job, rules, free), rules: rules)
  }

  private func verdict(_ counts: Counts, _ job: Int, _ rules: [Explanation.Rule], _ free: Int) -> String {
    var parts: [String] = []
    let out = Int(counts.out)
    if out > 0 {
      parts.append("\(number(out, "task")) \(out == 1 ? "runs" : "run")")
      if let last = lastStart(job) { parts.append(last) }
    }
    let ready = Int(counts.startable)
    if ready > 0 {
      if let held = rules.first(where: { $0.renders < 0 && $0.key != "order" && !$0.node.hasPrefix("block") }) {
        parts.append("held: \(held.text)")
      } else {
        parts.append("\(number(ready, "task")) \(ready == 1 ? "waits" : "wait") for a render")
      }
    } else if counts[.waitingDependency] > 0 {
      parts.append(
        "\(number(Int(counts[.waitingDependency]), "task")) \(counts[.waitingDependency] == 1 ? "waits" : "wait") for others")
    } else if counts[.error] > 0 {
      parts.append("\(number(Int(counts[.error]), "task")) failed and \(counts[.error] == 1 ? "is" : "are") not tried again")
    } else if counts[.suspended] > 0 {
      parts.append("\(number(Int(counts[.suspended]), "task")) suspended")
    }
    return parts.isEmpty ? "nothing to start" : parts.joined(separator: "; ")
  }

  /// Why its last task started when it did.
  private func lastStart(_ job: Int) -> String? {
    guard let start = jobs[job].lastStart, start.render < renders.count else { return nil }
    return "the last started at \(Self.utc(start.at)) on \(renders[start.render].name), since \(start.cause)"
  }

  /// What holds a job whatever the render, the outermost first.
  private func holds(_ job: Int) -> [Explanation.Rule] {
    var rules: [Explanation.Rule] = []
    func hold(_ key: String, _ node: String, _ text: String) { rules.append(Explanation.Rule(key: key, node: node, text: text)) }
    let tree = solver.tree
    for branch in branchChain(jobs[job].branch).reversed() {
      let values = branches[branch].parameters
      let node = "branch \(branches[branch].path)"
      if values.isPaused { hold("paused", node, "the branch is paused (reeve set branches \(branches[branch].path) paused=false)") }
      limits(
        values.work, values.priority, running: tree.nodes[branches[branch].node].running,
        rate: tree.nodes[branches[branch].node].rate, node, &rules)
    }
    let user = people[jobs[job].user]
    if user.parameters.isPaused {
      hold("paused", "user \(user.name)", "the user is paused (reeve set users \(user.name) paused=false)")
    }
    limits(user.parameters.work, user.parameters.priority, running: user.running, rate: user.rate, "user \(user.name)", &rules)

    let id = jobs[job].id
    let node = "job \(id)"
    if jobs[job].isOffline { hold("offline", node, "the job is paused (reeve start \(id))") }
    if jobs[job].node >= 0 {
      limits(
        jobs[job].spec.parameters.work, jobs[job].priority, running: tree.nodes[jobs[job].node].running,
        rate: tree.nodes[jobs[job].node].rate, node, &rules)
    }
    switch jobs[job].preCommands {
    case .none: break
    case .waiting:
      hold(
        "command_pre", node, "it waits for \(number(jobs[job].preCommandsLeft, "pre-command")) (reeve sysjob --block post_commands)"
      )
    case .failed:
      hold("command_pre", node, "a pre-command of it failed (reeve journal --job \(id); reeve start \(id) runs it again)")
    }
    if jobs[job].waitsForTime { hold("time_wait", node, "it waits until \(Self.utc(jobs[job].spec.parameters.timeWait))") }
    for place in jobs[job].watches where watches.holds(id, place) {
      guard let watch = watches[place] else { continue }
      let others = watch.sees.elements(limit: 6).filter { $0 != id }
      let names = others.prefix(5).map { named($0) }.joined(separator: ", ")
      let more = watch.sees.count - 1 > 5 ? " and more" : ""
      hold(watch.key.user == nil ? "depend_mask_global" : "depend_mask", node, "it waits for job \(names)\(more)")
    }
    return rules
  }

  /// A job that is waited for.
  private func named(_ id: JobID) -> String {
    if let job = deletedPlaces[id] { return "\(id) \"\(jobs[job].spec.name)\" (deleted, and not final yet)" }
    return "\(id) \"\(found(id)?.spec.name ?? "")\""
  }

  private func limits(
    _ work: WorkParameters, _ priority: UInt8, running: Int32, rate: StartRate, _ node: String, _ rules: inout [Explanation.Rule]
  ) {
    func hold(_ key: String, _ text: String) { rules.append(Explanation.Rule(key: key, node: node, text: text)) }
    if priority == 0 { hold("priority", "priority 0 keeps it from running") }
    if work.maxRunningTasks >= 0, running >= work.maxRunningTasks {
      hold("max_running_tasks", "\(running) of at most \(number(Int(work.maxRunningTasks), "task")) run already")
    }
    if work.maxRunningTasksPerHost == 0 { hold("max_running_tasks_per_host", "no task may run on any render") }
    if work.maxTasksPerSecond >= 0, !rate.allows(now, limit: work.maxTasksPerSecond) {
      hold("max_tasks_per_second", "\(number(Int(work.maxTasksPerSecond), "task")) a second may start, and did")
    }
  }

  /// What holds a block whatever the render.
  private func holds(block: Int) -> [Explanation.Rule] {
    var rules: [Explanation.Rule] = []
    let node = "block \(blockName(block))"
    func hold(_ key: String, _ text: String) { rules.append(Explanation.Rule(key: key, node: node, text: text)) }
    let values = blocks[block]
    if values.waitsFor > 0 {
      let needed = jobs[values.job].blocks.filter { !blocks[$0].counts.isAllFinished && blocks[$0].dependents.contains(block) }
      let names = needed.prefix(5).map { "\"\(blockName($0))\" (\(blocks[$0].counts.total - blocks[$0].counts.finished) to do)" }
      hold("depend_mask", "it waits for block \(names.joined(separator: ", "))")
    }
    if values.counts[.waitingDependency] > 0 {
      let names = values.needs.prefix(5).map { "\"\(blockName($0))\"" }.joined(separator: ", ")
      hold("tasks_depend_mask", "\(number(Int(values.counts[.waitingDependency]), "task")) wait for tasks of block \(names)")
    }
    if let wanted = values.hosts, values.counts.startable > 0 {
      let possible = possibleHosts(block)
      if possible < wanted.least {
        hold("multihost_min", "a task wants \(wanted.least) hosts; \(number(possible, "render")) online could be any of them")
      } else if let other = solver.gathering, other.block != block {
        hold("multihost_min", "task \(blocks[other.block].key(other.task)) gathers its hosts first")
      }
    }
    if values.waitsForApproval { hold("ppa", "its preview is done and waits for approval (reeve set jobs \(values.id) ppa=false)") }
    if values.counts[.error] > 0 {
      hold("errors_retries", "\(number(Int(values.counts[.error]), "task")) failed too often (reeve restart-errors \(values.id))")
    }
    if values.counts[.suspended] > 0 {
      hold("suspended", "\(number(Int(values.counts[.suspended]), "task")) suspended (reeve continue \(values.id))")
    }
    if values.counts.startable > 0 {
      if values.maxRunning >= 0, values.runsOut >= values.maxRunning {
        hold("max_running_tasks", "\(values.runsOut) of at most \(number(Int(values.maxRunning), "task")) run already")
      }
      if values.maxPerHost == 0 { hold("max_running_tasks_per_host", "no task may run on any render") }
    }
    return rules
  }

  /// How many of its siblings come first.
  private func jobsBefore(_ job: Int, _ rules: [Explanation.Rule]) -> [Explanation.Rule] {
    let node = jobs[job].node
    guard node >= 0, solver.tree.nodes[node].isQueued else { return [] }
    let parent = solver.tree.nodes[node].parent
    let before = solver.tree.nodes[parent].children.rank(of: solver.tree.nodes[node].key)
    guard before > 0 else { return [] }
    let place: String
    switch solver.tree.nodes[parent].owner {
    case .branch(let branch): place = "branch \(branches[branch].path)"
    case .user(let user): place = "user \(people[user].name)"
    case .job: return []
    }
    return [
      Explanation.Rule(
        key: "order", node: place,
        text:
          "\(before == 1 ? "1 job or branch comes" : "\(before) jobs and branches come") before it by \(solver.tree.nodes[parent].says.method.rawValue)"
      )
    ]
  }

  // MARK: Task

  private func explain(task: Int, of block: Int) -> Explanation {
    let job = blocks[block].job
    let key = blocks[block].key(task)
    let subject = "task \(key) of \"\(jobs[job].spec.name)\""
    let phase = blocks[block].phase(task)
    let render = blocks[block].pages[task].flatMap { renderPlaces[RenderID($0.render)] }.map { renders[$0].name } ?? ""
    var rules: [Explanation.Rule] = []
    switch phase {
    case .running: return Explanation(subject: subject, verdict: "runs on \(render)")
    case .waitingReconnect: return Explanation(subject: subject, verdict: "ran on \(render), which is awaited")
    case .done: return Explanation(subject: subject, verdict: "is done, by \(render)")
    case .skipped: return Explanation(subject: subject, verdict: "is skipped")
    case .suspended: return Explanation(subject: subject, verdict: "is suspended (reeve continue)")
    case .error:
      let reason = blocks[block].reasons[UInt32(task)] ?? ""
      return Explanation(
        subject: subject, verdict: "failed: \(reason)",
        rules: [
          .init(
            key: "errors_retries", node: "block \(blockName(block))",
            text:
              "\(blocks[block].pages[task]?.errors ?? 0) errors are more than its retries (reeve restart-errors \(jobs[job].id))")
        ])
    case .waitingDependency:
      rules = holds(job)
      rules += holds(block: block).filter { $0.key == "depend_mask" }
      rules += needed(by: task, of: block)
      return Explanation(subject: subject, verdict: "waits for others", rules: rules)
    case .ready, .errorReady:
      rules =
        holds(job) + holds(block: block).filter { ["ppa", "max_running_tasks", "max_running_tasks_per_host"].contains($0.key) }
      if rules.isEmpty {
        let answer = renderRules(block: block, task: task)
        rules = answer.rules
        let next = blocks[block].nextTask(without: SparseBits())
        if let next, next != task {
          rules.insert(
            .init(
              key: "sequential", node: "block \(blockName(block))",
              text:
                "task \(next) comes before it by sequential \(jobs[job].spec.blocks[Int(blocks[block].index.value)].parameters.sequential)"
            ),
            at: 0)
        }
      }
      rules += jobsBefore(job, rules)
      return Explanation(subject: subject, verdict: rules.isEmpty ? "could start" : "waits for a render", rules: rules)
    }
  }

  private func needed(by task: Int, of block: Int) -> [Explanation.Rule] {
    let frames = blocks[block].frames.frames(of: task)
    var rules: [Explanation.Rule] = []
    for need in blocks[block].needs {
      let shift = blocks[block].frames.shift(to: blocks[need].frames)
      guard let range = blocks[need].frames.tasks(holding: (frames.first + shift, frames.last + shift)) else { continue }
      let open = range.prefix(1000).filter { blocks[need].unfinished.contains($0) }
      guard !open.isEmpty else { continue }
      let names = open.prefix(5).map(String.init).joined(separator: ", ")
      rules.append(
        .init(
          key: "tasks_depend_mask", node: "block \(blockName(block))",
          text: "it waits for task \(names)\(open.count > 5 ? " and more" : "") of block \"\(blockName(need))\""))
    }
    return rules
  }
}
