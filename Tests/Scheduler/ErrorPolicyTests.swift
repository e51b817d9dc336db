import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Errors (section 3.12)")
struct ErrorPolicyTests {
  private func fails(_ block: Int8, _ task: Int8 = 0, forgive: Int32 = -1, retries: Int8 = 20) -> BlockSpec {
    frames(1, 4, retries: retries).with {
      $0.errorsAvoidHost = block
      $0.errorsTaskSameHost = task
      $0.errorsForgiveTime = forgive
    }
  }

  @Test(
    "3.4, 3.12 errors_avoid_host: after so many errors the block avoids the render, and others go on there", arguments: [1, 2, 3])
  func avoidHost(limit: Int8) {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(limit)))
    for _ in 0..<limit {
      #expect(driver.letters(id).contains("R"))
      driver.finish(id, 0, .exitStatus)
    }
    #expect(driver.letters(id) == "Yrrr")
    let other = driver.submit(job(frames(1, 1)))
    #expect(driver.letters(other) == "R")
    driver.register("r2")
    #expect(driver.letters(id) == "Rrrr")
    #expect(driver.farm.task(driver.key(id, 0))?.render == "r2")
    // Kept over restarts.
    driver.finish(id, 0)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.letters(id) == "Crrr" || driver.letters(id) == "Drrr" || driver.letters(id) == "DCrr")
    #expect(driver.farm.blockAvoids(driver.farm.blockPlace(id, BlockIndex(0)) ?? 0, 0))
    #expect(driver.operate(.resetErrorHosts, id)?.message == "forgave 1 render")
    #expect(driver.store.errorHosts.isEmpty)
  }

  @Test("3.12 errors_avoid_host 0: never")
  func neverAvoid() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(0, retries: 30)))
    for _ in 0..<30 { driver.finish(id, 0, .exitStatus) }
    #expect(driver.letters(id) == "Rrrr")
  }

  @Test("3.7, 3.12 errors_task_same_host: the task avoids the render and never blocks the tasks behind it")
  func sameHost() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(0, 2)))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "Rrrr")
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "YRrr")
    driver.register("r2")
    #expect(driver.letters(id) == "RRrr")
    #expect(driver.farm.task(driver.key(id, 0))?.render == "r2")
    driver.operateRenders(.pause, "r2")
    driver.finish(id, 0, .exitStatus)
    for task in 1..<4 { driver.finish(id, task) }
    #expect(driver.letters(id) == "YDDD")
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.letters(id) == "YDDD")
    #expect(driver.operate(.resetErrorHosts, id, block: 0, tasks: [TaskRange(first: 0, last: 0)])?.isDone == true)
    #expect(driver.letters(id) == "RDDD")
  }

  @Test("3.7, 3.12 errors_task_same_host: a render that one task avoids takes the next task that becomes ready")
  func nextIsTaken() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    driver.register("r2", capacity: 1000)
    let id = driver.submit(job(fails(0, 1)))
    #expect(driver.letters(id) == "RRrr")
    driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: 2, last: 3)])
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id).hasPrefix("YR"))
    driver.operateRenders(.pause, "r2")
    driver.finish(id, 1, .exitStatus)
    #expect(driver.letters(id).hasPrefix("YR"))
    #expect(driver.farm.task(driver.key(id, 1))?.render == "r1")
  }

  @Test("3.12 errors_forgive_time: a block that waits for its last render starts there when it is forgiven")
  func forgive() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(1, 1, forgive: 100)))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "Yrrr")
    for _ in 0..<9 {
      _ = driver.advance(.seconds(11))
      driver.apply(.renderAlive(RenderID(1), nil))
    }
    #expect(driver.letters(id) == "Yrrr")
    _ = driver.advance(.seconds(1))
    #expect(driver.letters(id) == "Rrrr")
    #expect(driver.store.errorHosts.isEmpty)
  }

  @Test("3.12 errors_forgive_time: a clock that was set back while the server was down makes nothing remembered for longer")
  func forgiveAfterClockSetBack() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(1, 1, forgive: 100)))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "Yrrr")
    driver.now = driver.now + Span(microseconds: -86_400_000_000)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.letters(id) == "Yrrr")
    for _ in 0..<9 {
      _ = driver.advance(.seconds(11))
      driver.apply(.renderAlive(RenderID(1), nil))
    }
    #expect(driver.letters(id) == "Yrrr")
    _ = driver.advance(.seconds(1))
    #expect(driver.letters(id) == "Rrrr")
    #expect(driver.store.errorHosts.isEmpty)
  }

  @Test("3.12 errors_forgive_time counts from the last error, and over restarts")
  func forgiveLate() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(2, forgive: 100)))
    driver.finish(id, 0, .exitStatus)
    driver.now = driver.now + .seconds(60)
    driver.finish(id, 0, .exitStatus)
    driver.operateRenders(.pause, "r1")
    driver.restart()
    driver.apply(.listening)
    let block = driver.farm.blockPlace(id, BlockIndex(0)) ?? 0
    _ = driver.advance(.seconds(99))
    #expect(driver.farm.blockAvoids(block, 0))
    _ = driver.advance(.seconds(1))
    #expect(!driver.farm.blockAvoids(block, 0))
    #expect(driver.farm.nextTimer == nil)
  }

  @Test("3.12 what a block does not say its user says")
  func usersRules() {
    var settings = FarmSettings()
    settings.errorsAvoidHost = 1
    settings.errorsTaskSameHost = 1
    settings.errorsForgiveTime = .seconds(10)
    var driver = FarmDriver(settings: settings)
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "Y")
    _ = driver.advance(.seconds(10))
    #expect(driver.letters(id) == "R")
  }

  @Test("2.6 each error is a line of the job's log")
  func journal() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(fails(0)))
    driver.finish(id, 0, .exitStatus, reason: "no licence")
    let line = driver.store.journal.last
    #expect(line?.object == "job \(id)")
    #expect(line?.type == "tasks error")
    #expect(line?.info == "task \(id)[0][0]: error 1 on r1: no licence; it will be tried again")
    #expect(driver.store.journal.first?.subject == "anna@desk (administrator)")
    // Events are counted with them.
    let numbers = driver.store.journal.map(\.number) + driver.store.events.map(\.number)
    #expect(Set(numbers).count == numbers.count)
    #expect(driver.store.journal.map(\.number) == driver.store.journal.map(\.number).sorted())
    driver.restart()
    driver.operate(.pause, id)
    #expect((driver.store.journal.last?.number ?? 0) > (line?.number ?? 0))
  }
}
