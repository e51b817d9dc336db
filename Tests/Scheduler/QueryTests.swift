import Model
import Testing

@testable import Scheduler

@Suite("What the farm answers")
struct QueryTests {
  /// 200 frames: 0 done, 1 done with a warning, 2 error, 3 skipped, 4 running, 5 running with a warning, 6 error-ready, rest ready.
  private func zoo() -> (FarmDriver, JobID) {
    var driver = FarmDriver()
    let render = driver.register("r1", capacity: 7000)
    let id = driver.submit(job(frames(1, 200, retries: 1)))
    let leases = driver.starts.map(\.lease)
    driver.operateRenders(.pause, "r1")
    driver.finish(leases[0])
    driver.finish(leases[1], flags: .warning)
    driver.finish(leases[2], .parserFatalError, reason: "fatal")
    driver.operate(.skip, id, tasks: [TaskRange(first: 3, last: 3)])
    driver.finish(leases[3], .stopped)
    driver.apply(.runProgressed(render, leases[5], RunProgress(hasWarning: true)))
    driver.finish(leases[6], .exitStatus, reason: "status")
    return (driver, id)
  }

  @Test("2.4 a grid has a letter for each cell, the most important of its tasks")
  func grid() {
    let (driver, id) = zoo()
    let block = BlockIndex(0)
    #expect(driver.farm.letters(job: id, block: block, first: 0, cells: 8, perCell: 1) == "DGESRNYr")
    #expect(driver.farm.letters(job: id, block: block, first: 0, cells: 4, perCell: 2) == "GENY")
    #expect(driver.farm.letters(job: id, block: block, first: 196, cells: 80, perCell: 3) == "rr")
    #expect(driver.farm.letters(job: id, block: block, first: 200, cells: 80, perCell: 1) == "")
    #expect(driver.farm.letters(job: id, block: block, first: 0, cells: 1, perCell: .max) == "E")
    #expect(driver.farm.letters(job: JobID(99), block: block, first: 0, cells: 8, perCell: 1) == "")
  }

  @Test("2.4 each letter outranks those before it")
  func ranks() {
    let (driver, id) = zoo()
    let place = driver.farm.blockPlace(id, BlockIndex(0))!
    for first in 0..<8 {
      for last in first..<8 {
        let expected = (first...last).map { driver.farm.blocks[place].letter($0..<$0 + 1) }.max()
        #expect(driver.farm.blocks[place].letter(first..<last + 1) == expected)
      }
    }
  }

  @Test("2.4 a progress bar has 128 columns over all blocks, however many tasks there are")
  func progressBar() throws {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, 1, name: "a"), frames(1, 3, name: "b"), frames(1, 1000, name: "c")))
    driver.operate(.skip, id, block: 1)
    let bar = try #require(driver.farm.job(id)?.progressBar)
    #expect(bar.count == 128)
    // 1004 tasks, 7.8 in a column: the skipped three share the first with ready ones.
    #expect(bar == String(repeating: "r", count: 128))
    let few = driver.submit(job(frames(1, 1, name: "a"), frames(1, 3, name: "b")))
    driver.operate(.skip, few, block: 1)
    #expect(driver.farm.job(few)?.progressBar == String(repeating: "r", count: 32) + String(repeating: "S", count: 96))
  }

  @Test("tasks come in pages, filtered by state")
  func pages() {
    let (driver, id) = zoo()
    func tasks(_ state: StateBits) -> [UInt32] { driver.farm.tasks(of: id, state: state, limit: 5).rows.map(\.key.task.value) }
    #expect(tasks(.done) == [0, 1, 3])
    #expect(tasks(.skipped) == [3])
    #expect(tasks(.error) == [2])
    #expect(tasks(.running) == [4, 5])
    #expect(tasks(.ready) == [6, 7, 8, 9, 10])
    #expect(tasks(.errorReady) == [6])
    #expect(tasks(.warning) == [1, 5])
    #expect(tasks(.parserFatal) == [2])
    #expect(tasks([.error, .running]) == [2, 4, 5])
    #expect(tasks([.warning, .skipped]) == [1, 3, 5])
    #expect(tasks(.waitDependency) == [])
    for state: StateBits in [
      [], .done, .skipped, .error, .running, .ready, .errorReady, .warning, .parserFatal, [.error, .running], [.warning, .done],
      [.parserFatal, .error, .warning],
    ] {
      var found = 0
      var after: TaskKey?
      while true {
        let page = driver.farm.tasks(of: id, state: state, after: after, limit: 3)
        found += page.rows.count
        #expect(page.rows.allSatisfy { state.isEmpty || !$0.state.isDisjoint(with: state) })
        guard page.more else { break }
        after = page.rows.last?.key
      }
      #expect(found == driver.farm.taskCount(of: id, state: state), "\(state.text)")
    }
  }

  @Test("jobs come in pages, ascending; renders by name; totals add up")
  func lists() {
    var driver = FarmDriver()
    let ids = (0..<10).map { driver.submit(job(frames(1, 1), name: "j\($0)")) }
    driver.operate(.delete, ids[3])
    #expect(driver.farm.jobIDs(limit: 4) == [ids[0], ids[1], ids[2], ids[4]])
    #expect(driver.farm.jobIDs(after: ids[4], limit: 100) == Array(ids[5...]))
    #expect(driver.farm.resolve(.mask("j[0-4]")) == [ids[0], ids[1], ids[2], ids[4]])
    #expect(driver.farm.resolve(.name("j5")) == [ids[5]])
    for name in ["b", "c", "a"] { driver.register(name) }
    #expect(driver.farm.renderIDs().compactMap { driver.farm.render($0)?.name } == ["a", "b", "c"])
    #expect(driver.farm.totals == FarmTotals(jobs: 9, renders: 3, online: 3, busy: 3, runningTasks: 3))
    #expect(driver.farm.users() == [UserSummary(name: "anna", jobs: 9, running: 3)])
  }

  @Test("a run is found by its lease and by its task")
  func runs() throws {
    var driver = FarmDriver()
    let render = driver.register("r1")
    let id = driver.submit(job(frames(1, 2)))
    let lease = try #require(driver.farm.lease(of: driver.key(id, 0)))
    #expect(driver.farm.run(lease) == StoredRun(lease: lease, key: driver.key(id, 0), render: render, started: driver.now))
    #expect(driver.farm.lease(of: driver.key(id, 1)) == nil)
    #expect(driver.farm.lease(of: driver.key(id, 2)) == nil)
    #expect(driver.farm.task(driver.key(id, 2)) == nil)
  }
}
