import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Renders come and go (sections 2.5 and 9.4)")
struct RenderTests {
  private var drops: (FarmDriver) -> [ConnectionID] {
    { driver in driver.last.compactMap { if case .drop(let connection, _) = $0 { connection } else { nil } } }
  }
  private func report(_ start: RunStart) -> RunReport { RunReport(lease: start.lease, key: start.key) }

  @Test("3.17 another agent under a name that is online is refused, with the reason")
  func secondAgent() {
    var driver = FarmDriver()
    driver.register("r1", agent: "first")
    driver.apply(.renderRegistered(RenderRegistration(name: "r1", agent: "second", user: "x"), connection: ConnectionID(77)))
    guard case .refused(let connection, let failure) = driver.last.first else { return #expect(Bool(false), "not refused") }
    #expect(connection == ConnectionID(77))
    #expect(failure.message.contains("r1 is already online from 10.0.0.1 since 1970-01-12T13:46:40Z"))
  }

  @Test("2.5 the same agent takes its broken connection over; its runs go on")
  func takeover() {
    var driver = FarmDriver()
    let first = driver.connection()
    let render = driver.register("r1", capacity: 2000, connection: first)
    let id = driver.submit(job(frames(1, 2)))
    let starts = driver.starts
    // It knows only of one of the two starts: the other was lost on the way.
    let second = driver.connection()
    driver.register("r1", capacity: 2000, runs: [report(starts[0])], connection: second)
    #expect(drops(driver) == [first])
    #expect(driver.kept == [starts[0].lease])
    #expect(driver.starts.map(\.key) == [starts[1].key])
    #expect(driver.starts.map(\.start) == [2])
    #expect(driver.farm.task(driver.key(id, 1))?.errors == 0)
    // The old connection's end says nothing any more.
    driver.apply(.renderDisconnected(render, connection: first))
    #expect(driver.last.isEmpty)
    driver.apply(.renderLeft(render, connection: first, ejected: true))
    #expect(driver.last.isEmpty)
  }

  @Test("2.5 a lost connection takes no new tasks; its render is offline after the zombie time, its tasks are awaited longer")
  func zombie() {
    var driver = FarmDriver()
    let connection = driver.connection()
    let render = driver.register("r1", capacity: 2000, connection: connection)
    let id = driver.submit(job(frames(1, 1)))
    _ = driver.advance(.seconds(10))
    driver.apply(.renderAlive(render, nil))
    driver.apply(.renderDisconnected(render, connection: connection))
    driver.submit(job(frames(1, 1)))
    #expect(driver.starts.isEmpty)
    #expect(driver.farm.render(render)?.state == [.online, .busy])
    _ = driver.advance(.seconds(15))
    #expect(driver.letters(id) == "R")
    _ = driver.advance(.seconds(1))
    #expect(driver.letters(id) == "C")
    #expect(driver.farm.render(render)?.state == [.busy])
    _ = driver.advance(.seconds(103))
    #expect(driver.letters(id) == "C")
    _ = driver.advance(.seconds(1))
    #expect(driver.letters(id) == "r")
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
    #expect(driver.farm.task(driver.key(id, 0))?.starts == 1)
    #expect(driver.farm.render(render)?.state == [])
    #expect(driver.store.runs.isEmpty)
    // Now another agent may have the name.
    driver.register("r1", agent: "second")
    #expect(driver.starts.count == 1)
  }

  @Test("2.5 zombie: silence on an open connection ends it; signs of life keep it")
  func silence() {
    var driver = FarmDriver()
    let connection = driver.connection()
    let render = driver.register("r1", connection: connection)
    for _ in 0..<10 {
      _ = driver.advance(.seconds(12))
      driver.apply(.renderAlive(render, HostResources()))
      #expect(driver.farm.render(render)?.state == .online)
    }
    let effects = driver.advance(.seconds(16))
    #expect(effects.contains { if case .drop(connection, _) = $0 { true } else { false } })
    #expect(driver.farm.render(render)?.state == [])
    #expect(driver.farm.nextTimer == nil)
  }

  @Test("2.5 back within the zombie time with its runs: nothing was lost")
  func backInTime() {
    var driver = FarmDriver()
    let connection = driver.connection()
    let render = driver.register("r1", connection: connection)
    let id = driver.submit(job(frames(1, 1)))
    let start = driver.starts[0]
    driver.apply(.renderDisconnected(render, connection: connection))
    _ = driver.advance(.seconds(12))
    driver.register("r1", runs: [report(start)])
    #expect(driver.kept == [start.lease])
    #expect(drops(driver).isEmpty)
    _ = driver.advance(.seconds(12))
    #expect(driver.letters(id) == "R")
    driver.finish(start.lease)
    #expect(driver.letters(id) == "D")
  }

  @Test("heartbeats stop and come back in time: the task goes on; too late: what ran is fenced, its tries are kept")
  func zombieReturns() {
    for isLate in [false, true] {
      var driver = FarmDriver()
      driver.register("r1")
      let id = driver.submit(job(frames(1, 1)))
      let start = driver.starts[0]
      _ = driver.advance(.seconds(isLate ? 121 : 90))
      #expect(driver.letters(id) == (isLate ? "r" : "C"))
      driver.register("r2", nimby: .NIMBY)
      driver.register("r1", runs: [report(start)])
      #expect(driver.kept == (isLate ? [] : [start.lease]))
      #expect(driver.letters(id) == "R")
      let task = driver.farm.task(driver.key(id, 0))
      #expect(task?.errors == 0)
      #expect(task?.starts == (isLate ? 2 : 1))
      // The old run's result counts only where the old run still does.
      driver.apply(.runFinished(RenderID(1), start.lease, start.key, RunResult(outcome: .success)))
      #expect(driver.letters(id) == (isLate ? "R" : "D"))
    }
  }

  @Test("a pool whose zombie_time is longer than af_task_reconnect_timeout waits that long for its tasks")
  func patientPool() {
    var driver = FarmDriver()
    driver.register("r1")
    driver.setPool("zombie_time", .integer(600))
    let id = driver.submit(job(frames(1, 1)))
    _ = driver.advance(.seconds(599))
    #expect(driver.letters(id) == "R")
    _ = driver.advance(.seconds(1))
    #expect(driver.letters(id) == "r")
  }

  @Test("2.2 RUN to WRC: an agent that leaves without ejecting keeps its runs out for the reconnect time")
  func leaves() {
    for returns in [true, false] {
      var driver = FarmDriver()
      let connection = driver.connection()
      let render = driver.register("r1", connection: connection)
      let id = driver.submit(job(frames(1, 2)))
      let start = driver.starts[0]
      driver.apply(.renderLeft(render, connection: connection, ejected: false))
      #expect(driver.letters(id) == "Cr")
      #expect(driver.farm.render(render)?.state == [.busy])
      _ = driver.advance(.seconds(119))
      #expect(driver.letters(id) == "Cr")
      if returns {
        driver.register("r1", runs: [report(start)])
        #expect(driver.letters(id) == "Rr")
        driver.finish(start.lease)
        #expect(driver.letters(id) == "DR")
      } else {
        _ = driver.advance(.seconds(1))
        #expect(driver.letters(id) == "rr")
        driver.register("r1", runs: [report(start)])
        #expect(driver.kept == [])
        #expect(driver.letters(id) == "Rr")
        #expect(driver.starts.map(\.start) == [2])
      }
    }
  }

  @Test("2.2 RUN to RDY: an agent that leaves and ejects gives its tasks back at once, without an error")
  func ejects() {
    var driver = FarmDriver()
    let connection = driver.connection()
    let render = driver.register("r1", connection: connection)
    let id = driver.submit(job(frames(1, 1, retries: 0)))
    driver.apply(.renderLeft(render, connection: connection, ejected: true))
    #expect(driver.letters(id) == "r")
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
  }

  @Test("2.2 a run that was to be stopped when the connection broke has its end when the agent comes back")
  func stopAcrossReconnect() {
    var driver = FarmDriver()
    let connection = driver.connection()
    let render = driver.register("r1", connection: connection)
    let id = driver.submit(job(frames(1, 1)))
    let start = driver.starts[0]
    driver.apply(.renderDisconnected(render, connection: connection))
    driver.operate(.skip, id)
    #expect(driver.stops.isEmpty)
    driver.register("r1", runs: [report(start)])
    #expect(driver.kept == [])
    #expect(driver.letters(id) == "S")
  }

  @Test("2.2 eject by a person stops what runs; it goes on elsewhere without an error")
  func ejectOperation() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1)))
    let lease = driver.starts[0].lease
    let answer = driver.operateRenders(.eject, "r1")
    #expect(answer == .rendersOperated([RenderOutcome(name: "r1", isDone: true, message: "ejected 1 task")]))
    #expect(driver.stops == [lease])
    driver.operateRenders(.NIMBY, "r1")
    let other = driver.register("r2")
    #expect(driver.starts.isEmpty)
    driver.finish(lease, .stopped)
    #expect(driver.startedOn == [other])
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
  }

  @Test("2.5 what people set stays when the agent comes again, and over a restart of the server")
  func statesStay() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.operateRenders(.pause, "r1")
    driver.operateRenders(.nimby, "r1")
    driver.register("r1")
    #expect(driver.farm.render(render)?.state == [.online, .nimby, .paused])
    driver.restart()
    #expect(driver.farm.render(render)?.state == [.nimby, .paused])
    driver.register("r1", nimby: .NIMBY)
    #expect(driver.farm.render(render)?.state == [.online, .NIMBY, .paused])
  }

  @Test("names that are not there are told apart from those that are")
  func unknownNames() {
    var driver = FarmDriver()
    driver.register("r1")
    guard case .rendersOperated(let outcomes, _) = driver.operateRenders(.pause, "r1", "r9") else {
      return #expect(Bool(false), "refused")
    }
    #expect(outcomes.map(\.isDone) == [true, false])
    guard case .failed(let failure) = driver.operateRenders(.pause, "r9") else { return #expect(Bool(false), "not refused") }
    #expect(failure == Failure(.notFound, "there is no render \"r9\""))
  }

  @Test(
    "a registration out of bounds is refused",
    arguments: [
      RenderRegistration(name: "", agent: "a", user: "u"),
      RenderRegistration(name: String(repeating: "x", count: 600), agent: "a", user: "u"),
      RenderRegistration(name: "r", agent: "a", user: "u", capacity: -2),
      RenderRegistration(name: "r", agent: "a", user: "u", maxTasks: 1_000_000),
    ])
  func bounds(_ registration: RenderRegistration) {
    var driver = FarmDriver()
    driver.apply(.renderRegistered(registration, connection: ConnectionID(1)))
    guard case .refused = driver.last.first else { return #expect(Bool(false), "not refused") }
    #expect(driver.farm.renderCount == 0)
  }
}
