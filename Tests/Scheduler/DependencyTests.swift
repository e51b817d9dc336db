import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Dependencies (section 3.11)")
struct DependencyTests {
  /// Runs every task of a block to its end on the farm's renders.
  private func finishAll(_ driver: inout FarmDriver, _ id: JobID, block: Int) {
    while let row = driver.farm.tasks(of: id, block: BlockIndex(block), state: .running, limit: 1).rows.first,
      let lease = driver.farm.lease(of: row.key)
    {
      driver.finish(lease)
    }
  }

  @Test("3.11 depend_mask of a block: it waits until every block of its mask is wholly done")
  func wholeBlocks() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 10_000)
    let id = driver.submit(
      job(frames(1, 2, name: "sim"), frames(1, 1, name: "cache"), frames(1, 2, name: "end", needs: "sim|cache")))
    #expect(driver.letters(id, block: 2) == "WW")
    #expect(driver.farm.blocks(of: id)[2].state == [.waitDependency])
    #expect(driver.farm.blocks(of: id)[2].counts.waitingDependency == 2)
    driver.finish(id, 0)
    driver.finish(id, 0, block: 1)
    #expect(driver.letters(id, block: 2) == "WW")
    driver.finish(id, 1)
    #expect(driver.letters(id, block: 2) == "RR")
  }

  @Test("3.11 a skipped block counts as done; an error does not")
  func skippedAndErrors() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 10_000)
    let id = driver.submit(job(frames(1, 1, name: "a", retries: 0), frames(1, 1, name: "b", needs: "a")))
    driver.finish(id, 0, .exitStatus)
    #expect(driver.letters(id) == "E")
    #expect(driver.letters(id, block: 1) == "W")
    driver.operate(.skip, id, block: 0)
    #expect(driver.letters(id) == "S")
    #expect(driver.letters(id, block: 1) == "R")
  }

  @Test("3.11 a restarted block makes those that need it wait again; what they have done stays done")
  func restarted() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    let id = driver.submit(job(frames(1, 1, name: "a"), frames(1, 3, name: "b", needs: "a")))
    driver.finish(id, 0)
    driver.finish(id, 0, block: 1)
    #expect(driver.letters(id, block: 1) == "DRr")
    driver.operate(.restart, id, block: 0)
    #expect(driver.letters(id, block: 1) == "DRW")
    #expect(driver.farm.job(id)?.counts.waitingDependency == 1)
    driver.finish(id, 1, block: 1)
    #expect(driver.letters(id, block: 0) == "R")
    driver.finish(id, 0)
    #expect(driver.letters(id, block: 1) == "DDR")
  }

  struct Mapping: CustomTestStringConvertible {
    var needed: BlockSpec
    var dependent: BlockSpec
    /// For each task of the needed block that is done alone: what the dependent block looks like (`W` waits, `r` can start).
    var pictures: [Int: String]
    /// With nothing done.
    var before: String
    var testDescription: String { "\(needed.work) -> \(dependent.work)" }
  }

  @Test(
    "3.11 tasks_depend_mask: a task waits for the tasks that have its frames",
    arguments: [
      // Frame by frame.
      Mapping(
        needed: frames(1, 3, name: "a"), dependent: frames(1, 3, name: "b", needsTasks: "a"),
        pictures: [0: "rWW", 1: "WrW", 2: "WWr"],
        before: "WWW"),
      // The needed block in chunks.
      Mapping(
        needed: frames(1, 4, per: 2, name: "a"), dependent: frames(1, 4, name: "b", needsTasks: "a"),
        pictures: [0: "rrWW", 1: "WWrr"],
        before: "WWWW"),
      // The dependent block in chunks: all of its frames must be there.
      Mapping(
        needed: frames(1, 4, name: "a"), dependent: frames(1, 4, per: 2, name: "b", needsTasks: "a"),
        pictures: [0: "WW", 1: "WW"], before: "WW"),
      // Ranges that overlap in part: what the needed block has not is not waited for.
      Mapping(
        needed: frames(3, 4, name: "a"), dependent: frames(1, 5, name: "b", needsTasks: "a"), pictures: [0: "rrrWr", 1: "rrWrr"],
        before: "rrWWr"),
      // Every second frame.
      Mapping(
        needed: frames(1, 5, name: "a"), dependent: frames(1, 5, by: 2, name: "b", needsTasks: "a"),
        pictures: [0: "rWW", 1: "WWW", 2: "WrW", 4: "WWr"], before: "WWW"),
      // The needed block has every second frame: the frames between belong to the one before.
      Mapping(
        needed: frames(1, 4, by: 2, name: "a"), dependent: frames(1, 4, name: "b", needsTasks: "a"),
        pictures: [0: "rrWW", 1: "WWrr"],
        before: "WWWW"),
      // A list begins where the frame range begins.
      Mapping(
        needed: list(3, name: "a"), dependent: frames(10, 12, name: "b", needsTasks: "a"), pictures: [0: "rWW", 2: "WWr"],
        before: "WWW"),
      Mapping(
        needed: frames(10, 12, name: "a"), dependent: list(3, name: "b", needsTasks: "a"), pictures: [0: "rWW", 2: "WWr"],
        before: "WWW"),
      // Two frames in each listed task.
      Mapping(
        needed: list(2, framesPerTask: 2, name: "a"), dependent: frames(1, 4, name: "b", needsTasks: "a"),
        pictures: [0: "rrWW", 1: "WWrr"], before: "WWWW"),
      // Two listed tasks for each frame: both must be done.
      Mapping(
        needed: list(4, framesPerTask: -2, name: "a"), dependent: frames(1, 2, name: "b", needsTasks: "a"),
        pictures: [0: "WW", 1: "WW"], before: "WW"),
      Mapping(
        needed: frames(1, 2, name: "a"), dependent: list(4, framesPerTask: -2, name: "b", needsTasks: "a"),
        pictures: [0: "rrWW", 1: "WWrr"], before: "WWWW"),
      Mapping(
        needed: list(4, framesPerTask: -2, name: "a"), dependent: list(4, framesPerTask: -2, name: "b", needsTasks: "a"),
        pictures: [0: "WWWW"], before: "WWWW"),
      // Negative frames.
      Mapping(
        needed: frames(-2, 1, per: 2, name: "a"), dependent: frames(-3, 1, name: "b", needsTasks: "a"),
        pictures: [0: "rrrWW", 1: "rWWrr"], before: "rWWWW"),
    ])
  func mapping(_ mapping: Mapping) {
    for (task, picture) in mapping.pictures {
      var driver = FarmDriver()
      let id = driver.submit(job(mapping.needed, mapping.dependent, priority: 1))
      #expect(driver.letters(id, block: 1) == mapping.before)
      driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: Int64(task), last: Int64(task))])
      #expect(driver.letters(id, block: 1) == picture, "task \(task) done")
      // The way back: as before.
      driver.operate(.restartSkipped, id)
      #expect(driver.letters(id, block: 1) == mapping.before, "task \(task) done and restarted")
      // And a farm loaded from the store sees the same.
      driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: Int64(task), last: Int64(task))])
      driver.restart()
      #expect(driver.letters(id, block: 1) == picture, "task \(task) done, loaded")
    }
  }

  @Test("3.11 all parts of a chunk done: its dependent goes on")
  func chunk() {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 5, name: "a"), frames(1, 5, per: 2, name: "b", needsTasks: "a")))
    for (task, picture) in [(1, "WWW"), (0, "rWW"), (4, "rWr"), (3, "rWr"), (2, "rrr")] {
      driver.operate(.skip, id, block: 0, tasks: [TaskRange(first: Int64(task), last: Int64(task))])
      #expect(driver.letters(id, block: 1) == picture)
    }
  }

  @Test("3.11 a task that waits again goes on when what it needs is done again; a running one goes on meanwhile")
  func waitsAgain() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    let id = driver.submit(job(frames(1, 2, name: "a"), frames(1, 2, name: "b", needsTasks: "a")))
    driver.finish(id, 0)
    #expect(driver.letters(id) == "DR")
    driver.finish(id, 1)
    #expect(driver.letters(id, block: 1) == "Rr")
    driver.operate(.restartDone, id, block: 0)
    #expect(driver.letters(id, block: 0) == "rr")
    #expect(driver.letters(id, block: 1) == "RW")
    driver.finish(id, 0, block: 1)
    #expect(driver.letters(id, block: 0) == "Rr")
    driver.finish(id, 0)
    driver.finish(id, 1)
    #expect(driver.letters(id, block: 1) == "DR")
  }

  @Test("3.11 a task that fails while what it needs is being done again waits, and is tried again later")
  func failsWhileWaiting() throws {
    var driver = FarmDriver()
    driver.register("r1", capacity: 1000)
    let id = driver.submit(job(frames(1, 1, name: "a"), frames(1, 1, name: "b", needsTasks: "a")))
    driver.finish(id, 0)
    driver.operate(.restart, id, block: 0)
    driver.finish(id, 0, block: 1, .exitStatus)
    #expect(driver.letters(id, block: 1) == "W")
    let row = try #require(driver.farm.blocks(of: id).last)
    #expect(row.counts.waitingDependency == 1)
    driver.operateRenders(.pause, "r1")
    driver.finish(id, 0)
    #expect(driver.letters(id, block: 1) == "Y")
  }

  @Test("3.11 a mask that matches nothing is refused when submitted by hand")
  func badMask() {
    var driver = FarmDriver()
    driver.submit(job(frames(1, 1, name: "a", needs: "nothing")))
    guard case .failed(let failure) = driver.answer else { return #expect(Bool(false), "not refused") }
    #expect(failure.message.contains("blocks[0].depend_mask"))
    #expect(driver.farm.jobCount == 0)
    #expect(driver.store.jobs.isEmpty)
  }
}
