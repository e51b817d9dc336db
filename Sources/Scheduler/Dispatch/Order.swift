import Model

/// In which order branches, users and jobs get renders (reference/afanasy.md section 3.3), and whether their limits let them.
extension Farm {
  // MARK: Keys

  func key(of node: Int) -> RankKey {
    let values = solver.tree.nodes[node]
    guard values.parent >= 0 else { return RankKey(node: Int32(node)) }
    let work = work(of: values.parent)
    let priority = priority(of: node)
    switch work.solveMethod {
    case .order:
      return RankKey(major: UInt64(255 - priority), minor: age(of: node), node: Int32(node))
    case .priority:
      var resources = work.solveNeed == .capacity ? Double(values.capacity) : Double(values.running)
      if let halflife = settings.fairshareHalflife {
        // Past use counts in tasks; a task's default capacity makes it capacity.
        resources += pastUse(of: node).tasks(halflife: halflife) * (work.solveNeed == .capacity ? 1000 : 1)
      }
      return RankKey(
        major: Need.rank(Need.value(priority: priority, resources: resources)), minor: values.solved, node: Int32(node))
    }
  }

  /// Of a job in a branch that solves jobs its owner's use counts; a job alone has no past.
  func pastUse(of node: Int) -> FadingUse {
    switch solver.tree.nodes[node].owner {
    case .branch: return solver.tree.nodes[node].use
    case .user(let user): return people[user].use
    case .job(let job):
      guard job >= 0, case .branch = solver.tree.nodes[solver.tree.nodes[node].parent].owner else { return FadingUse() }
      return people[jobs[job].user].use
    }
  }

  func work(of node: Int) -> WorkParameters {
    switch solver.tree.nodes[node].owner {
    case .branch(let place): branches[place].parameters.work
    case .user(let place): people[place].parameters.work
    case .job(let place): jobs[place].spec.parameters.work
    }
  }

  func priority(of node: Int) -> UInt8 {
    switch solver.tree.nodes[node].owner {
    case .branch(let place): branches[place].parameters.priority
    case .user(let place): people[place].parameters.priority
    case .job(let place): jobs[place].priority
    }
  }

  /// The older first; what was made at the same moment in the order of its making.
  private func age(of node: Int) -> UInt64 {
    switch solver.tree.nodes[node].owner {
    case .branch(let place): UInt64(bitPattern: branches[place].created.microseconds)
    case .user(let place): UInt64(bitPattern: people[place].registered.microseconds)
    case .job(let place): UInt64(bitPattern: jobs[place].created.microseconds)
    }
  }

  mutating func rekey(_ node: Int) {
    guard node >= 0, solver.tree.nodes[node].isQueued else { return }
    solver.tree.rekey(node, key(of: node))
  }

  /// All children of a node: its method changed.
  mutating func rekeyChildren(_ node: Int) {
    for entry in solver.tree.nodes[node].children.entries { rekey(Int(entry.key.node)) }
  }

  // MARK: Limits

  /// Brings a node's place among its siblings up to date with what it has and whether it is open, and its parents' likewise.
  mutating func refreshNode(_ start: Int) {
    var node = start
    while node >= 0 {
      let parent = solver.tree.nodes[node].parent
      guard parent >= 0 else { return }
      let isWanted = solver.tree.nodes[node].isOpen && !solver.tree.nodes[node].classes.isEmpty
      switch (solver.tree.nodes[node].isQueued, isWanted) {
      case (false, false): return
      case (false, true):
        let key = key(of: node)
        solver.tree.nodes[node].key = key
        solver.tree.nodes[node].isQueued = true
        solver.tree.nodes[parent].children.insert(.init(key: key, classes: solver.tree.nodes[node].classes))
      case (true, false):
        solver.tree.nodes[node].isQueued = false
        solver.tree.nodes[parent].children.remove(solver.tree.nodes[node].key)
      case (true, true):
        solver.tree.nodes[parent].children.update(solver.tree.nodes[node].key, classes: solver.tree.nodes[node].classes)
      }
      let classes = solver.tree.nodes[parent].children.classes
      if classes == solver.tree.nodes[parent].classes { return }
      solver.tree.nodes[parent].classes = classes
      node = parent
    }
  }

  private func allows(_ node: Int) -> Bool {
    let priority = priority(of: node)
    let work: WorkParameters
    switch solver.tree.nodes[node].owner {
    case .user: return true  // Its limits are those of the user everywhere: a gate.
    case .branch(let place):
      if branches[place].parameters.isPaused { return false }
      work = branches[place].parameters.work
    case .job(let place):
      work = jobs[place].spec.parameters.work
    }
    if priority == 0 || work.maxRunningTasksPerHost == 0 { return false }
    if work.maxRunningTasks >= 0, solver.tree.nodes[node].running >= work.maxRunningTasks { return false }
    return solver.tree.nodes[node].rate.allows(now, limit: work.maxTasksPerSecond)
  }

