import Model
import Testing

@testable import Scheduler

/// A render as rich as a rule may ask.
extension FarmDriver {
  @discardableResult
  mutating func come(
    _ name: String, capacity: Int32 = -1, maxTasks: Int32 = -1, os: String = "linux unix", user: String = "farm",
    memoryMB: Int64 = 16_000, diskGB: Int64 = 100, cores: Int32 = 8, mhz: Int32 = 3000, gpuMB: Int64 = 0, nimby: RenderState = []
  ) -> RenderID {
    var resources = HostResources()
    resources.memoryTotalMB = 64_000
    resources.memoryFreeMB = memoryMB
    resources.diskTotalGB = 1000
    resources.diskFreeGB = diskGB
    resources.cpuCount = cores
    resources.cpuMHz = mhz
    resources.gpuMemoryTotalMB = gpuMB
    apply(
      .renderRegistered(
        RenderRegistration(
          name: name, agent: "agent of \(name)", user: user, os: os, capacity: capacity, maxTasks: maxTasks, resources: resources,
          nimby: nimby), connection: connection()))
    return farm.render(named: name) ?? RenderID(0)
  }

  @discardableResult
  mutating func pool(_ path: String, _ changes: (String, JSONValue)...) -> Answer? {
    apply(
      .order(
        NodeOrder(kind: .pool, names: [path], creates: true), by: actor, request: RequestID(connection: ConnectionID(0), number: 1))
    )
    if !changes.isEmpty { set(.pools(.names([path])), changes) }
    return answer
  }

  mutating func set(_ target: EditTarget, _ changes: [(String, JSONValue)]) {
    let edit = Edit(target: target, changes: changes.map { Edit.Change(key: $0.0, value: $0.1) })
    apply(.edit(edit, by: actor, request: RequestID(connection: ConnectionID(0), number: 1)))
  }

  /// Names of the renders that the last command started something on.
  var startedNames: [String] { startedOn.compactMap { farm.render($0)?.name } }
}

/// What a job says, and which of the renders a1, a2 and b1 it may run on.
struct WhereRule: CustomTestStringConvertible {
  var name: String
  var change: @Sendable (inout JobSpec) -> Void
  var expected: [String]
  var testDescription: String { name }
  init(_ name: String, _ change: @escaping @Sendable (inout JobSpec) -> Void, _ expected: [String]) {
    (self.name, self.change, self.expected) = (name, change, expected)
  }
}

