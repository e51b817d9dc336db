public import Model

// Pools, branches, explanations, forecasts and the journal.

extension WirePoolRow {
  /// - Parameter parameters: as JSON with Afanasy's keys.
  public init(_ pool: PoolSummary, parameters: String) {
    self.init()
    path = pool.path
    self.parameters = parameters
    effectivePriority = pool.effectivePriority
    renders = pool.renders
    online = pool.online
    busy = pool.busy
    running = pool.running
    capacityUsed = pool.capacityUsed
    ticketsUsed = pool.ticketsUsed
    created = pool.created.microseconds
  }
}

extension WireBranchRow {
  /// - Parameter parameters: as JSON with Afanasy's keys.
  public init(_ branch: BranchSummary, parameters: String) {
    self.init()
    path = branch.path
    self.parameters = parameters
    jobs = branch.jobs
    running = branch.running
    capacityUsed = branch.capacityUsed
    created = branch.created.microseconds
  }
}

extension WireExplained {
  public init(_ explanation: Explanation) {
    self.init()
    subject = explanation.subject
    verdict = explanation.verdict
    rules = explanation.rules.map { rule in
      var wire = WireExplainedRule()
      wire.key = rule.key
      wire.node = rule.node
      wire.text = rule.text
      wire.renders = rule.renders
      return wire
    }
  }
}

extension Explanation {
  public init(_ wire: WireExplained) {
    self.init(
      subject: wire.subject, verdict: wire.verdict,
      rules: wire.rules.map { Rule(key: $0.key, node: $0.node, text: $0.text, renders: $0.renders) })
  }
}

extension WireForecastRow {
  public init(_ forecast: Forecast) {
    self.init()
    job = forecast.job.value
    likely = forecast.likely.microseconds
    early = forecast.early.microseconds
    late = forecast.late.microseconds
    reason = forecast.reason
  }
}

extension Forecast {
  public init(_ wire: WireForecastRow) {
    self.init(
      job: JobID(wire.job), likely: Instant(microseconds: wire.likely), early: Instant(microseconds: wire.early),
      late: Instant(microseconds: wire.late), reason: wire.reason)
  }
}

extension WireJournalRow {
  public init(_ entry: JournalEntry) {
    self.init()
    number = entry.number
    time = entry.time.microseconds
    subject = entry.subject
    type = entry.type
    object = entry.object
    info = entry.info
  }
}

extension JournalEntry {
  public init(_ wire: WireJournalRow) {
    self.init(
      number: wire.number, time: Instant(microseconds: wire.time), subject: wire.subject, type: wire.type, object: wire.object,
      info: wire.info)
  }
}
