import Model

/// Tickets of pools and renders (reference/afanasy.md section 3.10): taken at a task's start, given back at its end.
extension Farm {
  /// How much of a ticket a task on this render may take: the least that the render and every pool above it have left. `Int32.max`:
  /// nobody defines it.
  func ticketsFree(_ ticket: Int, _ render: Int) -> Int32 {
    let name = solver.tickets[ticket]
    var free = Int32.max
    if let host = hostTickets(name, render) { free = host.count &- (renders[render].tickets[ticket] ?? 0) }
    var next: Int? = renders[render].pool
    while let pool = next {
      next = pools[pool].parent
      // Most pools say nothing of tickets: the name is not hashed for them.
      guard !pools[pool].parameters.farm.ticketsPool.isEmpty, let defined = pools[pool].parameters.farm.ticketsPool[name],
        defined.count >= 0
      else { continue }
      free = min(free, defined.count &- (pools[pool].tickets[ticket]?.used ?? 0))
      if defined.maxHosts >= 0, let use = pools[pool].tickets[ticket], use.hosts.count >= Int(defined.maxHosts),
        use.hosts[render] == nil
      {
        free = 0
      }
      if defined.maxHosts == 0 { free = 0 }
    }
    return free
  }

  mutating func take(_ needs: [TicketNeed], _ render: Int, _ sign: Int32) {
    for need in needs {
      let ticket = Int(need.ticket)
      Self.count(&renders[render].tickets, ticket, sign * need.count)
      var next: Int? = renders[render].pool
      while let pool = next {
        next = pools[pool].parent
        pools[pool].tickets[ticket, default: TicketUse()].used += sign * need.count
        Self.count(&pools[pool].tickets[ticket, default: TicketUse()].hosts, render, sign * need.count)
      }
      // What comes back may serve any render of the pools above.
      if sign < 0, let wanting = solver.ticketWants[ticket].wanting { solver.fresh.formUnion(wanting) }
    }
  }

  /// All uses anew: pools or renders moved, or a pool came.
  mutating func recountTickets() {
    for pool in pools.indices { pools[pool].tickets = [:] }
    for render in renders.indices { renders[render].tickets = [:] }
    for case let run? in runs { take(run.tickets, run.render, 1) }
  }
}