  /// A node's limits are looked at anew.
  mutating func reopen(_ node: Int) {
    guard node >= 0 else { return }
    let isOpen = allows(node)
    if isOpen != solver.tree.nodes[node].isOpen {
      solver.tree.nodes[node].isOpen = isOpen
      if isOpen { solver.fresh.formUnion(solver.tree.nodes[node].classes) }
      if solver.tree.nodes[node].parent >= 0 { refreshNode(node) }
    }
    if !isOpen, isLimitedByRate(node) { waitForSecond(node: node) }
  }

  private func isLimitedByRate(_ node: Int) -> Bool {
    let limit = work(of: node).maxTasksPerSecond
    return limit > 0 && !solver.tree.nodes[node].rate.allows(now, limit: limit)
  }

  func isOpen(user: Int) -> Bool {
    let values = people[user].parameters
    if values.isPaused || values.priority == 0 || values.work.maxRunningTasksPerHost == 0 { return false }
    if values.work.maxRunningTasks >= 0, people[user].running >= values.work.maxRunningTasks { return false }
    return people[user].rate.allows(now, limit: values.work.maxTasksPerSecond)
  }

  /// A user's limits are looked at anew.
  mutating func reopen(user: Int) {
    guard let gate = solver.gates[user] else { return }
    if isOpen(user: user) {
      var opened = gate
      opened.formIntersection(solver.barred)
      solver.barred.subtract(gate)
      solver.fresh.formUnion(opened)
    } else {
      solver.barred.formUnion(gate)
      let limit = people[user].parameters.work.maxTasksPerSecond
      if limit > 0, !people[user].rate.allows(now, limit: limit) {
        solver.limitedUsers.insert(user)
        expectNextSecond()
      }
    }
  }

  private mutating func waitForSecond(node: Int) {
    solver.limitedNodes.insert(node)
    expectNextSecond()
  }

  private mutating func expectNextSecond() {
    if solver.nextSecond == nil { solver.nextSecond = Instant(seconds: now.seconds + 1) }
  }

  /// Another second: those that had started their number go on.
  mutating func secondHasCome() {
    guard let moment = solver.nextSecond, moment <= now else { return }
    solver.nextSecond = nil
    let nodes = solver.limitedNodes.sorted()
    let users = solver.limitedUsers.sorted()
    solver.limitedNodes = []
    solver.limitedUsers = []
    for node in nodes { reopen(node) }
    for user in users { reopen(user: user) }
  }

  // MARK: Counting

  /// A task started, or ended (-1), in a job: its job, user and branches count it, which may open or close them and changes their
  /// places in the order.
  mutating func count(_ job: Int, tasks: Int32, capacity: Int32, render: Int) {
    let isStart = tasks > 0
    if isStart { solver.tick += 1 }
    solver.runningByPriority[Int(jobs[job].countedPriority)] += Int(tasks)
    if isStart, !solver.preempting.isEmpty { solver.isPreemptionDue = true }
    if settings.fairshareHalflife != nil { expectFairShare() }
    let user = jobs[job].user
    if let halflife = settings.fairshareHalflife { people[user].use.settle(now, running: people[user].running, halflife: halflife) }
    people[user].running += tasks
    if isStart { people[user].rate.start(now) }
    if people[user].parameters.work.maxRunningTasksPerHost > 0 { Self.count(&people[user].onHost, render, tasks) }
    if solver.gates[user] != nil { reopen(user: user) }

    if jobs[job].spec.parameters.work.maxRunningTasksPerHost > 0 { Self.count(&jobs[job].onHost, render, tasks) }
    var node = jobs[job].node
    while node >= 0 {
      if let halflife = settings.fairshareHalflife {
        let running = solver.tree.nodes[node].running
        solver.tree.nodes[node].use.settle(now, running: running, halflife: halflife)
      }
      solver.tree.nodes[node].running += tasks
      solver.tree.nodes[node].capacity += Int64(tasks) * Int64(capacity)
      if isStart {
        solver.tree.nodes[node].solved = solver.tick
        solver.tree.nodes[node].rate.start(now)
      }
      if case .branch(let branch) = solver.tree.nodes[node].owner, branches[branch].parameters.work.maxRunningTasksPerHost > 0 {
        Self.count(&branches[branch].onHost, render, tasks)
      }
      reopen(node)
      rekey(node)
      node = solver.tree.nodes[node].parent
    }
  }

  static func count(_ hosts: inout [Int: Int32], _ render: Int, _ step: Int32) {
    let count = (hosts[render] ?? 0) + step
    hosts[render] = count > 0 ? count : nil
  }
}
