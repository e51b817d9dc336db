import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("The life of a task (section 2.2)")
struct TaskLifeTests {
  @Test("2.2 a task is submitted, started on the render that comes, and done")
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
    #expect(summary.state == [.done])
    #expect(summary.done == driver.now)
    #expect(driver.farm.blocks(of: id)[0].runSeconds == 7)
    #expect(driver.farm.totals == FarmTotals(jobs: 1, renders: 1, online: 1, busy: 0, runningTasks: 0))
  }

  struct End: CustomTestStringConvertible {
    var outcome: RunOutcome
    var retries: Int8
    var phase: TaskPhase
    var errors: Int32
    var flags: TaskFlags = []
    var testDescription: String { "\(outcome), \(retries) retries" }
  }

  @Test(
    "2.2 what a run's end makes of its task",
    arguments: [
      End(outcome: .success, retries: 0, phase: .done, errors: 0),
      End(outcome: .parserSuccess, retries: 0, phase: .done, errors: 0, flags: .parserSuccess),
      End(outcome: .exitStatus, retries: 0, phase: .error, errors: 1),
      End(outcome: .exitStatus, retries: 1, phase: .errorReady, errors: 1),
      End(outcome: .killed, retries: 1, phase: .errorReady, errors: 1),
      End(outcome: .failedToStart, retries: 0, phase: .error, errors: 1),
      End(outcome: .failedToStart, retries: 1, phase: .errorReady, errors: 1),
      End(outcome: .parserError, retries: 1, phase: .errorReady, errors: 1, flags: .parserError),
      End(outcome: .parserBadResult, retries: 1, phase: .errorReady, errors: 1, flags: .parserBadResult),
      End(outcome: .parserFatalError, retries: 9, phase: .error, errors: 1, flags: .parserFatal),
      End(outcome: .stopped, retries: 0, phase: .ready, errors: 0),
      End(outcome: .lost, retries: 0, phase: .ready, errors: 0),
    ])
  func ends(_ end: End) throws {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: end.retries)))
    // The render takes nothing more, so that the task is seen where its run left it.
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0, end.outcome, reason: "because")
    let task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect(task.phase == end.phase)
    #expect(task.errors == end.errors)
    #expect(task.flags == end.flags)
    #expect(task.reason == (end.errors > 0 ? "because" : ""))
    #expect(task.finished == driver.now)
    #expect(driver.farm.taskCount(of: id, state: StateBits(end.phase, [])) == 1)
    // The store knows the same.
    #expect(driver.store.runs.isEmpty)
    #expect(driver.store.tasks[task.key]?.phase == end.phase)
    #expect(driver.store.tasks[task.key]?.errors == end.errors)
  }

  @Test("2.2, 3.12 errors_retries: a failing task runs retries + 1 times, then it is an error; the user's default is three retries")
  func retries() throws {
    for (own, expected) in [(Int8(-1), Int32(4)), (0, 1), (2, 3)] {
      var driver = FarmDriver()
      driver.register("r1")
      let id = driver.submit(job(frames(1, 1, retries: own).avoidingNone))
      var runs = 0
      while driver.farm.lease(of: driver.key(id, 0)) != nil {
        runs += 1
        driver.finish(id, 0, .exitStatus)
      }
      #expect(runs == Int(expected))
      let task = try #require(driver.farm.task(driver.key(id, 0)))
      #expect(task.phase == .error)
      #expect(task.starts == expected)
      #expect(driver.farm.blocks(of: id)[0].errors == expected)
      #expect(driver.farm.jobState(id) == [.error])
    }
  }

  @Test("2.2 without a reason of its own an error says how it ended")
  func reasons() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 0)))
    driver.finish(driver.farm.lease(of: driver.key(id, 0))!, .exitStatus, exitCode: 3)
    #expect(driver.farm.task(driver.key(id, 0))?.reason == "ended with status 3")
  }

  @Test("2.2 progress shows while a task runs; a warning stays when it is done")
  func progress() throws {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let lease = try #require(driver.farm.lease(of: driver.key(id, 0)))
    driver.apply(.runProgressed(render, lease, RunProgress(percent: 40, frame: 0, activity: "shading", hasWarning: true)))
    var task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect((task.percent, task.frame, task.activity, task.flags) == (40, 0, "shading", .warning))
    #expect(driver.letters(id) == "N")
    #expect(driver.farm.job(id)?.counts.warning == 1)
    driver.finish(lease)
    task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect((task.percent, task.activity, task.flags) == (100, "", .warning))
    #expect(driver.letters(id) == "G")
    #expect(driver.farm.jobState(id) == [.done, .warning])
  }

  @Test("2.2 a new start takes the old flags and reason away")
  func freshStart() throws {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 1)))
    driver.finish(id, 0, .parserError, reason: "bad")
    let task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect((task.phase, task.flags, task.reason, task.errors, task.starts) == (.running, [], "", 1, 2))
    #expect(driver.starts.map(\.start) == [2])
  }

  @Test("2.3 an unfinished job is not done; the last task's end makes it so")
  func doneTime() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 2)))
    let begin = driver.now
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 0)
    #expect(driver.farm.job(id)?.done == .never)
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 1)
    #expect(driver.farm.job(id)?.started == begin)
    #expect(driver.farm.job(id)?.done == driver.now)
    #expect(driver.store.jobs[id]?.state.done == driver.now)
  }
}