@Suite("3.4 where a task may run")
struct WhereTests {
  static let rules: [WhereRule] = [
    WhereRule("3.4 hosts_mask finds the beginning of a name", { $0.parameters.work.hostsMask = "a" }, ["a1", "a2"]),
    WhereRule("1.14 a mask of several parts: one of them", { $0.parameters.work.hostsMask = "a2 b" }, ["a2", "b1"]),
    WhereRule("1.14 find does not look inside", { $0.parameters.work.hostsMask = "1" }, []),
    WhereRule(
      "1.14 a regular expression is for the whole name",
      {
        $0.parameters.work.hostsMask = ".*1"
        $0.parameters.work.hostsMaskType = .regex
      }, ["a1", "b1"]
    ),
    WhereRule("3.4 hosts_mask_exclude", { $0.parameters.work.hostsMaskExclude = "a1" }, ["a2", "b1"]),
    WhereRule("3.4 block: hosts_mask_exclude", { $0.blocks[0].parameters.hostsMaskExclude = "a" }, ["b1"]),
    WhereRule("3.4 block: need_power", { $0.blocks[0].parameters.needPower = 50 }, ["a1", "a2"]),
    WhereRule("3.4 block: max_running_tasks_per_host 0", { $0.blocks[0].parameters.maxRunningTasksPerHost = 0 }, []),
    WhereRule("3.4 block: a mask besides its job's", { $0.blocks[0].parameters.hostsMask = "b" }, ["b1"]),
    WhereRule(
      "1.3 the job's hosts_mask_type governs its blocks",
      {
        $0.parameters.work.hostsMaskType = .regex
        $0.blocks[0].parameters.hostsMask = "[ab]1"
      }, ["a1", "b1"]
    ),
    WhereRule("3.4 need_os is found anywhere", { $0.parameters.work.needOS = "mac" }, ["b1"]),
    WhereRule(
      "3.4 need_properties is found anywhere in what the pool says", { $0.parameters.work.needProperties = "rtx" }, ["a1", "a2"]),
    WhereRule("3.4 block: need_properties", { $0.blocks[0].parameters.needProperties = "quadro" }, []),
    WhereRule("3.4 need_power", { $0.parameters.work.needPower = 50 }, ["a1", "a2"]),
    WhereRule("3.4 need_memory", { $0.parameters.work.needMemoryMB = 20_000 }, ["b1"]),
    WhereRule("3.4 block: need_memory", { $0.blocks[0].parameters.needMemoryMB = 20_000 }, ["b1"]),
    WhereRule("3.4 block: need_hdd", { $0.blocks[0].parameters.needDiskGB = 150 }, ["a2"]),
    WhereRule("3.4 block: need_cpu_cores", { $0.blocks[0].parameters.needCPUCores = 16 }, ["b1"]),
    WhereRule("3.4 block: need_cpu_freq_mgz", { $0.blocks[0].parameters.needCPUMHz = 3500 }, ["a2"]),
    WhereRule("3.4 block: need_cpu_freq_cores", { $0.blocks[0].parameters.needCPUMHzCores = 40_000 }, ["b1"]),
    WhereRule("3.4 block: need_gpu_mem_mb", { $0.blocks[0].parameters.needGPUMemoryMB = 4000 }, ["a1"]),
    WhereRule("3.6 -100 forbids a pool and those below", { $0.parameters.work.pools = ["/a": -100] }, ["b1"]),
    WhereRule("3.6 100 asks for a pool", { $0.parameters.work.pools = ["/b": 100] }, ["b1"]),
    WhereRule("3.6 a key without a slash is found anywhere in the path", { $0.parameters.work.pools = ["b": 100] }, ["b1"]),
    WhereRule("3.6 a weight between orders, and forbids nothing", { $0.parameters.work.pools = ["/a": -99] }, ["a1", "a2", "b1"]),
    WhereRule("3.6 /a does not mean /ab", { $0.parameters.work.pools = ["/": 0, "/a": 100] }, ["a1", "a2"]),
    WhereRule("3.4, 3.10 block: a service that the pool disables", { $0.blocks[0].service = "nuke" }, ["b1"]),
    WhereRule("3.4 block: free capacity", { $0.blocks[0].capacity = 1500 }, ["b1"]),
    WhereRule(
      "3.4, 3.9 block: the least coefficient decides whether it fits",
      {
        $0.blocks[0].capacity = 100
        $0.blocks[0].parameters.capacityCoeffMin = 15
      }, ["b1"]
    ),
    WhereRule("3.4, 3.10 block: a host ticket", { $0.blocks[0].parameters.tickets = ["GPU": 2] }, ["b1"]),
    WhereRule("3.4, 3.10 block: a pool ticket", { $0.blocks[0].parameters.tickets = ["NUKE": 1] }, ["a1"]),
    WhereRule(
      "3.10 a ticket that nobody defines holds nothing back", { $0.blocks[0].parameters.tickets = ["HOU": 5] }, ["a1", "a2", "b1"]),
    WhereRule("3.4 max_running_tasks_per_host 0", { $0.parameters.work.maxRunningTasksPerHost = 0 }, []),
    WhereRule("3.4 block: max_running_tasks 0", { $0.blocks[0].parameters.maxRunningTasks = 0 }, []),
    WhereRule("3.4 max_tasks_per_second 0", { $0.parameters.work.maxTasksPerSecond = 0 }, []),
    WhereRule("3.4 priority 0", { $0.priority = 0 }, []),
  ]

  private func farm() -> FarmDriver {
    var driver = FarmDriver()
    driver.pool(
      "/a", ("pattern", .string("a.*")), ("properties_host", .string("rtx big")), ("power_host", .integer(100)),
      ("services_disabled", .array([.string("nuke")])), ("tickets_pool.NUKE", .integer(1)), ("tickets_host.GPU", .integer(1)),
      ("capacity_host", .integer(1000)))
    driver.pool(
      "/b", ("pattern", .string("b.*")), ("power_host", .integer(10)), ("capacity_host", .integer(2000)),
      ("tickets_host.GPU", .integer(2)), ("tickets_pool.NUKE", .integer(0)))
    driver.pool("/ab", ("pattern", .string("x.*")))
    driver.come("a1", mhz: 3000, gpuMB: 8000)
    driver.come("a2", diskGB: 200, mhz: 4000)
    driver.come("b1", os: "mac unix", memoryMB: 32_000, cores: 16)
    return driver
  }

  @Test("each rule keeps off the renders that it means", arguments: rules)
  func rule(_ rule: WhereRule) {
    let (name, expected) = (rule.name, rule.expected)
    var driver = farm()
    var spec = job(frames(1, 3, capacity: 600))
    spec.blocks[0].parameters.maxRunningTasksPerHost = 1
    rule.change(&spec)
    let id = driver.submit(spec)
    #expect(driver.startedNames.sorted() == expected, "\(name)")
    // What explains is what decides.
    let excluded = driver.farm.explain(id)?.rules.filter { $0.renders > 0 }.reduce(0) { $0 + $1.renders } ?? 0
    let holds = driver.farm.explain(id)?.rules.contains { $0.renders < 0 } ?? false
    if expected.count < 3, spec.priority > 0 {
      #expect(excluded == 3 || holds, "\(name): \(String(describing: driver.farm.explain(id)))")
    }
  }

