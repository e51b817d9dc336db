import Model

/// In which order branches, users and jobs get renders (reference/afanasy.md section 3.3), and whether their limits let them.
extension Farm {
  // MARK: Keys

  func key(of node: Int) -> RankKey {
    let parent = solver.tree.nodes[node].parent
    guard parent >= 0 else { return RankKey(node: Int32(node)) }
    let priority = solver.tree.nodes[node].says.priority
    let need = solver.tree.nodes[parent].says.need
    switch solver.tree.nodes[parent].says.method {
    case .order:
      return RankKey(major: UInt64(255 - priority), minor: age(of: node), node: Int32(node))
    case .priority:
      var resources =
        need == .capacity ? Double(solver.tree.nodes[node].capacity) : Double(solver.tree.nodes[node].running)
      if let halflife = settings.fairshareHalflife {
        // Past use counts in tasks; a task's default capacity makes it capacity.
        resources += pastUse(of: node).tasks(halflife: halflife) * (need == .capacity ? 1000 : 1)
      }
      return RankKey(
        major: Need.rank(Need.value(priority: priority, resources: resources)), minor: solver.tree.nodes[node].solved,
        node: Int32(node))
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

  /// Takes over what a node's parameters say now.
  mutating func refreshValues(_ node: Int) {
    guard node >= 0 else { return }
    switch solver.tree.nodes[node].owner {
    case .branch(let place):
      let values = branches[place].parameters
      solver.tree.nodes[node].says = NodeValues(priority: values.priority, isPaused: values.isPaused, values.work)
    case .user(let place):
      let values = people[place].parameters
      // Its limits are those of the user everywhere: a gate.
      solver.tree.nodes[node].says = NodeValues(priority: max(1, values.priority), isPaused: false, values.work)
      solver.tree.nodes[node].says.maxRunning = -1
      solver.tree.nodes[node].says.maxPerHost = -1
      solver.tree.nodes[node].says.maxPerSecond = -1
    case .job(let place):
      guard place >= 0 else { return }
      solver.tree.nodes[node].says = NodeValues(priority: jobs[place].priority, isPaused: false, jobs[place].spec.parameters.work)
    }
  }

  /// The same of a user.
  mutating func refreshValues(user: Int) {
    let values = people[user].parameters
    people[user].says = NodeValues(priority: values.priority, isPaused: values.isPaused, values.work)
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
    solver.tree.nodes[node].says.allow(
      running: solver.tree.nodes[node].running, rate: solver.tree.nodes[node].rate, now)
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
    let limit = solver.tree.nodes[node].says.maxPerSecond
    return limit > 0 && !solver.tree.nodes[node].rate.allows(now, limit: limit)
  }

  func isOpen(user: Int) -> Bool {
    people[user].says.allow(running: people[user].running, rate: people[user].rate, now)
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
      let limit = people[user].says.maxPerSecond
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
    if people[user].says.maxPerHost > 0 { Self.count(&people[user].onHost, render, tasks) }
    if solver.gates[user] != nil { reopen(user: user) }

    if solver.tree.nodes[jobs[job].node].says.maxPerHost > 0 { Self.count(&jobs[job].onHost, render, tasks) }
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
      if solver.tree.nodes[node].says.maxPerHost > 0, case .branch(let branch) = solver.tree.nodes[node].owner {
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
