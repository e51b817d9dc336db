import Model
import Testing

@testable import Scheduler

@Suite("1.5, 3.12 error hosts are told")
struct ErrorHostRowTests {
  private struct Row: Equatable {
    var block = 0
    var task: Int?
    var render: String
    var errors: Int32
    var isAvoided = false
  }

  private func rows(_ driver: FarmDriver, _ id: JobID, block: Int? = nil, task: Int? = nil) -> [Row] {
    driver.farm.errorHosts(of: id, block: block.map { BlockIndex($0) }, task: task.map { TaskIndex($0) }, limit: 1000).rows
      .map {
        Row(
          block: Int($0.block.value), task: $0.task.map { Int($0.value) }, render: $0.name, errors: $0.errors,
          isAvoided: $0.isAvoided)
      }
  }

  /// Two blocks of two tasks, of which the tasks avoid a render after two errors there, the blocks after three.
  private func farm() -> (FarmDriver, JobID) {
    var driver = FarmDriver()
    driver.register("r2", capacity: 4000)
    let block = frames(1, 2, retries: 100).with {
      $0.errorsAvoidHost = 3
      $0.errorsTaskSameHost = 2
      $0.errorsForgiveTime = 1000
    }
    var other = block
    other.name = "other"
    let id = driver.submit(job(block, other))
    return (driver, id)
  }

  @Test("1.5 p_error_hosts, p_avoid_hosts: errors of the block and of its tasks by render, and whether it is avoided")
  func told() {
    var (driver, id) = farm()
    #expect(rows(driver, id).isEmpty)
    driver.finish(id, 0, .exitStatus)
    #expect(rows(driver, id) == [Row(render: "r2", errors: 1), Row(task: 0, render: "r2", errors: 1)])
    driver.finish(id, 0, .exitStatus)
    driver.finish(id, 1, block: 1, .exitStatus)
    #expect(
      rows(driver, id) == [
        Row(render: "r2", errors: 2), Row(task: 0, render: "r2", errors: 2, isAvoided: true),
        Row(block: 1, render: "r2", errors: 1),
        Row(block: 1, task: 1, render: "r2", errors: 1),
      ])
    driver.finish(id, 1, .exitStatus)
    driver.register("r1")
    driver.finish(id, 0, .exitStatus)
    #expect(
      rows(driver, id, block: 0) == [
        Row(render: "r1", errors: 1), Row(task: 0, render: "r1", errors: 1), Row(render: "r2", errors: 3, isAvoided: true),
        Row(task: 0, render: "r2", errors: 2, isAvoided: true), Row(task: 1, render: "r2", errors: 1),
      ])
    let block = driver.farm.block(id, BlockIndex(0))
    #expect(block?.errorHosts == 2)
    #expect(block?.avoidedHosts == 1)
    // The same after a restart.
    let before = driver.farm.errorHosts(of: id, limit: 1000).rows
    driver.restart()
    #expect(driver.farm.errorHosts(of: id, limit: 1000).rows == before)
    #expect(driver.farm.block(id, BlockIndex(0))?.errorHosts == 2)
    driver.operate(.resetErrorHosts, id)
    #expect(rows(driver, id).isEmpty)
    #expect(driver.farm.block(id, BlockIndex(0))?.errorHosts == 0)
    #expect(driver.farm.block(id, BlockIndex(0))?.avoidedHosts == 0)
  }

  @Test("3.12 errors of one task: its own, and those of the block where it failed")
  func ofTask() {
    var (driver, id) = farm()
    driver.finish(id, 0, .exitStatus)
    driver.finish(id, 1, .exitStatus)
    #expect(rows(driver, id, block: 0, task: 1) == [Row(render: "r2", errors: 2), Row(task: 1, render: "r2", errors: 1)])
    driver.operate(.resetErrorHosts, id, block: 0, tasks: [TaskRange(first: 1, last: 1)])
    #expect(rows(driver, id, block: 0, task: 1).isEmpty)
    #expect(rows(driver, id, block: 0).count == 2)
    #expect(rows(driver, JobID(99)).isEmpty)
    #expect(rows(driver, id, block: 7).isEmpty)
  }

  @Test("3.12 since the last error, until it is forgiven, if it ever is")
  func moments() {
    var (driver, id) = farm()
    driver.now = driver.now + .seconds(5)
    driver.finish(id, 0, .exitStatus)
    let last = driver.now
    let row = driver.farm.errorHosts(of: id, limit: 1).rows.first
    #expect(row?.last == last)
    #expect(row?.forgiven == last + .seconds(1000))
    driver.edit(id, block: 0, "errors_forgive_time", .integer(0))
    #expect(driver.farm.errorHosts(of: id, limit: 1).rows.first?.forgiven == .never)
    driver.edit(id, block: 0, "errors_forgive_time", .integer(1000))
    _ = driver.live(.seconds(1000))
    #expect(rows(driver, id).isEmpty)
    #expect(driver.farm.block(id, BlockIndex(0))?.errorHosts == 0)
  }

  @Test("pages of error hosts join into the whole", arguments: 1...7)
  func pages(size: Int) {
    var driver = FarmDriver()
    for name in ["r3", "r1", "r2"] { driver.register(name, capacity: 4000) }
    let id = driver.submit(job(frames(1, 6, retries: 100).avoidingNone, frames(1, 6, name: "other", retries: 100).avoidingNone))
    for _ in 0..<3 { for block in 0..<2 { for task in 0..<6 { driver.finish(id, task, block: block, .exitStatus) } } }
    let all = driver.farm.errorHosts(of: id, limit: 1000)
    #expect(!all.more && all.rows.count > 12)
    var joined: [ErrorHost] = []
    while true {
      let page = driver.farm.errorHosts(of: id, after: joined.last, limit: size)
      joined += page.rows
      guard page.more else { break }
    }
    #expect(joined == all.rows)
  }
}
