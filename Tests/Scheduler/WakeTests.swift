import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Wake-on-LAN (section 7)")
struct WakeTests {
  /// A farm that listens, with a render that calls the others and takes no task itself.
  private func farm() -> FarmDriver {
    var driver = FarmDriver()
    driver.apply(.listening)
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    return driver
  }

  private func isSleep(_ effect: Effect) -> Bool { if case .sleep = effect { true } else { false } }
  private func message(_ answer: Answer?) -> RenderOutcome? {
    guard case .rendersOperated(let outcomes, _) = answer else { return nil }
    return outcomes.first
  }

  // MARK: Sleep

  @Test("2.5 sleep: online → WFL, no more tasks; silent for zombie_time → WSL, and no RENDER_ZOMBIE")
  func sleeps() {
    var driver = farm()
    let render = driver.registerMachine("r1")
    let outcome = message(driver.operateRenders(.sleep, "r1"))
    #expect(outcome == RenderOutcome(name: "r1", isDone: true, message: "falls asleep"))
    #expect(driver.last.contains { if case .sleep(render) = $0 { true } else { false } })
    #expect(driver.state("r1") == [.online, .wolFalling])
    #expect(driver.stored("r1")?.state == .wolFalling)
    #expect(driver.stored("r1")?.wolSince == driver.now)
    driver.submit(job(frames(1, 1)))
    #expect(driver.starts.isEmpty)
    let effects = driver.pass(.seconds(16), silent: "r1")
    #expect(events(effects).isEmpty)
    #expect(logged(effects).contains("sleeps"))
    #expect(driver.stored("r1")?.state.contains(.wolSleeping) == true)
    #expect(driver.stored("r1")?.state.contains(.wolFalling) == false)
  }

  @Test(
    "2.5 online → offline: one that says that it leaves, or whose connection is lost, while it falls asleep sleeps",
    arguments: [true, false])
  func leaves(says: Bool) {
    var driver = farm()
    let connection = driver.connection()
    let render = driver.registerMachine("r1", connection: connection)
    driver.operateRenders(.sleep, "r1")
    if says {
      driver.apply(.renderLeft(render, connection: connection, ejected: false))
    } else {
      driver.apply(.renderDisconnected(render, connection: connection))
      #expect(driver.state("r1") == [.online, .wolFalling])
      driver.pass(.seconds(16), silent: "r1")
    }
    #expect(driver.state("r1") == .wolSleeping)
    // Its agent sends nothing more.
    driver.pass(.seconds(600), silent: "r1")
    #expect(driver.state("r1") == .wolSleeping)
  }

  @Test("one that should be asleep and still reports is online again, and takes tasks")
  func stillReports() {
    var driver = farm()
    let render = driver.registerMachine("r1")
    driver.operateRenders(.sleep, "r1")
    driver.submit(job(frames(1, 1)))
    var effects = driver.pass(.seconds(119))
    #expect(driver.state("r1") == [.online, .wolFalling])
    effects = driver.pass(.seconds(2))
    #expect(driver.state("r1") == [.online, .busy])
    #expect(logged(effects).contains { $0.hasSuffix("and still reports: it is online again") })
    #expect(driver.store.journal.last { $0.type == "renders sleep" }?.info.hasSuffix("it is online again") == true)
    #expect(effects.contains { if case .start(render, _) = $0 { true } else { false } })
    #expect(driver.stored("r1")?.state == [])
  }

  @Test("one with a long zombie_time that is silent is not taken for one that reports")
  func longZombieTime() {
    var driver = farm()
    driver.setPool("zombie_time", .integer(600))
    driver.registerMachine("r1")
    driver.operateRenders(.sleep, "r1")
    driver.pass(.seconds(590), silent: "r1")
    #expect(driver.state("r1") == [.online, .wolFalling])
    driver.pass(.seconds(20), silent: "r1")
    #expect(driver.state("r1") == .wolSleeping)
  }

  @Test(
    "what cannot be put to sleep is refused with the reason",
    arguments: [
      ("offline", "is offline"), ("lost", "its connection is lost"), ("busy", "is busy with 1 task (eject first, or wait)"),
      ("falling", "falls asleep already"), ("sleeping", "sleeps already"), ("waking", "is being woken"),
      ("no card", "no hardware address of it is known: nobody could wake it"),
    ])
  func notToSleep(state: String, reason: String) {
    var driver = farm()
    let connection = driver.connection()
    let render = driver.registerMachine("r1", macs: state == "no card" ? [] : ["02:00:00:00:00:01"], connection: connection)
    switch state {
    case "offline": driver.apply(.renderLeft(render, connection: connection, ejected: true))
    case "lost": driver.apply(.renderDisconnected(render, connection: connection))
    case "busy": driver.submit(job(frames(1, 1)))
    case "falling": driver.operateRenders(.sleep, "r1")
    case "sleeping": driver.putToSleep("r1")
    case "waking":
      driver.putToSleep("r1")
      driver.operateRenders(.wake, "r1")
    default: break
    }
    let before = driver.state("r1")
    #expect(message(driver.operateRenders(.sleep, "r1")) == RenderOutcome(name: "r1", isDone: false, message: reason))
    #expect(driver.state("r1") == before)
    #expect(!driver.last.contains(where: isSleep))
  }

