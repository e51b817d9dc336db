import Model
import Testing

@testable import Scheduler

/// The consequences that section 3.17 names: those that Reeve keeps, and those that it does away with.
@Suite("3.17 consequences")
struct ConsequenceTests {
  @Test("3.17 without a half-life fairness is of the moment: who had the farm all night has no less in the morning")
  func noHistory() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 4000, maxTasks: 4)
    let night = driver.submit(job(frames(1, 4), name: "night"))
    _ = driver.live(.seconds(8 * 3600))
    let ids = ["anna", "bert"].map { driver.submit(job(frames(1, 9), name: "\($0)'s", user: $0)) }
    for task in 0..<4 { driver.finish(night, task) }
    #expect(ids.map { driver.farm.job($0)?.counts[.running] } == [2, 2])
  }

  @Test("3.17 without preempt nothing is stopped for a job of any priority")
  func noPreemption() {
    var driver = FarmDriver()
    driver.register("r1")
    let low = driver.submit(job(frames(1, 1), name: "low", priority: 1))
    driver.submit(job(frames(1, 1), name: "high", priority: 250))
    #expect(driver.stops.isEmpty)
    #expect(driver.letters(low) == "R")
  }

  @Test("3.17 a user's first job takes all that it can, the others what it cannot use")
  func firstJob() {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(false))])
    let first = driver.submit(job(frames(1, 9, capacity: 600), name: "first"))
    let second = driver.submit(job(frames(1, 9, capacity: 200), name: "second"))
    driver.register("r1", capacity: 1000)
    driver.register("r2", capacity: 1000)
    #expect([first, second].map { driver.farm.job($0)?.counts[.running] } == [2, 4])
  }

  @Test("3.17 users of priorities 99 and 109 get 1 : 2.6; priority 0 gets nothing")
  func shares() {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(false))])
    for user in ["never", "some", "more"] { driver.submit(job(frames(1, 999, capacity: 1), name: user, user: user)) }
    driver.set(.users(.names(["never"])), [("priority", .integer(0))])
    driver.set(.users(.names(["more"])), [("priority", .integer(109))])
    driver.register("r1", maxTasks: 36)
    #expect(driver.farm.users().map { [$0.name, "\($0.running)"] } == [["more", "26"], ["never", "0"], ["some", "10"]])
  }

  @Test("3.17 done away with: a job whose tasks avoid all free renders costs nothing until that changes")
  func noScan() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 50, retries: 100).with { $0.errorsAvoidHost = 1 }))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id).contains("R") == false)
    driver.apply(.renderAlive(RenderID(1), nil))
    #expect(driver.last.isEmpty)
    #expect(driver.farm.solver.fresh.isEmpty)
  }

  @Test("3.17 done away with: a job that no render could ever take stands in no queue until such a render comes, or goes again")
  func noQueue() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 9)).with { $0.work.hostsMask = "b" })
    let node = driver.farm.jobs[driver.farm.jobPlaces[id] ?? 0].node
    #expect(!driver.farm.solver.tree.nodes[node].isQueued)
    #expect(driver.farm.explain(id)?.rules.contains { $0.key == "hosts_mask" && $0.renders == 1 } == true)
    driver.register("b1")
    #expect(driver.startedNames == ["b1"])
    #expect(driver.farm.solver.tree.nodes[node].isQueued)
    driver.finish(id, 0)
    #expect(driver.startedNames == ["b1"])
    driver.operateRenders(.NIMBY, "b1")
    #expect(!driver.farm.solver.tree.nodes[node].isQueued)
    driver.finish(id, 1)
    #expect(driver.starts.isEmpty)
    driver.operateRenders(.free, "b1")
    #expect(driver.startedNames == ["b1"])
    // Its last render is deleted.
    if let connection = driver.farm.renders[1].connection {
      driver.apply(.renderLeft(RenderID(2), connection: connection, ejected: true))
    }
    let order = NodeOrder(kind: .render, names: ["b1"], creates: false)
    driver.apply(.order(order, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 1)))
    #expect(driver.farm.renderCount == 1)
    #expect(!driver.farm.solver.tree.nodes[node].isQueued)
    driver.edit(id, "hosts_mask", .string(""))
    #expect(driver.startedNames == ["r1"])
  }

  @Test("3.17 two agents of one name cannot both be online")
  func oneName() {
    var driver = FarmDriver()
    driver.register("r1", agent: "one")
    driver.apply(.renderRegistered(RenderRegistration(name: "r1", agent: "two", user: "x"), connection: ConnectionID(9)))
    #expect(driver.last.contains { if case .refused(ConnectionID(9), _) = $0 { true } else { false } })
    #expect(driver.farm.renderCount == 1)
  }

  @Test("3.17 max_tasks_per_second of the root limits the farm's rate; Reeve's root has no such limit until it is set")
  func rate() {
    var driver = FarmDriver()
    #expect(BranchParameters.root.work.maxTasksPerSecond == -1)
    driver.register("r1", capacity: 1_000_000, maxTasks: 1000)
    let id = driver.submit(job(frames(1, 500, capacity: 1)))
    #expect(driver.farm.job(id)?.counts[.running] == 500)
    driver.set(.branches(.names(["/"])), [("max_tasks_per_second", .integer(100))])
    _ = driver.advance(.seconds(1))
    let limited = driver.submit(job(frames(1, 400, capacity: 1), name: "limited"))
    #expect(driver.farm.job(limited)?.counts[.running] == 100)
    _ = driver.advance(.seconds(1))
    #expect(driver.farm.job(limited)?.counts[.running] == 200)
  }

  @Test(
    "3.17 masks, needs and capacity that are changed count for tasks that did not start yet",
    arguments: [
      ("hosts_mask", JSONValue.string("nowhere")), ("need_properties", .string("none")), ("capacity", .integer(100_000)),
      ("need_memory", .integer(1_000_000)), ("service", .string("none")),
    ])
  func notYetStarted(key: String, value: JSONValue) {
    var driver = FarmDriver()
    driver.register("r1", services: ["generic"])
    let id = driver.submit(job(frames(1, 3)))
    driver.edit(id, block: 0, key, value)
    #expect(driver.stops.isEmpty)
    #expect(driver.letters(id) == "Rrr")
    driver.finish(id, 0)
    #expect(driver.letters(id) == "Drr")
  }

  struct Pause: CustomTestStringConvertible {
    var name: String
    /// Whether what runs is stopped.
    var stops = false
    var event: @Sendable (inout FarmDriver, JobID) -> Void
    var testDescription: String { "3.17 \(name)" }
    init(_ name: String, stops: Bool = false, _ event: @escaping @Sendable (inout FarmDriver, JobID) -> Void) {
      (self.name, self.stops, self.event) = (name, stops, event)
    }
  }

  @Test(
    "what pauses starts nothing more, and only stop, eject and delete stop what runs:",
    arguments: [
      Pause("a paused pool") { driver, _ in driver.setPool("paused", .bool(true)) },
      Pause("a paused branch") { driver, _ in driver.edit(.branches(.names(["/"])), ("paused", .bool(true))) },
      Pause("a paused user") { driver, _ in driver.edit(.users(.names(["anna"])), ("paused", .bool(true))) },
      Pause("a paused job") { driver, id in driver.operate(.pause, id) },
      Pause("a paused render") { driver, _ in driver.operateRenders(.pause, "r1") },
      Pause("a NIMBY render") { driver, _ in driver.operateRenders(.NIMBY, "r1") },
      Pause("a stopped job", stops: true) { driver, id in driver.operate(.stop, id) },
      Pause("a deleted job", stops: true) { driver, id in driver.operate(.delete, id) },
      Pause("a render that ejects", stops: true) { driver, id in
        driver.operate(.pause, id)
        driver.operateRenders(.eject, "r1")
      },
    ])
  func pauses(_ pause: Pause) throws {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 3)))
    let lease = try #require(driver.farm.lease(of: driver.key(id, 0)))
    pause.event(&driver, id)
    #expect(driver.stops == (pause.stops ? [lease] : []))
    driver.finish(lease, pause.stops ? .stopped : .success)
    #expect(driver.starts.isEmpty)
  }

  @Test("3.17 a nimby render runs its own user's tasks; NIMBY, which it becomes by itself, not even these")
  func ownUser() {
    var driver = FarmDriver()
    let render = driver.register("r1", user: "anna", nimby: .nimby)
    let id = driver.submit(job(frames(1, 9)))
    #expect(driver.letters(id) == "Rrrrrrrrr")
    driver.operate(.pause, id)
    driver.finish(id, 0)
    driver.operateRenders(.free, "r1")
    driver.setPool("busy_cpu", .integer(50))
    driver.setPool("busy_nimby_time", .integer(10))
    var load = HostResources()
    load.cpuPercent = 90
    driver.apply(.renderAlive(render, load))
    _ = driver.live(.seconds(10))
    #expect(driver.farm.render(render)?.state == [.online, .NIMBY])
    driver.operate(.start, id)
    #expect(driver.letters(id) == "Drrrrrrrr")
  }

  @Test(
    "3.17 sequential above 1 gives the first and the last task before others, with ppa too; one that they avoid gets the others")
  func firstAndLast() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(
      job(
        frames(1, 9, retries: 9).with {
          $0.sequential = 4
          $0.errorsTaskSameHost = 1
          $0.errorsAvoidHost = 0
        }
      ).with { $0.previewApproval = true })
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "YrrrrrrrR")
    driver.finish(id, 8, .exitStatus)
    // In Afanasy nothing else of the block starts here any more.
    #expect(driver.letters(id) == "YrrRrrrrY")
  }

  @Test("3.17 a limit per host counts what runs on a render until it ends, also when the agent comes anew")
  func perHost() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 9, capacity: 1)).with { $0.work.maxRunningTasksPerHost = 2 })
    let runs = driver.farm.runs.compactMap { $0 }.map { RunReport(lease: $0.lease, key: $0.key) }
    #expect(runs.count == 2)
    driver.register("r1", runs: runs)
    #expect(driver.farm.job(id)?.counts[.running] == 2)
    driver.finish(id, 0)
    #expect(driver.farm.job(id)?.counts[.running] == 2)
  }
}
