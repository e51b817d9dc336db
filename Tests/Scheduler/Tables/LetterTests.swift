import Model
import Testing

@testable import Scheduler

/// Each letter of section 2.4, and that it hides those before it.
@Suite("2.4 letters of progress bars")
struct LetterTests {
  struct Row: CustomTestStringConvertible {
    /// The task with this letter; those before it have the letters before it.
    var task: Int
    var letter: String
    var meaning: String
    var state: StateBits
    var testDescription: String { "2.4 \(letter): \(meaning)" }
    init(_ task: Int, _ letter: String, _ meaning: String, _ state: StateBits) {
      (self.task, self.letter, self.meaning, self.state) = (task, letter, meaning, state)
    }
  }

  @Test(
    "a letter stands for its state, and outranks all before it",
    arguments: [
      Row(0, "D", "done", .done),
      Row(1, "U", "suspended", .suspended),
      Row(2, "S", "skipped", [.done, .skipped]),
      Row(3, "G", "done with a warning", [.done, .warning]),
      Row(4, "r", "ready", .ready),
      Row(5, "T", "to be tried first", [.ready, .tryNext]),
      Row(6, "W", "waits for others", .waitDependency),
      Row(7, "R", "runs", .running),
      Row(8, "N", "runs with a warning", [.running, .warning]),
      Row(9, "Y", "failed, will be tried again", [.ready, .errorReady]),
      Row(10, "E", "failed", [.error, .parserFatal]),
      Row(11, "C", "its render is awaited", .waitReconnect),
    ])
  func letter(_ row: Row) {
    let (driver, id) = Self.farm
    #expect(driver.farm.task(driver.key(id, row.task, block: 1))?.state == row.state)
    for first in 0...row.task {
      let cell = driver.farm.letters(job: id, block: BlockIndex(1), first: first, cells: 1, perCell: row.task - first + 1)
      #expect(cell == row.letter, "tasks \(first) to \(row.task)")
    }
  }

  @Test("2.4 a blank: no task at all")
  func nothing() {
    let (driver, id) = Self.farm
    let place = driver.farm.blockPlace(id, BlockIndex(1)) ?? 0
    #expect(driver.farm.blocks[place].letter(3..<3) == .nothing)
    #expect(StateLetter.nothing.letter == " ")
    #expect(StateLetter.allCases.allSatisfy { $0 >= .nothing })
  }

  @Test("2.4 a bar has 128 columns, for one task as for a million", arguments: [1, 100, 128, 1_000_000])
  func columns(tasks: Int64) {
    var driver = FarmDriver()
    let id = driver.submit(job(frames(1, tasks)))
    driver.operate(.skip, id, tasks: [TaskRange(first: tasks - 1, last: tasks - 1)])
    let bar = driver.farm.job(id)?.progressBar ?? ""
    #expect(bar.count == 128)
    #expect(bar.last == (tasks > 128 ? "r" : "S"))
  }

  /// Block 1 of the job has a task for each letter, in their order.
  private static let farm: (FarmDriver, JobID) = {
    var driver = FarmDriver()
    driver.register("r1", capacity: 11_000, maxTasks: 11)
    let id = driver.submit(job(frames(7, 7, name: "a"), frames(1, 12, name: "b", retries: 1, needsTasks: "a").avoidingNone))
    // It takes the last one, and goes away with it.
    driver.register("r2")
    if let connection = driver.farm.renders[1].connection {
      driver.apply(.renderLeft(RenderID(2), connection: connection, ejected: false))
    }
    driver.operateRenders(.pause, "r1")
    for task in [3, 8] {
      guard let lease = driver.farm.lease(of: driver.key(id, task, block: 1)) else { continue }
      driver.apply(.runProgressed(RenderID(1), lease, RunProgress(percent: 1, hasWarning: true)))
    }
    let ends: [(Int, RunOutcome)] = [
      (0, .success), (1, .stopped), (2, .stopped), (3, .success), (4, .stopped), (5, .stopped), (9, .exitStatus),
      (10, .parserFatalError),
    ]
    for (task, outcome) in ends { driver.finish(id, task, block: 1, outcome) }
    driver.operate(.suspend, id, block: 1, tasks: [TaskRange(first: 1, last: 1)])
    driver.operate(.skip, id, block: 1, tasks: [TaskRange(first: 2, last: 2)])
    driver.operate(.tryNext, id, block: 1, tasks: [TaskRange(first: 5, last: 5)])
    return (driver, id)
  }()
}
