import Model

@testable import Scheduler

extension RandomWorld {
  /// Everything that must hold and does not.
  ///
  /// - Parameter isThorough: also what waits for what, and what a farm loaded from the store shows.
  func faults(isThorough: Bool) -> [String] {
    var faults: [String] = []
    let farm = driver.farm
    func check(_ isTrue: Bool, _ fault: @autoclosure () -> String) {
      if !isTrue { faults.append(fault()) }
    }

    var out: [TaskKey: Int] = [:]
    // Of a task on several renders its hosts besides; while these gather it is out without a run of its own.
    for run in farm.runs.compactMap({ $0 }) where run.intent != .forget && run.role.isTask {
      out[run.key, default: 0] += 1
      check(farm.task(run.key)?.phase.isOut == true, "\(run.key) has a run and is \(String(describing: farm.task(run.key)?.phase))")
    }
    check(out.values.allSatisfy { $0 == 1 }, "two runs out for one task")
    let leases = Set(farm.runs.compactMap { $0?.lease })
    let stale = driver.store.runs.keys.filter { !leases.contains($0) }
    check(stale.isEmpty, "runs \(stale) are stored and over")

    for id in farm.jobIDs(limit: .max) {
      guard let job = farm.job(id), let spec = farm.spec(id) else { continue }
      var sum = TaskCounts()
      let dependencies = isThorough ? try? BlockDependencies(spec.blocks) : nil
      for block in farm.blocks(of: id) {
        let rows = farm.tasks(of: id, block: block.block, limit: .max).rows
        var counts = TaskCounts()
        counts.total = Int32(rows.count)
        for row in rows {
          counts[row.phase] += 1
          if row.flags.contains(.warning) { counts.warning += 1 }
          let isAlone = !spec.blocks[Int(block.block.value)].flags.contains(.multiHost)
          if row.phase.isOut, isAlone { check(out[row.key] == 1, "\(row.key) is out without a run") }
        }
        check(counts == block.counts, "counts of \(id)[\(block.block)]: \(block.counts), counted \(counts)")
        check(rows.reduce(0) { $0 + $1.errors } == block.errors, "errors of \(id)[\(block.block)]")
        check(block.counts.isAllFinished == (block.done != .never), "done time of \(id)[\(block.block)]")
        let letters = farm.letters(job: id, block: block.block, first: 0, cells: .max, perCell: 1)
        check(
          letters == String(rows.map { StateLetter($0.phase, $0.flags).letter }), "letters of \(id)[\(block.block)]: \(letters)")
        sum = sum + counts
        if let dependencies { checkDependencies(id, spec, dependencies, block, rows, check) }
      }
      check(sum == job.counts, "counts of \(id): \(job.counts), summed \(sum)")
      check(job.counts.isAllFinished == (job.done != .never), "done time of \(id)")
    }

    for id in farm.renderIDs() {
      guard let place = farm.renderPlaces[id] else { continue }
      let render = farm.renders[place]
      let used = render.runs.reduce(Int32(0)) { $0 + (farm.runs[$1]?.capacity ?? 0) }
      check(used == render.capacityUsed, "\(render.name) has \(used) in use, says \(render.capacityUsed)")
      check(used <= render.capacity, "\(render.name) is over its capacity")
      // A master on a slave shares its place.
      let own = render.runs.count { farm.runs[$0].map { $0.role != .master && !$0.isInKeptSlot } ?? false }
      check(own <= Int(render.maxTasks), "\(render.name) runs too much")
      check(farm.solver.isFree(place) == farm.takesTasks(place), "\(render.name) stands wrongly in the index")
      if farm.takesTasks(place), !render.state.contains(.NIMBY), !render.state.contains(.paused) { checkIdle(render, check) }
    }
    for (place, render) in farm.renders.enumerated() where !render.isGone {
      let isAsleep = render.state.contains(.wolSleeping) && !render.state.contains(.wolWaking)
      check(farm.wake.sleeping.contains(place) == isAsleep, "\(render.name) sleeps")
      check(!render.isOnline || render.state.isDisjoint(with: [.wolSleeping, .wolWaking]), "\(render.name) is online and asleep")
      check(render.state.isDisjoint(with: .asleep) == (render.wolSince == .never), "\(render.name) sleeps since no time")
      // Whatever was begun comes to an end by itself.
      let isAwaited = render.wolTimer != nil || farm.wake.queue.contains(place)
      check(render.state.isDisjoint(with: [.wolFalling, .wolWaking]) || isAwaited || farm.wake.isHeld, "\(render.name) is awaited")
      check(render.events.noTaskSince == nil || !render.runs.contains { farm.runs[$0]?.key.job != .system }, "\(render.name) idles")
    }
    check(farm.wake.sleepingCount == farm.wake.sleeping.count, "how many sleep")
    for place in farm.solver.classes.indices where farm.solver.classes[place].exists {
      let demand = farm.solver.classes[place]
      check(demand.isPossible == !demand.renders.isEmpty, "class \(place) is possible: \(demand.isPossible)")
      check(demand.blocks == Set(farm.blocks.indices.filter { farm.blocks[$0].demand == place }), "the blocks of class \(place)")
    }
    for job in farm.jobs where job.node >= 0 {
      let classes = BitSet(job.ready.map { farm.blocks[$0].demand }.filter { farm.solver.classes[$0].isPossible })
      check(farm.solver.tree.nodes[job.node].classes == classes, "what job \(job.id) has to start")
    }
    check(farm.busyRenders == farm.renders.count { !$0.runs.isEmpty }, "busy renders")
    check(farm.onlineRenders == farm.renders.count { $0.isOnline }, "online renders")
    let lost = farm.runs.compactMap { $0 }.filter { $0.intent != .forget && farm.blocks[$0.block].job < 0 }
    if !lost.isEmpty { return faults + ["\(lost) are out for jobs that are gone"] }
    for user in farm.people {
      let running = farm.runs.compactMap { $0 }.count { run in
        run.intent != .forget && farm.jobs[farm.blocks[run.block].job].spec.user == user.name
      }
      check(user.running == Int32(running), "running of \(user.name)")
    }
    checkSystem(check)
    if isThorough {
      checkWaits(check)
      checkBlocks(check)
      checkStore(check)
    }
    return faults
  }

