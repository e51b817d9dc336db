import Model
import Testing

@testable import Scheduler

@Suite("3.3 to 3.5, 3.7: the order of work and of renders")
struct OrderTests {
  /// Ends everything that runs, oldest first, and counts starts by job.
  private func shares(_ driver: inout FarmDriver, ends: Int) -> [JobID: Int] {
    var counts: [JobID: Int] = [:]
    var pending = driver.farm.runs.compactMap { $0 }.sorted { $0.lease < $1.lease }.map(\.lease)
    for _ in 0..<ends where !pending.isEmpty {
      driver.finish(pending.removeFirst())
      for start in driver.starts {
        counts[start.key.job, default: 0] += 1
        pending.append(start.lease)
      }
    }
    return counts
  }

  @Test("3.3 need: ten points of priority are worth 1.1^10, 2.6 times the tasks")
  func need() {
    var driver = FarmDriver()
    let low = driver.submit(job(frames(1, 1000, capacity: 1), name: "low", user: "anna", priority: 99))
    let high = driver.submit(job(frames(1, 1000, capacity: 1), name: "high", user: "bert", priority: 109))
    driver.come("r1", capacity: 1000, maxTasks: 36)
    let running = (driver.farm.job(low)?.counts[.running] ?? 0, driver.farm.job(high)?.counts[.running] ?? 0)
    #expect(running == (10, 26))
  }

  @Test("3.3 solve_order: the highest priority takes all it can, then the older")
  func order() {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_method", .string("solve_order"))])
    let old = driver.submit(job(frames(1, 3), name: "old"))
    let young = driver.submit(job(frames(1, 3), name: "young"))
    let high = driver.submit(job(frames(1, 2), name: "high", priority: 100))
    driver.come("r1", capacity: 6000, maxTasks: 6)
    #expect(driver.starts.map(\.key.job) == [high, high, old, old, old, young])
  }

  @Test(
    "3.3 solve_need: by capacity a job of big tasks gets fewer of them", arguments: [("solve_tasksnum", 4), ("solve_capacity", 2)])
  func solveNeed(need: String, expected: Int) {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_need", .string(need))])
    let big = driver.submit(job(frames(1, 99, capacity: 300), name: "big"))
    driver.submit(job(frames(1, 99, capacity: 100), name: "small"))
    driver.come("r1", capacity: 1600, maxTasks: 8)
    // 4 + 4 tasks, or as near to equal capacities as whole tasks come.
    let running = Int(driver.farm.job(big)?.counts[.running] ?? 0)
    #expect(need == "solve_tasksnum" ? running == expected : running <= 4 && running >= expected)
  }

  @Test("3.3 a branch of users shares by user, however many jobs each has")
  func users() {
    var driver = FarmDriver()
    driver.set(.branches(.names(["/"])), [("solve_jobs", .bool(false))])
    for number in 0..<9 { driver.submit(job(frames(1, 99), name: "many\(number)", user: "anna")) }
    driver.submit(job(frames(1, 99), name: "one", user: "bert"))
    driver.come("r1", capacity: 10_000, maxTasks: 10)
    #expect(driver.farm.users().map(\.running) == [5, 5])
  }

  @Test("3.3 branches side by side with jobs, each by its own need; tasks below count for the branches above")
  func branches() {
    var driver = FarmDriver()
    var spec = job(frames(1, 99), name: "inside")
    spec.parameters.branch = "/film/shot"
    driver.submit(spec)
    driver.submit(job(frames(1, 99), name: "outside"))
    driver.come("r1", capacity: 10_000, maxTasks: 10)
    #expect(driver.farm.branchSummaries().map(\.path) == ["/", "/film", "/film/shot"])
    #expect(driver.farm.branchSummaries().map(\.running) == [10, 5, 5])
    driver.set(.branches(.names(["/film"])), [("paused", .bool(true))])
    let counts = shares(&driver, ends: 10)
    #expect(counts.count == 1)
  }

