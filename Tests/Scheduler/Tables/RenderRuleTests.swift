import Model
import Testing

@testable import Scheduler

/// Sections 3.1, 3.2 and 3.5: which renders are asked at all, and in which order.
@Suite("3.1, 3.2, 3.5 which renders get tasks, and in which order")
struct RenderRuleTests {
  struct Ready: CustomTestStringConvertible {
    var name: String
    var isReady = false
    var event: @Sendable (inout FarmDriver) -> Void
    var testDescription: String { name }
    init(_ name: String, isReady: Bool = false, _ event: @escaping @Sendable (inout FarmDriver) -> Void) {
      (self.name, self.isReady, self.event) = (name, isReady, event)
    }
  }

  private static func pool(_ path: String, _ key: String, _ value: JSONValue) -> @Sendable (inout FarmDriver) -> Void {
    { driver in driver.edit(.pools(.names([path])), (key, value)) }
  }

  /// r1 stands in /a/b, and has room for two tasks of 500.
  @Test(
    "r1 is asked",
    arguments: [
      Ready("3.2 ready: nothing against it", isReady: true) { _ in },
      Ready("3.2 ready: not sick") { driver in
        driver.setPool("sick_errors_count", .integer(1))
        let id = driver.submit(job(frames(1, 1, retries: 0)))
        driver.finish(id, 0, .exitStatus)
      },
      Ready("3.2 ready: online") { driver in
        if let connection = driver.farm.renders[0].connection {
          driver.apply(.renderLeft(RenderID(1), connection: connection, ejected: true))
        }
      },
      Ready("3.2 ready: its connection is not lost, which Afanasy cannot know") { driver in
        if let connection = driver.farm.renders[0].connection {
          driver.apply(.renderDisconnected(RenderID(1), connection: connection))
        }
      },
      Ready("3.2 ready: priority above 0") { $0.edit(.renders(.names(["r1"])), ("priority", .integer(0))) },
      Ready("3.2 ready: capacity_used below capacity") { $0.submit(job(frames(1, 1, capacity: 1000))) },
      Ready("3.2 ready: capacity_used below capacity: there is some left", isReady: true) { driver in
        driver.submit(job(frames(1, 1, capacity: 500)))
      },
      Ready("3.2 ready: fewer tasks than it takes at once") { $0.submit(job(frames(1, 2, capacity: 1))) },
      Ready("3.2 ready: its pool has a priority above 0", pool("/a/b", "priority", .integer(0))),
      Ready("3.2 ready: its pool is not paused", pool("/a/b", "paused", .bool(true))),
      Ready("3.2 ready: no pool above has priority 0", pool("/a", "priority", .integer(0))),
      Ready("3.2 ready: no pool above is paused", pool("/a", "paused", .bool(true))),
      Ready("3.2 ready: the root pool is not paused", pool("/", "paused", .bool(true))),
      Ready("3.2 the root branch can run") { $0.edit(.branches(.names(["/"])), ("paused", .bool(true))) },
      Ready("3.2 the root branch has a priority above 0") { $0.edit(.branches(.names(["/"])), ("priority", .integer(0))) },
    ])
  func ready(_ row: Ready) {
    var driver = FarmDriver()
    driver.pool("/a/b", ("pattern", .string("r.*")))
    driver.pool("/a", ("pattern", .string("r.*")))
    driver.register("r1", capacity: 1000, maxTasks: 2)
    row.event(&driver)
    let id = driver.submit(job(frames(1, 1, capacity: 500), name: "asked"))
    #expect(driver.letters(id) == (row.isReady ? "R" : "r"))
    #expect(driver.farm.explain(id)?.rules.isEmpty == row.isReady)
  }

