import Model
import Simulation
import Testing

@testable import Scheduler

/// Sections 2.5 and 2.6: what renders, pools, users and branches show, how renders change, and what is written of it. Sleeping
/// and waking renders have their own tests.
@Suite("2.5, 2.6 states of renders, pools, users and branches; the log")
struct NodeStateTests {
  struct Bit: CustomTestStringConvertible {
    var bit: UInt32
    var token: String
    var state: RenderState
    var testDescription: String { "2.5 bit \(bit): \(token)" }
    init(_ bit: UInt32, _ token: String, _ state: RenderState) { (self.bit, self.token, self.state) = (bit, token, state) }
  }

  @Test(
    "a render's bit and its token",
    arguments: [
      Bit(0, "ONL", .online), Bit(1, "NbY", .nimby), Bit(2, "NBY", .NIMBY), Bit(3, "RUN", .busy), Bit(4, "DRT", .dirty),
      Bit(5, "WFL", .wolFalling), Bit(6, "WSL", .wolSleeping), Bit(7, "WWK", .wolWaking), Bit(8, "PAU", .paused),
      Bit(9, "SIC", .sick),
    ])
  func bit(_ bit: Bit) {
    #expect(bit.state.rawValue == 1 << bit.bit)
    #expect(bit.state.text == (bit.state == .online ? "ONL" : "OFF \(bit.token)"))
    #expect(bit.state.union(.online).text == (bit.state == .online ? "ONL" : "ONL \(bit.token)"))
  }

