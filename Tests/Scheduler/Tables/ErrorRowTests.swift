import Model
import Simulation
import Testing

@testable import Scheduler

/// The table of section 3.12, and sections 3.13 and 3.14, as far as `ErrorPolicyTests` and `LimitTests` leave rows out.
@Suite("3.12, 3.13, 3.14 errors, clocks and checks")
struct ErrorRowTests {
  @Test("3.12 defaults: 3 retries, 3 errors of a block or a task on a render, forgiven after 18000 s")
  func defaults() {
    let settings = FarmSettings().newUser
    #expect(settings.errorsRetries == 3)
    #expect(settings.errorsAvoidHost == 3)
    #expect(settings.errorsTaskSameHost == 3)
    #expect(settings.errorsForgiveTime == 18_000)
    let block = BlockParameters()
    #expect((block.errorsAvoidHost, block.errorsTaskSameHost, block.errorsForgiveTime) == (-1, -1, -1))
  }

  struct Own: CustomTestStringConvertible {
    var key: String
    var block: Int64
    var user: Int64
    /// How many errors the first task has on r1 before it stands still.
    var expected: Int32
    var testDescription: String {
      "3.12 \(key): \(block < 0 ? "the user's \(user)" : "the block's \(block) before the user's \(user)")"
    }
    init(_ key: String, block: Int64, user: Int64, _ expected: Int32) {
      (self.key, self.block, self.user, self.expected) = (key, block, user, expected)
    }
  }

