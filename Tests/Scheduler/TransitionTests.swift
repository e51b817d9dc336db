import Model
import Simulation
import Testing

@testable import Scheduler

/// Each row of the reference's tables of states, in their order. Task 0 of job 1's only block is the one that is looked at.
@Suite("States and their transitions (sections 2.2, 2.3)")
struct TransitionTests {
  struct Row: CustomTestStringConvertible {
    var name: String
    var block = frames(1, 2, retries: 0)
    var event: @Sendable (inout FarmDriver, JobID) -> Void
    var state: StateBits
    var errors: Int32 = 0
    var starts: Int32 = 1
    var testDescription: String { name }

    init(
      _ name: String, block: BlockSpec = frames(1, 2, retries: 0), state: StateBits, errors: Int32 = 0, starts: Int32 = 1,
      _ event: @escaping @Sendable (inout FarmDriver, JobID) -> Void
    ) {
      self.name = name
      self.block = block
      self.state = state
      self.errors = errors
      self.starts = starts
      self.event = event
    }
  }

  private static func end(_ outcome: RunOutcome, flags: TaskFlags = []) -> @Sendable (inout FarmDriver, JobID) -> Void {
    { driver, id in
      let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
      driver.operateRenders(.pause, "r1")
      driver.finish(lease, outcome, flags: flags)
    }
  }

  private static func stopped(
    _ kind: Operation.Kind, _ outcome: RunOutcome
  ) -> @Sendable (inout FarmDriver, JobID) -> Void {
    { driver, id in
      let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
      driver.operateRenders(.pause, "r1")
      driver.operate(kind, id)
      driver.finish(lease, outcome)
    }
  }

