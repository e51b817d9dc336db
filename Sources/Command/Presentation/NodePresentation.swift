import Model
import Text
import Wire

/// What changes did to nodes, and the nodes that are no jobs: pools, branches, users.
enum NodePresentation {
  static func line(_ outcome: NodeOutcome) -> String { "\(Sanitize.line(outcome.node)): \(Sanitize.line(outcome.message))" }

  static func json(_ outcomes: [NodeOutcome]) -> JSONValue {
    .object([
      "nodes": .array(
        outcomes.map { .object(["node": .string($0.node), "done": .bool($0.isDone), "message": .string($0.message)]) })
    ])
  }

  /// A row's parameters, as the server sent them.
  static func parameters(_ text: String) -> JSONObject { (try? JSONParser.parse(text))?.object ?? JSONObject() }

  /// Parameters for people.
  static func facts(_ parameters: JSONObject) -> [(String, String)] {
    parameters.members.map { ($0.key, text($0.value)) }
  }

  /// A value without what only JSON needs.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text.isEmpty ? "\"\"" : text
    case .array(let list) where list.allSatisfy { $0.string != nil }: list.compactMap(\.string).joined(separator: " ")
    case .object(let object): object.members.map { "\($0.key)=\(text($0.value))" }.joined(separator: " ")
    default: value.text()
    }
  }

  // MARK: Pools

  static func table(_ rows: [WirePoolRow]) -> Table {
    var table = Table([
      .init("POOL", minimum: 12), .init("RENDERS", .right), .init("ONLINE", .right, dropRank: 3),
      .init("BUSY", .right, dropRank: 2),
      .init("TASKS", .right), .init("CAPACITY", .right, dropRank: 5), .init("PRI", .right, dropRank: 6),
      .init("STATE", minimum: 3, dropRank: 4), .init("TICKETS", minimum: 8, dropRank: 1),
    ])
    for row in rows {
      let own = parameters(row.parameters)
      table.add([
        .init(row.path), .init("\(row.renders)"), .init("\(row.online)"), Cells.count(row.busy, .running),
        Cells.count(row.running, .running), .init("\(row.capacityUsed)"), .init("\(row.effectivePriority)"),
        own["paused"]?.bool == true ? .init("PAU", .waiting) : .init("-"), .init(tickets(row, own)),
      ])
    }
    return table
  }

  /// `NUKE 3/20`: in use and there.
  private static func tickets(_ row: WirePoolRow, _ parameters: JSONObject) -> String {
    let there = parameters["tickets_pool"]?.object?.members ?? []
    let named = there.map { member in
      let count = member.value.integer ?? member.value.array?.first?.integer ?? 0
      return "\(member.key) \(row.ticketsUsed[member.key] ?? 0)/\(count)"
    }
    return named.isEmpty ? "-" : named.joined(separator: ", ")
  }

  /// Keys of section 1.12.
  static func json(_ row: WirePoolRow) -> JSONObject {
    var object: JSONObject = ["name": .string(row.path)]
    for (key, value) in parameters(row.parameters).members { object[key] = value }
    let computed: JSONObject = [
      "priority_effective": .integer(Int64(row.effectivePriority)), "renders_total": .integer(Int64(row.renders)),
      "renders_online": .integer(Int64(row.online)), "renders_busy": .integer(Int64(row.busy)),
      "run_tasks": .integer(Int64(row.running)), "run_capacity": .integer(row.capacityUsed),
      "tickets_used": .object(
        JSONObject(row.ticketsUsed.sorted { $0.key < $1.key }.map { (key: $0.key, value: .integer(Int64($0.value))) })),
      "time_creation": Cells.time(Instant(microseconds: row.created)),
    ]
    for (key, value) in computed.members { object[key] = value }
    return object
  }

  static func lines(_ row: WirePoolRow, time: (Instant) -> String = Cells.local) -> [String] {
    let own = parameters(row.parameters)
    return Facts.lines([
      ("pool", row.path), ("renders", "\(row.renders), \(row.online) online, \(row.busy) busy"),
      ("tasks", "\(row.running) running"), ("capacity", "\(row.capacityUsed) used"),
      ("effective priority", "\(row.effectivePriority)"), ("tickets", tickets(row, own)),
      ("created", time(Instant(microseconds: row.created))),
    ]) + section(own, Parameters.pool)
  }

  // MARK: Branches

  static func table(_ rows: [WireBranchRow]) -> Table {
    var table = Table([
      .init("BRANCH", minimum: 12), .init("JOBS", .right), .init("TASKS", .right), .init("CAPACITY", .right, dropRank: 3),
      .init("PRI", .right, dropRank: 4), .init("SHARES", minimum: 4, dropRank: 1), .init("STATE", minimum: 3, dropRank: 2),
    ])
    for row in rows {
      let own = parameters(row.parameters)
      let method = own["solve_method"]?.string == "solve_order" ? "in order" : "by need"
      table.add([
        .init(row.path), .init("\(row.jobs)"), Cells.count(row.running, .running), .init("\(row.capacityUsed)"),
        .init("\(own["priority"]?.integer ?? Int64(Limits.defaultPriority))"),
        .init("\(own["solve_jobs"]?.bool == true ? "jobs" : "users") \(method)"),
        own["paused"]?.bool == true ? .init("PAU", .waiting) : .init("-"),
      ])
    }
    return table
  }

  /// Keys of section 1.13.
  static func json(_ row: WireBranchRow) -> JSONObject {
    var object: JSONObject = ["name": .string(row.path)]
    for (key, value) in parameters(row.parameters).members { object[key] = value }
    let computed: JSONObject = [
      "jobs_total": .integer(Int64(row.jobs)), "running_tasks_num": .integer(Int64(row.running)),
      "running_capacity_total": .integer(row.capacityUsed), "time_creation": Cells.time(Instant(microseconds: row.created)),
    ]
    for (key, value) in computed.members { object[key] = value }
    return object
  }

  static func lines(_ row: WireBranchRow, time: (Instant) -> String = Cells.local) -> [String] {
    Facts.lines([
      ("branch", row.path), ("jobs", "\(row.jobs)"), ("tasks", "\(row.running) running"), ("capacity", "\(row.capacityUsed) used"),
      ("created", time(Instant(microseconds: row.created))),
    ]) + section(parameters(row.parameters), Parameters.branch)
  }

  /// Below what is computed: the parameters that somebody set.
  static func section<Node>(_ parameters: JSONObject, _ table: ParameterTable<Node>) -> [String] {
    let facts = facts(JSONObject(parameters.members.filter { $0.value != table[$0.key]?.defaultValue }))
    return facts.isEmpty ? [] : [""] + Facts.lines(facts)
  }
}