  @Test("3.4 limits close a node and open it again", arguments: ["branch", "user", "job", "block"])
  func limits(node: String) {
    var driver = FarmDriver()
    var spec = job(frames(1, 99))
    if node == "job" { spec.parameters.work.maxRunningTasks = 3 }
    if node == "block" { spec.blocks[0].parameters.maxRunningTasks = 3 }
    driver.come("r1", capacity: 100_000, maxTasks: 50)
    let first = driver.submit(job(frames(1, 1), name: "first", offline: true))
    if node == "branch" { driver.set(.branches(.names(["/"])), [("max_running_tasks", .integer(3))]) }
    if node == "user" { driver.set(.users(.names(["anna"])), [("max_running_tasks", .integer(3))]) }
    let id = driver.submit(spec)
    #expect(driver.starts.count == 3)
    #expect(driver.farm.explain(id)?.rules.contains { $0.key == "max_running_tasks" && $0.node.hasPrefix(node) } == true)
    driver.finish(id, 0)
    #expect(driver.starts.count == 1)
    switch node {
    case "branch": driver.set(.branches(.names(["/"])), [("max_running_tasks", .integer(5))])
    case "user": driver.set(.users(.names(["anna"])), [("max_running_tasks", .integer(5))])
    case "job": driver.set(.jobs(.ids([id])), [("max_running_tasks", .integer(5))])
    default: driver.set(.blocks(.ids([id]), nil), [("max_running_tasks", .integer(5))])
    }
    #expect(driver.starts.count == 2)
    #expect(driver.farm.jobState(first)?.contains(.offline) == true)
  }

