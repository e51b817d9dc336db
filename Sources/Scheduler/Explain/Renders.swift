public import Model

/// What each render has against a block: the first thing, in the order in which they are asked.
extension Farm {
  /// Why one render does not take a task.
  private struct Refusal: Hashable {
    var key: String
    var node: String
    var text: String
    /// In which order they are told.
    var order: Int
  }

  /// - Parameter task: nil: whichever is next.
  /// - Returns: how many renders could take one at once, and for each reason how many it keeps off.
  func renderRules(block: Int, task: Int?) -> (free: Int, rules: [Explanation.Rule]) {
    var free = 0
    var counts: [Refusal: Int32] = [:]
    for render in renders.indices where !renders[render].isGone {
      if let refusal = refusal(block, task, render) { counts[refusal, default: 0] += 1 } else { free += 1 }
    }
    var rules = counts.sorted { ($0.key.order, $1.value, $0.key.text) < ($1.key.order, $0.value, $1.key.text) }
      .map { Explanation.Rule(key: $0.key.key, node: $0.key.node, text: $0.key.text, renders: $0.value) }
    if renders.allSatisfy(\.isGone) {
      rules.append(.init(key: "renders", node: "farm", text: "the farm has no renders: start reeve-render somewhere"))
    }
    rules += undefinedTickets(block)
    return (free, rules)
  }

  private func undefinedTickets(_ block: Int) -> [Explanation.Rule] {
    guard blocks[block].demand >= 0 else { return [] }
    return solver.classes[blocks[block].demand].demand.tickets.map { solver.tickets[Int($0.ticket)] }
      .filter { !isDefined(ticket: $0) }
      .map { .init(key: "tickets", node: "block \(blockName(block))", text: Self.undefined($0), renders: 0) }
  }

  private static func undefined(_ ticket: String) -> String { "nobody defines ticket \(ticket): it holds nothing back" }

  private func isDefined(ticket name: String) -> Bool {
    pools.contains { $0.exists && ($0.parameters.farm.ticketsPool[name] != nil || $0.parameters.farm.ticketsHost[name] != nil) }
      || renders.contains { !$0.isGone && $0.parameters.farm.ticketsHost[name] != nil }
  }

  /// What to tell the submitter of a job besides what its document says: tickets that nobody defines.
  public func warnings(about spec: JobSpec) -> [String] {
    var found: [String] = []
    for (index, block) in spec.blocks.enumerated() {
      for name in block.parameters.tickets.keys.sorted() where !isDefined(ticket: name) && found.count < 50 {
        found.append("blocks[\(index)].tickets: \(Self.undefined(name))")
      }
    }
    return found + customDataFaults(of: spec)
  }

  private func refusal(_ block: Int, _ task: Int?, _ render: Int) -> Refusal? {
    let values = renders[render]
    let job = blocks[block].job
    func no(_ order: Int, _ key: String, _ node: String, _ text: String) -> Refusal {
      Refusal(key: key, node: node, text: text, order: order)
    }
    if !values.isOnline || values.connection == nil {
      // One that sleeps is asked whether it could take it, as those are that are online; of others that is not known.
      if values.state.isDisjoint(with: [.wolSleeping, .wolWaking]) { return no(90, "offline", "farm", "offline") }
    }
    if values.priority == 0 { return no(1, "priority", "farm", "have priority 0") }
    if values.state.contains(.sick) { return no(2, "sick", "farm", "sick (reeve render-do heal-sick)") }
    for pool in chain(values.pool) where pools[pool].parameters.isPaused || pools[pool].parameters.priority == 0 {
      return no(3, "paused", "pool \(pools[pool].path)", "in a pool that is paused or of priority 0")
    }
    guard blocks[block].demand >= 0 else { return nil }
    let demand = solver.classes[blocks[block].demand].demand
    for place in demand.predicates where !solver.predicates[Int(place)].renders.contains(render) {
      return self.no(of: solver.predicates[Int(place)].predicate, block, render)
    }
    if values.runs.count >= Int(values.maxTasks) {
      return no(60, "max_tasks_host", "farm", "busy with as many tasks as they take at once")
    }
    if values.freeCapacity < demand.capacity {
      return values.capacity < demand.capacity
        ? no(30, "capacity", "block \(blockName(block))", "too small: a task takes \(demand.capacity) capacity")
        : no(61, "capacity", "block \(blockName(block))", "busy: less than \(demand.capacity) capacity free")
    }
    for need in demand.tickets {
      let ticket = Int(need.ticket)
      if ticketsFree(ticket, render) < need.count { return self.no(ticket, need.count, render) }
    }
    if demand.memoryMB > 0, freeMemory(render) < demand.memoryMB {
      return no(
        40, "need_memory", owner(block) { $0.needMemoryMB == demand.memoryMB } ?? "block \(blockName(block))",
        "have less than \(demand.memoryMB) MB of memory free and not reserved")
    }
    if demand.diskGB > 0, freeDisk(render) < demand.diskGB {
      return no(
        41, "need_hdd", owner(block) { $0.needDiskGB == demand.diskGB } ?? "block \(blockName(block))",
        "have less than \(demand.diskGB) GB of disk free and not reserved")
    }
    if demand.gpuMemoryMB > 0, freeGPUMemory(render) < demand.gpuMemoryMB {
      return no(42, "need_gpu_mem_mb", "block \(blockName(block))", "have less than \(demand.gpuMemoryMB) MB of GPU memory free")
    }
    return perHost(block, job, demand, render) ?? avoidance(block, task, render) ?? keeping(render, job) ?? asleep(render)
  }

