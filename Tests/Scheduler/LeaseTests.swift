import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Leases: a result counts once, or not at all")
struct LeaseTests {
  /// A farm with one task out on r1.
  private func farm() -> (FarmDriver, JobID, RenderID, Lease) {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 2)))
    return (driver, id, render, driver.starts[0].lease)
  }

  @Test("an unknown lease is acknowledged, and nothing else happens")
  func unknown() {
    var (driver, id, render, _) = farm()
    let effects = driver.apply(.runFinished(render, Lease(999_999), driver.key(id, 0), RunResult(outcome: .success)))
    #expect(effects.count == 1)
    #expect(driver.acknowledged == [Lease(999_999)])
    #expect(driver.letters(id) == "Rr")
  }

  @Test("the same result twice is done once")
  func twice() {
    var (driver, id, render, lease) = farm()
    driver.finish(lease)
    #expect(driver.letters(id) == "DR")
    let effects = driver.apply(.runFinished(render, lease, driver.key(id, 0), RunResult(outcome: .exitStatus)))
    #expect(effects.count == 1)
    #expect(driver.acknowledged == [lease])
    #expect(driver.letters(id) == "DR")
  }

  @Test("a result for another task than its lease counts for neither, and the true one still comes")
  func wrongKey() {
    var (driver, id, render, lease) = farm()
    driver.apply(.runFinished(render, lease, driver.key(id, 1), RunResult(outcome: .success)))
    #expect(driver.acknowledged == [])
    #expect(driver.letters(id) == "Rr")
    driver.finish(lease)
    #expect(driver.acknowledged == [lease])
    #expect(driver.phase(id, 0) == .done)
  }

  @Test("what a render says of a lease that is another's counts for nothing")
  func foreign() {
    var (driver, id, _, lease) = farm()
    driver.operateRenders(.pause, "r1")
    let other = driver.register("r2", nimby: .NIMBY)
    driver.apply(.runProgressed(other, lease, RunProgress(percent: 50)))
    #expect(driver.farm.task(driver.key(id, 0))?.percent == -1)
    driver.apply(.runStarted(other, lease))
    #expect(driver.last.isEmpty)
    driver.apply(.runFinished(other, lease, driver.key(id, 0), RunResult(outcome: .success)))
    #expect(driver.acknowledged == [lease])
    #expect(driver.letters(id) == "Rr")
  }

  @Test("leases grow for ever, over restarts too, and are on disk as used before they are used")
  func durable() throws {
    var (driver, _, _, lease) = farm()
    var last = lease
    for _ in 0..<3 {
      let reserved = try #require(driver.store.counters[.lease])
      #expect(reserved >= last.value)
      driver.restart()
      driver.apply(.listening)
      _ = driver.advance(.seconds(31))
      driver.register("r1")
      let next = try #require(driver.starts.first?.lease)
      #expect(next > last)
      #expect(next.value > reserved)
      last = next
    }
  }

  @Test("job and render numbers are never given again")
  func numbers() {
    var driver = FarmDriver()
    let first = driver.submit(job(frames(1, 1)))
    driver.operate(.delete, first)
    driver.restart()
    #expect(driver.submit(job(frames(1, 1))) == JobID(first.value + 1))
    let render = driver.register("r1")
    driver.restart()
    #expect(driver.register("r1") == render)
    #expect(driver.register("r2") == RenderID(render.value + 1))
  }
}
