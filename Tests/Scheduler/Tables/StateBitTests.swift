import Model
import Testing

@testable import Scheduler

/// Each bit of section 2.1: its place, its token, and whether tasks, blocks and jobs show it.
@Suite("2.1 bits of jobs, blocks and tasks")
struct StateBitTests {
  struct Row: CustomTestStringConvertible {
    var bit: UInt32
    var token: String
    /// Who shows it: T tasks, B blocks, J jobs.
    var shownBy: String
    var meaning: String
    var testDescription: String { "2.1 bit \(bit), \(token): \(meaning)" }
    init(_ bit: UInt32, _ token: String, _ shownBy: String, _ meaning: String) {
      (self.bit, self.token, self.shownBy, self.meaning) = (bit, token, shownBy, meaning)
    }
  }

  @Test(
    "a bit's place, its token, and who shows it",
    arguments: [
      Row(0, "RDY", "TBJ", "can be started"),
      Row(1, "RUN", "TBJ", "runs"),
      Row(2, "WDP", "TBJ", "waits for others"),
      Row(3, "WTM", "J", "waits for a time"),
      Row(4, "DON", "TBJ", "is done"),
      Row(5, "ERR", "TBJ", "failed"),
      Row(8, "SKP", "TBJ", "is skipped"),
      Row(9, "OFF", "J", "was paused by somebody"),
      Row(10, "WRN", "TBJ", "a warning of the parser"),
      Row(11, "PER", "T", "an error of the parser"),
      Row(12, "PBR", "T", "a bad result of the parser"),
      Row(13, "PSC", "T", "finished by the parser"),
      Row(14, "FPO", "T", "its post command failed; Reeve has a token for it"),
      Row(15, "BRF", "T", "bad rendered files; Reeve has a token for it"),
      Row(16, "PPA", "J", "all frames of the preview were given"),
      Row(17, "RER", "T", "will be tried again by itself"),
      Row(18, "WRC", "TBJ", "its render is awaited; Reeve's blocks and jobs show it too"),
      Row(19, "TRY", "T", "somebody asked to try it first"),
      Row(20, "SUS", "TBJ", "is suspended"),
      Row(21, "PFE", "T", "a fatal error of the parser; Reeve has a token for it"),
    ])
  func bit(_ row: Row) throws {
    let bits = try #require(StateBits(token: row.token))
    #expect(bits.rawValue == 1 << row.bit)
    #expect(bits.text == row.token)
    let seen = Self.shown
    #expect(seen.tasks.contains(bits) == row.shownBy.contains("T"), "tasks")
    #expect(seen.blocks.contains(bits) == row.shownBy.contains("B"), "blocks")
    #expect(seen.jobs.contains(bits) == row.shownBy.contains("J"), "jobs")
  }

  @Test("2.1 bits 6, 7 and 62 have no token: nothing of Reeve's has use for STDOUT, STDERR and SOLVED")
  func unused() {
    let used = StateBits.tokens.reduce(into: UInt32(0)) { $0 |= $1.0.rawValue }
    #expect(used & (1 << 6 | 1 << 7) == 0)
    #expect(StateBits.tokens.count == 20)
    for token in ["STO", "STE"] { #expect(StateBits(token: token) == nil) }
  }

  @Test("2.1 a state in JSON is its tokens, divided by spaces, in the order of the bits")
  func text() {
    #expect(StateBits([.running, .ready]).text == "RDY RUN")
    #expect(StateBits([.skipped, .done]).text == "DON SKP")
    #expect(StateBits([]).text == "")
  }

  // MARK: A farm with everything in it

  /// The bits that the tasks, blocks and jobs of a farm show in which everything happened.
  private static let shown: (tasks: StateBits, blocks: StateBits, jobs: StateBits) = {
    var driver = FarmDriver()
    driver.register("r1", capacity: 12_000, maxTasks: 12)
    let all = driver.submit(job(frames(1, 12, retries: 1).avoidingNone, name: "all"))
    driver.register("r2")
    driver.submit(job(frames(1, 1), name: "away"))
    if let connection = driver.farm.renders[1].connection {
      driver.apply(.renderLeft(RenderID(2), connection: connection, ejected: false))
    }
    driver.operateRenders(.pause, "r1")
    let ends: [RunOutcome] = [
      .parserSuccess, .parserError, .parserBadResult, .parserFatalError, .badFiles, .stopped, .stopped, .stopped, .success,
    ]
    for (task, outcome) in ends.enumerated() { driver.finish(all, task, outcome) }
    driver.operate(.suspend, all, tasks: [TaskRange(first: 5, last: 5)])
    driver.operate(.skip, all, tasks: [TaskRange(first: 6, last: 6)])
    driver.operate(.tryNext, all, tasks: [TaskRange(first: 7, last: 7)])
    if let lease = driver.farm.lease(of: driver.key(all, 9)) { driver.finish(lease, flags: .failedPost) }
    if let lease = driver.farm.lease(of: driver.key(all, 10)) {
      driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 1, hasWarning: true)))
    }
    driver.submit(job(frames(1, 1, name: "a"), frames(1, 1, name: "b", needs: "a"), name: "blocks"))
    driver.submit(job(frames(1, 1), name: "after").with { $0.dependMask = "all" })
    driver.submit(job(frames(1, 1), name: "later").with { $0.timeWait = driver.now + .seconds(1000) })
    driver.submit(job(frames(1, 1), name: "paused", offline: true))
    driver.operate(.done, driver.submit(job(frames(1, 1), name: "done")))
    let preview = driver.submit(job(frames(1, 3).with { $0.sequential = 100 }, name: "preview").with { $0.previewApproval = true })
    driver.operate(.done, preview, tasks: [TaskRange(first: 0, last: 0), TaskRange(first: 2, last: 2)])
    var tasks: StateBits = []
    var blocks: StateBits = []
    var jobs: StateBits = []
    for id in driver.farm.jobIDs(limit: 100) {
      jobs.formUnion(driver.farm.jobState(id) ?? [])
      for block in driver.farm.blocks(of: id) { blocks.formUnion(block.state) }
      for task in driver.farm.tasks(of: id, limit: 100).rows { tasks.formUnion(task.state) }
    }
    return (tasks, blocks, jobs)
  }()
}
