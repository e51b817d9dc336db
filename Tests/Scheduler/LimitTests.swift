import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Limits in time, sick, idle and busy renders (sections 2.2, 3.12 to 3.14)")
struct LimitTests {
  private func limited(retries: Int8 = 0, _ change: (inout BlockParameters) -> Void) -> BlockSpec {
    frames(1, 2, retries: retries).with([], change)
  }

  @Test("2.2, 3.14 task_max_run_time: RUN to ERR, an error at once, its process is stopped and keeps its place until it is gone")
  func maxRunTime() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(limited(retries: 1) { $0.taskMaxRunTime = 100 }))
    let lease = driver.starts[0].lease
    _ = driver.live(.seconds(99))
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
    let effects = driver.live(.seconds(1))
    #expect(effects.contains { if case .stop(_, lease) = $0 { true } else { false } })
    let task = driver.farm.task(driver.key(id, 0))
    #expect(task?.errors == 1)
    #expect(task?.reason == "ran longer than 100 s (task_max_run_time)")
    #expect(driver.letters(id) == "Rr")
    #expect(driver.store.errorHosts.count == 2)
    // Known over a restart: the lease is fenced.
    #expect(driver.store.runs.isEmpty)
    #expect(driver.store.tasks[driver.key(id, 0)]?.phase == .errorReady)
    driver.finish(lease, .success)
    #expect(driver.farm.task(driver.key(id, 0))?.starts == 2)
    _ = driver.live(.seconds(100))
    driver.finish(id, 0, .stopped)
    #expect(driver.letters(id) == "ER")
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 2)
  }

  @Test("3.14 a run that ends in time leaves no timer behind")
  func inTime() {
    var driver = FarmDriver()
    driver.register("r1")
    driver.submit(job(frames(1, 200).with { $0.taskMaxRunTime = 1000 }))
    let timers = driver.farm.timers.count
    for _ in 0..<100 { driver.finish(driver.starts[0].lease) }
    #expect(driver.farm.timers.count == timers)
  }

  @Test("3.14 the limit is kept by a farm that was restarted, once the render is back")
  func limitOverRestart() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(limited { $0.taskMaxRunTime = 100 }))
    let start = driver.starts[0]
    driver.now = driver.now + .seconds(95)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", runs: [RunReport(lease: start.lease, key: start.key)])
    #expect(driver.letters(id) == "Rr")
    _ = driver.live(.seconds(40))
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 1)
  }

  struct Short: CustomTestStringConvertible {
    var name: String
    var took: Int64
    var outcome: RunOutcome = .success
    var flags: TaskFlags = []
    var phase: TaskPhase
    var testDescription: String { name }
  }

  @Test(
    "2.2, 3.14 a task that ends too soon",
    arguments: [
      Short(name: "2.2 task_min_run_time: a success that is too short is an error", took: 5, phase: .error),
      Short(name: "2.2 task_min_run_time: the parser's success too", took: 5, outcome: .parserSuccess, phase: .error),
      Short(name: "2.2 task_min_run_time: a failed post command is no excuse", took: 5, flags: .failedPost, phase: .error),
      Short(name: "2.2 task_min_run_time: a success that took long enough is done", took: 10, phase: .done),
      Short(name: "2.2 task_min_run_time: what was skipped is no error", took: 0, outcome: .skipped, phase: .skipped),
    ])
  func minRunTime(_ short: Short) {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(limited { $0.taskMinRunTime = 10 }))
    driver.now = driver.now + .seconds(short.took)
    if let lease = driver.farm.lease(of: driver.key(id, 0)) { driver.finish(lease, short.outcome, flags: short.flags) }
    let task = driver.farm.task(driver.key(id, 0))
    #expect(task?.phase == short.phase)
    #expect(task?.errors == (short.phase == .error ? 1 : 0))
    if short.phase == .error { #expect(task?.reason == "ended after 5 s, before its 10 s were over (task_min_run_time)") }
  }

  @Test("2.2 task_min_run_time says nothing of a task that was being stopped")
  func stoppedShort() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(limited { $0.taskMinRunTime = 10 }))
    driver.operate(.stop, id)
    driver.finish(id, 0, .success)
    #expect(driver.letters(id) == "Dr")
  }

  @Test(
    "2.2, 3.14 task_progress_change_timeout: RUN to ERR, an error when the progress stands still, the block's or else the farm's",
    arguments: [20, -1, 0])
  func standstill(own: Int32) {
    var settings = FarmSettings()
    settings.taskProgressChangeTimeout = .seconds(30)
    var driver = FarmDriver(settings: settings)
    driver.register("r1")
    let id = driver.submit(job(limited { $0.taskProgressChangeTimeout = own }))
    let lease = driver.starts[0].lease
    let limit: Int64 = own < 0 ? 30 : Int64(own)
    if own == 0 {
      _ = driver.live(.seconds(1000))
      #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
      return
    }
    _ = driver.live(.seconds(limit - 5))
    driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 5)))
    _ = driver.live(.seconds(limit - 5))
    // The same again is no progress, another activity neither.
    driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 5, activity: "thinks")))
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
    _ = driver.live(.seconds(5))
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 1)
    #expect(
      driver.farm.task(driver.key(id, 0))?.reason
        == "its progress did not change for \(limit) s (task_progress_change_timeout)")
  }

  @Test("3.14 limits in time do not disturb a forecast, in which nobody tells of progress")
  func forecast() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(
      job(
        frames(1, 4, retries: 0).with {
          $0.taskProgressChangeTimeout = 30
          $0.taskMaxRunTime = 120
          $0.taskMinRunTime = 90
        }))
    let lease = driver.starts[0].lease
    for percent in 1...5 {
      _ = driver.live(.seconds(20))
      driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: Int32(percent))))
    }
    driver.finish(lease)
    #expect(driver.letters(id) == "DRrr")
    let forecast = driver.farm.forecasts().first { $0.job == id }
    let seconds = (forecast?.likely ?? .never) - driver.now
    #expect(seconds > .seconds(290) && seconds < .seconds(310), "\(String(describing: forecast))")
  }

  @Test("3.14 a run that is skipped is DON SKP, one with bad files an error BRF")
  func files() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 2000)
    let id = driver.submit(job(limited { _ in }))
    driver.finish(id, 0, .skipped)
    driver.finish(id, 1, .badFiles)
    #expect(driver.farm.task(driver.key(id, 0))?.state == [.done, .skipped])
    #expect(driver.farm.task(driver.key(id, 1))?.state == [.error, .badFiles])
    #expect(driver.letters(id) == "SE")
  }

  @Test("2.5, 3.12 to sick: a render on which tasks of sick_errors_count users fail in a row is sick until it is healed")
  func sick() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 3000)
    driver.setPool("sick_errors_count", .integer(3))
    let ids = ["anna", "ben", "cleo"].map {
      driver.submit(job(frames(1, 3, retries: 0).avoidingNone, user: $0))
    }
    driver.finish(ids[0], 0, .exitStatus)
    driver.finish(ids[0], 1, .exitStatus)
    driver.finish(ids[1], 0, .exitStatus)
    // A good end makes all as it was.
    driver.finish(ids[0], 2)
    #expect(driver.store.renders[RenderID(1)]?.failedUsers == [])
    driver.finish(ids[1], 1, .exitStatus)
    driver.finish(ids[1], 2, .exitStatus)
    driver.finish(ids[2], 0, .exitStatus)
    #expect(driver.farm.render(RenderID(1))?.state.contains(.sick) == false)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", capacity: 3000)
    let other = driver.submit(job(frames(1, 3, retries: 0).avoidingNone, user: "dora"))
    let running = driver.farm.tasks(of: other, state: .running, limit: 1).rows
    if let lease = running.first.flatMap({ driver.farm.lease(of: $0.key) }) { driver.finish(lease, .exitStatus) }
    #expect(driver.farm.render(RenderID(1))?.state.contains(.sick) == true)
    #expect(driver.store.renders[RenderID(1)]?.state.contains(.sick) == true)
    #expect(driver.store.journal.contains { $0.type == "renders sick" && $0.object == "render r1" })
    for id in ids + [other] { driver.operate(.delete, id) }
    let last = driver.submit(job(frames(1, 1)))
    #expect(driver.letters(last) == "r")
    driver.operateRenders(.healSick, "r1")
    #expect(driver.farm.render(RenderID(1))?.state.contains(.sick) == false)
    #expect(driver.letters(last) == "R")
  }

  private func load(cpu: Int32) -> HostResources {
    var resources = HostResources()
    resources.cpuPercent = cpu
    resources.memoryTotalMB = 1000
    resources.memoryFreeMB = 900
    return resources
  }

  @Test("2.5, 3.13 busy_nimby_time: a free render that somebody uses becomes NIMBY")
  func busy() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.setPool("busy_cpu", .integer(50))
    driver.setPool("busy_nimby_time", .integer(30))
    func state() -> RenderState? { driver.farm.render(render)?.state }
    driver.apply(.renderAlive(render, load(cpu: 80)))
    _ = driver.live(.seconds(20))
    driver.apply(.renderAlive(render, load(cpu: 40)))
    driver.apply(.renderAlive(render, load(cpu: 80)))
    _ = driver.live(.seconds(25))
    #expect(state() == .online)
    _ = driver.live(.seconds(5))
    #expect(state() == [.online, .NIMBY])
    #expect(driver.store.renders[render]?.state == .NIMBY)
    let id = driver.submit(job(frames(1, 1)))
    #expect(driver.letters(id) == "r")
  }

  @Test("3.13 the busy clock does not run while a task does")
  func busyByTask() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.setPool("busy_cpu", .integer(50))
    driver.setPool("busy_nimby_time", .integer(30))
    let id = driver.submit(job(frames(1, 1)))
    driver.apply(.renderAlive(render, load(cpu: 80)))
    _ = driver.live(.seconds(60))
    driver.finish(id, 0)
    _ = driver.live(.seconds(60))
    #expect(driver.farm.render(render)?.state == .online)
    driver.apply(.renderAlive(render, load(cpu: 80)))
    _ = driver.live(.seconds(30))
    #expect(driver.farm.render(render)?.state == [.online, .NIMBY])
  }

  @Test("2.5, 3.13 idle_free_time: a nimby render that nobody uses is free, even one set by hand")
  func idle() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.operateRenders(.nimby, "r1")
    driver.setPool("idle_free_time", .integer(30))
    driver.apply(.renderAlive(render, load(cpu: 5)))
    _ = driver.live(.seconds(60))
    // Without a limit there is no idle time.
    #expect(driver.farm.render(render)?.state.contains(.nimby) == true)
    driver.setPool("idle_cpu", .integer(10))
    driver.apply(.renderAlive(render, load(cpu: 5)))
    _ = driver.live(.seconds(30))
    #expect(driver.farm.render(render)?.state == .online)
    driver.operateRenders(.NIMBY, "r1")
    driver.apply(.renderAlive(render, load(cpu: 15)))
    _ = driver.live(.seconds(60))
    #expect(driver.farm.render(render)?.state == [.online, .NIMBY])
  }

  struct Load: CustomTestStringConvertible {
    var key: String
    /// Exceeded by the first machine, not by the second.
    var limit: Int32
    var limits: any WritableKeyPath<LoadLimits, Int32> & Sendable
    var machine: @Sendable (inout HostResources, Bool) -> Void
    var testDescription: String { "3.13 busy_\(key), idle_\(key)" }
  }

  @Test(
    "3.13 each load has its limit",
    arguments: [
      Load(key: "cpu", limit: 50, limits: \.cpuPercent) { $0.cpuPercent = $1 ? 51 : 50 },
      Load(key: "mem", limit: 50, limits: \.memoryPercent) {
        $0.memoryTotalMB = 1000
        $0.memoryFreeMB = $1 ? 480 : 500
      },
      Load(key: "swp", limit: 50, limits: \.swapPercent) {
        $0.swapTotalMB = 1000
        $0.swapUsedMB = $1 ? 510 : 500
      },
      Load(key: "hddgb", limit: 50, limits: \.diskFreeGB) { $0.diskFreeGB = $1 ? 49 : 50 },
      Load(key: "hddio", limit: 50, limits: \.diskBusyPercent) { $0.diskBusyPercent = $1 ? 51 : 50 },
      Load(key: "netmbs", limit: 50, limits: \.netMBps) {
        $0.netReceivedKBps = 25 * 1024
        $0.netSentKBps = $1 ? 26 * 1024 : 25 * 1024
      },
    ])
  func loads(_ load: Load) {
    var limits = LoadLimits()
    limits[keyPath: load.limits] = load.limit
    for isExceeded in [true, false] {
      var machine = HostResources()
      machine.diskFreeGB = 1000
      load.machine(&machine, isExceeded)
      #expect(limits.isExceeded(by: machine) == isExceeded)
      #expect(!LoadLimits().isExceeded(by: machine))
    }
  }
}
