import Model

/// What pools say to their renders, the nearest that says something first (reference/afanasy.md sections 1.10 and 1.12).
extension Farm {
  /// A pool and those above it, the nearest first.
  func chain(_ pool: Int) -> [Int] {
    var found: [Int] = []
    var next: Int? = pool
    while let place = next {
      found.append(place)
      next = pools[place].parent
    }
    return found
  }

  /// - Returns: what the nearest pool says that says something; nil: none does.
  func pooled(_ pool: Int, _ value: (PoolParameters) -> Int32, isSaid: (Int32) -> Bool = { $0 >= 0 }) -> Int32? {
    var next: Int? = pool
    while let place = next {
      let said = value(pools[place].parameters)
      if isSaid(said) { return said }
      next = pools[place].parent
    }
    return nil
  }

  /// What a render's own parameters or the nearest pool say; -1: nothing.
  func poolValue(of render: Int, _ value: (PoolParameters) -> Int32) -> Int32 { pooled(renders[render].pool, value) ?? -1 }

  func farmNumber(_ render: Int, _ value: (FarmParameters) -> Int32) -> Int32? {
    let own = value(renders[render].parameters.farm)
    return own >= 0 ? own : pooled(renders[render].pool) { value($0.farm) }
  }

  func power(_ render: Int) -> Int32 { farmNumber(render) { $0.powerHost } ?? 1 }

  func properties(_ render: Int) -> String {
    if !renders[render].parameters.farm.propertiesHost.isEmpty { return renders[render].parameters.farm.propertiesHost }
    for pool in chain(renders[render].pool) where !pools[pool].parameters.farm.propertiesHost.isEmpty {
      return pools[pool].parameters.farm.propertiesHost
    }
    return ""
  }

  /// Section 3.10: the nearest level that disables or allows it decides; at the root everything is allowed unless some level lists
  /// what it allows.
  func allows(_ service: String, _ render: Int) -> Bool {
    let offered = renders[render].services
    if !offered.isEmpty, !offered.contains(service) { return false }
    var isListed = false
    func decide(_ farm: FarmParameters) -> Bool? {
      if farm.servicesDisabled.contains(service) { return false }
      if farm.services.contains(service) { return true }
      if !farm.services.isEmpty { isListed = true }
      return nil
    }
    if let own = decide(renders[render].parameters.farm) { return own }
    for pool in chain(renders[render].pool) {
      if let said = decide(pools[pool].parameters.farm) { return said }
    }
    return !isListed
  }

  /// How much of a ticket one render has: what the nearest level says; nil: nobody does, there is no end of it.
  func hostTickets(_ name: String, _ render: Int) -> TicketCount? {
    func said(_ tickets: [String: TicketCount]) -> TicketCount? {
      // Most nodes say nothing: a name is not hashed for them.
      guard !tickets.isEmpty, let count = tickets[name], count.count >= 0 else { return nil }
      return count
    }
    if let own = said(renders[render].parameters.farm.ticketsHost) { return own }
    var next: Int? = renders[render].pool
    while let pool = next {
      if let count = said(pools[pool].parameters.farm.ticketsHost) { return count }
      next = pools[pool].parent
    }
    return nil
  }

  /// Its configuration as its pool says (section 1.12).
  func configuration(_ render: Int) -> RenderConfiguration {
    func seconds(_ value: (PoolParameters) -> Int32) -> Int32? { pooled(renders[render].pool, value) { $0 > 0 } }
    let heartbeat = seconds { $0.heartbeatSec } ?? Int32(clamping: settings.heartbeat.seconds)
    let beats = seconds { $0.resourcesUpdatePeriod }
    return RenderConfiguration(
      heartbeat: heartbeat, resources: beats.map { $0 &* heartbeat } ?? Int32(clamping: settings.resourcesTime.seconds),
      zombie: Int32(clamping: zombieTime(render).seconds), exitNoTask: seconds { $0.exitNoTaskTime } ?? 0)
  }

  func zombieTime(_ render: Int) -> Span {
    (pooled(renders[render].pool, { $0.zombieTime }) { $0 > 0 }).map { .seconds(Int64($0)) } ?? settings.zombieTime
  }

  /// The pool of a render that comes for the first time (section 1.14): depth first, the first with a matching pattern, its
  /// children before itself. A pool without a pattern hides its subtree.
  func poolFor(_ name: String) -> Int {
    func search(_ pool: Int) -> Int? {
      for child in pools[pool].children where pools[child].exists {
        guard let mask = pools[child].mask, mask.matchesWhole(name) else { continue }
        return search(child) ?? child
      }
      return nil
    }
    return search(0) ?? 0
  }
}
