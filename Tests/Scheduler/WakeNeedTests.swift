import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Waking for work that waits (section 7)")
struct WakeNeedTests {
  /// A farm with a render that calls the others and takes no task itself, and machines that sleep.
  private func farm(_ count: Int, capacity: Int32 = 1000, pool: String? = nil) -> FarmDriver {
    var driver = FarmDriver()
    driver.apply(.listening)
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    for index in 0..<count {
      let name = "r\(index + 1)"
      driver.registerMachine(name, macs: ["02:00:00:00:00:0\(index)"], capacity: capacity)
      driver.putToSleep(name)
    }
    return driver
  }

  private func woken(_ effects: [Effect]) -> [String] { commands(effects, .wake).map(\.jobName) }

  @Test("one task wakes one render, once; nobody else is woken while that one is awaited")
  func one() {
    var driver = farm(3)
    let id = driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last) == ["r1"])
    #expect(driver.store.journal.last { $0.type == "renders wake" }?.info == "woken for job \(id), which no other render can take")
    #expect(woken(driver.pass(.seconds(250))) == [])
    driver.registerMachine("r1")
    #expect(driver.letters(id) == "R")
    #expect(woken(driver.pass(.seconds(250))) == [])
    #expect(driver.state("r2") == .wolSleeping)
  }

  @Test(
    "many tasks wake one render after the other, as many as take them all", arguments: [(2, 1000, 2), (10, 1000, 4), (4, 2000, 2)])
  func many(tasks: Int64, capacity: Int32, renders: Int) {
    var driver = farm(4, capacity: capacity)
    let start = driver.now
    driver.submit(job(frames(1, tasks)))
    let effects = driver.last + driver.pass(.seconds(100))
    #expect(commands(effects, .wake).map { ($0.created - start).seconds } == (0..<renders).map { Int64($0) * 10 })
  }

  @Test("nobody is woken for what a render that is awake takes")
  func free() {
    var driver = farm(1)
    driver.registerMachine("awake")
    driver.submit(job(frames(1, 1)))
    #expect(driver.starts.count == 1)
    #expect(woken(driver.last + driver.pass(.seconds(60))) == [])
    // The next one finds it busy.
    driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last) == ["r1"])
  }

  @Test(
    "a render is not woken for what it could not take, nor one that may take nothing",
    arguments: [
      "sick", "priority 0", "capacity 0", "pool paused", "nimby", "mask", "service", "capacity", "memory", "offline", "other time",
      "held", "limit",
    ])
  func notFor(what: String) {
    var driver = farm(1)
    var spec = job(frames(1, 1))
    let render = EditTarget.renders(.names(["r1"]))
    switch what {
    case "sick": driver.farm.renders[1].state.insert(.sick)
    case "priority 0": driver.edit(render, ("priority", .integer(0)))
    case "capacity 0": driver.edit(render, ("capacity_host", .integer(0)))
    case "pool paused": driver.setPool("paused", .bool(true))
    case "nimby": driver.operateRenders(.NIMBY, "r1")
    case "mask": spec.parameters.work.hostsMask = "other"
    case "service": driver.edit(render, ("services_disabled", .array([.string("generic")])))
    case "capacity": spec.blocks[0].capacity = 1001
    case "memory": spec.blocks[0].parameters.needMemoryMB = 1
    case "offline": spec.isOffline = true
    case "other time": spec.parameters.timeWait = driver.now + .seconds(1000)
    case "held": spec.parameters.work.maxRunningTasks = 0
    case "limit": driver.edit(.branches(.names(["/"])), ("max_running_tasks", .integer(0)))
    default: break
    }
    driver.submit(spec)
    #expect(woken(driver.last + driver.pass(.seconds(60))) == [], "\(what)")
  }

  @Test("what changes about one that sleeps, or about work, is looked at again", arguments: ["render", "pool", "job", "branch"])
  func edited(what: String) {
    var driver = farm(1)
    var spec = job(frames(1, 1))
    switch what {
    case "render": driver.edit(.renders(.names(["r1"])), ("priority", .integer(0)))
    case "pool": driver.setPool("paused", .bool(true))
    case "branch": driver.edit(.branches(.names(["/"])), ("paused", .bool(true)))
    default: spec.parameters.work.hostsMask = "other"
    }
    let id = driver.submit(spec)
    #expect(woken(driver.last + driver.pass(.seconds(60))) == [])
    switch what {
    case "render": driver.edit(.renders(.names(["r1"])), ("priority", .integer(99)))
    case "pool": driver.setPool("paused", .bool(false))
    case "branch": driver.edit(.branches(.names(["/"])), ("paused", .bool(false)))
    default: driver.edit(id, "hosts_mask", .string("r1"))
    }
    #expect(woken(driver.last + driver.pass(.seconds(5))) == ["r1"])
  }

  @Test("3.5 the best of those that sleep is woken: higher pool priority, more capacity, higher priority")
  func best() {
    var driver = farm(3)
    driver.edit(.renders(.names(["r2"])), ("priority", .integer(150)))
    driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last) == ["r2"])
    driver = farm(3)
    driver.apply(
      .order(
        NodeOrder(kind: .pool, names: ["/best"], creates: true), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 1)))
    driver.edit(.pools(.names(["/best"])), ("priority", .integer(200)))
    driver.edit(.renders(.names(["r3"])), ("pool", .string("/best")))
    driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last) == ["r3"])
  }

  @Test("the first work in order is woken for first")
  func order() {
    var driver = farm(2)
    driver.edit(.branches(.names(["/"])), ("paused", .bool(true)))
    driver.submit(job(frames(1, 1), priority: 10).with { $0.work.hostsMask = "r1" })
    driver.submit(job(frames(1, 1), priority: 90).with { $0.work.hostsMask = "r2" })
    driver.edit(.branches(.names(["/"])), ("paused", .bool(false)))
    #expect(woken(driver.last + driver.pass(.seconds(30))) == ["r2", "r1"])
  }

  @Test("limits in number bound how many are woken")
  func limited() {
    var driver = farm(4)
    driver.submit(job(frames(1, 100)).with { $0.work.maxRunningTasks = 2 })
    #expect(woken(driver.last + driver.pass(.seconds(60))).count == 2)
  }

  @Test("one that does not wake is left alone for a while, and for longer each time; another one is woken in its place")
  func pauses() {
    var driver = farm(2)
    let start = driver.now
    driver.submit(job(frames(1, 1)).with { $0.work.hostsMask = "r1" })
    let effects = driver.last + driver.pass(.seconds(5000))
    // Three times in 900 s, then 600 s of rest; again, then 1200 s.
    #expect(
      commands(effects, .wake).map { ($0.created - start).seconds } == [0, 300, 600, 1500, 1800, 2100, 3600, 3900, 4200])
    let failed = events(effects).filter { $0.name == .renderWakeFailed }
    #expect(failed.count == 3)
    driver = farm(2)
    driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last + driver.pass(.seconds(1000))) == ["r1", "r1", "r1", "r2"])
  }

  @Test("nobody is woken while nobody could call")
  func nobodyCalls() {
    var driver = farm(1)
    driver.pass(.seconds(20), silent: "caller")
    driver.submit(job(frames(1, 1)))
    #expect(woken(driver.last + driver.pass(.seconds(20))) == [])
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    #expect(woken(driver.last) == ["r1"])
  }

  @Test("what costs nothing: nothing waits, or nothing sleeps")
  func idle() {
    var driver = farm(2)
    driver.pass(.seconds(30))
    #expect(driver.farm.wake.timer == nil)
    driver.submit(job(frames(1, 1)).with { $0.work.hostsMask = "other" })
    driver.pass(.seconds(30))
    // Nobody who sleeps could take it: that is not asked again until something changes.
    #expect(driver.farm.wake.timer == nil)
    #expect(driver.farm.timers.count == 1)
  }

  @Test("a multi-host task that lacks hosts has them woken, if there are enough of them", arguments: [2, 5])
  func multihost(least: Int8) {
    var driver = farm(3)
    driver.registerMachine("awake")
    driver.submit(
      job(
        frames(1, 1).with([.multiHost, .masterOnSlave]) {
          $0.multihostMin = least
          $0.multihostMax = least
        }))
    let effects = driver.last + driver.pass(.seconds(60))
    #expect(woken(effects).count == (least == 2 ? 1 : 0))
  }
}
