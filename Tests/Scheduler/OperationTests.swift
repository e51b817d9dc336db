import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Operations (section 4.2)")
struct OperationTests {
  /// Tasks 0 done, 1 error, 2 error-ready (its render is paused), 3 skipped, 4 running, 5 ready.
  private func zoo() -> (FarmDriver, JobID) {
    var driver = FarmDriver()
    driver.register("r1", capacity: 4000)
    let id = driver.submit(job(frames(1, 6, retries: 1)))
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0)
    driver.finish(id, 1, .parserFatalError)
    driver.finish(id, 2, .exitStatus)
    driver.finish(id, 3, .stopped)
    driver.operate(.skip, id, tasks: [TaskRange(first: 3, last: 3)])
    driver.register("r2", capacity: 1000)
    driver.finish(id, 2, .exitStatus)
    driver.finish(id, 4, .stopped)
    return (driver, id)
  }

  @Test("3.17 start and pause are for new starts; what runs goes on")
  func startAndPause() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 3)))
    #expect(driver.operate(.pause, id)?.message == "paused")
    #expect(driver.stops.isEmpty)
    driver.finish(id, 0)
    #expect(driver.letters(id) == "Drr")
    #expect(driver.store.jobs[id]?.state.isOffline == true)
    #expect(driver.operate(.pause, id)?.message == "is paused already")
    #expect(driver.operate(.start, id)?.message == "started")
    #expect(driver.letters(id) == "DRr")
    #expect(driver.operate(.start, id)?.message == "is not paused")
  }

  @Test("a job of priority 0 says why it does not start")
  func startNever() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 3), priority: 0, offline: true))
    #expect(driver.operate(.start, id)?.message == "started; its priority 0 keeps it from running")
  }

  @Test("2.2, 3.17 stop ends what runs and pauses; a task that was done by then is done")
  func stop() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 2000)
    let id = driver.submit(job(frames(1, 3)))
    let leases = driver.starts.map(\.lease)
    let outcome = driver.operate(.stop, id)
    #expect(outcome?.message == "paused; stopped 2 tasks")
    #expect(driver.stops == leases)
    // The capacity is taken until the processes are gone.
    #expect(driver.farm.render(RenderID(1))?.capacityUsed == 2000)
    #expect(driver.letters(id) == "RRr")
    driver.finish(leases[0], .stopped)
    driver.finish(leases[1], .success)
    #expect(driver.letters(id) == "rDr")
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
    #expect(driver.farm.jobState(id) == [.ready, .offline])
    #expect(driver.operate(.stop, id)?.message == "paused; nothing of it ran")
  }

  @Test("2.2 a job that is stopped and then fails counts no error")
  func stoppedFailure() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 0)))
    driver.operate(.stop, id)
    driver.finish(id, 0, .killed)
    #expect(driver.letters(id) == "r")
    #expect(driver.farm.blocks(of: id)[0].errors == 0)
  }

  struct Restart: CustomTestStringConvertible {
    var kind: Operation.Kind
    var message: String
    /// The zoo's letters after it.
    var letters: String
    var testDescription: String { kind.word }
  }

  @Test(
    "each restart touches the tasks it names",
    arguments: [
      Restart(kind: .restart, message: "restarted 5 tasks (1 of them to be stopped first)", letters: "rrrrRr"),
      Restart(kind: .restartErrors, message: "restarted 2 tasks", letters: "DrrSRr"),
      Restart(kind: .restartRunning, message: "restarted 1 task (1 of them to be stopped first)", letters: "DEESRr"),
      Restart(kind: .restartSkipped, message: "restarted 1 task", letters: "DEErRr"),
      Restart(kind: .restartDone, message: "restarted 1 task", letters: "rEESRr"),
      Restart(kind: .skip, message: "skipped 4 tasks (1 of them to be stopped first)", letters: "DSSSRS"),
    ])
  func restarts(_ restart: Restart) {
    var (driver, id) = zoo()
    #expect(driver.letters(id) == "DEESRr")
    let outcome = driver.operate(restart.kind, id)
    #expect(outcome?.isDone == true)
    #expect(outcome?.message == restart.message)
    #expect(driver.letters(id) == restart.letters)
    // A second time there is nothing left but what is about to stop anyway.
    let again = driver.operate(restart.kind, id)
    #expect(again?.changedTasks == 0)
  }

  @Test("an operation on some tasks leaves the others alone")
  func ranges() {
    var (driver, id) = zoo()
    driver.operate(.restart, id, tasks: [TaskRange(first: 0, last: 0), TaskRange(first: 2, last: 3)])
    #expect(driver.letters(id) == "rErrRr")
    #expect(driver.operate(.restart, id, tasks: [TaskRange(first: 100, last: 200)])?.message == "it has none of these tasks")
    #expect(driver.operate(.restart, id, block: 7)?.message == "it has no block 7 (it has 1, from 0)")
  }

  @Test("tasks can be named by their frames")
  func byFrames() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(11, 20, per: 2, name: "a"), frames(101, 102, name: "b")))
    driver.operate(.skip, id, tasks: [TaskRange(first: 13, last: 15, isFrames: true)])
    #expect(driver.letters(id) == "rSSrr")
    #expect(driver.letters(id, block: 1) == "rr")
    #expect(driver.farm.taskIndex(ofFrame: 14, job: id, block: BlockIndex(0)) == TaskIndex(1))
    #expect(driver.farm.taskIndex(ofFrame: 21, job: id, block: BlockIndex(0)) == nil)
  }

  @Test("a restarted running task is stopped, and runs again however it ended")
  func restartRunning() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let lease = driver.starts[0].lease
    driver.operate(.restartRunning, id)
    #expect(driver.stops == [lease])
    #expect(driver.starts.isEmpty)
    driver.finish(lease, .success)
    #expect(driver.starts.map(\.start) == [2])
  }

  @Test("what was asked of a running task survives the server: its lease is fenced at once")
  func stopIsDurable() {
    for (kind, letter) in [(Operation.Kind.stop, "r"), (.restartRunning, "r"), (.skip, "S")] {
      var driver = FarmDriver()
      driver.register("r1")
      let id = driver.submit(job(frames(1, 1)))
      let start = driver.starts[0]
      driver.operate(kind, id)
      driver.restart()
      driver.apply(.listening)
      #expect(driver.letters(id) == letter)
      driver.register("r1", runs: [RunReport(lease: start.lease, key: start.key)])
      #expect(driver.kept == [])
      if kind == .restartRunning { #expect(driver.starts.map(\.start) == [2]) }
    }
  }

  @Test("a skipped running task stays skipped even when it fails")
  func skipRunning() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    driver.operate(.skip, id)
    driver.finish(id, 0, .killed)
    #expect(driver.letters(id) == "S")
    #expect(driver.farm.jobState(id) == [.done, .skipped])
    #expect(driver.farm.job(id)?.done != .never)
  }

  @Test("a restarted done job is not done any more, and all of a block is forgotten with one change")
  func restartDoneJob() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 10_000)
    let id = driver.submit(job(frames(1, 3)))
    for task in 0..<3 { driver.finish(id, task) }
    driver.operate(.pause, id)
    #expect(driver.store.tasks.count == 3)
    driver.operate(.restart, id)
    #expect(driver.store.tasks.isEmpty)
    let summary = driver.farm.job(id)
    #expect(summary?.done == .never)
    #expect(summary?.started == .never)
    #expect(driver.store.jobs[id]?.state.done == .never)
    #expect(driver.store.jobs[id]?.state.started == .never)
    #expect(driver.farm.blocks(of: id)[0].runSeconds == 0)
  }

  @Test("delete takes the job away at once; its runs are stopped and keep their place until they are gone")
  func delete() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 2)))
    let lease = driver.starts[0].lease
    #expect(driver.operate(.delete, id)?.message == "deleted; 1 running task stopped")
    #expect(driver.stops == [lease])
    #expect(driver.last.contains { if case .removeOutput(id) = $0 { true } else { false } })
    #expect(driver.farm.job(id) == nil)
    #expect(driver.farm.jobCount == 0)
    #expect(driver.store.jobs.isEmpty && driver.store.runs.isEmpty && driver.store.tasks.isEmpty)
    let next = driver.submit(job(frames(1, 1)))
    #expect(driver.starts.isEmpty)
    #expect(driver.farm.render(render)?.capacityUsed == 1000)
    driver.finish(lease, .stopped)
    #expect(driver.acknowledged == [lease])
    #expect(driver.starts.map(\.key.job) == [next])
    #expect(driver.farm.users() == [UserSummary(name: "anna", jobs: 1, running: 1)])
  }

  @Test("names, masks and numbers select jobs; nothing selected is said so")
  func selection() {
    var driver = FarmDriver()
    let a = driver.submit(job(frames(1, 1), name: "shot_10"))
    let b = driver.submit(job(frames(1, 1), name: "shot_20"))
    driver.submit(job(frames(1, 1), name: "other"))
    guard case .operated(let all, _) = driver.operate(.pause, .mask("shot_.*")) else { return #expect(Bool(false), "refused") }
    #expect(all.map(\.job) == [a, b])
    guard case .operated(let some, _) = driver.operate(.start, .ids([b, JobID(77)])) else { return #expect(Bool(false), "refused") }
    #expect(some.map(\.isDone) == [true, false])
    #expect(some[1].message == "there is no job 77")
    for (selection, code) in [
      (JobSelection.ids([JobID(77)]), FailureCode.notFound), (.name("nobody"), .notFound), (.mask("nothing.*"), .notFound),
      (.mask("(("), .usage), (.ids([]), .usage),
    ] {
      guard case .failed(let failure) = driver.operate(.start, selection) else { return #expect(Bool(false), "not refused") }
      #expect(failure.code == code, "\(failure)")
    }
    guard case .failed(let failure) = driver.operate(.delete, .name("other"), block: .index(BlockIndex(0))) else {
      return #expect(Bool(false), "not refused")
    }
    #expect(failure.code == .usage)
    guard case .failed(let order) = driver.operate(.skip, .name("other"), tasks: [TaskRange(first: 5, last: 2)]) else {
      return #expect(Bool(false), "not refused")
    }
    #expect(order.code == .usage)
  }

  @Test("4.2 reset_error_hosts says so when there is nothing to reset")
  func errorHosts() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)))
    #expect(driver.operate(.resetErrorHosts, id)?.isDone == true)
  }
}
