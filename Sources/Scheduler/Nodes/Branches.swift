import Model

/// The tree of branches, and where jobs stand in it.
extension Farm {
  /// A branch and those above it, the nearest first.
  func branchChain(_ branch: Int) -> [Int] {
    var found: [Int] = []
    var next: Int? = branch
    while let place = next {
      found.append(place)
      next = branches[place].parent
    }
    return found
  }

  /// Both trees as they were stored, parents first; roots that nobody edited were there from the beginning.
  mutating func loadTrees(_ snapshot: StoreSnapshot) {
    for stored in snapshot.pools.sorted(by: { $0.path < $1.path }) where poolPlaces[stored.path] == nil {
      if stored.path != "/", poolPlaces["/"] == nil { addPool("/", settings.rootPool, created: .never) }
      if stored.path != "/" { _ = makePool(NodePath.parent(stored.path) ?? "/", isNews: false) }
      addPool(stored.path, stored.parameters, created: stored.created)
    }
    if poolPlaces["/"] == nil { addPool("/", settings.rootPool, created: .never) }
    for stored in snapshot.branches.sorted(by: { $0.path < $1.path }) where branchPlaces[stored.path] == nil {
      if stored.path != "/", branchPlaces["/"] == nil { addBranch("/", .root, created: .never) }
      if stored.path != "/" { _ = makeBranch(NodePath.parent(stored.path) ?? "/", isNews: false) }
      let place = addBranch(stored.path, stored.parameters, created: stored.created)
      solver.tree.nodes[branches[place].node].use = FadingUse(used: stored.used, at: stored.usedAt)
    }
    if branchPlaces["/"] == nil { addBranch("/", .root, created: .never) }
  }

  @discardableResult
  mutating func addBranch(_ path: String, _ parameters: BranchParameters, created: Instant) -> Int {
    let parent = NodePath.parent(path).flatMap { branchPlaces[$0] }
    let place = branches.count
    branches.append(Branch(path: path, parameters: parameters, created: created, parent: parent))
    branches[place].node = solver.tree.add(.branch(place), parent: parent.map { branches[$0].node } ?? -1)
    branchPlaces[path] = place
    if let parent { branches[parent].children += 1 }
    refreshValues(branches[place].node)
    reopen(branches[place].node)
    return place
  }

  /// The branch of this path; it and those missing above it are made.
  mutating func makeBranch(_ path: String, isNews: Bool = true) -> Int {
    if let known = branchPlaces[path] { return known }
    let parent = makeBranch(NodePath.parent(path) ?? "/", isNews: isNews)
    var parameters = BranchParameters()
    parameters.work.solveMethod = branches[parent].parameters.work.solveMethod
    parameters.work.solveNeed = branches[parent].parameters.work.solveNeed
    // First-level branches solve users; those below do as their parent does (section 1.13).
    if branches[parent].path != "/" { parameters.solvesJobs = branches[parent].parameters.solvesJobs }
    parameters.createsChildren = branches[parent].parameters.createsChildren
    let place = addBranch(path, parameters, created: now)
    if isNews {
      store(.putBranch(stored(branch: place)))
      changed(.branch(path))
    }
    return place
  }

  func stored(branch place: Int) -> StoredBranch { branches[place].stored(solver.tree.nodes[branches[place].node].use) }

  /// The branch that a job asks for: missing ones are made below a branch that makes children, else the deepest that exists is
  /// taken (section 4.1).
  mutating func branchForSubmit(_ asked: String) -> Int {
    let path = NodePath.normal(asked)
    var deepest = path
    while branchPlaces[deepest] == nil, let parent = NodePath.parent(deepest) { deepest = parent }
    guard let found = branchPlaces[deepest] else { return 0 }
    guard deepest != path, branches[found].parameters.createsChildren, branches.count < Limits.branches, NodePath.fault(path) == nil
    else { return found }
    return makeBranch(path)
  }

  func branchOfLoaded(_ path: String) -> Int { branchPlaces[NodePath.normal(path)] ?? 0 }

  // MARK: Jobs in it

  /// Puts a job into the tree.
  mutating func enter(_ job: Int) {
    let branch = jobs[job].branch
    branches[branch].jobs.insert(job)
    if isCounted(job) {
      for place in branchChain(branch) { branches[place].jobsBelow += 1 }
    }
    jobs[job].countedPriority = jobs[job].priority
    jobs[job].node = solver.tree.add(.job(job), parent: parentNode(of: job))
    refreshValues(jobs[job].node)
    reopen(jobs[job].node)
  }

  /// Takes a job out of the tree. None of its runs counts any more.
  mutating func leave(_ job: Int) {
    let node = jobs[job].node
    for block in jobs[job].blocks { blocks[block].isQueued = false }
    jobs[job].ready = []
    solver.tree.nodes[node].classes.removeAll()
    refreshNode(node)
    solver.limitedNodes.remove(node)
    let branch = jobs[job].branch
    branches[branch].jobs.remove(job)
    if isCounted(job) {
      for place in branchChain(branch) { branches[place].jobsBelow -= 1 }
    }
    let parent = solver.tree.nodes[node].parent
    solver.tree.remove(node)
    jobs[job].node = -1
    solver.refused[job] = nil
    solver.preempting.remove(job)
    for (render, keeper) in solver.kept where keeper == job { release(kept: render) }
    removeIfEmpty(userNode: parent, branch)
  }

  /// Lists do not show the system job, and none that is deleted.
  private func isCounted(_ job: Int) -> Bool { jobs[job].id != .system && !jobs[job].isDeleted }