  private func asleep(_ render: Int) -> Refusal? {
    func no(_ order: Int, _ text: String) -> Refusal { Refusal(key: "wol", node: "farm", text: text, order: order) }
    let state = renders[render].state
    if state.contains(.wolFalling) { return no(70, "fall asleep") }
    if state.contains(.wolWaking) { return no(71, "are being woken") }
    guard state.contains(.wolSleeping) else { return nil }
    if renders[render].wakes > 0 { return no(73, "sleep, and did not wake when they were woken (look why they do not)") }
    return no(72, "sleep (wake them: reeve render-do wake)")
  }

  private func perHost(_ block: Int, _ job: Int, _ demand: Demand, _ render: Int) -> Refusal? {
    func no(_ node: String, _ limit: Int32) -> Refusal {
      Refusal(
        key: "max_running_tasks_per_host", node: node, text: "run as many of its tasks as one render may (\(limit))", order: 50)
    }
    for branch in demand.perHost.map(Int.init) {
      let limit = branches[branch].parameters.work.maxRunningTasksPerHost
      if branches[branch].onHost[render] ?? 0 >= limit { return no("branch \(branches[branch].path)", limit) }
    }
    let user = jobs[job].user
    let ofUser = people[user].parameters.work.maxRunningTasksPerHost
    if ofUser > 0, people[user].onHost[render] ?? 0 >= ofUser { return no("user \(people[user].name)", ofUser) }
    let ofJob = jobs[job].spec.parameters.work.maxRunningTasksPerHost
    if ofJob > 0, jobs[job].onHost[render] ?? 0 >= ofJob { return no("job \(jobs[job].id)", ofJob) }
    let own = blocks[block].maxPerHost
    if own > 0, blocks[block].onHost[render] ?? 0 >= own { return no("block \(blockName(block))", own) }
    return nil
  }

  private func avoidance(_ block: Int, _ task: Int?, _ render: Int) -> Refusal? {
    if let task {
      if mayRun(block, task, on: render) { return nil }
    } else if nextTask(block, on: render) != nil {
      return nil
    }
    return Refusal(
      key: "errors_task_same_host", node: "block \(blockName(block))",
      text: "avoided by the tasks that failed there (reeve reset-error-hosts \(blocks[block].id))", order: 52)
  }

  private func keeping(_ render: Int, _ job: Int) -> Refusal? {
    guard let other = solver.kept[render], other != job else { return nil }
    return Refusal(
      key: "preempt", node: "job \(jobs[other].id)", text: "kept for job \(jobs[other].id), which made room there", order: 62)
  }

