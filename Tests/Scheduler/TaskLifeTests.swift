import Model
import Testing

@testable import Scheduler

@Suite("The life of a task (section 2.2)")
struct TaskLifeTests {
  @Test("A task is submitted, started on the render that comes, and done")
  func simplest() throws {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2)))
    #expect(id == JobID(2))
    #expect(driver.letters(id) == "rr")
    let render = driver.register("r1")
    #expect(driver.startedOn == [render])
    let start = try #require(driver.starts.first)
    #expect(start.key == driver.key(id, 0))
    #expect(start.start == 1)
    #expect(driver.letters(id) == "Rr")
    driver.now = driver.now + .seconds(7)
    driver.finish(start.lease)
    #expect(driver.acknowledged == [start.lease])
    #expect(driver.letters(id) == "DR")
    driver.finish(id, 1)
    #expect(driver.letters(id) == "DD")
    let summary = try #require(driver.farm.job(id))
    #expect(summary.state == .done)
    #expect(summary.done == driver.now)
    #expect(driver.farm.blocks(of: id)[0].runSeconds == 7)
    #expect(driver.farm.totals == FarmTotals(jobs: 1, renders: 1, online: 1, busy: 0, runningTasks: 0))
  }
}