  @Test("3.13 idle_wolsleep_time: a render that is idle for so long is put to sleep; one without a known address is not")
  func automatic() {
    var driver = farm()
    driver.setPool("idle_cpu", .integer(10))
    driver.setPool("idle_wolsleep_time", .integer(60))
    let render = driver.registerMachine("r1")
    let other = driver.registerMachine("r2", macs: [])
    driver.apply(.renderAlive(render, HostResources()))
    driver.apply(.renderAlive(other, HostResources()))
    var effects = driver.pass(.seconds(59))
    #expect(!effects.contains(where: isSleep))
    effects = driver.pass(.seconds(2))
    #expect(effects.count(where: isSleep) == 1)
    #expect(driver.state("r1") == [.online, .wolFalling])
    #expect(driver.state("r2") == .online)
    #expect(driver.store.journal.last?.info == "idle for 60 s: falls asleep")
    // A measurement that comes after it was told changes nothing.
    driver.apply(.renderAlive(render, HostResources()))
    #expect(!driver.last.contains(where: isSleep))
  }

  @Test("a machine that does not fall asleep is not told to again and again")
  func insomnia() {
    var driver = farm()
    driver.setPool("idle_cpu", .integer(10))
    driver.setPool("idle_wolsleep_time", .integer(60))
    let render = driver.registerMachine("r1")
    let start = driver.now
    var told: [Int64] = []
    for _ in 0..<450 {
      driver.apply(.renderAlive(render, HostResources()))
      if driver.last.contains(where: isSleep) { told.append((driver.now - start).seconds) }
      let effects = driver.pass(.seconds(10))
      if effects.contains(where: isSleep) { told.append((driver.now - start).seconds) }
    }
    #expect(told.count == 2)
    #expect(told.last ?? 0 >= 60 + 120 + 3600)
  }

  // MARK: Wake

  @Test("2.5 wake: WSL → WWK, another render calls every card of it; registered → online, and nothing of it is left")
  func wakes() {
    var driver = farm()
    driver.registerMachine("r1", macs: ["02:00:00:00:00:01", "02-00-00-00-00-0A", "02:00:00:00:00:01"], user: "ben")
    driver.putToSleep("r1")
    #expect(driver.state("r1") == .wolSleeping)
    #expect(message(driver.operateRenders(.wake, "r1")) == RenderOutcome(name: "r1", isDone: true, message: "is woken"))
    #expect(driver.state("r1") == [.wolSleeping, .wolWaking])
    let command = commands(driver.last, .wake).first
    #expect(command?.text == "wolwake 02:00:00:00:00:01 02:00:00:00:00:0a")
    #expect(command?.user == "ben" && command?.jobName == "r1" && command?.render == driver.farm.render(named: "r1"))
    #expect(driver.startedOn == [driver.farm.render(named: "caller")])
    #expect(driver.stored("r1")?.wakes == 1)
    driver.pass(.seconds(40))
    driver.registerMachine("r1")
    #expect(logged(driver.last).contains("woke up 40 s after it was called"))
    #expect(driver.state("r1") == .online)
    #expect(driver.stored("r1")?.state == [] && driver.stored("r1")?.wolSince == .never && driver.stored("r1")?.wakes == 0)
    #expect(commands(driver.pass(.seconds(1000)), .wake).isEmpty)
  }

  @Test("one that is switched off may be woken too")
  func switchedOff() {
    var driver = farm()
    let connection = driver.connection()
    let render = driver.registerMachine("r1", connection: connection)
    driver.apply(.renderLeft(render, connection: connection, ejected: true))
    driver.operateRenders(.wake, "r1")
    #expect(driver.state("r1") == .wolWaking)
    driver.pass(.seconds(900))
    #expect(driver.state("r1") == [])
    #expect(driver.stored("r1")?.wolSince == .never && driver.stored("r1")?.wakes == 0)
  }

