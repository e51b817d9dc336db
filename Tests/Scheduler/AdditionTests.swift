import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Blocks and tasks are appended (section 4.2)")
struct AdditionTests {
  private func tasks(_ count: Int) -> [TaskSpec] { (0..<count).map { TaskSpec(name: "new \($0)", command: "true") } }

  @Test("4.2 append_tasks: they run after the others, and a done job is not done any more")
  func appendTasks() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(list(1)))
    driver.finish(id, 0)
    #expect(driver.farm.jobState(id) == [.done])
    #expect(driver.add(.tasks(.index(BlockIndex(0)), tasks(100)), to: id) == .added(id, first: 1, count: 100))
    #expect(driver.letters(id) == "DR" + String(repeating: "r", count: 99))
    #expect(driver.farm.job(id)?.done == .never)
    #expect(driver.farm.task(driver.key(id, 100))?.name == "new 99")
    #expect(driver.farm.spec(id)?.blocks[0].flags.contains(.appendedTasks) == true)
    driver.finish(id, 1, .exitStatus)
    driver.restart()
    driver.apply(.listening)
    #expect(driver.farm.job(id)?.counts.total == 101)
    #expect(driver.farm.job(id)?.counts.done == 1)
    #expect(driver.store.journal.last { $0.type == "jobs append-tasks" }?.info == "block 0: added 100 tasks, from 1 on")
  }

  @Test("2.2 flag suspendnewtasks: new tasks are suspended, at submission and appended; over restarts too")
  func suspended() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(list(2).with(.suspendNewTasks)))
    #expect(driver.letters(id) == "UU")
    #expect(driver.farm.jobState(id) == [.suspended])
    driver.operate(.continue, id, tasks: [TaskRange(first: 1, last: 1)])
    #expect(driver.letters(id) == "UR")
    driver.add(.tasks(.name("block"), tasks(2)), to: id)
    #expect(driver.letters(id) == "URUU")
    driver.finish(id, 1)
    driver.operate(.restart, id)
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 1, .stopped)
    driver.finish(id, 0, .stopped)
    #expect(driver.letters(id) == "rrrr")
    driver.restart()
    #expect(driver.letters(id) == "rrrr")
    driver.operate(.suspend, id)
    #expect(driver.letters(id) == "UUUU")
    driver.restart()
    #expect(driver.letters(id) == "UUUU")
  }

  @Test("4.2 append_tasks: frames decide what the new tasks wait for, and who waits for them")
  func waits() {
    var driver = FarmDriver()
    let id = driver.submit(job(list(2, name: "a"), list(2, name: "b", needsTasks: "a"), frames(1, 1, name: "c", needs: "a")))
    driver.operate(.skip, id, block: 0)
    #expect(driver.letters(id, block: 1) == "rr")
    #expect(driver.letters(id, block: 2) == "r")
    driver.add(.tasks(.name("a"), tasks(2)), to: id)
    #expect(driver.letters(id, block: 1) == "rr")
    #expect(driver.letters(id, block: 2) == "W")
    driver.add(.tasks(.name("b"), tasks(2)), to: id)
    #expect(driver.letters(id, block: 1) == "rrWW")
    driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: 3, last: 3)])
    #expect(driver.letters(id, block: 1) == "rrWr")
  }

  @Test("4.2 append_blocks: masks are resolved again, circles are refused")
  func appendBlocks() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(job(frames(1, 1, name: "a1"), frames(1, 1, name: "z", needs: "a.*")))
    driver.finish(id, 0)
    #expect(driver.letters(id, block: 1) == "R")
    driver.finish(id, 0, block: 1)
    #expect(
      driver.add(.blocks([list(2, name: "a2"), frames(1, 2, name: "y", needsTasks: "a2")]), to: id)
        == .added(id, first: 2, count: 2))
    #expect(driver.letters(id, block: 2) == "Rr")
    #expect(driver.letters(id, block: 3) == "WW")
    #expect(driver.farm.blocks(of: id).count == 4)
    driver.restart()
    #expect(driver.letters(id, block: 2) == "Cr")
    #expect(driver.letters(id, block: 3) == "WW")
    #expect(driver.farm.spec(id)?.blocks.map(\.taskCount) == [1, 1, 2, 2])
    guard case .failed(let failure) = driver.add(.blocks([frames(1, 1, name: "a3", needs: "z")]), to: id) else {
      return #expect(Bool(false), "not refused")
    }
    #expect(failure.message.contains("wait for each other"))
    #expect(driver.farm.blocks(of: id).count == 4)
  }

  @Test("what cannot be appended is refused, and nothing changes")
  func refused() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 3), list(1, name: "list")))
    driver.submit(job(frames(1, 1)))
    for (addition, text) in [
      (Addition.tasks(.index(BlockIndex(0)), tasks(1)), "the tasks of \"block\" are made from frames: none can be added"),
      (.tasks(.index(BlockIndex(1)), []), "tasks: expected one or more"),
      (.tasks(.index(BlockIndex(1)), [TaskSpec(name: "x")]), "tasks[0].command: neither the task nor its block has a command"),
      (.tasks(.name("none"), tasks(1)), "it has no block \"none\""),
      (.blocks([]), "blocks: expected one block or more, each with a task or more"),
      (.blocks([list(0)]), "blocks: expected one block or more, each with a task or more"),
    ] {
      let journal = driver.store.journal.count
      #expect(driver.add(addition, to: id) == .failed(Failure(text.hasPrefix("it has") ? .notFound : .failed, text)))
      #expect(driver.store.journal.count == journal)
    }
    driver.apply(
      .add(
        .tasks(.index(BlockIndex(1)), tasks(1)), to: .mask(".*"), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 3)))
    #expect(driver.answer == .failed(Failure(.usage, "2 jobs were meant: blocks and tasks are added to one")))
  }
}