  @Test(
    "2.2 a running task's",
    arguments: [
      Row("2.2 RDY: the solver gives it to a render: RUN only, str + 1", state: .running) { _, _ in },
      Row("2.2 RUN: update percent: RUN", state: .running) { driver, id in
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 30)))
      },
      Row("2.2 RUN: update warning: RUN WRN", state: [.running, .warning]) { driver, id in
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 30, hasWarning: true)))
      },
      Row("2.2 RUN: WRN survives to DON", state: [.done, .warning]) { driver, id in
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 30, hasWarning: true)))
        end(.success)(&driver, id)
      },
      Row("2.2 RUN: finished success: DON", state: .done, end(.success)),
      Row("2.2 RUN: service skipped: DON SKP", state: [.done, .skipped], end(.skipped)),
      Row("2.2 RUN: parser finished: DON PSC", state: [.done, .parserSuccess], end(.parserSuccess)),
      Row("2.2 RUN: post command failed: DON FPO", state: [.done, .failedPost], end(.success, flags: .failedPost)),
      Row("2.2 RUN: failed to start: ERR", state: .error, errors: 1, end(.failedToStart)),
      Row("2.2 RUN: killed: ERR", state: .error, errors: 1, end(.killed)),
      Row("2.2 RUN: exit status bad: ERR", state: .error, errors: 1, end(.exitStatus)),
      Row("2.2 RUN: parser error: ERR PER", state: [.error, .parserError], errors: 1, end(.parserError)),
      Row(
        "2.2 RUN: parser fatal error: ERR PFE, never tried again", block: frames(1, 2, retries: 5), state: [.error, .parserFatal],
        errors: 1, end(.parserFatalError)),
      Row("2.2 RUN: parser bad result: ERR PBR", state: [.error, .parserBadResult], errors: 1, end(.parserBadResult)),
      Row("2.2 RUN: bad files: ERR BRF", state: [.error, .badFiles], errors: 1, end(.badFiles)),
      Row("2.2 RUN: the same updates after a stop request: RDY, no error", state: .ready, stopped(.stop, .killed)),
      Row("2.2 RUN: after a request to skip: SKP DON", state: [.done, .skipped], stopped(.skip, .killed)),
      Row("2.2 RUN: after a request to suspend: SUS", state: .suspended, stopped(.suspend, .killed)),
      Row("2.2 RUN: after a request of done: DON", state: .done, stopped(.done, .killed)),
      Row("2.2 RUN: op restart_running: stopped, RDY", state: .ready, stopped(.restartRunning, .killed)),
      Row("2.2 RUN: render deregistered: RDY, no error", state: .ready) { driver, id in
        driver.apply(.renderLeft(RenderID(1), connection: ConnectionID(1), ejected: true))
      },
      Row("2.2 RUN: render zombie: WRC, where Afanasy has RDY", state: .waitReconnect) { driver, _ in
        _ = driver.advance(.seconds(20))
      },
      Row("2.2 RUN: render zombie for af_task_reconnect_timeout: RDY, no error", state: .ready) { driver, _ in
        _ = driver.advance(.seconds(120))
      },
      Row("2.2 RUN: eject by owner: stop sent, then RDY, no error", state: .ready) { driver, id in
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.operateRenders(.pause, "r1")
        driver.operateRenders(.eject, "r1")
        driver.finish(lease, .killed)
      },
      Row(
        "2.2 ERR: err <= errors_retries: RDY RER", block: frames(1, 2, retries: 1), state: [.ready, .errorReady], errors: 1,
        end(.killed)),
      Row("2.2 stored RUN: server start: WRC", state: .waitReconnect) { driver, _ in driver.restart() },
      Row("2.2 WRC: the render comes back and reports it: RUN, which is no new start to Reeve", state: .running) { driver, id in
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.restart()
        driver.apply(.listening)
        driver.register("r1", runs: [RunReport(lease: lease, key: driver.key(id, 0))])
      },
      Row("2.2 WRC: older than af_task_reconnect_timeout: RDY", state: .ready) { driver, _ in
        driver.restart()
        driver.apply(.listening)
        _ = driver.advance(.seconds(120))
      },
      Row("2.2 any: op restart: RDY, err = 0", state: .ready, starts: 0) { driver, id in
        end(.killed)(&driver, id)
        driver.operate(.restart, id)
      },
      Row("2.2 ERR: op restart_errors: RDY, err = 0", state: .ready) { driver, id in
        end(.killed)(&driver, id)
        driver.operate(.restartErrors, id)
      },
      Row("2.2 SKP: op restart_skipped: RDY", state: .ready) { driver, id in
        end(.skipped)(&driver, id)
        driver.operate(.restartSkipped, id)
      },
      Row("2.2 DON: op restart_done: RDY", state: .ready) { driver, id in
        end(.success)(&driver, id)
        driver.operate(.restartDone, id)
      },
      Row("2.2 RDY: op trynext append: TRY set", state: [.ready, .tryNext]) { driver, id in
        end(.stopped)(&driver, id)
        driver.operate(.tryNext, id)
      },
      Row("2.2 RDY TRY: op trynext remove: cleared", state: .ready) { driver, id in
        end(.stopped)(&driver, id)
        driver.operate(.tryNext, id)
        driver.operate(.notTryNext, id)
      },
    ])
  func tasks(_ row: Row) throws {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(row.block))
    row.event(&driver, id)
    let task = try #require(driver.farm.task(driver.key(id, 0)))
    #expect(task.state == row.state, "\(task.state.text), expected \(row.state.text)")
    #expect(task.errors == row.errors)
    #expect(task.starts == row.starts)
  }

  @Test("2.2 (new): RDY, or SUS by the flag suspendnewtasks", arguments: [TaskPhase.ready, .suspended])
  func new(phase: TaskPhase) {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2).with(phase == .suspended ? .suspendNewTasks : [])))
    #expect(driver.phases(id) == [phase, phase])
  }

  @Test("2.2 WRC that went back to RDY: the render that reports it later is told to stop it")
  func tooLate() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let start = driver.starts[0]
    driver.restart()
    driver.apply(.listening)
    _ = driver.advance(.seconds(120))
    #expect(driver.letters(id) == "r")
    driver.register("r1", runs: [RunReport(lease: start.lease, key: start.key)])
    #expect(driver.kept == [])
    #expect(driver.starts.map(\.start) == [2])
  }

  @Test("2.2 stored lone WRN: RDY, and it runs")
  func loneWarning() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2)))
    driver.store.tasks[driver.key(id, 0)] = StoredTask(
      key: driver.key(id, 0), phase: .ready, flags: .warning, starts: 1, errors: 0, render: nil, started: .never, finished: .never)
    driver.restart()
    driver.apply(.listening)
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .ready)
    driver.register("r1")
    #expect(driver.farm.task(driver.key(id, 0))?.state == .running)
  }

  @Test("2.2 RDY: tasks depend unmet: WDP, and back when they are met")
  func waits() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2, name: "a"), frames(1, 2, name: "b", needsTasks: "a")))
    let first = [TaskRange(first: 0, last: 0)]
    #expect(driver.phases(id, block: 1) == [.waitingDependency, .waitingDependency])
    driver.operate(.done, id, block: 0, tasks: first)
    #expect(driver.phases(id, block: 1) == [.ready, .waitingDependency])
    driver.operate(.restart, id, block: 0, tasks: first)
    #expect(driver.phases(id, block: 1) == [.waitingDependency, .waitingDependency])
  }

  struct JobRow: CustomTestStringConvertible {
    var name: String
    var spec: JobSpec
    var event: @Sendable (inout FarmDriver, JobID) -> Void
    var block: StateBits
    var job: StateBits
    var testDescription: String { name }
    init(
      _ name: String, _ spec: JobSpec, block: StateBits, job: StateBits,
      _ event: @escaping @Sendable (inout FarmDriver, JobID) -> Void
    ) {
      (self.name, self.spec, self.event, self.block, self.job) = (name, spec, event, block, job)
    }
  }

  @Test(
    "2.3 a block's and a job's state follow their tasks",
    arguments: [
      JobRow("2.3 block RDY: some task is ready", job(frames(1, 2)), block: .ready, job: .ready) { _, _ in },
      JobRow("2.3 block RUN: some task runs", job(frames(1, 2)), block: [.running, .ready], job: [.running, .ready]) { driver, _ in
        driver.register("r1")
      },
      JobRow("2.3 block DON: all tasks are; job DON: all blocks are", job(frames(1, 1)), block: .done, job: .done) { driver, id in
        driver.operate(.done, id)
      },
      JobRow("2.3 block SKP: some task is", job(frames(1, 2)), block: [.ready, .skipped], job: [.ready, .skipped]) { driver, id in
        driver.operate(.skip, id, tasks: [TaskRange(first: 0, last: 0)])
      },
      JobRow("2.3 block SUS: some task is", job(frames(1, 2)), block: [.ready, .suspended], job: [.ready, .suspended]) {
        driver, id in
        driver.operate(.suspend, id, tasks: [TaskRange(first: 0, last: 0)])
      },
      JobRow("2.3 block ERR: some task is", job(frames(1, 2, retries: 0)), block: [.ready, .error], job: [.ready, .error]) {
        driver, id in
        driver.register("r1")
        driver.operateRenders(.pause, "r1")
        driver.finish(id, 0, .killed)
      },
      JobRow(
        "2.3 job WDP by its masks: no RDY", job(frames(1, 2), name: "b").with { $0.dependMask = "a" }, block: .ready,
        job: .waitDependency
      ) {
        driver, _ in driver.submit(job(frames(1, 1), name: "a"))
      },
      JobRow(
        "2.3 job WTM: no RDY", job(frames(1, 2)).with { $0.timeWait = Instant(seconds: 2_000_000) }, block: .ready, job: .waitTime
      ) { _, _ in },
      JobRow("2.3 job OFF: submitted paused", job(frames(1, 2), offline: true), block: .ready, job: [.ready, .offline]) { _, _ in },
      JobRow(
        "2.3 block WRN: some task has one", job(frames(1, 2)), block: [.ready, .running, .warning],
        job: [.ready, .running, .warning]
      ) {
        driver, id in
        driver.register("r1")
        let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
        driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 1, hasWarning: true)))
      },
      JobRow(
        "2.3 job WDP and WTM: both keep RDY away",
        job(frames(1, 2), name: "b").with {
          $0.dependMask = "a"
          $0.timeWait = Instant(seconds: 2_000_000)
        }, block: .ready, job: [.waitDependency, .waitTime]
      ) { driver, _ in driver.submit(job(frames(1, 1), name: "a")) },
      JobRow("2.3 job OFF: set by pause", job(frames(1, 2)), block: .ready, job: [.ready, .offline]) { driver, id in
        driver.operate(.pause, id)
      },
      JobRow("2.3 job OFF: set by stop", job(frames(1, 2)), block: .ready, job: [.ready, .offline]) { driver, id in
        driver.operate(.stop, id)
      },
      JobRow("2.3 job OFF: set by restart_pause", job(frames(1, 2)), block: .ready, job: [.ready, .offline]) { driver, id in
        driver.operate(.skip, id)
        driver.operate(.restartPause, id)
      },
      JobRow("2.3 job OFF: a parameter", job(frames(1, 2)), block: .ready, job: [.ready, .offline]) { driver, id in
        driver.edit(id, "offline", .bool(true))
      },
      JobRow("2.3 job OFF: cleared by start", job(frames(1, 2), offline: true), block: .ready, job: .ready) { driver, id in
        driver.operate(.start, id)
      },
    ])
  func jobs(_ row: JobRow) {
    var driver = FarmDriver()
    let id = driver.submit(row.spec)
    row.event(&driver, id)
    #expect(driver.farm.block(id, BlockIndex(0))?.state == row.block)
    #expect(driver.farm.jobState(id) == row.job)
  }

  @Test("2.3 block WDP: some block of its depend_mask is not DON")
  func blockWaits() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2, name: "a"), frames(1, 2, name: "b", needs: "a")))
    #expect(driver.farm.block(id, BlockIndex(1))?.state == .waitDependency)
    driver.operate(.done, id, block: 0)
    #expect(driver.farm.block(id, BlockIndex(1))?.state == .ready)
  }

  @Test("2.3 time_done is set on the edge to DON, and unset on leaving it; time_started when nothing is left of the first start")
  func times() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let started = driver.now
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 0)
    #expect(driver.farm.job(id)?.started == started)
    #expect(driver.farm.job(id)?.done == driver.now)
    driver.operateRenders(.pause, "r1")
    driver.operate(.restart, id)
    #expect(driver.farm.job(id)?.done == .never)
    #expect(driver.farm.job(id)?.started == .never)
  }

  @Test("2.3 percentage: finished tasks of all; Afanasy's is the mean of what the tasks say, which a log can make go back")
  func percentage() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 4)))
    let lease = driver.farm.lease(of: driver.key(id, 0)) ?? Lease(0)
    driver.apply(.runProgressed(render, lease, RunProgress(percent: 60)))
    #expect(driver.farm.block(id, BlockIndex(0))?.counts.percent == 0)
    #expect(driver.farm.task(driver.key(id, 0))?.percent == 60)
    driver.finish(id, 0)
    driver.operate(.skip, id, tasks: [TaskRange(first: 3, last: 3)])
    #expect(driver.farm.block(id, BlockIndex(0))?.counts.percent == 50)
    #expect(driver.farm.job(id)?.counts.percent == 50)
  }

  @Test("2.3 at load nothing starts before it is known what waits")
  func load() {
    var driver = FarmDriver()
    driver.submit(job(frames(1, 1), name: "a", offline: true))
    let id = driver.submit(job(frames(1, 1), name: "b").with { $0.dependMask = "a" })
    driver.restart()
    #expect(driver.farm.jobState(id) == .waitDependency)
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.farm.totals.runningTasks == 0)
  }

  @Test("2.3 a done job is looked at again for its life time alone, until an order changes it")
  func doneJob() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)).with { $0.timeLife = 100 })
    driver.operate(.done, id)
    #expect(driver.farm.nextTimer == driver.now + .seconds(100))
    driver.operate(.restart, id)
    #expect(driver.farm.jobState(id) == .ready)
    _ = driver.advance(.seconds(100))
    #expect(driver.farm.job(id) == nil)
  }

  @Test("2.6 a line of the log says when, who and from where, what was done to what, with old and new values")
  func journal() throws {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)))
    driver.edit(id, "priority", .integer(5))
    let line = try #require(driver.store.journal.last)
    #expect(line.time == driver.now)
    #expect(line.subject == "anna@desk (administrator)")
    #expect(line.type == "jobs set")
    #expect(line.object == "job \(id)")
    #expect(line.info == "priority: 99 -> 5")
  }
}