  @Test(
    "what cannot be woken is refused with the reason",
    arguments: [
      ("online", "is online"), ("falling", "falls asleep: wake it when it sleeps"), ("waking", "is being woken already"),
      ("no card", "no hardware address of it is known"),
    ])
  func notToWake(state: String, reason: String) {
    var driver = farm()
    let connection = driver.connection()
    let render = driver.registerMachine("r1", macs: state == "no card" ? [] : ["02:00:00:00:00:01"], connection: connection)
    switch state {
    case "falling": driver.operateRenders(.sleep, "r1")
    case "waking":
      driver.putToSleep("r1")
      driver.operateRenders(.wake, "r1")
    case "no card": driver.apply(.renderLeft(render, connection: connection, ejected: true))
    default: break
    }
    let before = driver.state("r1")
    #expect(message(driver.operateRenders(.wake, "r1")) == RenderOutcome(name: "r1", isDone: false, message: reason))
    #expect(driver.state("r1") == before)
    #expect(commands(driver.last, .wake).isEmpty)
  }

  @Test("a wake that does not bring the render back is tried three times, and then has failed, with an event")
  func fails() {
    var driver = farm()
    driver.registerMachine("r1")
    driver.putToSleep("r1")
    let start = driver.now
    driver.operateRenders(.wake, "r1")
    var effects = driver.last
    effects += driver.pass(.seconds(899))
    #expect(commands(effects, .wake).map { ($0.created - start).seconds } == [0, 300, 600])
    #expect(events(effects).isEmpty)
    #expect(driver.state("r1") == [.wolSleeping, .wolWaking])
    effects = driver.pass(.seconds(2))
    #expect(events(effects).map(\.name) == [.renderWakeFailed])
    #expect(driver.state("r1") == .wolSleeping)
    #expect(logged(effects).contains { $0.hasPrefix("did not wake up, 3 times in 300 s each") })
    #expect(driver.store.journal.last { $0.object == "render r1" }?.type == "renders wake")
    // By hand it is woken again at once.
    driver.operateRenders(.wake, "r1")
    #expect(commands(driver.last, .wake).count == 1)
  }

  @Test("many that are woken by hand are woken one after the other; all are WWK at once")
  func staggered() {
    var driver = farm()
    let names = (1...5).map { "r\($0)" }
    for (index, name) in names.enumerated() {
      driver.registerMachine(name, macs: ["02:00:00:00:00:0\(index)"])
      driver.putToSleep(name)
    }
    let start = driver.now
    driver.apply(
      .operateRenders(.wake, names: names, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 1)))
    guard case .rendersOperated(let outcomes, _) = driver.answer else { return #expect(Bool(false)) }
    #expect(outcomes.map(\.message).last == "is woken in its turn (4 before it, one each 10 s)")
    #expect(names.allSatisfy { driver.state($0) == [.wolSleeping, .wolWaking] })
    let effects = driver.last + driver.pass(.seconds(100))
    #expect(commands(effects, .wake).map { ($0.created - start).seconds } == [0, 10, 20, 30, 40])
    #expect(commands(effects, .wake).map(\.jobName) == names)
  }

  @Test(
    "a hardware address that is none is left out, and said",
    arguments: [
      ("02:00:00:00:00:01", true), ("02-00-00-00-00-01", true), ("AA:bb:CC:dd:EE:0f", true), ("", true),
      ("00:00:00:00:00:00", true),
      ("02:00:00:00:00", false), ("02:00:00:00:00:01:02", false), ("02:00:00:00:00:0g", false), ("0200.0000.0001", false),
      ("020000000001", true),
      ("2:0:0:0:0:1", false), ("02:00:00:00:00:01; rm -rf /", false), ("+2:00:00:00:00:01", false),
    ])
  func addresses(mac: String, isWell: Bool) {
    var driver = farm()
    driver.registerMachine("r1", macs: ["02:00:00:00:00:77", mac])
    #expect(logged(driver.last).contains { $0.contains("is no hardware address") } == !isWell)
    driver.putToSleep("r1")
    driver.operateRenders(.wake, "r1")
    let text = commands(driver.last, .wake).first?.text ?? ""
    let isUsed = isWell && !mac.isEmpty && !mac.hasPrefix("00")
    let form = mac == "020000000001" ? "02:00:00:00:00:01" : mac.lowercased().replacing("-", with: ":")
    #expect(text == "wolwake 02:00:00:00:00:77" + (isUsed ? " \(form)" : ""))
  }

  // MARK: Explaining

