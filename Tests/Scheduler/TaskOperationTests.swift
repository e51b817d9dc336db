import Model
import Simulation
import Testing

@testable import Scheduler

/// The rows of section 2.2 that begin with an order, and the orders of section 4.2 that the older tests leave out.
@Suite("Orders on tasks (sections 2.2, 4.2)")
struct TaskOperationTests {
  /// Tasks 0 done, 1 error, 2 error-ready, 3 skipped, 4 running with a warning, 5 ready, 6 suspended, 7 done with a warning.
  private func zoo() -> (FarmDriver, JobID) {
    var driver = FarmDriver()
    driver.register("r1", capacity: 8000)
    let id = driver.submit(job(frames(1, 8, retries: 1).avoidingNone))
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0)
    driver.finish(id, 1, .parserFatalError)
    driver.finish(id, 2, .exitStatus)
    driver.operate(.skip, id, tasks: [TaskRange(first: 3, last: 3)])
    driver.finish(id, 3, .stopped)
    driver.finish(id, 5, .stopped)
    driver.finish(id, 6, .stopped)
    driver.operate(.suspend, id, tasks: [TaskRange(first: 6, last: 6)])
    for task in [4, 7] {
      let lease = driver.farm.lease(of: driver.key(id, task)) ?? Lease(0)
      driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 1, hasWarning: true)))
    }
    driver.finish(id, 7)
    return (driver, id)
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    var kind: Operation.Kind
    var letters: String
    /// After the end of the run that was to be stopped.
    var after: String
    var message: String
    var testDescription: String { name }
  }

  @Test(
    "each order touches the tasks it is for",
    arguments: [
      Case(
        name: "2.2 suspend: RDY, RUN and SKP to SUS", kind: .suspend, letters: "DEUUNUUG", after: "DEUUUUUG",
        message: "suspended 4 tasks (1 of them to be stopped first)"),
      Case(
        name: "2.2 continue: SUS to RDY", kind: .continue, letters: "DEYSNrrG", after: "DEYSrrrG", message: "continued 1 task"),
      Case(
        name: "2.2 done: any not DON to DON", kind: .done, letters: "DDDSNDDG", after: "DDDSGDDG",
        message: "5 tasks set done (1 of them to be stopped first)"),
      Case(
        name: "2.2 skip: any not DON to SKP DON", kind: .skip, letters: "DSSSNSSG", after: "DSSSSSSG",
        message: "skipped 5 tasks (1 of them to be stopped first)"),
      Case(
        name: "4.2 restart_warnings: tasks with WRN", kind: .restartWarnings, letters: "DEYSNrUr", after: "DEYSrrUr",
        message: "restarted 2 tasks (1 of them to be stopped first)"),
      Case(
        name: "4.2 restart_pause: all, and OFF", kind: .restartPause, letters: "rrrrNrrr", after: "rrrrrrrr",
        message: "paused; restarted 7 tasks (1 of them to be stopped first)"),
    ])
  func orders(_ test: Case) {
    var (driver, id) = zoo()
    #expect(driver.letters(id) == "DEYSNrUG")
    let lease = driver.farm.lease(of: driver.key(id, 4)) ?? Lease(0)
    let outcome = driver.operate(test.kind, id)
    #expect(outcome?.message == test.message)
    #expect(driver.letters(id) == test.letters)
    #expect(driver.store.journal.last?.type == "jobs \(test.kind.word)")
    #expect(driver.store.journal.last?.info == test.message)
    if test.kind == .restartPause { #expect(driver.farm.jobState(id)?.contains(.offline) == true) }
    // What was asked for survives the server.
    var loaded = driver
    loaded.restart()
    if test.kind != .continue { #expect(loaded.letters(id) == test.after) }
    driver.finish(lease, .stopped)
    #expect(driver.letters(id) == test.after)
  }

  @Test("2.2 a task that is done before it could be stopped is as it was asked to be")
  func doneMeanwhile() {
    for (kind, letter) in [(Operation.Kind.suspend, "U"), (.done, "D"), (.skip, "S")] {
      var driver = FarmDriver()
      driver.register("r1")
      let id = driver.submit(job(frames(1, 1)))
      driver.operate(kind, id)
      driver.finish(id, 0)
      #expect(driver.letters(id) == letter)
    }
  }

  @Test("2.2 done tasks count as finished for those that need them, and their job is done")
  func doneForOthers() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2, name: "a"), frames(1, 2, name: "b", needs: "a")))
    driver.operate(.done, id, block: 0)
    #expect(driver.letters(id, block: 1) == "rr")
    driver.operate(.done, id)
    #expect(driver.farm.jobState(id) == [.done])
    #expect(driver.farm.blocks(of: id).map(\.runSeconds) == [0, 0])
  }

  @Test("3.11 affect_depends: the order reaches the tasks that these depend on, and what those depend on")
  func affectsDepends() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 100_000)
    let id = driver.submit(
      job(
        frames(1, 4, name: "model"), frames(1, 4, name: "sim", needsTasks: "model"),
        frames(1, 4, per: 2, name: "comp", needsTasks: "sim"), frames(1, 1, name: "post", needs: "comp"), offline: true))
    driver.operate(.done, id)
    func letters() -> [String] { (0..<4).map { driver.letters(id, block: $0) } }
    #expect(letters() == ["DDDD", "DDDD", "DD", "D"])
    func restart(_ block: Int, _ range: TaskRange) {
      let operation = Operation(
        kind: .restart, jobs: .ids([id]), block: .index(BlockIndex(block)), tasks: [range], affectsDepends: true)
      driver.apply(.operate(operation, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 5)))
    }
    restart(2, TaskRange(first: 1, last: 1))
    #expect(letters() == ["DDrr", "DDWW", "DW", "D"])
    driver.operate(.done, id)
    restart(3, TaskRange(first: 0, last: 0))
    #expect(letters() == ["rrrr", "WWWW", "WW", "W"])
    #expect(driver.store.journal.last?.info == "restarted 11 tasks (block 3, tasks 0-0, with what they depend on)")
  }

  @Test("2.2 errors of a suspended task are kept; continued, it is ready")
  func suspendedErrors() {
    var (driver, id) = zoo()
    driver.operate(.suspend, id, tasks: [TaskRange(first: 2, last: 2)])
    #expect(driver.farm.task(driver.key(id, 2))?.errors == 1)
    driver.operate(.continue, id, tasks: [TaskRange(first: 2, last: 2)])
    #expect(driver.farm.task(driver.key(id, 2))?.phase == .ready)
    #expect(driver.farm.task(driver.key(id, 2))?.errors == 1)
  }

  @Test("4.2 eject_notown: only tasks of others than the render's user are stopped")
  func ejectNotOwn() {
    var driver = FarmDriver()
    driver.register("r1", user: "anna", capacity: 2000)
    let own = driver.submit(job(frames(1, 1)))
    let other = driver.submit(job(frames(1, 1), user: "ben"))
    let lease = driver.farm.lease(of: driver.key(other, 0)) ?? Lease(0)
    driver.operateRenders(.ejectNotOwn, "r1")
    #expect(driver.stops == [lease])
    #expect(driver.letters(own) == "R")
    driver.finish(lease, .stopped)
    #expect(driver.farm.task(driver.key(other, 0))?.errors == 0)
  }

  @Test("a job that the store refused leaves no trace: no timer, no watch, no error host, no user")
  func withdrawn() {
    var driver = FarmDriver()
    driver.register("r1")
    let timers = driver.farm.timers.count
    let id = driver.submit(
      job(frames(1, 3).with { $0.taskMaxRunTime = 100 }, list(2, name: "list").with(.suspendNewTasks), user: "new").with {
        $0.timeLife = 1000
        $0.dependMaskGlobal = "nobody.*"
        $0.tryNext = [TryNext(block: BlockIndex(0), task: TaskIndex(2))]
      })
    #expect(driver.starts.map(\.key) == [driver.key(id, 2)])
    #expect(driver.farm.timers.count == timers + 2)
    driver.apply(.withdraw(id))
    #expect(driver.farm.timers.count == timers)
    #expect(driver.farm.watches.count == 0)
    #expect(driver.farm.users().isEmpty)
    #expect(driver.farm.totals.runningTasks == 0)
    let other = driver.submit(job(frames(1, 1), user: "new"))
    #expect(driver.letters(other) == "R")
  }
}
