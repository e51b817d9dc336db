import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Jobs that wait (section 3.11)")
struct WaitingTests {
  private func waits(_ name: String, _ mask: String = "", global: String = "", user: String = "anna") -> JobSpec {
    job(frames(1, 1), name: name, user: user).with {
      $0.dependMask = mask
      $0.dependMaskGlobal = global
    }
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    var mask = ""
    var global = ""
    var waits: Bool
    var testDescription: String { name }
  }

  @Test(
    "a job waits for others by their names",
    arguments: [
      Case(name: "3.11 depend_mask: a plain name", mask: "model", waits: true),
      Case(name: "3.11 depend_mask: an expression on the whole name", mask: "mod.*", waits: true),
      Case(name: "3.11 depend_mask: a part of a name is no match", mask: "mode", waits: false),
      Case(name: "3.11 depend_mask: a done job is nothing to wait for", mask: "done", waits: false),
      Case(name: "3.11 depend_mask: a missing job is nothing to wait for", mask: "nothing", waits: false),
      Case(name: "3.11 depend_mask: other users' jobs are not meant", mask: "other", waits: false),
      Case(name: "3.11 depend_mask: the job itself is not meant", mask: "light.*", waits: false),
      Case(name: "3.11 depend_mask_global: all users' jobs are meant", global: "oth(er|o)", waits: true),
      Case(name: "3.11 depend_mask_global: by plain name", global: "other", waits: true),
      Case(name: "3.11 both masks", mask: "nothing", global: "model", waits: true),
    ])
  func masks(_ test: Case) {
    var driver = FarmDriver()
    let done = driver.submit(waits("done"))
    driver.operate(.skip, done)
    let model = driver.submit(waits("model"))
    driver.submit(waits("other", user: "ben"))
    let id = driver.submit(waits("light", test.mask, global: test.global))
    #expect(driver.farm.jobState(id) == (test.waits ? [.waitDependency] : [.ready]))
    // The same after a restart.
    driver.restart()
    driver.apply(.listening)
    #expect(driver.farm.jobState(id) == (test.waits ? [.waitDependency] : [.ready]))
    driver.operate(.skip, model)
    driver.operate(.skip, .name("other"))
    #expect(driver.farm.jobState(id) == [.ready])
    driver.operate(.restart, .name("other"))
    driver.operate(.restart, model)
    #expect(driver.farm.jobState(id) == (test.waits ? [.waitDependency] : [.ready]))
    driver.operate(.delete, model)
    driver.operate(.delete, .name("other"))
    #expect(driver.farm.jobState(id) == [.ready])
  }