  @Test("explain says who falls asleep, sleeps, is woken, or did not wake")
  func explains() {
    var driver = farm()
    driver.setPool("paused", .bool(false))
    for name in ["r1", "r2", "r3", "r4", "r5"] { driver.registerMachine(name) }
    driver.registerMachine("nuke", services: ["nuke"])
    driver.putToSleep("r1", "nuke")
    driver.operateRenders(.sleep, "r2", "r3", "r4")
    driver.pass(.seconds(20), silent: "r2", "r3", "r4")
    driver.operateRenders(.sleep, "r5")
    // Nobody is called by himself for a job that is held.
    let id = driver.submit(job(frames(1, 1), offline: true))
    driver.operateRenders(.wake, "r4")
    let block = driver.farm.blockPlace(id, BlockIndex(0)) ?? 0
    let rules = driver.farm.renderRules(block: block, task: nil).rules
    func count(_ text: String) -> Int32? { rules.first { $0.text == text }?.renders }
    #expect(count("fall asleep") == 1)
    #expect(count("sleep (wake them: reeve render-do wake)") == 3)
    #expect(count("are being woken") == 1)
    // One that could not take it anyhow would not help awake.
    #expect(count("lack service generic") == 1)
    driver.pass(.seconds(950))
    #expect(
      driver.farm.renderRules(block: block, task: nil).rules
        .contains { $0.text == "sleep, and did not wake when they were woken (look why they do not)" && $0.renders == 1 })
  }

  // MARK: Restarts

  @Test("a render that fell asleep when the server went down sleeps, unless it comes back", arguments: [true, false])
  func recoveredFalling(comesBack: Bool) {
    var driver = farm()
    driver.registerMachine("r1")
    driver.operateRenders(.sleep, "r1")
    driver.restart()
    #expect(driver.state("r1") == .wolFalling)
    #expect(driver.farm.timers.count == 0)
    driver.apply(.listening)
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    if comesBack { driver.registerMachine("r1") }
    driver.pass(.seconds(130))
    #expect(driver.state("r1") == (comesBack ? .online : .wolSleeping))
  }

  @Test("a render that sleeps does so after a restart, with what its machine is; nobody is woken before all are back")
  func recoveredSleeping() {
    var driver = farm()
    var machine = HostResources()
    (machine.memoryTotalMB, machine.memoryFreeMB, machine.cpuCount) = (64_000, 60_000, 32)
    driver.registerMachine("r1", resources: machine)
    driver.putToSleep("r1")
    driver.registerMachine("r2", resources: machine)
    let id = driver.submit(
      job(
        frames(1, 1).with {
          $0.needMemoryMB = 50_000
          $0.needCPUCores = 16
        }
      ).with { $0.work.needOS = "linux" })
    #expect(driver.startedOn.count == 1)
    let run = driver.starts[0]
    driver.restart()
    #expect(driver.state("r1") == .wolSleeping)
    #expect(driver.farm.nextTimer == nil)
    driver.apply(.listening)
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    var effects = driver.pass(.seconds(110))
    #expect(commands(effects, .wake).isEmpty)
    // r2 does not come back in time: its task waits, and only r1 could take it.
    effects = driver.pass(.seconds(20))
    #expect(commands(effects, .wake).map(\.jobName) == ["r1"])
    #expect(driver.letters(id) == "r")
    #expect(run.key.job == id)
  }

  @Test("wakes go on after a restart: those that were called are called again in time, those in line in their order")
  func recoveredWaking() {
    var driver = farm()
    for (index, name) in ["a", "b", "c"].enumerated() {
      driver.registerMachine(name, macs: ["02:00:00:00:00:0\(index)"])
      driver.putToSleep(name)
    }
    let start = driver.now
    driver.operateRenders(.wake, "c")
    driver.now = driver.now + .seconds(1)
    driver.operateRenders(.wake, "b")
    driver.now = driver.now + .seconds(1)
    driver.operateRenders(.wake, "a")
    #expect(driver.stored("c")?.wakes == 1 && driver.stored("b")?.wakes == 0)
    driver.restart()
    #expect(driver.farm.wake.timer == nil && driver.farm.renders.allSatisfy { $0.wolTimer == nil })
    driver.now = start + .seconds(50)
    driver.apply(.listening)
    var effects = driver.last
    driver.registerMachine("caller", macs: [], nimby: .NIMBY)
    effects += driver.last + driver.pass(.seconds(280))
    #expect(commands(effects, .wake).map(\.jobName) == ["b", "a", "c"])
    #expect(commands(effects, .wake).map { ($0.created - start).seconds } == [50, 60, 300])
    driver.registerMachine("c")
    #expect(driver.state("c") == .online)
  }

  @Test("a render that is removed from the farm is not woken")
  func removed() {
    var driver = farm()
    driver.registerMachine("r1")
    driver.registerMachine("r2", macs: ["02:00:00:00:00:02"])
    driver.putToSleep("r1", "r2")
    driver.operateRenders(.wake, "r1")
    driver.operateRenders(.wake, "r2")
    driver.apply(
      .order(
        NodeOrder(kind: .render, names: ["r1", "r2"], creates: false), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 1)))
    #expect(commands(driver.pass(.seconds(1000)), .wake).isEmpty)
  }
}
