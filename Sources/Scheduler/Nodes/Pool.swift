import Model

/// A pool as the scheduler keeps it.
struct Pool: Sendable {
  let path: String
  var parameters: PoolParameters
  var created: Instant
  /// Place in `Farm.pools`; nil: the root.
  let parent: Int?
  /// Places in `Farm.pools`, in the order of their making.
  var children: [Int] = []
  var mask: Pattern?
  /// Average of its own priority and its parent's (section 1.12), times 2^20.
  var priority: Int64 = 0
  /// Neither it nor any above is paused or has priority 0.
  var isOpen = true
  /// Tickets in use in its subtree, by place in `Solver.tickets`.
  var tickets: [Int: TicketUse] = [:]
  // Of its own renders.
  var renders = 0
  var exists = true

  init(path: String, parameters: PoolParameters, created: Instant, parent: Int?) {
    self.path = path
    self.parameters = parameters
    self.created = created
    self.parent = parent
    mask = parameters.pattern.isEmpty ? nil : try? Pattern(parameters.pattern, ignoringCase: true)
  }

  var stored: StoredPool { StoredPool(path: path, parameters: parameters, created: created) }
}

/// How much of a ticket is in use somewhere.
struct TicketUse: Sendable {
  var used: Int32 = 0
  /// By place in `Farm.renders`: how much each holds.
  var hosts: [Int: Int32] = [:]
}