  @Test("3.4 max_running_tasks_per_host", arguments: ["branch", "user", "job", "block"])
  func perHost(node: String) {
    var driver = FarmDriver()
    var spec = job(frames(1, 99))
    if node == "job" { spec.parameters.work.maxRunningTasksPerHost = 2 }
    if node == "block" { spec.blocks[0].parameters.maxRunningTasksPerHost = 2 }
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    if node == "branch" { driver.set(.branches(.names(["/"])), [("max_running_tasks_per_host", .integer(2))]) }
    if node == "user" { driver.set(.users(.names(["anna"])), [("max_running_tasks_per_host", .integer(2))]) }
    let id = driver.submit(spec)
    driver.come("r1", capacity: 100_000, maxTasks: 50)
    driver.come("r2", capacity: 100_000, maxTasks: 50)
    #expect(driver.farm.job(id)?.counts[.running] == 4)
    #expect(
      driver.farm.explain(id)?.rules.contains {
        $0.key == "max_running_tasks_per_host" && $0.node.hasPrefix(node) && $0.renders == 2
      }
        == true)
    driver.finish(id, 0)
    #expect(driver.startedNames == ["r1"])
  }

  @Test("3.4 max_tasks_per_second: so many starts in a second, then in the next", arguments: ["branch", "user", "job"])
  func perSecond(node: String) {
    var driver = FarmDriver()
    var spec = job(frames(1, 99))
    if node == "job" { spec.parameters.work.maxTasksPerSecond = 3 }
    driver.submit(job(frames(1, 1), name: "first", offline: true))
    if node == "branch" { driver.set(.branches(.names(["/"])), [("max_tasks_per_second", .integer(3))]) }
    if node == "user" { driver.set(.users(.names(["anna"])), [("max_tasks_per_second", .integer(3))]) }
    driver.come("r1", capacity: 100_000, maxTasks: 50)
    let id = driver.submit(spec)
    #expect(driver.farm.job(id)?.counts[.running] == 3)
    _ = driver.advance(.seconds(1))
    #expect(driver.farm.job(id)?.counts[.running] == 6)
  }

  @Test("3.5 the pool of higher priority first, then fewest tasks, most free capacity, priority, longest idle, name")
  func renders() {
    var driver = FarmDriver()
    driver.pool("/fast", ("pattern", .string("f.*")), ("priority", .integer(150)))
    driver.pool("/slow", ("pattern", .string("s.*")), ("priority", .integer(50)))
    driver.come("s1", capacity: 4000, maxTasks: 4)
    driver.come("f2", capacity: 2000, maxTasks: 4)
    driver.come("f1", capacity: 2000, maxTasks: 4)
    driver.come("f3", capacity: 3000, maxTasks: 4)
    driver.set(.renders(.names(["f2"])), [("priority", .integer(120))])
    driver.submit(job(frames(1, 9)))
    #expect(driver.startedNames == ["f3", "f2", "f1", "f3", "f2", "f1", "f3", "s1", "s1"])
  }

  @Test("3.6 weights of a job order the pools")
  func weights() {
    var driver = FarmDriver()
    driver.pool("/a", ("pattern", .string("a.*")))
    driver.pool("/b", ("pattern", .string("b.*")))
    driver.come("a1")
    driver.come("b1")
    var spec = job(frames(1, 2))
    spec.parameters.work.pools = ["/b": 10]
    driver.submit(spec)
    #expect(driver.startedNames == ["b1", "a1"])
  }

  @Test("3.7 a task that cannot run where there is room does not keep those behind it from running")
  func nobodyBlocks() {
    var driver = FarmDriver()
    driver.come("r1", capacity: 1000)
    var spec = job(frames(1, 2, name: "big", capacity: 5000), frames(1, 2, name: "small", capacity: 100))
    spec.blocks[0].parameters.hostsMask = "r"
    let id = driver.submit(spec)
    #expect(driver.letters(id, block: 1) == "RR")
    let other = driver.submit(job(frames(1, 1, capacity: 100), name: "other", priority: 10))
    #expect(driver.letters(other) == "R")
  }

  @Test("3.17 away with: fair share: who had the farm all night yields in the morning; without a half-life only what runs counts")
  func fairShare() {
    for halflife in [nil, Span.seconds(3600)] {
      var driver = FarmDriver()
      driver = FarmDriver(
        settings: {
          var settings = FarmSettings()
          settings.fairshareHalflife = halflife
          return settings
        }())
      driver.come("r1", capacity: 100_000, maxTasks: 4)
      let night = driver.submit(job(frames(1, 4), name: "night", user: "anna"))
      _ = driver.live(.seconds(8 * 3600))
      let old = driver.submit(job(frames(1, 99), name: "old", user: "anna"))
      let new = driver.submit(job(frames(1, 99), name: "new", user: "bert"))
      for task in 0..<4 { driver.finish(night, task) }
      let running = [old, new].map { driver.farm.job($0)?.counts[.running] ?? 0 }
      #expect(running == (halflife == nil ? [2, 2] : [0, 4]))
    }
  }

  @Test(
    "3.17 away with: pre-emption: the least progressed task of the lowest priority makes room, without an error, and the render is kept"
  )
  func preemption() {
    var driver = FarmDriver()
    driver.come("r1", capacity: 2000, maxTasks: 2)
    let low = driver.submit(job(frames(1, 9), name: "low", priority: 10))
    let first = driver.farm.lease(of: driver.key(low, 0))
    if let first { driver.apply(.runProgressed(driver.farm.renderIDs()[0], first, RunProgress(percent: 80))) }
    var spec = job(frames(1, 1), name: "urgent", priority: 200)
    spec.parameters.preempt = true
    let urgent = driver.submit(spec)
    #expect(driver.stops == [driver.farm.lease(of: driver.key(low, 1))])
    driver.finish(low, 1, .stopped)
    #expect(driver.starts.map(\.key.job) == [urgent])
    #expect(driver.farm.task(driver.key(low, 1))?.errors == 0)
    #expect(driver.farm.task(driver.key(low, 1))?.phase == .ready)
    // Without the wish, a job of any priority waits its turn.
    driver.submit(job(frames(1, 1), name: "patient", priority: 250))
    #expect(driver.stops.isEmpty)
  }

  @Test("forecasts: the queue is run ahead with the times of the tasks that are done")
  func forecasts() {
    var driver = FarmDriver()
    driver.come("r1", capacity: 2000, maxTasks: 2)
    let id = driver.submit(job(frames(1, 10)))
    #expect(driver.farm.forecasts().first?.likely == .never)
    _ = driver.live(.seconds(60))
    driver.finish(id, 0)
    driver.finish(id, 1)
    // Eight left, two at a time, a minute each.
    let forecast = driver.farm.forecasts(at: driver.now).first
    #expect(forecast?.likely == driver.now + .seconds(240))
    #expect(forecast.map { $0.early < $0.likely && $0.likely < $0.late } == true)
    #expect(driver.farm.job(id)?.counts[.done] == 2)
    #expect(driver.farm.forecasts(at: driver.now, starts: 2).first.map { $0.likely != .never } == true)
  }
}
