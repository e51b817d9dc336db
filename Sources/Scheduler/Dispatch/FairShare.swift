import Model

/// Fair share over time (`af_fairshare_halflife`): who had the farm all night yields in the morning.
///
/// Use is settled when it changes; between changes it fades for everybody alike, but beside what runs now it weighs less by the
/// hour: every 64th of the half-life the order is brought up to date, as long as there is anything that fades.
extension Farm {
  private static let leastTasks = 0.01

  private func tickSpan(_ halflife: Span) -> Span { Span(microseconds: max(60_000_000, halflife.microseconds / 64)) }

  /// Expects the next settling, if there is something to settle.
  mutating func expectFairShare() {
    guard let halflife = settings.fairshareHalflife, solver.nextTick == nil else { return }
    solver.nextTick = now + tickSpan(halflife)
  }

  mutating func fairShareHasCome() {
    guard let moment = solver.nextTick, moment <= now, let halflife = settings.fairshareHalflife else { return }
    solver.nextTick = nil
    var isMore = false
    for user in people.indices where people[user].running > 0 || people[user].use.used > 0 {
      people[user].use.settle(now, running: people[user].running, halflife: halflife)
      if people[user].running > 0 || people[user].use.tasks(halflife: halflife) > Self.leastTasks {
        isMore = true
      } else {
        people[user].use = FadingUse()
      }
      if people[user].isStored { store(.putUser(people[user].stored)) }
    }
    for branch in branches.indices where branches[branch].exists {
      let node = branches[branch].node
      guard solver.tree.nodes[node].running > 0 || solver.tree.nodes[node].use.used > 0 else { continue }
      let running = solver.tree.nodes[node].running
      solver.tree.nodes[node].use.settle(now, running: running, halflife: halflife)
      if running > 0 || solver.tree.nodes[node].use.tasks(halflife: halflife) > Self.leastTasks {
        isMore = true
      } else {
        solver.tree.nodes[node].use = FadingUse()
      }
      store(.putBranch(stored(branch: branch)))
    }
    for node in solver.tree.nodes.indices where solver.tree.nodes[node].isQueued { rekey(node) }
    if isMore { expectFairShare() }
  }
}
