import Model

/// What a farm shows that is loaded from the store.
extension FarmAudit {
  /// A farm loaded from the store shows what this one shows, but for runs: those wait for their renders.
  mutating func checkStore() {
    let live = farm
    var loaded = Farm(settings: live.settings, snapshot: snapshot, at: now)
    check(loaded.deletedPlaces.keys.sorted() == live.deletedPlaces.keys.sorted(), "loaded deleted jobs")
    loaded.showDeleted()
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
    checkNodes(loaded)
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
      if !isStopping { checkFields(id, loaded) }
      for (a, b) in zip(live.blocks(of: id), loaded.blocks(of: id)) where !isStopping {
        check(a.errors == b.errors && a.runSeconds == b.runSeconds, "loaded block \(id)[\(a.block)]")
      }
    }
  }

  /// Everything of a job that is not a row of a table.
  private mutating func checkFields(_ id: JobID, _ loaded: Farm) {
    guard let a = farm.found(id), let b = loaded.found(id) else { return }
    var spec = a.spec
    // What the state says is said there.
    (spec.priority, spec.isOffline) = (b.spec.priority, b.spec.isOffline)
    check(spec == b.spec, "loaded spec of \(id): \(b.spec), is \(spec)")
    let mayRepair = farm.runs.contains { $0?.intent != nil }
    check(mayRepair || a.heldBy == b.heldBy, "loaded \(id) is held by \(b.heldBy), is by \(a.heldBy)")
    let isDue = a.spec.parameters.timeWait <= now
    check(isDue || a.waitsForTime == b.waitsForTime, "loaded \(id) waits for its moment")
    check(a.isDeleted == b.isDeleted, "loaded \(id) is deleted")
    check((a.lifeTimer != nil) == (b.lifeTimer != nil), "loaded \(id) has its life time")
    for (one, other) in zip(a.blocks, b.blocks) {
      let (one, other) = (farm.blocks[one], loaded.blocks[other])
      func errors(_ farm: Farm, _ block: Block) -> [String: ErrorHosts.Errors] {
        Dictionary(
          uniqueKeysWithValues: block.errorHosts.all.map { ("\(farm.renders[$0.render].name) \($0.task ?? -1)", $1) })
      }
      check(errors(farm, one) == errors(loaded, other), "loaded error hosts of \(id)[\(one.index)]")
      func avoided(_ farm: Farm, _ block: Block) -> Set<String> {
        Set(block.errorHosts.avoided.map { farm.renders[$0].name })
      }
      check(avoided(farm, one) == avoided(loaded, other), "loaded avoided hosts of \(id)[\(one.index)]")
      check(one.tryNext == other.tryNext, "loaded tasks to try of \(id)[\(one.index)]: \(other.tryNext), are \(one.tryNext)")
      check(one.limits == other.limits && one.isPreviewOnly == other.isPreviewOnly, "loaded limits of \(id)[\(one.index)]")
    }
  }

  /// Renders, users and pools with all that was set on them.
  private mutating func checkNodes(_ loaded: Farm) {
    let live = farm
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
