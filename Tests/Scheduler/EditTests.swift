import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Parameters of jobs, blocks, tasks and users are changed (sections 1.3 to 1.6, 1.13)")
struct EditTests {
  @Test("1.2 priority: the job with more of it is served first from now on; stored, and written to the journal")
  func priority() {
    var driver = FarmDriver()
    let first = driver.submit(job(frames(1, 2)))
    let second = driver.submit(job(frames(1, 2)))
    let outcome = driver.edit(second, "priority", .integer(150))
    #expect(outcome == NodeOutcome(node: "job \(second)", isDone: true, message: "priority: 99 -> 150"))
    let line = driver.store.journal.last
    #expect(line?.type == "jobs set" && line?.object == "job \(second)" && line?.info == "priority: 99 -> 150")
    #expect(line?.subject == "anna@desk (administrator)")
    #expect(driver.store.jobs[second]?.state.priority == 150)
    driver.register("r1")
    #expect(driver.letters(second) == "Rr")
    driver.restart()
    #expect(driver.farm.job(second)?.priority == 150)
    #expect(driver.farm.job(first)?.priority == 99)
  }

  @Test("1.2 priority 0 keeps a job from running until it has some again")
  func never() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2)))
    driver.edit(id, "priority", .integer(0))
    driver.register("r1")
    #expect(driver.letters(id) == "rr")
    driver.edit(id, "priority", .integer(1))
    #expect(driver.letters(id) == "Rr")
  }

  @Test("a bad edit changes nothing at all")
  func refused() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 2)))
    let before = driver.store.journal.count
    let bad: [[(String, JSONValue)]] = [
      [("priority", .integer(300))], [("nonsense", .integer(1))], [("depend_mask", .string("(("))],
      [("user_name", .string("nobody"))],
      [("branch", .string("/nowhere"))], [("time_life", .integer(-5))],
    ]
    for changes in bad {
      let edit = Edit(
        target: .jobs(.ids([id])),
        changes: [Edit.Change(key: "annotation", value: .string("x"))] + changes.map { Edit.Change(key: $0.0, value: $0.1) })
      driver.apply(.edit(edit, by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 7)))
      guard case .edited(let outcomes, _) = driver.answer else {
        Issue.record("\(changes): \(String(describing: driver.answer))")
        continue
      }
      #expect(outcomes.first?.isDone == false, "\(changes)")
      #expect(outcomes.first?.message.contains(changes[0].0) == true, "\(outcomes)")
    }
    #expect(driver.farm.job(id)?.annotation == "")
    #expect(driver.store.journal.count == before)
    #expect(driver.edit(.jobs(.name("nothing")), ("priority", .integer(1))).first?.message == "there is no job \"nothing\"")
    #expect(driver.edit(.jobs(.ids([id]))).first?.message == "nothing was to be changed")
  }

  @Test("1.4 depend_mask set and unset: the job waits, and goes on; a circle is refused")
  func dependMask() {
    var driver = FarmDriver()
    let model = driver.submit(job(frames(1, 1), name: "model"))
    let light = driver.submit(job(frames(1, 1), name: "light"))
    #expect(driver.edit(light, "depend_mask", .string("model"))?.isDone == true)
    #expect(driver.farm.jobState(light) == [.waitDependency])
    #expect(
      driver.edit(model, "depend_mask_global", .string("lig.*"))?.message
        == "jobs would wait for each other for ever: \"model\" waits for \"light\" waits for \"model\" (change a depend_mask)")
    driver.restart()
    #expect(driver.farm.jobState(light) == [.waitDependency])
    driver.edit(light, "depend_mask", .string(""))
    #expect(driver.farm.jobState(light) == [.ready])
    #expect(driver.farm.watches.count == 0)
  }

  @Test("1.4 offline, time_wait, time_life")
  func moments() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1)))
    driver.edit(id, "offline", .bool(true))
    #expect(driver.farm.jobState(id) == [.ready, .offline])
    #expect(driver.store.jobs[id]?.state.isOffline == true)
    driver.edit(id, "offline", .bool(false))
    driver.edit(id, "time_wait", .integer(driver.now.seconds + 10))
    #expect(driver.farm.jobState(id) == [.waitTime])
    driver.edit(id, "time_wait", .integer(0))
    #expect(driver.farm.jobState(id) == [.ready])
    driver.edit(id, "time_life", .integer(30))
    _ = driver.advance(.seconds(30))
    #expect(driver.farm.job(id) == nil)
  }

  @Test("4.6 ppa unset lets the rest run")
  func approve() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 9000)
    let id = driver.submit(job(frames(1, 8).with { $0.sequential = 100 }).with { $0.previewApproval = true })
    #expect(driver.letters(id) == "RrrrrrrR")
    driver.edit(id, "ppa", .bool(false))
    #expect(driver.letters(id) == "RRRRRRRR")
  }

  @Test("3.16 maintenance set: its tasks run by name")
  func maintenance() {
    var driver = FarmDriver()
    driver.register("1")
    let id = driver.submit(job(list(3), offline: true))
    driver.edit(id, "maintenance", .bool(true))
    driver.edit(id, "offline", .bool(false))
    #expect(driver.letters(id) == "rRr")
    driver.edit(id, "maintenance", .bool(false))
    driver.finish(id, 1)
    #expect(driver.letters(id) == "RDr")
  }

  @Test("1.4 user_name: the job with what it runs is another user's, who must exist")
  func owner() {
    var driver = FarmDriver()
    driver.register("r1")
    driver.submit(job(frames(1, 1), name: "bens", user: "ben", offline: true))
    let id = driver.submit(job(frames(1, 2), name: "annas"))
    let waiting = driver.submit(job(frames(1, 1), name: "waiting").with { $0.dependMask = "annas" })
    #expect(driver.farm.jobState(waiting) == [.waitDependency])
    #expect(driver.edit(id, "user_name", .string("ben"))?.isDone == true)
    #expect(driver.farm.jobState(waiting) == [.ready])
    #expect(
      driver.farm.users().map { [$0.name, "\($0.jobs)", "\($0.running)"] } == [["anna", "1", "0"], ["ben", "2", "1"]])
    driver.operate(.pause, waiting)
    driver.finish(id, 0)
    #expect(driver.farm.users().map(\.running) == [0, 1])
    driver.restart()
    #expect(driver.farm.job(id)?.user == "ben")
  }

  @Test("1.5 capacity, sequential and limits of a block count for what starts from now on")
  func blocks() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    let id = driver.submit(job(frames(1, 5)))
    #expect(driver.letters(id) == "Rrrrr")
    driver.edit(id, block: 0, "sequential", .integer(-1))
    let outcome = driver.edit(id, block: 0, "capacity", .integer(500))
    #expect(outcome == NodeOutcome(node: "job \(id) block \"block\"", isDone: true, message: "capacity: 1000 -> 500"))
    driver.finish(id, 0)
    #expect(driver.letters(id) == "DrrRR")
    driver.edit(id, block: 0, "max_running_tasks", .integer(1))
    driver.finish(id, 4)
    driver.finish(id, 3)
    #expect(driver.letters(id) == "DrRDD")
    #expect(driver.store.jobs[id]?.spec.blocks[0].parameters.sequential == -1)
    #expect(driver.store.journal.last { $0.type == "jobs set" }?.info == "block \"block\": max_running_tasks: -1 -> 1")
    driver.restart()
    #expect(driver.farm.block(id, BlockIndex(0))?.capacity == 500)
  }

  @Test("3.11 masks between blocks set and unset: blocks wait, or go on")
  func blockMasks() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 3, name: "a"), frames(1, 3, name: "b"), frames(1, 3, name: "c", needs: "a")))
    #expect(driver.letters(id, block: 2) == "WWW")
    driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: 1, last: 1)])
    driver.edit(id, block: 1, "tasks_depend_mask", .string("a"))
    #expect(driver.letters(id, block: 1) == "WrW")
    driver.edit(id, block: 2, "depend_mask", .string(""))
    #expect(driver.letters(id, block: 2) == "rrr")
    driver.edit(id, block: 2, "depend_mask", .string("b"))
    #expect(driver.edit(id, block: 0, "depend_mask", .string("c"))?.message.contains("wait for each other") == true)
    driver.operate(.skip, id, block: 0)
    #expect(driver.letters(id, block: 1) == "rrr")
    #expect(driver.letters(id, block: 2) == "WWW")
    driver.operate(.skip, id, block: 1)
    #expect(driver.letters(id, block: 2) == "rrr")
    driver.operate(.restart, id)
    #expect(driver.letters(id, block: 1) == "WWW")
    driver.edit(id, block: 1, "tasks_depend_mask", .null)
    #expect(driver.letters(id, block: 1) == "rrr")
    #expect(driver.farm.job(id)?.counts.waitingDependency == 3)
  }

  @Test("1.5 a name that the masks match anew: they are resolved again")
  func rename() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1, name: "a1"), frames(1, 1, name: "x"), frames(1, 1, name: "c", needs: "a.*")))
    driver.operate(.skip, id, block: 0)
    #expect(driver.letters(id, block: 2) == "r")
    driver.edit(id, block: 1, "name", .string("a2"))
    #expect(driver.letters(id, block: 2) == "W")
  }

  @Test("1.5 all blocks at once")
  func allBlocks() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1, name: "a"), frames(1, 1, name: "b")))
    let outcome = driver.edit(.blocks(.ids([id]), nil), ("errors_avoid_host", .integer(1))).first
    #expect(outcome?.node == "job \(id) all 2 blocks")
    #expect(driver.farm.spec(id)?.blocks.map(\.parameters.errorsAvoidHost) == [1, 1])
  }

  @Test("3.12 errors_avoid_host changed: renders are avoided, or not any more, at once")
  func errorRules() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, retries: 50)))
    for _ in 0..<3 { driver.finish(id, 0, .exitStatus) }
    #expect(driver.letters(id) == "Y")
    driver.edit(id, block: 0, "errors_avoid_host", .integer(4))
    #expect(driver.letters(id) == "Y")
    driver.edit(id, block: 0, "errors_task_same_host", .integer(0))
    #expect(driver.letters(id) == "R")
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "Y")
    driver.edit(id, block: 0, "errors_avoid_host", .null)
    #expect(driver.edit(.users(.names(["anna"])), ("errors_avoid_host", .integer(0))).first?.isDone == true)
    #expect(driver.letters(id) == "R")
  }

  @Test("1.13 a user's life time of jobs counts for jobs that say nothing")
  func jobsLifeTime() {
    var driver = FarmDriver()
    let short = driver.submit(job(frames(1, 1)))
    let own = driver.submit(job(frames(1, 1)).with { $0.timeLife = 100 })
    let outcome = driver.edit(.users(.mask("an.*")), ("jobs_life_time", .integer(10)), ("annotation", .string("tidy"))).first
    #expect(outcome?.message == "jobs_life_time: 0 -> 10, annotation: \"\" -> \"tidy\"")
    _ = driver.advance(.seconds(10))
    #expect(driver.farm.job(short) == nil)
    #expect(driver.farm.job(own) != nil)
    #expect(driver.store.users["anna"]?.parameters.jobsLifeTime == 10)
    #expect(driver.edit(.users(.names(["zoe"])), ("priority", .integer(1))).first?.message == "there is no user \"zoe\"")
  }

  @Test("1.6 tasks of a listed block are edited; those of frames are not")
  func tasks() {
    var driver = FarmDriver()
    let id = driver.submit(job(list(4), frames(1, 4)))
    let target = EditTarget.tasks(.ids([id]), .index(BlockIndex(0)), [TaskRange(first: 1, last: 2)])
    #expect(driver.edit(target, ("command", .string("false"))).first?.isDone == true)
    guard case .listed(let tasks, _) = driver.store.jobs[id]?.spec.blocks[0].work else { return #expect(Bool(false)) }
    #expect(tasks.map(\.command) == ["true", "false", "false", "true"])
    #expect(driver.edit(target, ("command", .string(""))).first?.isDone == false)
    let numeric = EditTarget.tasks(.ids([id]), .index(BlockIndex(1)), [])
    #expect(driver.edit(numeric, ("command", .string("x"))).first?.isDone == false)
  }
}
