import Model

/// What runs hold, they hold until they end: an edit of their block's capacity or tickets is for those that start later. Their rows
/// say so, that a server that starts anew does not take them for more, or less, than they are.
extension Farm {
  func stored(_ run: Run) -> StoredRun {
    var stored = StoredRun(
      lease: run.lease, key: run.key, render: renders[run.render].id, started: run.started, capacityCoefficient: run.coefficient,
      hostNumber: run.hostNumber)
    if run.intent != .forget, run.capacity > 0 {
      let usual = self.run(run.lease, run.key, run.block, run.render, coefficient: run.coefficient)
      if run.capacity != usual.capacity || run.tickets != usual.tickets {
        let tickets = run.tickets.map { (solver.tickets[Int($0.ticket)], $0.count) }
        stored.hold = RunHold(capacity: run.capacity, tickets: Dictionary(tickets) { $1 })
      }
    }
    return stored
  }

  /// Lets a run that was stored hold what it did.
  mutating func hold(_ hold: RunHold?, _ run: inout Run) {
    guard let hold else { return }
    run.capacity = hold.capacity
    run.tickets = hold.tickets.sorted { $0.key < $1.key }.map { TicketNeed(ticket: Int32(solver.ticket($0.key)), count: $0.value) }
  }

  /// A block's capacity or tickets were changed. O(its tasks that are out).
  mutating func keepHolds(_ block: Int) {
    var places = runsOut(block: block, in: 0..<blocks[block].count)
    for party in blocks[block].parties.values { places += party.hosts }
    for place in sorted(Set(places).sorted()) {
      guard let run = runs[place], run.intent == nil else { continue }
      // A host of a party that still gathers is not stored.
      if run.role == .captured, run.hostNumber == 0 { continue }
      store(.putRun(stored(run)))
    }
  }
}
