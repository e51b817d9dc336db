import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("undo")
struct UndoTests {
  /// A job of six tasks on one paused render: done, error, error-ready, skipped, running, ready.
  private func zoo() -> (FarmDriver, JobID) {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", capacity: 5000)
    let id = driver.submit(job(frames(1, 6, retries: 1)))
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0)
    driver.finish(id, 1, .parserFatalError, reason: "bad")
    driver.finish(id, 2, .exitStatus, reason: "worse")
    driver.finish(id, 3, .stopped)
    driver.operate(.skip, id, tasks: [TaskRange(first: 3, last: 3)])
    _ = driver.live(.seconds(31))
    #expect(driver.letters(id) == "DEYSRr" && driver.farm.undoSummaries().isEmpty)
    return (driver, id)
  }

  struct Example: Sendable, CustomStringConvertible {
    var kind: Operation.Kind
    var tasks: [TaskRange] = []
    /// The letters after the operation, when what was to be stopped has ended, and after undo.
    var after: String
    var undone: String
    var said: String
    var description: String { "\(kind)" }
  }

  static let examples = [
    Example(kind: .pause, after: "DEYSRr", undone: "DEYSRr", said: "started again"),
    Example(
      kind: .stop, after: "DEYSrr", undone: "DEYSrr", said: "1 task that was stopped begins anew; started again"),
    Example(
      kind: .restart, after: "rrrrrr", undone: "DEYSrr", said: "1 task that was stopped begins anew; 4 tasks taken back"),
    Example(kind: .restart, tasks: [TaskRange(first: 0, last: 1)], after: "rrYSRr", undone: "DEYSRr", said: "2 tasks taken back"),
    Example(kind: .restartErrors, after: "DrYSRr", undone: "DEYSRr", said: "1 task taken back"),
    Example(kind: .restartSkipped, after: "DEYrRr", undone: "DEYSRr", said: "1 task taken back"),
    Example(kind: .restartDone, after: "rEYSRr", undone: "DEYSRr", said: "1 task taken back"),
    Example(
      kind: .restartPause, after: "rrrrrr", undone: "DEYSrr",
      said: "1 task that was stopped begins anew; 4 tasks taken back; started again"),
    Example(
      kind: .skip, after: "DSSSSS", undone: "DEYSrr", said: "1 task that was stopped begins anew; 4 tasks taken back"),
    Example(kind: .done, after: "DDDSDD", undone: "DEYSrr", said: "1 task that was stopped begins anew; 4 tasks taken back"),
    Example(kind: .suspend, after: "DEUUUU", undone: "DEYSrr", said: "1 task that was stopped begins anew; 4 tasks taken back"),
  ]

  @Test("every operation is taken back, and the store has what it had", arguments: examples)
  func operations(example: Example) {
    var (driver, id) = zoo()
    let before = (driver.farm.tasks(of: id, limit: 100).rows, driver.farm.job(id), driver.store.tasks)
    driver.operate(example.kind, id, tasks: example.tasks)
    let offer = driver.offer
    #expect(offer?.seconds == 30 && (offer?.number ?? 0) > 0)
    driver.finish(id, 4, .stopped)
    if example.after.contains("R") { driver = zoo().0; driver.operate(example.kind, id, tasks: example.tasks) }
    #expect(driver.letters(id) == example.after)
    #expect(driver.faults == [])
    let undone = driver.undo()
    #expect(undone?.nodes == [NodeOutcome(node: "job \(id)", isDone: true, message: example.said)])
    #expect(driver.letters(id) == example.undone)
    #expect(driver.farm.jobState(id)?.contains(.offline) == false)
    #expect(driver.faults == [])
    // All but the run that was stopped is what it was.
    let rows = driver.farm.tasks(of: id, limit: 100).rows
    for (row, old) in zip(rows, before.0) where old.phase != .running { #expect(row == old) }
    #expect((driver.farm.job(id)?.started, driver.farm.job(id)?.done) == (before.1?.started, before.1?.done))
    for (key, task) in before.2 where key.task.value != 4 { #expect(driver.store.tasks[key] == task) }
    // Once.
    #expect(driver.undo() == nil && driver.failure?.code == .notFound)
    #expect(driver.undo(offer?.number) == nil && driver.failure?.code == .notFound)
  }

  @Test("what is still to be stopped goes back on the queue")
  func stopping() {
    var (driver, id) = zoo()
    driver.operate(.skip, id)
    #expect(driver.letters(id) == "DSSSRS")
    driver.undo()
    #expect(driver.letters(id) == "DEYSRr")
    driver.finish(id, 4, .stopped)
    #expect(driver.letters(id) == "DEYSrr")
    #expect(driver.faults == [])
  }

  @Test("tasks of a restarted job that run already, are done again or were changed by another order are left and told")
  func partly() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", capacity: 2000)
    let id = driver.submit(job(frames(1, 5)))
    for task in [0, 1, 2, 3, 4] { driver.finish(id, task) }
    #expect(driver.letters(id) == "DDDDD")
    let done = driver.farm.job(id)?.done
    driver.now = driver.now + .seconds(5)
    driver.operate(.restart, id)
    let number = driver.offer?.number
    #expect(driver.letters(id) == "RRrrr")
    driver.finish(id, 0)
    driver.operate(.skip, id, tasks: [TaskRange(first: 4, last: 4)])
    #expect(driver.letters(id) == "DRRrS")
    let undone = driver.undo(number)
    #expect(undone?.nodes.first?.message == "1 task taken back; 4 tasks left as they are: changed meanwhile")
    #expect(driver.letters(id) == "DRRDS")
    #expect(driver.faults == [])
    for task in [1, 2] { driver.finish(id, task) }
    #expect(driver.farm.job(id)?.done != done)
  }

  @Test("a job that is done again by an undo was done when it was; nobody hears of it twice, and who waited for it goes on")
  func doneAgain() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1")
    let first = driver.submit(job(frames(1, 1), name: "first"))
    driver.finish(first, 0)
    let done = driver.farm.job(first)?.done
    driver.operateRenders(.pause, "r1")
    driver.now = driver.now + .seconds(3)
    var waiting = job(frames(1, 1), name: "second")
    waiting.parameters.dependMask = "first"
    let second = driver.submit(waiting)
    driver.operate(.restart, first)
    #expect(driver.farm.jobState(second)?.contains(.waitDependency) == true)
    driver.undo()
    #expect(driver.farm.job(first)?.done == done)
    #expect(driver.farm.jobState(second)?.contains(.waitDependency) == false)
    #expect(!driver.last.contains { if case .event = $0 { true } else { false } })
    #expect(driver.faults == [])
  }

  // MARK: Deletion

  @Test("a deleted job is gone for everybody at once and starts nothing; what runs goes on, and counts")
  func deleted() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", capacity: 2000)
    var spec = job(frames(1, 4), name: "film")
    spec.parameters.commandPost = "post"
    let id = driver.submit(spec)
    driver.operateRenders(.pause, "r1")
    driver.operateRenders(.unpause, "r1")
    let leases = (0...1).compactMap { driver.farm.lease(of: driver.key(id, $0)) }
    let outcome = driver.operate(.delete, id)
    #expect(outcome?.message == "deleted; 2 running tasks go on until that is final")
    let number = driver.offer?.number
    #expect(driver.stops.isEmpty)
    #expect(driver.farm.job(id) == nil && driver.farm.jobCount == 0 && driver.farm.jobIDs(limit: 10) == [])
    #expect(driver.farm.user("anna")?.jobs == 0 && driver.farm.branch("/")?.jobs == 0)
    #expect(driver.farm.resolve(.name("film")) == [] && driver.farm.resolve(.mask("f.*")) == [])
    #expect(driver.operate(.start, .ids([id])) == .failed(Failure(.notFound, "there is no job \(id)")))
    #expect(driver.store.jobs[id] != nil && driver.faults == [])
    driver.finish(leases[0])
    #expect(driver.starts.isEmpty && driver.faults == [])
    // Its name is free.
    let other = driver.submit(job(frames(1, 1), name: "film", offline: true))
    #expect(driver.farm.job(other)?.name == "film")
    let undone = driver.undo(number)
    #expect(
      undone?.nodes == [
        NodeOutcome(
          node: "job \(id)", isDone: true, message: "is there again; its name \"film\" was taken meanwhile: it is \"film-1\" now")
      ])
    #expect(driver.letters(id) == "DRRr")
    #expect(driver.farm.user("anna")?.jobs == 2 && driver.farm.branch("/")?.jobs == 2)
    #expect(driver.faults == [])
    #expect(driver.farm.systemTaskCount(.postCommands) == 0)
  }

  @Test("when its time is over a deletion is final: runs are stopped, the event and the post-command come, outputs go")
  func final() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1")
    var spec = job(frames(1, 2), name: "film")
    spec.parameters.commandPost = "post"
    let id = driver.submit(spec)
    driver.operate(.delete, id)
    func isTold(_ effects: [Effect]) -> Bool {
      effects.contains { if case .event(let event) = $0 { event.name == .jobDeleted } else { false } }
    }
    #expect(!isTold(driver.last) && driver.farm.systemTaskCount(.postCommands) == 0)
    #expect(driver.store.undos.count == 1)
    let before = driver.live(.milliseconds(29_900))
    #expect(!isTold(before) && driver.store.jobs[id] != nil)
    let after = driver.advance(.milliseconds(200))
    #expect(isTold(after) && driver.farm.systemTaskCount(.postCommands) == 1)
    #expect(after.contains { if case .stop = $0 { true } else { false } })
    #expect(after.contains { if case .removeOutput(id) = $0 { true } else { false } })
    #expect(driver.store.jobs[id] == nil && driver.store.undos.isEmpty)
    #expect(driver.undo() == nil && driver.failure?.code == .notFound)
    #expect(driver.faults == [])
  }

  @Test("jobs that wait for a deleted one wait until that is final, those too that come later")
  func dependents() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    let first = driver.submit(job(frames(1, 1), name: "first"))
    func waiting(_ mask: String) -> JobSpec {
      var spec = job(frames(1, 1), name: "then")
      spec.parameters.dependMask = mask
      return spec
    }
    let second = driver.submit(waiting("first"))
    driver.operate(.delete, first)
    let third = driver.submit(waiting("fir.*"))
    let fourth = driver.submit(waiting("first"))
    for id in [second, third, fourth] { #expect(driver.farm.jobState(id)?.contains(.waitDependency) == true) }
    #expect(driver.farm.explain(second)?.rules.contains { $0.text.contains("deleted, and not final yet") } == true)
    driver.restart()
    for id in [second, third, fourth] { #expect(driver.farm.jobState(id)?.contains(.waitDependency) == true) }
    #expect(driver.faults == [])
    _ = driver.advance(.seconds(31))
    for id in [second, third, fourth] { #expect(driver.farm.jobState(id)?.contains(.waitDependency) == false) }
    #expect(driver.faults == [])
  }

  @Test("a server that starts anew knows the deletion, ends it in time, and can undo it until then", arguments: [true, false])
  func restart(isUndone: Bool) {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1")
    let id = driver.submit(job(frames(1, 3), name: "film"))
    driver.operate(.delete, id)
    let number = driver.offer?.number
    driver.submit(job(frames(1, 1), name: "film", offline: true))
    _ = driver.advance(.seconds(10))
    driver.restart()
    driver.apply(.listening)
    #expect(driver.farm.job(id) == nil && driver.farm.jobCount == 1 && driver.faults == [])
    #expect(driver.farm.undoSummaries().map(\.text) == ["delete job \(id) \"film\""])
    if isUndone {
      #expect(driver.undo(number)?.nodes.first?.isDone == true)
      #expect(driver.farm.job(id)?.name == "film-1" && driver.phase(id, 0) == .waitingReconnect)
    } else {
      _ = driver.advance(.seconds(19))
      #expect(driver.store.jobs[id] != nil)
      _ = driver.advance(.seconds(2))
      #expect(driver.store.jobs[id] == nil && driver.undo(number) == nil)
    }
    #expect(driver.faults == [])
    // Numbers are not given again.
    driver.operate(.delete, JobID(3))
    #expect(driver.offer?.number == (number ?? 0) + 1)
  }

  @Test("several jobs of one order come back together; one deleted by somebody else does not")
  func several() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    let ids = (1...4).map { driver.submit(job(frames(1, 1), name: "job\($0)")) }
    driver.operate(.delete, .ids([ids[3]]))
    driver.operate(.delete, .ids(Array(ids[0...2])))
    #expect(driver.farm.undoSummaries().map(\.text) == ["delete 3 jobs", "delete job \(ids[3]) \"job4\""])
    #expect(driver.undo()?.jobs == Array(ids[0...2]))
    #expect(driver.farm.jobIDs(limit: 10) == Array(ids[0...2]))
    #expect(driver.faults == [])
  }

  @Test("a branch or a user whose last jobs are deleted can go: that makes the deletion final")
  func owners() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    var spec = job(frames(1, 1), user: "ben")
    spec.parameters.branch = "/film"
    let id = driver.submit(spec)
    driver.apply(
      .order(
        NodeOrder(kind: .branch, names: ["/film"], creates: true), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 7)))
    driver.edit(id, "branch", .string("/film"))
    func remove(_ kind: NodeOrder.Kind, _ name: String) -> NodeOutcome? {
      driver.apply(
        .order(
          NodeOrder(kind: kind, names: [name], creates: false), by: driver.actor,
          request: RequestID(connection: ConnectionID(0), number: 7)))
      if case .edited(let outcomes, _) = driver.answer { return outcomes.first }
      return nil
    }
    #expect(remove(.branch, "/film")?.isDone == false)
    driver.operate(.delete, id)
    #expect(remove(.branch, "/film")?.isDone == true)
    #expect(driver.store.jobs[id] == nil && remove(.user, "ben")?.isDone == true)
    #expect(driver.undo() == nil || driver.farm.job(id) == nil)
    #expect(driver.faults == [])
  }

  @Test("a deletion that the store refused with its job leaves nothing behind")
  func withdrawn() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    let before = driver.store.snapshot.undos
    let id = driver.submit(job(frames(1, 1)))
    driver.operate(.delete, id)
    driver.store.apply(.deleteJob(id))
    driver.apply(.withdraw(id))
    #expect(driver.store.snapshot.undos == before && driver.farm.undoSummaries().isEmpty)
    #expect(driver.faults == [])
  }

  @Test("without a grace time everything is as it was before there was one")
  func without() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)))
    driver.operate(.pause, id)
    #expect(driver.offer == nil)
    #expect(driver.operate(.delete, id)?.message == "deleted")
    #expect(driver.offer == nil && driver.store.jobs[id] == nil)
    #expect(driver.undo() == nil)
    #expect(driver.failure?.message == "there is no order of anna to undo (af_undo_grace: 0 s)")
  }

  // MARK: Values

  @Test("values come back where nobody has set them since")
  func edits() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", user: "anna")
    let id = driver.submit(job(frames(1, 3), list(3, name: "listed"), priority: 90))
    driver.edit(.jobs(.ids([id])), ("priority", .integer(120)), ("annotation", .string("now")))
    let number = driver.offer?.number
    driver.edit(id, "priority", .integer(130))
    #expect(
      driver.undo(number)?.nodes == [
        NodeOutcome(
          node: "job \(id)", isDone: true, message: "annotation: \"now\" -> \"\"; left as somebody set it meanwhile: priority")
      ])
    #expect(driver.farm.job(id)?.priority == 130 && driver.farm.job(id)?.annotation == "")
    driver.undo()
    #expect(driver.farm.job(id)?.priority == 120)

    driver.edit(.blocks(.ids([id]), nil), ("capacity", .integer(500)), ("tickets.NUKE", .integer(2)))
    driver.undo()
    #expect(driver.farm.blocks(of: id).map(\.capacity) == [1000, 1000])
    #expect(driver.farm.spec(id)?.blocks[0].parameters.tickets == [:])

    driver.edit(.tasks(.ids([id]), .name("listed"), [TaskRange(first: 0, last: 1)]), ("command", .string("new")))
    driver.edit(.tasks(.ids([id]), .name("listed"), [TaskRange(first: 1, last: 1)]), ("command", .string("newer")))
    let last = driver.offer?.number ?? 0
    #expect(
      driver.undo(last - 1)?.nodes.first?.message
        == "1 task as it was; of 1 task somebody set values meanwhile: they are left")
    guard case .listed(let tasks, _)? = driver.farm.spec(id)?.blocks[1].work else { return #expect(Bool(false)) }
    #expect(tasks.map(\.command) == ["true", "newer", "true"])

    driver.edit(.pools(.names(["/"])), ("tickets_pool.NUKE", .integer(4)))
    driver.undo()
    #expect(driver.farm.pool("/")?.parameters.farm.ticketsPool.isEmpty == true)
    driver.edit(.users(.names(["anna"])), ("max_running_tasks", .integer(4)))
    driver.undo()
    #expect(driver.farm.userParameters("anna")?.work.maxRunningTasks == -1)
    driver.operateRenders(.NIMBY, "r1")
    driver.operateRenders(.nimby, "r1")
    driver.undo()
    #expect(driver.farm.render(RenderID(1))?.state.isSuperset(of: .NIMBY) == true)
    #expect(driver.farm.render(RenderID(1))?.state.contains(.nimby) == false)
    driver.undo()
    #expect(driver.farm.render(RenderID(1))?.state.contains(.NIMBY) == false)
    #expect(driver.faults == [])
  }

  @Test("what was ordered before the server ended is undone after it, but for tasks as they were")
  func stored() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.register("r1", user: "anna")
    let id = driver.submit(job(frames(1, 3), priority: 90))
    driver.edit(.jobs(.ids([id])), ("priority", .integer(120)))
    driver.edit(.blocks(.ids([id]), nil), ("tickets.NUKE", .integer(2)))
    driver.operate(.skip, id, tasks: [TaskRange(first: 2, last: 2)])
    driver.operateRenders(.nimby, "r1")
    driver.operate(.stop, id)
    driver.restart()
    driver.apply(.listening)
    #expect(driver.faults == [])
    #expect(driver.undo()?.nodes.first?.isDone == true)
    #expect(driver.farm.jobState(id)?.contains(.offline) == false)
    for _ in 0..<3 { #expect(driver.undo()?.nodes.first?.isDone == true) }
    #expect(driver.undo() == nil)
    #expect(driver.farm.job(id)?.priority == 90 && driver.farm.spec(id)?.blocks[0].parameters.tickets == [:])
    #expect(driver.farm.render(RenderID(1))?.state.contains(.nimby) == false)
    #expect(driver.letters(id).hasSuffix("S"))
  }

  @Test("a person's last order is meant without a number; anybody's with one")
  func persons() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    let id = driver.submit(job(frames(1, 1)))
    driver.operate(.pause, id)
    let ben = Actor(user: "ben", host: "desk", role: .superUser)
    #expect(driver.undo(by: ben) == nil)
    #expect(driver.undo(driver.farm.undoSummaries()[0].number, by: ben)?.text == "pause job \(id) \"job\"")
    #expect(driver.farm.jobState(id)?.contains(.offline) == false)
    // What changed nothing leaves nothing to undo.
    driver.operate(.start, id)
    #expect(driver.offer == nil)
  }

  @Test("what is deleted must come back before what was done to it before")
  func order() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    let id = driver.submit(job(frames(1, 1)))
    driver.operate(.pause, id)
    let pause = driver.offer?.number ?? 0
    driver.operate(.delete, id)
    #expect(driver.undo(pause) == nil)
    #expect(driver.failure?.message == "1 job of it is deleted (reeve undo \(pause + 1) first)")
    driver.undo()
    #expect(driver.undo(pause)?.nodes.first?.isDone == true)
  }

  @Test("what is too much to be kept is done, and its answer says that it cannot be undone")
  func tooBig() {
    var driver = FarmDriver(undoGrace: .seconds(30))
    driver.farm.undos.bound = 100
    let id = driver.submit(job(frames(1, 101)))
    driver.operate(.skip, id)
    #expect(driver.offer == UndoOffer(number: 0, seconds: 0, note: "too much was changed to be kept: it cannot be undone"))
    #expect(driver.farm.undoSummaries().isEmpty && driver.farm.undos.weight == 0)
    driver.operate(.restart, id, tasks: [TaskRange(first: 0, last: 9)])
    #expect((driver.offer?.number ?? 0) > 0 && driver.farm.undos.weight == 12)
    driver.undo()
    #expect(driver.farm.taskCount(of: id, state: .skipped) == 101 && driver.farm.undos.weight == 0)
  }
}
