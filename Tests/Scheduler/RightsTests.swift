import Model
import Simulation
import Testing

@testable import Scheduler

/// The farm asks the table of rights before it does anything: nothing happens that is refused, and each row says why.
@Suite struct RightsTests {
  @Test("an ordinary user operates, edits and extends own jobs, and nobody else's")
  func jobs() throws {
    var driver = FarmDriver()
    let own = driver.submit(job(frames(1, 2), name: "own", user: "anna"))
    let other = driver.submit(job(frames(1, 2), name: "other", user: "bob"))
    driver.become("anna")
    guard case .operated(let outcomes, _)? = driver.operate(.pause, .ids([own, other])) else { throw NoAnswer() }
    #expect(outcomes.map(\.isDone) == [true, false] && outcomes.map(\.isPermitted) == [true, false])
    #expect(outcomes[1].message == "not permitted: it is a job of bob (super users may: press !, or reeve --super)")
    #expect(driver.farm.job(other)?.state.contains(.offline) == false)
    #expect(driver.edit(own, "priority", .integer(5))?.isDone == true)
    let edit = driver.edit(other, "priority", .integer(5))
    #expect(edit?.isDone == false && edit?.isPermitted == false)
    #expect(edit?.message.hasPrefix("not permitted: it is a job of bob") == true)
    #expect(driver.edit(own, "user_name", .string("bob"))?.isPermitted == false)
    guard case .failed(let failure)? = driver.add(.blocks([frames(1, 1)]), to: other)
    else { throw NoAnswer() }
    #expect(failure.code == .notPermitted)
    #expect(driver.farm.spec(other)?.blocks.count == 1 && driver.farm.job(other)?.priority == 99)
  }

  @Test("a super user acts on any job and on the system job, which is nobody's own, and the journal says in which role")
  func superUsers() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2), user: "bob"))
    // The system job is there when it has something to do.
    driver.operate(.delete, driver.submit(SystemJobTests.spec("film", post: "touch a")))
    driver.become("bob")
    #expect(driver.operate(.restart, JobID.system)?.isPermitted == false)
    driver.become("anna", .superUser)
    #expect(driver.operate(.pause, id)?.isDone == true)
    #expect(driver.store.journal.last?.subject == "anna@desk (super user)")
    #expect(driver.operate(.restart, JobID.system)?.isDone == true)
    #expect(driver.edit(.pools(.names(["/"])), ("priority", .integer(5))).first?.isPermitted == false)
  }

  @Test("an order is taken back by whoever may do what undo does: its owner, and super users; not by who was one")
  func undo() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", user: "carla")
    let id = driver.submit(job(frames(1, 2), user: "bob"))
    func refused() -> Bool { if case .failed(let failure)? = driver.answer { failure.code == .notPermitted } else { false } }
    driver.become("anna", .superUser)
    #expect(driver.operate(.delete, id)?.isDone == true)
    let deletion = driver.farm.undoSummaries().first?.number
    driver.become("anna")
    #expect(driver.undo() == nil && refused())
    #expect(driver.farm.job(id) == nil)
    driver.become("bob")
    #expect(driver.undo(deletion)?.nodes.first?.isDone == true)
    #expect(driver.farm.job(id) != nil)

    driver.become("anna", .administrator)
    #expect(driver.edit(id, "priority", .integer(5))?.isDone == true)
    #expect(driver.edit(.pools(.names(["/"])), ("priority", .integer(5))).first?.isDone == true)
    let pool = driver.farm.undoSummaries().first?.number
    driver.become("bob", .superUser)
    #expect(driver.undo(pool) == nil && refused())
    driver.become("bob", .administrator)
    #expect(driver.undo(pool)?.nodes.first?.isDone == true)

    driver.become("carla")
    driver.operateRenders(.nimby, "r1")
    let nimby = driver.farm.undoSummaries().first?.number
    driver.become("bob")
    #expect(driver.undo(nimby) == nil && refused())
    driver.become("carla")
    #expect(driver.undo(nimby)?.nodes.first?.isDone == true)
  }

  @Test("renders: their own users make them nimby, super users put them to sleep, administrators say what they offer")
  func renders() {
    var driver = FarmDriver()
    driver.register("r1", user: "anna")
    driver.become("anna")
    func first() -> RenderOutcome? { if case .rendersOperated(let all, _)? = driver.answer { all.first } else { nil } }
    driver.operateRenders(.nimby, "r1")
    #expect(first()?.isDone == true)
    driver.operateRenders(.sleep, "r1")
    #expect(first()?.isPermitted == false)
    driver.become("bob")
    driver.operateRenders(.free, "r1")
    #expect(first()?.isPermitted == false && first()?.message.contains("it is a render of anna") == true)
    driver.become("bob", .superUser)
    driver.operateRenders(.free, "r1")
    #expect(first()?.isDone == true)
    #expect(driver.edit(.renders(.names(["r1"])), ("capacity_host", .integer(5))).first?.isPermitted == false)
    // All of a change or nothing.
    let both = driver.edit(.renders(.names(["r1"])), ("paused", .bool(true)), ("capacity_host", .integer(5))).first
    #expect(both?.isPermitted == false && driver.farm.render(RenderID(1))?.state.contains(.paused) == false)
    driver.become("bob", .administrator)
    #expect(driver.edit(.renders(.names(["r1"])), ("capacity_host", .integer(5))).first?.isDone == true)
  }

  @Test("pools, users and renders are made and removed by administrators, branches by super users too")
  func nodes() {
    var driver = FarmDriver()
    func code() -> FailureCode? { if case .failed(let failure)? = driver.answer { failure.code } else { nil } }
    func order(_ kind: NodeOrder.Kind, _ name: String) -> Command {
      .order(
        NodeOrder(kind: kind, names: [name], creates: true), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 9))
    }
    driver.become("anna", .superUser)
    driver.apply(order(.pool, "/farm"))
    #expect(code() == .notPermitted)
    driver.apply(order(.user, "carl"))
    #expect(code() == .notPermitted)
    driver.apply(order(.branch, "/show"))
    #expect(code() == nil)
    driver.become("anna")
    driver.apply(order(.branch, "/other"))
    #expect(code() == .notPermitted)
    driver.become("anna", .administrator)
    driver.apply(order(.pool, "/farm"))
    #expect(code() == nil)
    #expect(driver.farm.poolSummaries().contains { $0.path == "/farm" })
  }

  private struct NoAnswer: Error {}
}

extension FarmDriver {
  fileprivate mutating func become(_ user: String, _ role: Role = .user) { actor = Actor(user: user, host: "desk", role: role) }
}