  @Test("2.5 OFF when ONL is not set")
  func offline() { #expect(RenderState([]).text == "OFF") }

  struct Change: CustomTestStringConvertible {
    var name: String
    var state: RenderState
    var event: @Sendable (inout FarmDriver) -> Void
    var testDescription: String { name }
    init(_ name: String, _ state: RenderState, _ event: @escaping @Sendable (inout FarmDriver) -> Void) {
      (self.name, self.state, self.event) = (name, state, event)
    }
  }

  private static func setRender(_ driver: inout FarmDriver, _ key: String, _ value: JSONValue) {
    driver.edit(.renders(.names(["r1"])), (key, value))
  }
  private static func leave(_ driver: inout FarmDriver, ejected: Bool = true) {
    guard let connection = driver.farm.renders.first?.connection else { return }
    driver.apply(.renderLeft(RenderID(1), connection: connection, ejected: ejected))
  }

  @Test(
    "r1 becomes",
    arguments: [
      Change("2.5 offline to online: it registers", .online) { _ in },
      Change("2.5 offline to online: it registers again, its running tasks are reconnected", [.online, .busy]) { driver in
        driver.submit(job(frames(1, 1)))
        let runs = driver.starts.map { RunReport(lease: $0.lease, key: $0.key) }
        driver.restart()
        driver.apply(.listening)
        driver.register("r1", runs: runs)
      },
      Change("2.5 online to offline: it deregisters", []) { Self.leave(&$0) },
      Change("2.5 online to offline: zombie time", []) { _ = $0.advance(.seconds(17)) },
      Change("2.5 free to busy: a task starts", [.online, .busy]) { $0.submit(job(frames(1, 1))) },
      Change("2.5 busy to free: its last task ended", .online) { driver in
        let id = driver.submit(job(frames(1, 1)))
        driver.finish(id, 0)
      },
      Change("2.5 free to NIMBY: a user's order", [.online, .NIMBY]) { $0.operateRenders(.NIMBY, "r1") },
      Change("2.5 free to nimby: a user's order", [.online, .nimby]) { $0.operateRenders(.nimby, "r1") },
      Change("2.5 nimby to NIMBY: one takes the place of the other", [.online, .NIMBY]) { driver in
        driver.operateRenders(.nimby, "r1")
        driver.operateRenders(.NIMBY, "r1")
      },
      Change("2.5 free to nimby: a parameter", [.online, .nimby]) { Self.setRender(&$0, "nimby", .bool(true)) },
      Change("2.5 nimby to free: a user's order", .online) { driver in
        driver.operateRenders(.nimby, "r1")
        driver.operateRenders(.free, "r1")
      },
      Change("2.5 NIMBY to free: a parameter, either of the two", .online) { driver in
        driver.operateRenders(.NIMBY, "r1")
        Self.setRender(&driver, "nimby", .bool(false))
      },
      Change("2.5 to sick: sick_errors_count", [.online, .sick]) { driver in
        driver.setPool("sick_errors_count", .integer(1))
        let id = driver.submit(job(frames(1, 1)))
        driver.finish(id, 0, .exitStatus)
      },
      Change("2.5 sick stays when the render comes again, over a restart too", [.online, .sick]) { driver in
        driver.setPool("sick_errors_count", .integer(1))
        let id = driver.submit(job(frames(1, 1)))
        driver.finish(id, 0, .exitStatus)
        driver.operateRenders(.free, "r1")
        driver.restart()
        driver.apply(.listening)
        driver.register("r1")
      },
      Change("2.5 sick is left by heal_sick", .online) { driver in
        driver.setPool("sick_errors_count", .integer(1))
        let id = driver.submit(job(frames(1, 1, retries: 0)))
        driver.finish(id, 0, .exitStatus)
        driver.operateRenders(.healSick, "r1")
      },
      Change("2.5 to paused: a parameter", [.online, .paused]) { Self.setRender(&$0, "paused", .bool(true)) },
      Change("2.5 paused to unpaused: a parameter", .online) { driver in
        driver.operateRenders(.pause, "r1")
        Self.setRender(&driver, "paused", .bool(false))
      },
    ])
  func change(_ change: Change) {
    var driver = FarmDriver()
    driver.register("r1")
    change.event(&driver)
    #expect(driver.farm.render(RenderID(1))?.state == change.state, "\(driver.farm.render(RenderID(1))?.state.text ?? "")")
  }

  @Test("2.5 to paused: new_paused of its pool when it first comes; new_nimby makes it NIMBY, as Afanasy's manual says")
  func newcomers() {
    var driver = FarmDriver()
    driver.pool("/new", ("pattern", .string("n.*")), ("new_paused", .bool(true)), ("new_nimby", .bool(true)))
    let render = driver.register("n1")
    #expect(driver.farm.render(render)?.state == [.online, .NIMBY, .paused])
    // Only then: what people set afterwards stays.
    driver.operateRenders(.unpause, "n1")
    driver.operateRenders(.free, "n1")
    driver.register("n1")
    #expect(driver.farm.render(render)?.state == .online)
    let other = driver.register("r1")
    #expect(driver.farm.render(other)?.state == .online)
  }

  @Test("2.5 to deleted: by order, while it is offline; online it is refused")
  func deleted() {
    var driver = FarmDriver()
    driver.register("r1")
    func delete() -> NodeOutcome? {
      driver.apply(
        .order(
          NodeOrder(kind: .render, names: ["r1"], creates: false), by: driver.actor,
          request: RequestID(connection: ConnectionID(0), number: 1)))
      if case .edited(let outcomes, _) = driver.answer { return outcomes.first }
      return nil
    }
    #expect(delete()?.message == "it is online: stop its agent first")
    Self.leave(&driver)
    #expect(delete()?.isDone == true)
    #expect(driver.farm.render(named: "r1") == nil)
    #expect(driver.store.renders.isEmpty)
  }

  @Test("2.5 busy to free only after solving: between two tasks in a row a render does not become free")
  func backToBack() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.now = driver.now + .seconds(5)
    let busy = driver.now
    let id = driver.submit(job(frames(1, 2)))
    #expect(driver.farm.render(render)?.changed == busy)
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 0)
    #expect(driver.starts.count == 1)
    #expect(driver.farm.render(render)?.changed == busy)
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 1)
    #expect(driver.farm.render(render)?.changed == driver.now)
  }

  @Test("2.5 pool: RUN while a render of it or of one below runs something, PAU")
  func pools() {
    var driver = FarmDriver()
    driver.pool("/a/b", ("pattern", .string("r.*")))
    driver.pool("/a", ("pattern", .string("r.*")), ("paused", .bool(true)))
    driver.register("r1")
    driver.submit(job(frames(1, 1)))
    #expect(driver.farm.poolSummaries().map(\.parameters.isPaused) == [false, true, false])
    #expect(driver.farm.poolSummaries().map(\.running) == [0, 0, 0])
    driver.edit(.pools(.names(["/a"])), ("paused", .bool(false)))
    #expect(driver.farm.poolSummaries().map(\.running) == [1, 1, 1])
    #expect(driver.farm.poolSummaries().map(\.busy) == [1, 1, 1])
  }

  @Test("2.5 user and branch: paused until somebody unsets it, over a restart too", arguments: ["user", "branch"])
  func paused(node: String) {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)))
    let target: EditTarget = node == "user" ? .users(.names(["anna"])) : .branches(.names(["/"]))
    driver.edit(target, ("paused", .bool(true)))
    driver.register("r1")
    #expect(driver.letters(id) == "r")
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.letters(id) == "r")
    driver.edit(target, ("paused", .bool(false)))
    #expect(driver.letters(id) == "R")
  }

  // MARK: The log

  struct Line: CustomTestStringConvertible {
    var name: String
    var subject = "anna@desk (administrator)"
    var type: String
    var object: String
    var info: String
    var event: @Sendable (inout FarmDriver) -> Void
    var testDescription: String { name }
    init(
      _ name: String, subject: String = "anna@desk (administrator)", type: String, object: String, info: String,
      _ event: @escaping @Sendable (inout FarmDriver) -> Void
    ) {
      (self.name, self.subject, self.type, self.object, self.info, self.event) = (name, subject, type, object, info, event)
    }
  }

  @Test(
    "a line of the log",
    arguments: [
      Line(
        "2.6 subject: who and from where; type: the kind of node and the order's words", type: "jobs restart-errors",
        object: "job 2",
        info: "no task is an error"
      ) { $0.operate(.restartErrors, JobID(2)) },
      Line("2.6 object: the node", type: "renders pause", object: "render r1", info: "paused") { $0.operateRenders(.pause, "r1") },
      Line(
        "2.6 info: the tasks of an order", type: "jobs skip", object: "job 2",
        info: "skipped 1 task (1 of them to be stopped first) (block 0, tasks 0-0)"
      ) { $0.operate(.skip, JobID(2), block: 0, tasks: [TaskRange(first: 0, last: 0)]) },
      Line(
        "2.6 info: changed parameters with old and new values, of a job", type: "jobs set", object: "job 2",
        info: "priority: 99 -> 5"
      ) { $0.edit(JobID(2), "priority", .integer(5)) },
      Line(
        "2.6 info: of a block", type: "jobs set", object: "job 2", info: "block \"block\": capacity: 1000 -> 10"
      ) { $0.edit(JobID(2), block: 0, "capacity", .integer(10)) },
      Line(
        "2.6 info: of a user", type: "users set", object: "user anna", info: "priority: 99 -> 5, paused: false -> true"
      ) { $0.edit(.users(.names(["anna"])), ("priority", .integer(5)), ("paused", .bool(true))) },
      Line("2.6 info: of a branch", type: "branches set", object: "branch /", info: "paused: false -> true") {
        $0.edit(.branches(.names(["/"])), ("paused", .bool(true)))
      },
      Line("2.6 info: of a pool", type: "pools set", object: "pool /", info: "new_nimby: false -> true") {
        $0.edit(.pools(.names(["/"])), ("new_nimby", .bool(true)))
      },
      Line("2.6 info: of a render", type: "renders set", object: "render r1", info: "priority: 99 -> 7") {
        $0.edit(.renders(.names(["r1"])), ("priority", .integer(7)))
      },
      Line(
        "2.6 subject: the farm itself", subject: "reeve", type: "tasks error", object: "job 2",
        info: "task 2[0][0]: error 1 on r1: no licence; it will be tried again"
      ) { driver in
        driver.operateRenders(.pause, "r1")
        driver.finish(JobID(2), 0, .exitStatus, reason: "no licence")
      },
    ])
  func line(_ line: Line) throws {
    var driver = FarmDriver()
    driver.register("r1")
    driver.submit(job(frames(1, 1)))
    let before = driver.store.journal.last?.number ?? 0
    driver.now = driver.now + .seconds(3)
    line.event(&driver)
    let written = try #require(driver.store.journal.last)
    #expect(written.number > before)
    #expect(written.time == driver.now)
    #expect(written.subject == line.subject)
    #expect(written.type == line.type)
    #expect(written.object == line.object)
    #expect(written.info == line.info)
  }

  @Test("2.6 a render that comes and goes is noise: said, and not stored in the log")
  func noise() {
    var driver = FarmDriver()
    driver.register("r1")
    Self.leave(&driver)
    #expect(driver.last.contains { if case .log = $0 { true } else { false } })
    #expect(driver.store.journal.isEmpty)
  }
}