  /// Every command is stored exactly once, and stands in line or in a slot that is in use; there are no more tasks than may be.
  private func checkSystem(_ check: (Bool, @autoclosure () -> String) -> Void) {
    let farm = driver.farm
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
    let stored = driver.store.systemCommands.mapValues(\.task)
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

  /// A task waits exactly while something that it needs is not finished. Said anew here, frame by frame.
  private func checkDependencies(
    _ id: JobID, _ spec: JobSpec, _ dependencies: BlockDependencies, _ block: BlockSummary, _ rows: [TaskSummary],
    _ check: (Bool, @autoclosure () -> String) -> Void
  ) {
    let farm = driver.farm
    let own = Int(block.block.value)
    let blockWaits = dependencies.whole[own].contains { !(farm.block(id, BlockIndex($0))?.counts.isAllFinished ?? true) }
    for row in rows where row.phase.isWaiting {
      var waits = blockWaits
      for need in dependencies.perTask[own] {
        let shift = FrameMap(spec.blocks[own]).shift(to: FrameMap(spec.blocks[need]))
        let frames = FrameMap(spec.blocks[own]).frames(of: Int(row.key.task.value))
        let needed = FrameMap(spec.blocks[need]).tasks(holding: (frames.first + shift, frames.last + shift))
        for task in needed.map(Array.init) ?? [] {
          guard let other = farm.task(driver.key(id, task, block: need)), !other.phase.isFinished else { continue }
          if !hasPassed(other, spec.blocks[need], frames.last + shift) { waits = true }
        }
      }
      check((row.phase == .waitingDependency) == waits, "\(row.key) \(row.phase), needs \(waits ? "unmet" : "met")")
    }
  }

  /// Whether a running task of a block with sub-task dependence is beyond a frame.
  private func hasPassed(_ task: TaskSummary, _ block: BlockSpec, _ frame: Int64) -> Bool {
    guard block.flags.contains(.dependSubTask), task.phase == .running, task.frame >= 0 else { return false }
    let own = FrameMap(block).frames(of: Int(task.key.task.value))
    var at = Int64(task.frame)
    if case .listed = block.work { at += own.first - 1 }
    return at > min(frame, own.last)
  }

  /// A job waits exactly while one of its masks matches another job that is not done. Said anew here, job by job.
  private func checkWaits(_ check: (Bool, @autoclosure () -> String) -> Void) {
    let farm = driver.farm
    let all = farm.jobIDs(limit: .max).compactMap { farm.found($0) }
    for job in all {
      var held = 0
      for (mask, isGlobal) in [(job.spec.parameters.dependMask, false), (job.spec.parameters.dependMaskGlobal, true)] {
        guard !mask.isEmpty, let pattern = try? Pattern(mask) else { continue }
        let isHeld = all.contains {
          $0.id != job.id && !$0.counts.isAllFinished && (isGlobal || $0.spec.user == job.spec.user)
            && pattern.matchesWhole($0.spec.name)
        }
        if isHeld { held += 1 }
      }
      check(job.heldBy == held, "\(job.id) is held by \(job.heldBy), counted \(held)")
      // A timer that is due is looked at with the next command.
      if job.waitsForTime { check(job.spec.parameters.timeWait != .never, "\(job.id) waits for no moment") }
    }
  }

  /// Sets of the order follow what can start; what is to be tried first is in both lists; the solver's sets are what they say.
  private func checkBlocks(_ check: (Bool, @autoclosure () -> String) -> Void) {
    let farm = driver.farm
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

  /// No ready task stands beside a render that would take it.
  private func checkIdle(_ render: Render, _ check: (Bool, @autoclosure () -> String) -> Void) {
    let farm = driver.farm
    for id in farm.jobIDs(limit: .max) {
      guard let place = farm.jobPlaces[id], farm.isStartable(place), let job = farm.found(id) else { continue }
      if render.state.contains(.nimby), render.user != job.spec.user { continue }
      // One render is not enough for what runs on several.
      for (index, spec) in job.spec.blocks.enumerated() where !spec.flags.contains(.multiHost) {
        guard spec.capacity <= render.freeCapacity, render.services.isEmpty || render.services.contains(spec.service) else {
          continue
        }
        guard let place = farm.blockPlace(id, BlockIndex(index)), let free = farm.renderPlaces[render.id],
          !farm.blockAvoids(place, free), farm.nextTask(place, on: free) != nil,
          farm.solver.classes[farm.blocks[place].demand].demand.predicates.allSatisfy({ farm.passes(Int($0), free) })
        else { continue }
        let ready = farm.taskCount(of: id, block: BlockIndex(index), state: [.ready])
        check(ready == 0, "\(render.name) is free and \(id)[\(index)] has \(ready) ready tasks")
      }
    }
  }

  /// A farm loaded from the store shows what this one shows, but for runs: those wait for their renders.
  private func checkStore(_ check: (Bool, @autoclosure () -> String) -> Void) {
    let live = driver.farm
    let loaded = Farm(settings: live.settings, snapshot: driver.store.snapshot, at: driver.now)
    check(loaded.jobIDs(limit: .max) == live.jobIDs(limit: .max), "loaded jobs")
    check(loaded.renderIDs() == live.renderIDs(), "loaded renders")
    // What is to be stopped is stored as stopped already: with it the job may be done.
    let mayRepair = live.runs.contains { $0?.intent != nil }
    // What gathers its hosts, or waits for their service, begins anew.
    let isGathering = live.runs.contains { $0.map { !$0.role.isTask } ?? false }
    check(mayRepair || isGathering || loaded.repairs.isEmpty, "the loaded farm has to repair \(loaded.repairs)")
    if live.runs.allSatisfy({ $0?.intent == nil }) {
      for kind in SystemBlock.allCases {
        check(
          loaded.systemTasks(kind, limit: .max).map(\.command) == live.systemTasks(kind, limit: .max).map(\.command),
          "loaded commands of \(kind.name)")
      }
    }
    checkNodes(loaded, check)
    for id in live.jobIDs(limit: .max) {
      let isStopping = live.runs.contains { $0?.key.job == id && $0?.intent != nil }
      guard let a = live.job(id), let b = loaded.job(id) else { continue }
      check(
        (a.name, a.user, a.priority, a.created, a.started) == (b.name, b.user, b.priority, b.created, b.started), "loaded job \(id)"
      )
      check(a.state.contains(.offline) == b.state.contains(.offline), "loaded job \(id) offline")
      if !isStopping { check(a.done == b.done, "loaded job \(id) done") }
      for row in live.tasks(of: id, limit: .max).rows {
        guard let other = loaded.task(row.key) else { continue }
        if row.phase.isOut {
          if live.spec(id)?.blocks[Int(row.key.block.value)].flags.contains(.multiHost) == true { continue }
          // One that is being stopped is what it will be.
          if let lease = live.lease(of: row.key), let place = live.leases[lease], live.runs[place]?.intent != nil {
            check(!other.phase.isOut, "loaded \(row.key): \(other.phase), was to be stopped")
          } else {
            check(other.phase == .waitingReconnect, "loaded \(row.key): \(other.phase), is \(row.phase)")
            check(other.starts == row.starts && other.started == row.started && other.render == row.render, "loaded run \(row.key)")
          }
          continue
        }
        if isStopping { continue }
        var same = other
        // A run that was out has to come back before its frames count again.
        if row.phase == .ready || row.phase == .errorReady, other.phase == .waitingDependency { same.phase = row.phase }
        let hasSubTasks = live.spec(id)?.blocks.contains { $0.flags.contains(.dependSubTask) } ?? false
        check((hasSubTasks ? same : other) == row, "loaded \(row.key): \(other), is \(row)")
      }
      if !isStopping { checkFields(id, loaded, check) }
      for (a, b) in zip(live.blocks(of: id), loaded.blocks(of: id)) where !isStopping {
        check(a.errors == b.errors && a.runSeconds == b.runSeconds, "loaded block \(id)[\(a.block)]")
      }
    }
  }

  /// Everything of a job that is not a row of a table.
  private func checkFields(_ id: JobID, _ loaded: Farm, _ check: (Bool, @autoclosure () -> String) -> Void) {
    guard let a = driver.farm.found(id), let b = loaded.found(id) else { return }
    var spec = a.spec
    // What the state says is said there.
    (spec.priority, spec.isOffline) = (b.spec.priority, b.spec.isOffline)
    check(spec == b.spec, "loaded spec of \(id): \(b.spec), is \(spec)")
    let mayRepair = driver.farm.runs.contains { $0?.intent != nil }
    check(mayRepair || a.heldBy == b.heldBy, "loaded \(id) is held by \(b.heldBy), is by \(a.heldBy)")
    let isDue = a.spec.parameters.timeWait <= driver.now
    check(isDue || a.waitsForTime == b.waitsForTime, "loaded \(id) waits for its moment")
    check((a.lifeTimer != nil) == (b.lifeTimer != nil), "loaded \(id) has its life time")
    for (one, other) in zip(a.blocks, b.blocks) {
      let (one, other) = (driver.farm.blocks[one], loaded.blocks[other])
      func errors(_ farm: Farm, _ block: Block) -> [String: ErrorHosts.Errors] {
        Dictionary(
          uniqueKeysWithValues: block.errorHosts.all.map { ("\(farm.renders[$0.render].name) \($0.task ?? -1)", $1) })
      }
      check(errors(driver.farm, one) == errors(loaded, other), "loaded error hosts of \(id)[\(one.index)]")
      func avoided(_ farm: Farm, _ block: Block) -> Set<String> {
        Set(block.errorHosts.avoided.map { farm.renders[$0].name })
      }
      check(avoided(driver.farm, one) == avoided(loaded, other), "loaded avoided hosts of \(id)[\(one.index)]")
      check(one.tryNext == other.tryNext, "loaded tasks to try of \(id)[\(one.index)]: \(other.tryNext), are \(one.tryNext)")
      check(one.limits == other.limits && one.isPreviewOnly == other.isPreviewOnly, "loaded limits of \(id)[\(one.index)]")
    }
  }

  /// Renders, users and pools with all that was set on them.
  private func checkNodes(_ loaded: Farm, _ check: (Bool, @autoclosure () -> String) -> Void) {
    let live = driver.farm
    for id in live.renderIDs() {
      guard let a = live.renderPlaces[id].map({ live.renders[$0] }), let b = loaded.renderPlaces[id].map({ loaded.renders[$0] })
      else {
        continue
      }
      check(a.stored == b.stored, "loaded \(a.name): \(b.stored), is \(a.stored)")
    }
    for user in live.people where user.isStored {
      check(loaded.userParameters(user.name) == user.parameters, "loaded parameters of \(user.name)")
    }
    check(live.pools.map(\.parameters) == loaded.pools.map(\.parameters), "loaded pools")
  }
}