  @Test("3.1 there is no cycle: what becomes ready and what becomes free meet in the same command")
  func noCycle() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 3)))
    driver.register("r1")
    #expect(driver.starts.map(\.key) == [driver.key(id, 0)])
    driver.finish(id, 0)
    #expect(driver.starts.map(\.key) == [driver.key(id, 1)])
    driver.operate(.pause, id)
    driver.finish(id, 1)
    #expect(driver.starts.isEmpty)
    driver.operate(.start, id)
    #expect(driver.starts.map(\.key) == [driver.key(id, 2)])
    // Nothing is looked at again for its own sake: only a sign of life is waited for.
    #expect(driver.farm.nextTimer.map { $0 >= driver.now + .seconds(10) } == true)
  }

  @Test("3.2 each start is decided anew from the root: needs change with every task")
  func oneByOne() {
    var driver = FarmDriver()
    let first = driver.submit(job(frames(1, 9, capacity: 1), name: "first"))
    let second = driver.submit(job(frames(1, 9, capacity: 1), name: "second"))
    driver.register("r1", maxTasks: 6)
    #expect(driver.starts.map(\.key.job) == [first, second, first, second, first, second])
  }

  @Test("3.2 no bound on how much one event starts: Afanasy's is 11,000 tasks")
  func noBound() {
    var driver = FarmDriver()
    for number in 0..<12 { driver.register("r\(number)", maxTasks: 1000) }
    driver.submit(job(frames(1, 12_000, capacity: 0)))
    #expect(driver.starts.count == 12_000)
  }

  // MARK: Order

  struct Order: CustomTestStringConvertible {
    var name: String
    /// Makes r1 and r2, of which r2 comes first by this criterion and r1 by all that follow.
    var renders: @Sendable (inout FarmDriver) -> Void
    var testDescription: String { name }
    init(_ name: String, _ renders: @escaping @Sendable (inout FarmDriver) -> Void) { (self.name, self.renders) = (name, renders) }
  }

  /// Lets each render take and end as many tasks of so much capacity as wanted, without an end.
  private static func occupy(_ driver: inout FarmDriver, _ render: String, tasks: Int64, capacity: Int32) {
    driver.submit(job(frames(1, tasks, capacity: capacity), name: "on \(render)").with { $0.work.hostsMask = render })
  }

  @Test(
    "the better of two renders comes first",
    arguments: [
      Order("3.5 higher priority of the pool, before fewer tasks") { driver in
        driver.pool("/fast", ("pattern", .string("r2")), ("priority", .integer(150)))
        driver.register("r1", capacity: 3000)
        driver.register("r2", capacity: 2000)
        occupy(&driver, "r2", tasks: 1, capacity: 100)
      },
      Order("3.5 the pool's priority is the mean of its own and those above (section 1.12)") { driver in
        driver.pool("/low/high", ("pattern", .string("r1")), ("priority", .integer(110)))
        driver.pool("/low", ("pattern", .string("r1")), ("priority", .integer(10)))
        driver.register("r1", capacity: 3000)
        driver.register("r2", capacity: 2000)
      },
      Order("3.5 the job's pools values are added to the pool's priority") { driver in
        driver.pool("/one", ("pattern", .string("r1")), ("priority", .integer(109)))
        driver.pool("/two", ("pattern", .string("r2")))
        driver.register("r1")
        driver.register("r2")
      },
      Order("3.5 fewer running tasks, before more free capacity") { driver in
        driver.register("r1", capacity: 3000)
        driver.register("r2", capacity: 2000)
        occupy(&driver, "r1", tasks: 1, capacity: 100)
      },
      Order("3.5 more free capacity, before priority") { driver in
        driver.register("r1", capacity: 2000)
        driver.register("r2", capacity: 3000)
        driver.edit(.renders(.names(["r1"])), ("priority", .integer(200)))
      },
      Order("3.5 higher priority of the render, before the time of its last task") { driver in
        driver.register("r1")
        driver.register("r2")
        let id = driver.submit(job(frames(1, 1), name: "once").with { $0.work.hostsMask = "r2" })
        driver.now = driver.now + .seconds(1)
        driver.finish(id, 0)
        driver.edit(.renders(.names(["r2"])), ("priority", .integer(100)))
      },
      Order("3.5 the earlier start or end of a task, before larger capacity") { driver in
        driver.register("r1", capacity: 2000)
        driver.register("r2", capacity: 1000)
        // Both have 1000 free; r1 is touched last.
        occupy(&driver, "r2", tasks: 1, capacity: 0)
        driver.now = driver.now + .seconds(1)
        occupy(&driver, "r1", tasks: 1, capacity: 1000)
      },
      Order("3.5 larger capacity, before more tasks at once") { driver in
        driver.register("r1", capacity: 1000, maxTasks: 90)
        driver.register("r2", capacity: 2000, maxTasks: 10)
        occupy(&driver, "r1", tasks: 1, capacity: 0)
        occupy(&driver, "r2", tasks: 1, capacity: 1000)
      },
      Order("3.5 more tasks at once, before the name") { driver in
        driver.register("r1", maxTasks: 10)
        driver.register("r2", maxTasks: 90)
      },
    ])
  func order(_ row: Order) {
    var driver = FarmDriver()
    row.renders(&driver)
    driver.submit(job(frames(1, 1, capacity: 500), name: "asked").with { $0.work.pools = ["/two": 20] })
    #expect(driver.startedNames == ["r2"])
  }

  @Test("3.5 the name, when all else is equal")
  func byName() {
    var driver = FarmDriver()
    for name in ["r3", "r1", "r2"] { driver.register(name) }
    driver.submit(job(frames(1, 3)))
    #expect(driver.startedNames == ["r1", "r2", "r3"])
  }
}