  private mutating func parentNode(of job: Int) -> Int {
    let branch = jobs[job].branch
    if branches[branch].parameters.solvesJobs { return branches[branch].node }
    let user = jobs[job].user
    if let known = branches[branch].users[user] { return known }
    let node = solver.tree.add(.user(user), parent: branches[branch].node)
    branches[branch].users[user] = node
    refreshValues(node)
    return node
  }

  private mutating func removeIfEmpty(userNode node: Int, _ branch: Int) {
    guard case .user(let user) = solver.tree.nodes[node].owner else { return }
    let hasJobs =
      people[user].jobPlaces.count < branches[branch].jobs.count
      ? people[user].jobPlaces.contains { branches[branch].jobs.contains($0) && jobs[$0].node >= 0 }
      : branches[branch].jobs.contains { jobs[$0].user == user && jobs[$0].node >= 0 }
    guard !hasJobs else { return }
    branches[branch].users[user] = nil
    solver.tree.remove(node)
  }

  /// Moves a job, with what it runs, to another user or branch.
  mutating func move(_ job: Int, user: Int, branch: Int) {
    let old = jobs[job].node
    let (running, capacity) = (solver.tree.nodes[old].running, solver.tree.nodes[old].capacity)
    let (solved, rate) = (solver.tree.nodes[old].solved, solver.tree.nodes[old].rate)
    add(-running, -capacity, above: old)
    leave(job)
    if user != jobs[job].user {
      let before = jobs[job].user
      people[before].running -= running
      if !jobs[job].isDeleted { people[before].jobs -= 1 }
      people[before].jobPlaces.remove(job)
      people[user].running += running
      if !jobs[job].isDeleted { people[user].jobs += 1 }
      people[user].jobPlaces.insert(job)
      jobs[job].user = user
    }
    jobs[job].branch = branch
    enter(job)
    let node = jobs[job].node
    solver.tree.nodes[node].running = running
    solver.tree.nodes[node].capacity = capacity
    solver.tree.nodes[node].solved = solved
    solver.tree.nodes[node].rate = rate
    add(running, capacity, above: node)
    recountHosts()
    reclass(job)
  }

  private mutating func add(_ running: Int32, _ capacity: Int64, above start: Int) {
    var node = solver.tree.nodes[start].parent
    while node >= 0 {
      solver.tree.nodes[node].running += running
      solver.tree.nodes[node].capacity += capacity
      reopen(node)
      rekey(node)
      node = solver.tree.nodes[node].parent
    }
  }

  /// A branch solves users from now on, or jobs: those that are in it are put anew.
  mutating func regroup(branch: Int) {
    for job in branches[branch].jobs.sorted() { move(job, user: jobs[job].user, branch: branch) }
    rekeyChildren(branches[branch].node)
  }

  /// Tasks by render for all that have a limit per host: such a limit came, or jobs moved. O(runs).
  mutating func recountHosts() {
    for branch in branches.indices { branches[branch].onHost = [:] }
    for user in people.indices { people[user].onHost = [:] }
    for job in jobs.indices { jobs[job].onHost = [:] }
    for block in blocks.indices { blocks[block].onHost = [:] }
    for case let run? in runs where run.intent != .forget {
      let job = blocks[run.block].job
      if blocks[run.block].maxPerHost > 0 { Self.count(&blocks[run.block].onHost, run.render, 1) }
      if jobs[job].spec.parameters.work.maxRunningTasksPerHost > 0 { Self.count(&jobs[job].onHost, run.render, 1) }
      let user = jobs[job].user
      if people[user].parameters.work.maxRunningTasksPerHost > 0 { Self.count(&people[user].onHost, run.render, 1) }
      for branch in branchChain(jobs[job].branch) where branches[branch].parameters.work.maxRunningTasksPerHost > 0 {
        Self.count(&branches[branch].onHost, run.render, 1)
      }
    }
  }

  // MARK: Changes

  /// A branch's parameters changed.
  mutating func branchChanged(_ branch: Int, from old: BranchParameters) {
    let new = branches[branch].parameters
    let node = branches[branch].node
    refreshValues(node)
    if old.solvesJobs != new.solvesJobs { regroup(branch: branch) }
    if old.work != new.work {
      if old.work.maxRunningTasksPerHost != new.work.maxRunningTasksPerHost { recountHosts() }
      var before = old.work
      // What is not part of a class needs no new ones.
      before.maxRunningTasks = new.work.maxRunningTasks
      before.maxTasksPerSecond = new.work.maxTasksPerSecond
      before.solveMethod = new.work.solveMethod
      before.solveNeed = new.work.solveNeed
      if before != new.work {
        for below in branches.indices where branches[below].exists && branchChain(below).contains(branch) {
          for job in branches[below].jobs.sorted() { reclass(job) }
        }
      }
      if old.work.solveMethod != new.work.solveMethod || old.work.solveNeed != new.work.solveNeed { rekeyChildren(node) }
    }
    reopen(node)
    rekey(node)
    solver.fresh.formUnion(solver.tree.nodes[node].classes)
  }

  /// A user's parameters changed.
  mutating func userChanged(_ user: Int, from old: UserParameters) {
    let new = people[user].parameters
    refreshValues(user: user)
    if old.work.maxRunningTasksPerHost != new.work.maxRunningTasksPerHost { recountHosts() }
    reclass(user: user)
    reopen(user: user)
    for branch in branches.indices {
      guard let node = branches[branch].users[user] else { continue }
      refreshValues(node)
      if old.work.solveMethod != new.work.solveMethod || old.work.solveNeed != new.work.solveNeed { rekeyChildren(node) }
      rekey(node)
    }
    if let gate = solver.gates[user] { solver.fresh.formUnion(gate) }
  }
}
