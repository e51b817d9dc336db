import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("A farm that was killed comes back as it was")
struct RecoveryTests {
  private func report(_ start: RunStart) -> RunReport { RunReport(lease: start.lease, key: start.key) }

  @Test(
    "2.2 RUN to WRC: runs that were out wait for their renders; what is reported goes on, the rest goes back with its tries kept")
  func reconnect() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 2000)
    driver.register("r2", capacity: 1000)
    let id = driver.submit(job(frames(1, 4)))
    var starts: [TaskKey: RunStart] = [:]
    for start in driver.starts { starts[start.key] = start }
    driver.restart()
    #expect(driver.letters(id) == "CCCr")
    #expect(driver.farm.jobState(id) == [.ready, .waitReconnect])
    // As long as the server does not listen nobody can come: no clock runs.
    #expect(driver.farm.nextTimer == nil)
    driver.now = driver.now + .seconds(600)
    driver.apply(.listening)
    let render = driver.farm.render(named: "r1")
    let tasks = render.flatMap { driver.farm.render($0)?.running } ?? []
    #expect(tasks.count == 2)
    driver.register(
      "r1", capacity: 2000, runs: [report(starts[tasks[0]]!), RunReport(lease: Lease(5_000_000), key: driver.key(id, 3))])
    #expect(driver.kept == [starts[tasks[0]]!.lease])
    #expect(driver.farm.task(tasks[0])?.phase == .running)
    // The one that r1 does not know went back and was started anew there.
    #expect(driver.starts.map(\.key) == [tasks[1]])
    #expect(driver.starts.map(\.start) == [2])
    for _ in 1...10 {
      _ = driver.advance(.milliseconds(11_900))
      #expect(driver.farm.taskCount(of: id, state: .waitReconnect) == 1)
      driver.apply(.renderAlive(render!, nil))
    }
    _ = driver.advance(.seconds(1))
    #expect(driver.farm.taskCount(of: id, state: .waitReconnect) == 0)
  }

  @Test("2.2 WRC: a result that waited for the server counts, once")
  func lateResult() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let start = driver.starts[0]
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", runs: [report(start)])
    driver.apply(.runFinished(render, start.lease, start.key, RunResult(outcome: .success)))
    #expect(driver.letters(id) == "D")
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", runs: [report(start)])
    #expect(driver.kept == [])
    #expect(driver.letters(id) == "D")
    #expect(driver.farm.task(start.key)?.starts == 1)
  }

  @Test("what a run holds it holds until it ends, over restarts too, whatever its block says by now")
  func holds() throws {
    var driver = FarmDriver()
    let render = driver.register("r1", capacity: 1000)
    let id = driver.submit(job(frames(1, 4, capacity: 500).with { $0.tickets = ["NUKE": 1] }))
    let first = driver.starts.map(\.lease)
    #expect(driver.letters(id) == "RRrr")
    driver.setPool("tickets_pool.NUKE", .integer(2))
    driver.edit(id, block: 0, "capacity", .integer(1000))
    driver.edit(id, block: 0, "tickets.NUKE", .integer(2))
    func used(_ driver: FarmDriver) -> (Int32?, Int32?) {
      (driver.farm.render(render)?.capacityUsed, driver.farm.pool("/")?.ticketsUsed["NUKE"])
    }
    #expect(used(driver) == (1000, 2))
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", capacity: 1000, runs: first.enumerated().map { RunReport(lease: $1, key: driver.key(id, $0)) })
    #expect(driver.letters(id) == "RRrr")
    #expect(used(driver) == (1000, 2))
    // The next one is as its block says.
    driver.finish(first[0], .success)
    #expect(used(driver) == (500, 1))
    driver.finish(first[1], .success)
    #expect(driver.letters(id) == "DDRr")
    #expect(used(driver) == (1000, 2))
  }

  @Test("2.2 errors and tries survive")
  func errorsSurvive() throws {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 1)))
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0, .exitStatus, reason: "no licence")
    driver.restart()
    let task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect((task.phase, task.errors, task.starts, task.reason, task.render) == (.errorReady, 1, 1, "no licence", "r1"))
    driver.operateRenders(.unpause, "r1")
    driver.register("r1")
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "E")
  }

  @Test("what was stored of things that are gone is cleared away")
  func orphans() {
    var driver = FarmDriver()
    driver.register("r1")
    driver.submit(job(frames(1, 1)))
    driver.store.jobs = [:]
    driver.store.tasks[driver.key(JobID(9), 1)] = StoredTask(
      key: driver.key(JobID(9), 1), phase: .done, flags: [], starts: 1, errors: 0, render: nil, started: .never, finished: .never)
    driver.restart()
    driver.apply(.listening)
    #expect(driver.store.tasks.isEmpty)
    #expect(driver.store.runs.isEmpty)
    #expect(driver.farm.totals.runningTasks == 0)
  }

  @Test("a million waiting tasks are loaded at once")
  func manyWaiting() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1_000_000)))
    driver.restart()
    #expect(driver.farm.job(id)?.counts.ready == 1_000_000)
    driver.register("r1")
    #expect(driver.starts.map(\.key) == [driver.key(id, 0)])
  }
}
