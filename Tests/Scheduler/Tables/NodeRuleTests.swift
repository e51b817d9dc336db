import Model
import Testing

@testable import Scheduler

/// The table of section 3.4: each check of a branch, a user and a job, one after the other. Those of blocks are in `WhereTests`.
@Suite("3.4 what branches, users and jobs allow")
struct NodeRuleTests {
  enum Node: String, CaseIterable { case branch, user, job }

  struct Rule: Sendable {
    var key: String
    var value: JSONValue
    /// Where the job's tasks start; a render once for each.
    var expected: [String]
    var nodes = Node.allCases
  }

  struct Row: CustomTestStringConvertible {
    var node: Node
    var rule: Rule
    var testDescription: String { "3.4 \(node.rawValue): \(rule.key) \(rule.value.text())" }
  }

  /// On a farm of a1, a2 and b1 that take two tasks each, five in all.
  private static let rules: [Rule] = [
    Rule(key: "annotation", value: .string("nothing in the way"), expected: ["a1", "a1", "a2", "b1", "b1"]),
    Rule(key: "max_tasks_per_second", value: .integer(0), expected: []),
    Rule(key: "max_tasks_per_second", value: .integer(2), expected: ["a1", "b1"]),
    Rule(key: "priority", value: .integer(0), expected: []),
    Rule(key: "max_running_tasks", value: .integer(0), expected: []),
    Rule(key: "max_running_tasks", value: .integer(2), expected: ["a1", "b1"]),
    Rule(key: "max_running_tasks_per_host", value: .integer(0), expected: []),
    Rule(key: "max_running_tasks_per_host", value: .integer(1), expected: ["a1", "a2", "b1"]),
    Rule(key: "paused", value: .bool(true), expected: [], nodes: [.branch, .user]),
    Rule(key: "offline", value: .bool(true), expected: [], nodes: [.job]),
    Rule(key: "time_wait", value: .integer(253_402_300_799), expected: [], nodes: [.job]),
    Rule(key: "depend_mask", value: .string("first"), expected: [], nodes: [.job]),
    Rule(key: "hosts_mask", value: .string("a"), expected: ["a1", "a1", "a2", "a2"]),
    Rule(key: "hosts_mask_exclude", value: .string("a1"), expected: ["a2", "a2", "b1", "b1"]),
    Rule(key: "need_os", value: .string("mac"), expected: ["b1", "b1"]),
    Rule(key: "need_properties", value: .string("rtx"), expected: ["a1", "a1", "a2", "a2"]),
    Rule(key: "need_power", value: .integer(50), expected: ["a1", "a1", "a2", "a2"]),
    Rule(key: "need_memory", value: .integer(20_000), expected: ["b1"]),
    Rule(key: "need_hdd", value: .integer(150), expected: ["a2"]),
    Rule(key: "pools", value: .object(["/a": .integer(-100)]), expected: ["b1", "b1"]),
    Rule(key: "pools", value: .object(["/b": .integer(100)]), expected: ["b1", "b1"]),
  ]