  @Test(
    "what the block says comes before what its user says:",
    arguments: [
      Own("errors_retries", block: -1, user: 1, 2), Own("errors_retries", block: 4, user: 1, 5),
      Own("errors_avoid_host", block: -1, user: 2, 2), Own("errors_avoid_host", block: 4, user: 2, 4),
      Own("errors_task_same_host", block: -1, user: 2, 2), Own("errors_task_same_host", block: 4, user: 2, 4),
    ])
  func own(_ row: Own) {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1), offline: true))
    for key in ["errors_retries", "errors_avoid_host", "errors_task_same_host"] {
      let others: Int64 = key == "errors_retries" ? 50 : 0
      driver.edit(.users(.names(["anna"])), (key, .integer(key == row.key ? row.user : others)))
    }
    driver.edit(id, block: 0, row.key, .integer(row.block))
    driver.operate(.start, id)
    for _ in 0..<20 { driver.finish(id, 0, .exitStatus) }
    #expect(driver.farm.task(driver.key(id, 0))?.errors == row.expected)
    #expect(driver.letters(id) == (row.key == "errors_retries" ? "E" : "Y"))
  }

  @Test("3.12 errors_task_same_host 0: never")
  func neverSameHost() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 100).avoidingNone))
    for _ in 0..<50 { driver.finish(id, 0, .exitStatus) }
    #expect(driver.letters(id) == "R")
  }

  @Test("3.12 errors_forgive_time 0: never")
  func neverForgiven() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(
      job(
        frames(1, 1, retries: 100).with {
          $0.errorsAvoidHost = 1
          $0.errorsForgiveTime = 0
        }))
    driver.finish(id, 0, .exitStatus)
    _ = driver.live(.seconds(100_000))
    #expect(driver.letters(id) == "Y")
    #expect(driver.store.errorHosts.count == 2)
  }

  @Test("3.12 reset_error_hosts: all renders are taken again, those of a block, or of some tasks")
  func reset() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 9000)
    let block = frames(1, 2, retries: 100).with { $0.errorsTaskSameHost = 1 }.with { $0.errorsAvoidHost = 0 }
    var second = block
    second.name = "second"
    let id = driver.submit(job(block, second))
    for (task, block) in [(0, 0), (1, 0), (0, 1), (1, 1)] { driver.finish(id, task, block: block, .exitStatus) }
    func letters() -> String { driver.letters(id) + driver.letters(id, block: 1) }
    #expect(letters() == "YYYY")
    driver.operate(.resetErrorHosts, id, block: 0, tasks: [TaskRange(first: 1, last: 1)])
    #expect(letters() == "YRYY")
    driver.operate(.resetErrorHosts, id, block: 1)
    #expect(letters() == "YRRR")
    driver.operate(.resetErrorHosts, id)
    #expect(letters() == "RRRR")
    #expect(driver.store.errorHosts.isEmpty)
  }

  @Test("3.12 a task's count of errors goes only by hand: not by a success, nor by forgiving, nor by time")
  func counts() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 9)))
    driver.finish(id, 0, .exitStatus)
    driver.finish(id, 0, .stopped)
    driver.finish(id, 0)
    driver.operate(.resetErrorHosts, id)
    _ = driver.live(.seconds(20_000))
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 1)
    driver.operate(.restart, id)
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
  }

  @Test("3.12 sick: errors of one user in a row count once, however many; 0 and -1: never", arguments: [2, 0, -1])
  func sickUsers(count: Int64) {
    var driver = FarmDriver()
    let render = driver.register("r1", capacity: 100_000)
    driver.setPool("sick_errors_count", .integer(count))
    let ids = ["anna", "bert"].map { driver.submit(job(frames(1, 3, retries: 0).avoidingNone, user: $0)) }
    for task in 0..<3 { driver.finish(ids[0], task, .exitStatus) }
    #expect(driver.farm.render(render)?.state.contains(.sick) == false)
    driver.finish(ids[1], 0, .exitStatus)
    #expect(driver.farm.render(render)?.state.contains(.sick) == (count == 2))
  }

  @Test("3.12 sick: any end without an error clears the list", arguments: [RunOutcome.success, .parserSuccess, .skipped])
  func wellAgain(outcome: RunOutcome) {
    var driver = FarmDriver()
    let render = driver.register("r1", capacity: 100_000)
    driver.setPool("sick_errors_count", .integer(2))
    let ids = ["anna", "bert"].map { driver.submit(job(frames(1, 3, retries: 0).avoidingNone, user: $0)) }
    driver.finish(ids[0], 0, .exitStatus)
    driver.finish(ids[0], 1, outcome)
    driver.finish(ids[1], 0, .exitStatus)
    #expect(driver.farm.render(render)?.state.contains(.sick) == false)
    #expect(driver.store.renders[render]?.failedUsers == ["bert"])
  }

  // MARK: Clocks

  struct Clock: CustomTestStringConvertible {
    var name: String
    var pool: [(String, Int64)]
    var before: RenderOperation?
    var after: RenderState
    var testDescription: String { name }
    init(_ name: String, _ pool: [(String, Int64)], before: RenderOperation? = nil, _ after: RenderState) {
      (self.name, self.pool, self.before, self.after) = (name, pool, before, after)
    }
  }

  /// The render's processors are at 50 %, its memory at 10 %, for 40 s.
  @Test(
    "after 40 s r1 is",
    arguments: [
      Clock(
        "3.13 busy clock: any threshold is exceeded", [("busy_cpu", 40), ("busy_mem", 90), ("busy_nimby_time", 30)],
        [.online, .NIMBY]),
      Clock("3.13 busy clock: none is exceeded", [("busy_cpu", 50), ("busy_mem", 90), ("busy_nimby_time", 30)], .online),
      Clock("3.13 busy clock: not long enough", [("busy_cpu", 40), ("busy_nimby_time", 60)], .online),
      Clock("3.13 busy clock: without busy_nimby_time", [("busy_cpu", 40)], .online),
      Clock(
        "3.13 busy clock: not while it is nimby", [("busy_cpu", 40), ("busy_nimby_time", 30)], before: .nimby, [.online, .nimby]),
      Clock(
        "3.13 idle clock: none is exceeded: free", [("idle_cpu", 60), ("idle_mem", 60), ("idle_free_time", 30)], before: .nimby,
        .online),
      Clock("3.13 idle clock: NIMBY by hand is freed too", [("idle_cpu", 60), ("idle_free_time", 30)], before: .NIMBY, .online),
      Clock(
        "3.13 idle clock: any is exceeded", [("idle_cpu", 60), ("idle_mem", 5), ("idle_free_time", 30)], before: .nimby,
        [.online, .nimby]),
      Clock(
        "3.13 idle clock: all idle thresholds are off: never idle", [("idle_free_time", 30)], before: .nimby, [.online, .nimby]),
      Clock("3.13 idle clock: not long enough", [("idle_cpu", 60), ("idle_free_time", 60)], before: .nimby, [.online, .nimby]),
    ])
  func clock(_ row: Clock) {
    var driver = FarmDriver()
    let render = driver.register("r1")
    if let before = row.before { driver.operateRenders(before, "r1") }
    for (key, value) in row.pool { driver.setPool(key, .integer(value)) }
    var load = HostResources()
    load.cpuPercent = 50
    load.memoryTotalMB = 1000
    load.memoryFreeMB = 900
    driver.apply(.renderAlive(render, load))
    _ = driver.live(.seconds(40))
    #expect(driver.farm.render(render)?.state == row.after)
  }

  @Test("3.13 neither clock runs while a task does")
  func noClocks() {
    var driver = FarmDriver()
    let render = driver.register("r1", user: "anna", nimby: .nimby)
    driver.setPool("idle_cpu", .integer(60))
    driver.setPool("idle_free_time", .integer(30))
    let id = driver.submit(job(frames(1, 1)))
    driver.apply(.renderAlive(render, HostResources()))
    _ = driver.live(.seconds(60))
    #expect(driver.farm.render(render)?.state == [.online, .nimby, .busy])
    driver.finish(id, 0)
    driver.apply(.renderAlive(render, HostResources()))
    _ = driver.live(.seconds(25))
    #expect(driver.farm.render(render)?.state == [.online, .nimby])
    _ = driver.live(.seconds(5))
    #expect(driver.farm.render(render)?.state == .online)
  }

  // MARK: Checks

  struct End: CustomTestStringConvertible {
    var name: String
    var result: RunResult
    var state: StateBits
    var testDescription: String { name }
  }

  /// How files are looked for is the agent's affair: `Tests/Render`.
  @Test(
    "what a render says of its files decides:",
    arguments: [
      End(
        name: "3.14 skipexistingfiles: all are there: DON SKP, no error", result: RunResult(outcome: .skipped),
        state: [.done, .skipped]),
      End(
        name: "3.14 checkrenderedfiles: one is missing: ERR BRF", result: RunResult(outcome: .badFiles), state: [.error, .badFiles]),
      End(
        name: "3.14 thumbnails: a post command that failed: DON FPO", result: RunResult(outcome: .success, flags: .failedPost),
        state: [.done, .failedPost]),
    ])
  func files(_ end: End) {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 0)))
    let lease = driver.starts[0].lease
    driver.apply(.runFinished(render, lease, driver.key(id, 0), end.result))
    let task = driver.farm.task(driver.key(id, 0))
    #expect(task?.state == end.state)
    #expect(task?.errors == (end.state.contains(.error) ? 1 : 0))
  }
}
