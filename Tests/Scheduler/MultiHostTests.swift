import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("3.15 multi-host tasks")
struct MultiHostTests {
  private func spec(
    _ least: Int8, _ most: Int8, wait: UInt16 = 0, service: String = "", serviceWait: UInt16 = 0, flags: BlockFlags = [],
    tasks: Int = 1
  ) -> JobSpec {
    var spec = job(frames(1, Int64(tasks)))
    spec.blocks[0].flags.formUnion([.multiHost])
    spec.blocks[0].flags.formUnion(flags)
    spec.blocks[0].parameters.multihostMin = least
    spec.blocks[0].parameters.multihostMax = most
    spec.blocks[0].parameters.multihostMaxWait = wait
    spec.blocks[0].parameters.multihostService = service
    spec.blocks[0].parameters.multihostServiceWait = serviceWait
    return spec
  }

  private func starts(_ effects: [Effect]) -> [RunStart] {
    effects.compactMap { if case .start(_, let start) = $0 { start } else { nil } }
  }

  private func register(_ count: Int, _ driver: inout FarmDriver) {
    for number in 1...count { driver.register("r\(number)", capacity: 1000, maxTasks: 1) }
  }

  @Test("3.15 the master starts when its hosts are there, and is told their names")
  func gathers() {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(3, 3, flags: .masterOnSlave))
    #expect(driver.starts.map(\.hosts) == [["r1", "r2", "r3"]])
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .running)
    driver.finish(id, 0)
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .done)
    #expect(driver.farm.render(driver.farm.render(named: "r2") ?? RenderID(0))?.running.isEmpty == true)
  }

  @Test("3.15 a job that is deleted while its slaves' service is waited for takes all of them with it", arguments: [true, false])
  func deletedWhileItWaits(onSlave: Bool) {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(2, 2, service: "slave", serviceWait: 5, flags: onSlave ? .masterOnSlave : []))
    let slaves = driver.starts.map(\.lease)
    #expect(slaves.count == 2)
    driver.operate(.delete, id)
    #expect(Set(driver.stops) == Set(slaves))
    for lease in slaves { driver.finish(lease, .stopped) }
    #expect(driver.farm.totals.runningTasks == 0 && driver.store.runs.isEmpty)
    #expect(driver.farm.users().first?.running == 0)
  }

  @Test("3.15 ejecting one host of a task whose master runs stops the task, and all its hosts")
  func ejectedHost() {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(3, 3, service: "slave", flags: .masterOnSlave))
    let out = driver.starts.map(\.lease)
    driver.operateRenders(.eject, "r3")
    driver.operateRenders(.eject, "r1")
    for lease in out { driver.finish(lease, .stopped) }
    #expect(driver.farm.task(driver.key(id, 0))?.errors == 0)
    // It begins anew, on all three.
    #expect(driver.farm.task(driver.key(id, 0))?.starts == 2)
    #expect(driver.farm.totals.runningTasks == out.count)
  }

  @Test("3.15 without master-on-slave the master has a host of its own")
  func ownHost() {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(2, 2))
    #expect(driver.starts.map(\.hosts) == [["r2", "r3"]])
    #expect(driver.farm.task(driver.key(id, 0))?.render == "r1")
  }

  @Test("3.15 fewer renders than hosts: nothing is captured, and explain says why")
  func tooFew() {
    var driver = FarmDriver()
    register(2, &driver)
    let id = driver.submit(spec(3, 3, flags: .masterOnSlave))
    let other = driver.submit(job(frames(1, 2)))
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .ready)
    #expect(driver.letters(other) == "RR")
    #expect(driver.farm.explain(id)?.rules.contains { $0.key == "multihost_min" } == true)
  }

  @Test("3.15 hosts are captured one by one as they become free; nothing else gets them meanwhile")
  func oneByOne() {
    var driver = FarmDriver()
    register(2, &driver)
    let busy = driver.submit(job(frames(1, 2)))
    let id = driver.submit(spec(2, 2, flags: .masterOnSlave))
    let later = driver.submit(job(frames(1, 9), priority: 50))
    driver.finish(busy, 0)
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .running)
    #expect(driver.letters(later) == "rrrrrrrrr")
    driver.finish(busy, 1)
    #expect(driver.starts.map(\.hosts) == [["r1", "r2"]])
    driver.finish(id, 0)
    #expect(driver.letters(later) == "RRrrrrrrr")
  }

  @Test("3.15 more than the least are waited for, as long as multihost_max_wait says")
  func waits() {
    var driver = FarmDriver()
    register(2, &driver)
    let id = driver.submit(spec(2, 3, wait: 10, flags: .masterOnSlave))
    #expect(driver.starts.isEmpty)
    #expect(starts(driver.live(.seconds(9))).isEmpty)
    #expect(starts(driver.live(.seconds(2))).map(\.hosts) == [["r1", "r2"]])
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .running)
  }

  @Test("3.15 the slaves' service starts first; the master waits for it, and stops it when it ends")
  func service() {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(2, 2, service: "slave", serviceWait: 5))
    #expect(driver.starts.map(\.hostNumber) == [1, 2])
    #expect(starts(driver.live(.seconds(6))).map(\.hosts) == [["r2", "r3"]])
    driver.finish(id, 0)
    #expect(driver.stops.count == 2)
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .done)
  }

  @Test("3.15 a slave that is lost takes the task with it, unless its loss is nothing", arguments: [false, true])
  func slaveLost(ignored: Bool) {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(2, 2, service: "slave", flags: ignored ? .slaveLostIgnore : []))
    let place = driver.farm.renderNamePlaces["r3"] ?? 0
    if let connection = driver.farm.renders[place].connection {
      driver.apply(.renderLeft(driver.farm.renders[place].id, connection: connection, ejected: true))
    }
    if ignored {
      #expect(driver.farm.task(driver.key(id, 0))?.phase == .running)
      #expect(driver.stops.isEmpty)
    } else {
      #expect(driver.stops.count >= 1)
    }
  }

  @Test("3.15 a job that is stopped or deleted while it gathers lets its hosts go")
  func letsGo() {
    var driver = FarmDriver()
    register(2, &driver)
    let busy = driver.submit(job(frames(1, 1)))
    let id = driver.submit(spec(2, 2, flags: .masterOnSlave))
    #expect(driver.farm.totals.busy == 2)
    driver.operate(.stop, id)
    #expect(driver.farm.totals.busy == 1)
    driver.operate(.start, id)
    #expect(driver.farm.totals.busy == 2)
    driver.operate(.delete, id)
    #expect(driver.farm.totals.busy == 1)
    driver.finish(busy, 0)
  }

  @Test("3.15 two multi-host tasks never hold half of the farm each")
  func noDeadlock() {
    var driver = FarmDriver()
    register(4, &driver)
    let busy = driver.submit(job(frames(1, 4)))
    let first = driver.submit(spec(3, 3, flags: .masterOnSlave))
    let second = driver.submit(spec(3, 3, flags: .masterOnSlave))
    for task in 0..<4 { driver.finish(busy, task) }
    let phases = [first, second].map { driver.farm.task(driver.key($0, 0))?.phase }
    #expect(phases.filter { $0 == .running }.count >= 1)
    let running = phases[0] == .running ? first : second
    driver.finish(running, 0)
    let other = running == first ? second : first
    #expect(driver.farm.task(driver.key(other, 0))?.phase == .running)
  }

  @Test("3.15 master and slaves survive a restart of the server with their numbers")
  func restart() {
    var driver = FarmDriver()
    register(3, &driver)
    let id = driver.submit(spec(2, 2, service: "slave"))
    let stored = driver.store.runs.values.map { ($0.hostNumber, $0.render) }.sorted { $0.0 < $1.0 }.map(\.0)
    #expect(stored == [0, 1, 2])
    driver.restart()
    #expect(driver.farm.task(driver.key(id, 0))?.phase == .waitingReconnect)
    #expect(driver.farm.totals.runningTasks == 3)
  }
}