  @Test(
    "a check keeps the node's tasks from what it forbids, and explain names it",
    arguments: rules.flatMap { rule in rule.nodes.map { Row(node: $0, rule: rule) } })
  func check(_ row: Row) {
    var driver = Self.farm()
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    let id = driver.submit(job(frames(1, 5, capacity: 400), offline: true))
    let target: EditTarget =
      switch row.node {
      case .branch: .branches(.names(["/"]))
      case .user: .users(.names(["anna"]))
      case .job: .jobs(.ids([id]))
      }
    let outcome = driver.edit(target, (row.rule.key, row.rule.value)).first
    #expect(outcome?.isDone == true, "\(outcome?.message ?? "")")
    if row.rule.key != "offline" { driver.operate(.start, id) }
    #expect(driver.startedNames.sorted() == row.rule.expected)
    guard row.rule.key != "annotation" else { return }
    let rules = driver.farm.explain(id)?.rules ?? []
    #expect(
      rules.contains { $0.key == row.rule.key && $0.node.hasPrefix(row.node.rawValue) },
      "\(rules.map { "\($0.key) of \($0.node)" })")
  }

  @Test("3.4 hosts_mask_type: how a mask is read", arguments: Node.allCases)
  func maskType(node: Node) {
    var driver = Self.farm()
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    let id = driver.submit(job(frames(1, 5, capacity: 400), offline: true))
    let target: EditTarget =
      switch node {
      case .branch: .branches(.names(["/"]))
      case .user: .users(.names(["anna"]))
      case .job: .jobs(.ids([id]))
      }
    driver.edit(target, ("hosts_mask", .string(".*1")), ("hosts_mask_type", .string("regex")))
    driver.operate(.start, id)
    #expect(Set(driver.startedNames) == ["a1", "b1"])
  }

  @Test("3.4 branch and user: without jobs there is nothing to solve, and the first job is solved at once")
  func hasJobs() {
    var driver = Self.farm()
    driver.apply(
      .order(
        NodeOrder(kind: .branch, names: ["/empty"], creates: true), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 1)))
    #expect(driver.starts.isEmpty)
    driver.submit(job(frames(1, 1), user: "new").with { $0.branch = "/empty" })
    #expect(driver.startedNames == ["b1"])
  }

  @Test("3.4 job: not RDY, nothing starts", arguments: ["done", "suspended", "errors only", "waiting blocks only"])
  func notReady(state: String) {
    var driver = Self.farm()
    let id = driver.submit(job(frames(1, 1, name: "a", retries: 0), frames(1, 1, name: "b", needs: "a"), offline: true))
    let first = [TaskRange(first: 0, last: 0)]
    switch state {
    case "done": driver.operate(.done, id)
    case "suspended": driver.operate(.suspend, id)
    case "errors only":
      driver.operate(.start, id)
      driver.finish(id, 0, .exitStatus)
    default: driver.operate(.suspend, id, block: 0, tasks: first)
    }
    driver.operate(.pause, id)
    driver.operate(.start, id)
    #expect(driver.starts.isEmpty)
    #expect(driver.farm.jobState(id)?.contains(.ready) == false)
  }

  @Test("3.4 job: one block that can run is enough")
  func oneBlock() {
    var driver = Self.farm()
    let id = driver.submit(job(frames(1, 1, name: "big", capacity: 100_000), frames(1, 1, name: "small", capacity: 1)))
    #expect(driver.letters(id) == "r")
    #expect(driver.letters(id, block: 1) == "R")
  }

  @Test("3.4 a limit reached lets the siblings go on", arguments: Node.allCases)
  func siblings(node: Node) {
    var driver = Self.farm()
    var specs = ["one", "two"].map { job(frames(1, 9, capacity: 1), name: $0, user: $0, offline: true) }
    for index in specs.indices { specs[index].parameters.branch = "/\(specs[index].name)" }
    let ids = specs.map { driver.submit($0) }
    let target: EditTarget =
      switch node {
      case .branch: .branches(.names(["/one"]))
      case .user: .users(.names(["one"]))
      case .job: .jobs(.ids([ids[0]]))
      }
    driver.edit(target, ("max_running_tasks", .integer(1)))
    for id in ids { driver.operate(.start, id) }
    #expect(ids.map { driver.farm.job($0)?.counts[.running] } == [1, 5])
    // And the room of what ends is not given to the one that may have it only once.
    driver.finish(ids[0], 0)
    #expect(ids.map { driver.farm.job($0)?.counts[.running] } == [1, 5])
  }

  private static func farm() -> FarmDriver {
    var driver = FarmDriver()
    driver.set(.pools(.names(["/"])), [("max_tasks_host", .integer(2))])
    driver.pool("/a", ("pattern", .string("a.*")), ("properties_host", .string("rtx big")), ("power_host", .integer(100)))
    driver.pool("/b", ("pattern", .string("b.*")), ("power_host", .integer(10)))
    driver.come("a1")
    driver.come("a2", diskGB: 200)
    driver.come("b1", capacity: 2000, os: "mac unix", memoryMB: 32_000)
    return driver
  }
}