  private func no(_ ticket: Int, _ count: Int32, _ render: Int) -> Refusal {
    let name = solver.tickets[ticket]
    for pool in chain(renders[render].pool) {
      guard let defined = pools[pool].parameters.farm.ticketsPool[name], defined.count >= 0 else { continue }
      let use = pools[pool].tickets[ticket] ?? TicketUse()
      if defined.maxHosts >= 0, use.hosts.count >= Int(defined.maxHosts), use.hosts[render] == nil {
        return Refusal(
          key: "tickets", node: "pool \(pools[pool].path)",
          text: "lack ticket \(name) (\(use.hosts.count) of \(defined.maxHosts) renders hold it\(holders(ticket, in: pool)))",
          order: 45)
      }
      if defined.count - use.used < count {
        return Refusal(
          key: "tickets", node: "pool \(pools[pool].path)",
          text: "lack ticket \(name) (\(use.used) of \(defined.count) in use\(holders(ticket, in: pool)))", order: 45)
      }
    }
    let defined = hostTickets(name, render)?.count ?? 0
    return Refusal(
      key: "tickets", node: "farm", text: "lack ticket \(name) (\(defined) on each, a task takes \(count))", order: 46)
  }

  /// ` by jobs 14, 17`
  private func holders(_ ticket: Int, in pool: Int) -> String {
    var found: Set<JobID> = []
    for case let run? in runs
    where run.tickets.contains(where: { Int($0.ticket) == ticket }) && chain(renders[run.render].pool).contains(pool) {
      found.insert(run.key.job)
    }
    guard !found.isEmpty else { return "" }
    let ids = found.sorted()
    let names = ids.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return " by \(ids.count == 1 ? "job" : "jobs") \(names)\(ids.count > 8 ? " and \(ids.count - 8) more" : "")"
  }

  private func no(of predicate: Predicate, _ block: Int, _ render: Int) -> Refusal {
    let own = "block \(blockName(block))"
    func no(_ order: Int, _ key: String, _ text: String, _ node: String? = nil) -> Refusal {
      Refusal(key: key, node: node ?? own, text: text, order: order)
    }
    switch predicate {
    case .hosts(let mask, let type, let exclude):
      let key = exclude ? "hosts_mask_exclude" : "hosts_mask"
      let owner = owner(block) { exclude ? $0.hostsMaskExclude == mask : $0.hostsMask == mask }
      return no(
        20, key, exclude ? "excluded by \"\(mask)\" (\(type.rawValue))" : "not matched by \"\(mask)\" (\(type.rawValue))", owner)
    case .os(let mask): return no(21, "need_os", "have another system than \"\(mask)\"", owner(block) { $0.needOS == mask })
    case .properties(let mask):
      return no(22, "need_properties", "lack \"\(mask)\" in their properties", owner(block) { $0.needProperties == mask })
    case .power(let need): return no(23, "need_power", "have less power than \(need)", owner(block) { $0.needPower == need })
    case .cpuMHz(let need): return no(24, "need_cpu_freq_mgz", "have slower processors than \(need) MHz")
    case .cpuCores(let need): return no(25, "need_cpu_cores", "have fewer than \(need) cores")
    case .cpuMHzCores(let need): return no(26, "need_cpu_freq_cores", "have less than \(need) MHz of all cores together")
    case .service(let name): return no(10, "service", "lack service \(name)")
    case .pools(let weights):
      return no(15, "pools", "in pools that its pools map forbids", owner(block) { PoolWeight.sorted($0.pools) == weights })
    case .block:
      if !blockAvoids(block, render) { return no(16, "maintenance", "have no task named after them") }
      return no(
        51, "errors_avoid_host", "avoided for the block's errors there (reeve reset-error-hosts \(blocks[block].id))")
    case .access(_, let ignoreNimby, _):
      let state = renders[render].state
      if state.contains(.paused) { return no(5, "paused", "paused (reeve render-do unpause)", "farm") }
      if !ignoreNimby, state.contains(.NIMBY) { return no(6, "NIMBY", "NIMBY: take no tasks (reeve render-do free)", "farm") }
      return no(7, "nimby", "nimby: take only their users' tasks (reeve render-do free)", "farm")
    }
  }

  /// Which node says so, the outermost first: a branch, the user, the job; nil: the block itself.
  private func owner(_ block: Int, _ says: (WorkParameters) -> Bool) -> String? {
    let job = blocks[block].job
    for branch in branchChain(jobs[job].branch).reversed() where says(branches[branch].parameters.work) {
      return "branch \(branches[branch].path)"
    }
    if says(people[jobs[job].user].parameters.work) { return "user \(people[jobs[job].user].name)" }
    return says(jobs[job].spec.parameters.work) ? "job \(jobs[job].id)" : nil
  }
}
