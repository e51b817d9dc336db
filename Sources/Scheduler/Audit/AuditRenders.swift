import Model

/// Renders, what they have in use, and what they could take.
extension FarmAudit {
  mutating func checkRenders() {
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
      if farm.takesTasks(place), !render.state.contains(.NIMBY), !render.state.contains(.paused) { checkIdle(render) }
    }
    checkSleep()
  }

  private mutating func checkSleep() {
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
  }

  /// No ready task stands beside a render that would take it.
  private mutating func checkIdle(_ render: Render) {
    for id in farm.jobIDs(limit: .max) {
      guard let place = farm.jobPlaces[id], farm.isStartable(place), let job = farm.found(id) else { continue }
      if render.state.contains(.nimby), render.user != job.spec.user { continue }
      // One render is not enough for what runs on several.
      for (index, spec) in job.spec.blocks.enumerated() where !spec.flags.contains(.multiHost) {
        guard spec.capacity <= render.freeCapacity, render.services.isEmpty || render.services.contains(spec.service) else {
          continue
        }
        guard let place = farm.blockPlace(id, BlockIndex(index)), let free = farm.renderPlaces[render.id],
          !farm.blockAvoids(place, free), farm.nextTask(place, on: free) != nil, hasRoom(place, spec, free),
          farm.solver.classes[farm.blocks[place].demand].demand.predicates.allSatisfy({ farm.passes(Int($0), free) })
        else { continue }
        let ready = farm.taskCount(of: id, block: BlockIndex(index), state: [.ready])
        check(ready == 0, "\(render.name) is free and \(id)[\(index)] has \(ready) ready tasks")
      }
    }
  }

  /// Whether limits, tickets and capacity leave a place on a render for one more task of a block.
  private func hasRoom(_ block: Int, _ spec: BlockSpec, _ render: Int) -> Bool {
    guard farm.blocks[block].isOpen, spec.capacity * max(1, spec.parameters.capacityCoeffMin) <= farm.renders[render].freeCapacity
    else { return false }
    let most = farm.blocks[block].maxPerHost
    if most >= 0, farm.blocks[block].onHost[render] ?? 0 >= most { return false }
    return farm.solver.classes[farm.blocks[block].demand].demand.tickets.allSatisfy { need in
      farm.ticketsFree(Int(need.ticket), render) >= need.count
    }
  }
}