  @Test("3.4 a branch's and a user's masks hold for their jobs", arguments: ["branch", "user"])
  func outer(node: String) {
    var driver = farm()
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    if node == "branch" {
      driver.set(.branches(.names(["/"])), [("hosts_mask", .string("b"))])
    } else {
      driver.set(.users(.names(["anna"])), [("hosts_mask", .string("b"))])
    }
    let id = driver.submit(job(frames(1, 30, capacity: 600)))
    #expect(Set(driver.startedNames) == ["b1"])
    #expect(
      driver.farm.explain(id)?.rules.contains { $0.key == "hosts_mask" && $0.node.hasPrefix(node) && $0.renders == 2 } == true)
  }

  @Test("3.4 nimby, NIMBY and paused renders, and the jobs that pass them by")
  func nimby() {
    for (state, ignore, expected) in [
      (RenderState.nimby, "", false), (.NIMBY, "", false), (.nimby, "nimby", true), (.NIMBY, "nimby", true), (.paused, "", false),
      (.paused, "paused", true), (.paused, "nimby", false),
    ] {
      var driver = FarmDriver()
      driver.come("r1", user: "bert", nimby: state.intersection([.nimby, .NIMBY]))
      if state == .paused { driver.operateRenders(.pause, "r1") }
      var spec = job(frames(1, 1))
      spec.parameters.ignoreNimby = ignore == "nimby"
      spec.parameters.ignorePaused = ignore == "paused"
      driver.submit(spec)
      #expect(!driver.starts.isEmpty == expected, "\(state) \(ignore)")
    }
    var driver = FarmDriver()
    driver.come("r1", user: "anna", nimby: .nimby)
    driver.submit(job(frames(1, 1)))
    #expect(driver.startedNames == ["r1"])
  }

  @Test("3.10 pool tickets are checked along the whole chain, taken at the start and given back at the end")
  func tickets() {
    var driver = FarmDriver()
    driver.set(
      .pools(.names(["/"])),
      [("tickets_pool.NUKE", .integer(2)), ("max_tasks_host", .integer(10)), ("capacity_host", .integer(10_000))])
    driver.pool("/a", ("pattern", .string("a.*")), ("tickets_pool.NUKE", .integer(5)))
    driver.come("a1")
    var spec = job(frames(1, 9))
    spec.blocks[0].parameters.tickets = ["NUKE": 1]
    let id = driver.submit(spec)
    #expect(driver.starts.count == 2)
    #expect(driver.farm.explain(id)?.rules.contains { $0.text.contains("2 of 2 in use by job \(id)") } == true)
    driver.finish(id, 0)
    #expect(driver.starts.count == 1)
    driver.set(.pools(.names(["/"])), [("tickets_pool.NUKE", .integer(4))])
    #expect(driver.starts.count == 2)
    #expect(driver.farm.poolSummaries().first { $0.path == "/a" }?.ticketsUsed["NUKE"] == 4)
  }

  @Test("3.10 max_hosts: when so many renders hold a ticket, only they may take more")
  func maxHosts() {
    var driver = FarmDriver()
    driver.set(
      .pools(.names(["/"])),
      [("tickets_pool.NUKE", .array([.integer(9), .integer(0), .integer(0), .integer(1)])), ("capacity_host", .integer(2000))])
    driver.come("r1")
    driver.come("r2")
    var spec = job(frames(1, 9))
    spec.blocks[0].parameters.tickets = ["NUKE": 1]
    driver.submit(spec)
    #expect(driver.startedNames == ["r1", "r1"])
  }

  @Test("3.9 variable capacity: as often as it fits, at most the greatest coefficient", arguments: [(0, 10), (4, 4)])
  func coefficient(most: Int32, expected: Int32) {
    var driver = FarmDriver()
    driver.come("r1", capacity: 1050)
    var spec = job(frames(1, 1, capacity: 100))
    spec.blocks[0].parameters.capacityCoeffMin = 2
    spec.blocks[0].parameters.capacityCoeffMax = most
    driver.submit(spec)
    #expect(driver.starts.map(\.capacityCoefficient) == [expected])
  }

  @Test("3.4 memory is reserved when a task starts, and what the task uses is not counted twice")
  func memory() {
    var driver = FarmDriver()
    let render = driver.come("r1", capacity: 10_000, memoryMB: 16_000)
    var spec = job(frames(1, 9, capacity: 100))
    spec.blocks[0].parameters.needMemoryMB = 6000
    driver.submit(spec)
    #expect(driver.starts.count == 2)
    var resources = HostResources()
    resources.memoryFreeMB = 20_000
    driver.apply(.renderAlive(render, resources))
    #expect(driver.starts.count == 1)
  }
}
