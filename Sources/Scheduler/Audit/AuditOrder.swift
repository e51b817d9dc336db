import Model

/// The order of work: classes, counts on every node of both trees, and the system job.
extension FarmAudit {
  mutating func checkOrder() {
    var byClass: [Int: Set<Int>] = [:]
    for block in farm.blocks.indices where farm.blocks[block].demand >= 0 {
      byClass[farm.blocks[block].demand, default: []].insert(block)
    }
    for place in farm.solver.classes.indices where farm.solver.classes[place].exists {
      let demand = farm.solver.classes[place]
      check(demand.isPossible == !demand.renders.isEmpty, "class \(place) is possible: \(demand.isPossible)")
      check(demand.blocks == (byClass[place] ?? []), "the blocks of class \(place)")
    }
    for job in farm.jobs where job.node >= 0 {
      let classes = BitSet(job.ready.map { farm.blocks[$0].demand }.filter { farm.solver.classes[$0].isPossible })
      check(farm.solver.tree.nodes[job.node].classes == classes, "what job \(job.id) has to start")
    }
    check(farm.busyRenders == farm.renders.count { !$0.runs.isEmpty }, "busy renders")
    check(farm.onlineRenders == farm.renders.count { $0.isOnline }, "online renders")
    for user in farm.people {
      let running = farm.runs.compactMap { $0 }.count { run in
        run.intent != .forget && farm.jobs[farm.blocks[run.block].job].spec.user == user.name
      }
      check(user.running == Int32(running), "running of \(user.name)")
    }
  }

  /// What runs, on every branch, user in a branch and job; tickets in use, on every pool and render.
  mutating func checkTrees() {
    var running: [Int: Int32] = [:]
    var capacity: [Int: Int64] = [:]
    var ofPools: [Int: [Int: Int32]] = [:]
    var ofRenders: [Int: [Int: Int32]] = [:]
    for run in farm.runs.compactMap({ $0 }) {
      for need in run.tickets {
        ofRenders[run.render, default: [:]][Int(need.ticket), default: 0] += need.count
        var next: Int? = farm.renders[run.render].pool
        while let pool = next {
          next = farm.pools[pool].parent
          ofPools[pool, default: [:]][Int(need.ticket), default: 0] += need.count
        }
      }
      if run.intent == .forget { continue }
      var node = farm.jobs[farm.blocks[run.block].job].node
      while node >= 0 {
        running[node, default: 0] += 1
        capacity[node, default: 0] += Int64(run.capacity)
        node = farm.solver.tree.nodes[node].parent
      }
    }
    for (place, node) in farm.solver.tree.nodes.enumerated() {
      check(node.running == running[place] ?? 0, "\(node.owner) has \(running[place] ?? 0) running, says \(node.running)")
      check(
        node.capacity == capacity[place] ?? 0, "\(node.owner) has \(capacity[place] ?? 0) of capacity in use, says \(node.capacity)"
      )
    }
    for (place, pool) in farm.pools.enumerated() where pool.exists {
      let counted = ofPools[place] ?? [:]
      check(
        pool.tickets.mapValues(\.used).filter { $0.value != 0 } == counted,
        "tickets of pool \(pool.path): \(pool.tickets), counted \(counted)")
    }
    for (place, render) in farm.renders.enumerated() where !render.isGone {
      let counted = ofRenders[place] ?? [:]
      check(render.tickets == counted, "tickets of \(render.name): \(render.tickets), counted \(counted)")
    }
  }

  /// Every command is stored exactly once, and stands in line or in a slot that is in use; there are no more tasks than may be.
  mutating func checkSystem() {
    var known: [UInt64: TaskIndex?] = [:]
    for kind in SystemBlock.allCases {
      let rows = farm.systemTasks(kind, limit: .max)
      for row in rows {
        known.updateValue(row.key?.task, forKey: row.command.number)
        check(row.key == nil || !row.phase.isFinished && row.phase != .error, "\(row.key!) is \(row.phase) and still there")
      }
      let tasks = rows.count { $0.key != nil }
      check(tasks <= Int(farm.settings.systemTasksMax), "\(tasks) tasks of \(kind.name)")
      guard let summary = farm.block(.system, kind.index) else { continue }
      check(
        Int(summary.counts.total - summary.counts[.skipped]) == tasks, "counts of \(kind.name): \(summary.counts), \(tasks) tasks")
    }
    let stored = Dictionary(uniqueKeysWithValues: snapshot.systemCommands.map { ($0.command.number, $0.task) })
    check(stored == known, "commands \(known), stored \(stored)")
    for render in farm.renders {
      let kept = render.runs.count { farm.runs[$0]?.isInKeptSlot == true }
      check(kept == render.keptRuns && kept <= 1, "\(render.name) has \(kept) in its kept slot, says \(render.keptRuns)")
    }
    for id in farm.jobIDs(limit: .max) {
      guard let job = farm.found(id), job.preCommands == .waiting else { continue }
      let left = farm.systemTasks(.postCommands, limit: .max).count { $0.command.job == id }
      check(left == job.preCommandsLeft && left > 0, "\(id) waits for \(job.preCommandsLeft) pre-commands of \(left)")
    }
  }

  /// Sets of the order follow what can start; what is to be tried first is in both lists; the solver's sets are what they say.
  mutating func checkBlocks() {
    let farm = farm
    for id in farm.jobIDs(limit: .max) {
      guard let job = farm.found(id) else { continue }
      var tried: [TryNext] = []
      for place in job.blocks {
        let block = farm.blocks[place]
        let next = block.nextTask(without: SparseBits())
        check(next.map { block.startable.contains($0) } ?? true, "\(id)[\(block.index)] gives \(next ?? -1)")
        if !job.spec.parameters.previewApproval {
          check(
            (next != nil) == (block.counts.startable > 0),
            "\(id)[\(block.index)] has \(block.counts.startable), gives \(next ?? -1)")
        }
        for task in 0..<block.count where block.pages[task]?.flags.contains(.tryNext) == true {
          tried.append(TryNext(block: block.index, task: TaskIndex(task)))
          check(block.tryNext.contains(task), "\(block.key(task)) has the flag only")
        }
        check((block.tasksByName != nil) == job.spec.parameters.maintenance, "names of \(id)")
        check(block.renamed.isEmpty, "names in question of \(id)")
        check(block.capacity == job.spec.blocks[Int(block.index.value)].capacity, "capacity of \(id)[\(block.index)]")
      }
      check(Set(tried) == Set(job.spec.parameters.tryNext), "\(id) has \(job.spec.parameters.tryNext) to try, flags \(tried)")
    }
    for place in farm.solver.predicates.indices where farm.solver.predicates[place].uses > 0 {
      for render in farm.renders.indices where !farm.renders[render].isGone {
        check(
          farm.solver.predicates[place].renders.contains(render) == farm.passes(place, render),
          "\(farm.solver.predicates[place].predicate) of \(farm.renders[render].name)")
      }
    }
  }
}