  @Test("3.11 what waits does not run, and runs as soon as the other job is done")
  func starts() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 9000)
    let model = driver.submit(waits("model"))
    let light = driver.submit(waits("light", "model"))
    let comp = driver.submit(waits("comp", "mod.*|light"))
    #expect(driver.letters(light) == "r")
    driver.finish(model, 0)
    #expect(driver.letters(light) == "R")
    #expect(driver.letters(comp) == "r")
    driver.finish(light, 0)
    #expect(driver.letters(comp) == "R")
    // A new job of a name that is waited for lets wait again.
    driver.finish(comp, 0)
    driver.operate(.restart, comp)
    let again = driver.submit(waits("model"))
    #expect(driver.farm.job(again)?.name == "model-1")
    #expect(driver.farm.jobState(comp)?.contains(.waitDependency) == true)
  }

  @Test("3.11 a job that is withdrawn leaves nobody waiting")
  func withdrawn() {
    var driver = FarmDriver()
    let light = driver.submit(waits("light", "model", global: "m.*"))
    let model = driver.submit(waits("model", "nobody"))
    #expect(driver.farm.jobState(light) == [.waitDependency])
    driver.apply(.withdraw(model))
    #expect(driver.farm.jobState(light) == [.ready])
    driver.apply(.withdraw(light))
    #expect(driver.farm.watches.count == 0)
    #expect(driver.farm.timers.count == 0)
  }

  @Test("3.11 a thousand jobs with the same mask are one watch")
  func oneWatch() {
    var driver = FarmDriver()
    let model = driver.submit(waits("model"))
    for index in 0..<1000 { driver.submit(waits("light\(index)", "mod.l")) }
    #expect(driver.farm.watches.count == 1)
    driver.operate(.skip, model)
    #expect(driver.farm.jobState(JobID(model.value + 1000)) == [.ready])
  }

  @Test("3.11 jobs that would wait for each other are refused, with the circle")
  func circles() {
    var driver = FarmDriver()
    func refused(_ spec: JobSpec) -> String? {
      let before = driver.farm.jobCount
      driver.submit(spec)
      guard case .failed(let failure) = driver.answer else { return nil }
      #expect(driver.farm.jobCount == before)
      return failure.message
    }
    #expect(refused(waits("a", "b")) == nil)
    #expect(
      refused(waits("b", "a"))
        == "jobs would wait for each other for ever: \"b\" waits for \"a\" waits for \"b\" (change a depend_mask)")
    #expect(refused(waits("c", "a")) == nil)
    #expect(
      refused(waits("b", global: "c"))
        == "jobs would wait for each other for ever: \"b\" waits for \"c\" waits for \"a\" waits for \"b\" (change a depend_mask)")
    // Two that wait for everybody wait for each other; one of them waits for itself only, which is nothing.
    #expect(refused(waits("x", "x.*")) == nil)
    #expect(refused(waits("x2", "x.*"))?.contains("\"x2\" waits for \"x\" waits for \"x2\"") == true)
    // The name is taken: the job gets another, for which nobody waits.
    driver.submit(waits("b"))
    #expect(refused(waits("b", "a")) == nil)
    #expect(refused(waits("y", "(("))?.contains("depend_mask: bad regular expression") == true)
  }

  @Test("3.11 a circle that only a restart makes is said in the job's log")
  func circleByRestart() {
    var driver = FarmDriver()
    let a = driver.submit(waits("a", "b"))
    driver.operate(.skip, a)
    let b = driver.submit(waits("b", "a"))
    #expect(driver.farm.jobState(b) == [.ready])
    driver.operate(.restart, a)
    #expect(driver.farm.jobState(a) == [.waitDependency])
    #expect(driver.store.journal.contains { $0.type == "jobs circle" && $0.object == "job \(a)" })
  }

  @Test("3.11 time_wait: WTM until the moment, then it runs")
  func timeWait() {
    var driver = FarmDriver()
    driver.register("r1")
    let moment = driver.now + .seconds(100)
    let id = driver.submit(job(frames(1, 1)).with { $0.timeWait = moment })
    #expect(driver.farm.jobState(id) == [.waitTime])
    for place in driver.farm.renders.indices { driver.farm.renders[place].seen = moment }
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.farm.jobState(id) == [.waitTime])
    _ = driver.advance(.seconds(15))
    driver.now = moment
    driver.apply(.renderAlive(RenderID(1), nil))
    driver.apply(.time)
    #expect(driver.farm.jobState(id) == [.running])
    let past = driver.submit(job(frames(1, 1)).with { $0.timeWait = Instant(seconds: 5) })
    #expect(driver.farm.jobState(past) == [.ready])
  }

  @Test("1.4 time_life: the job's, else its user's, deletes it in whatever state", arguments: [Int32(50), -1, 0])
  func timeLife(own: Int32) {
    var settings = FarmSettings()
    settings.jobsLifeTime = .seconds(20)
    var driver = FarmDriver(settings: settings)
    let id = driver.submit(job(frames(1, 1)).with { $0.timeLife = own })
    let life: Int64 = own < 0 ? 20 : Int64(own)
    if own == 0 {
      _ = driver.advance(.seconds(1000))
      #expect(driver.farm.job(id) != nil)
      return
    }
    _ = driver.advance(.seconds(life - 10))
    driver.restart()
    driver.apply(.listening)
    _ = driver.advance(.seconds(9))
    #expect(driver.farm.job(id) != nil)
    let effects = driver.advance(.seconds(1))
    #expect(driver.farm.job(id) == nil)
    #expect(driver.store.jobs.keys.allSatisfy { $0 == .system })
    #expect(driver.store.journal.last?.info == "\"job\" deleted: its life time of \(life) s is over")
    #expect(driver.store.journal.last?.subject == "reeve")
    #expect(effects.contains { if case .removeOutput(id) = $0 { true } else { false } })
    #expect(driver.farm.nextTimer == nil)
  }

  @Test("3.11 sub-task dependence: a running task counts as done for the frames before the one it is at")
  func subTasks() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    let id = driver.submit(
      job(frames(1, 10, per: 10, name: "sim", capacity: 1000).with(.dependSubTask), frames(1, 10, per: 2, needsTasks: "sim")))
    let lease = driver.starts[0].lease
    #expect(driver.letters(id, block: 1) == "WWWWW")
    driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 20, frame: 3)))
    #expect(driver.letters(id, block: 1) == "rWWWW")
    driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 40, frame: 6)))
    #expect(driver.letters(id, block: 1) == "rrWWW")
    // It fails: what counted on it waits again.
    driver.operateRenders(.pause, "r1")
    driver.finish(lease, .exitStatus)
    #expect(driver.letters(id, block: 1) == "WWWWW")
    driver.operateRenders(.unpause, "r1")
    driver.finish(id, 0)
    #expect(driver.letters(id, block: 1) == "Rrrrr")
  }

  @Test("3.11, 3.15 sub-task dependence on a multi-host task: its frame is its master's, not a slave's")
  func subTasksOfMaster() throws {
    var driver = FarmDriver()
    for number in 1...3 { driver.register("r\(number)", capacity: 1000, maxTasks: 1) }
    var sim = frames(1, 10, per: 10, name: "sim", capacity: 1000).with(.dependSubTask)
    sim.flags.insert(.multiHost)
    sim.parameters.multihostMin = 2
    sim.parameters.multihostMax = 2
    sim.parameters.multihostService = "slave"
    let id = driver.submit(job(sim, frames(1, 10, per: 2, needsTasks: "sim")))
    let slave = try #require(driver.starts.first { $0.hostNumber > 0 })
    let master = try #require(driver.starts.first { $0.hostNumber == 0 })
    driver.apply(
      .runProgressed(try #require(driver.farm.run(slave.lease)?.render), slave.lease, RunProgress(percent: 90, frame: 9)))
    #expect(driver.letters(id, block: 1) == "WWWWW")
    driver.apply(
      .runProgressed(try #require(driver.farm.run(master.lease)?.render), master.lease, RunProgress(percent: 20, frame: 3)))
    #expect(driver.letters(id, block: 1) == "rWWWW")
  }
}
