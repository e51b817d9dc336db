@testable import Command
import Model
import Testing
import Text

@Suite("Waiting for jobs")
struct WaitBoardTests {
  private func board(_ rows: JobSummary...) -> WaitBoard {
    var board = WaitBoard(rows.map(\.id), names: Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.name) }))
    board.replace(with: rows)
    return board
  }

  private func job(_ id: UInt32 = 5, state: StateBits = .running, counts: TaskCounts) -> JobSummary {
    Rows.job(id, "j\(id)", state: state, counts: counts)
  }

  @Test("a job is done when its state says so")
  func done() throws {
    let board = board(job(state: .done, counts: Rows.counts(total: 2, done: 2)))
    #expect(board.isDecided)
    try board.conclude()
  }

  @Test("errors alone are no failure while something runs, is ready, or will be tried again")
  func notFailedYet() {
    for counts in [Rows.counts(total: 3, running: 1, error: 1), Rows.counts(total: 3, error: 1, ready: 1)] {
      #expect(!board(job(counts: counts)).isDecided)
    }
    var again = Rows.counts(total: 3, error: 1)
    again.errorReady = 1
    #expect(!board(job(counts: again)).isDecided)
    var away = Rows.counts(total: 3, error: 1)
    away.waitingReconnect = 1
    #expect(!board(job(counts: away)).isDecided)
  }

  @Test("a job has failed when only errors and what waits for them is left")
  func failed() {
    var counts = Rows.counts(total: 3, done: 1, error: 1)
    counts.waitingDependency = 1
    let board = board(job(state: .error, counts: counts))
    #expect(board.isDecided)
    let failure = #expect(throws: Failure.self) { try board.conclude() }
    #expect(failure?.code == .failed)
    #expect(failure?.message.contains("5 \"j5\"") == true)
  }

  @Test("a job that waits for others is not decided")
  func waiting() {
    var counts = Rows.counts(total: 3)
    counts.waitingDependency = 3
    #expect(!board(job(counts: counts)).isDecided)
  }

  @Test("a job that is gone was deleted, unless it was done before")
  func deleted() {
    var gone = board(job(counts: Rows.counts(total: 2, running: 1)))
    gone.replace(with: [])
    #expect(gone.isDecided)
    #expect(throws: Failure.self) { try gone.conclude() }
    var finished = board(job(state: .done, counts: Rows.counts(total: 2, done: 2)))
    finished.replace(with: [])
    #expect(finished.standing(of: JobID(5)) == .done)
  }

  @Test("of several jobs all must be decided, and one failure is a failure")
  func several() {
    var two = board(
      job(5, state: .error, counts: Rows.counts(total: 1, error: 1)), job(6, counts: Rows.counts(total: 1, running: 1)))
    #expect(!two.isDecided)
    two.update(job(6, state: .done, counts: Rows.counts(total: 1, done: 1)))
    #expect(two.isDecided)
    #expect(throws: Failure.self) { try two.conclude() }
  }

  @Test("when the time is over the exit code is 6")
  func timedOut() {
    var board = board(job(counts: Rows.counts(total: 1, running: 1)))
    board.isTimedOut = true
    #expect(throws: Failure(.timedOut, "the time is over, and 1 job not done: 5 \"j5\"")) { try board.conclude() }
  }

  @Test("a line is written when something changed, and only then")
  func news() {
    var board = board(job(counts: Rows.counts(total: 4, running: 1)))
    #expect(board.news() == ["job 5 \"j5\" not done: 0 of 4 done, 1 running"])
    #expect(board.news() == [])
    board.update(job(counts: Rows.counts(total: 4, done: 2, running: 2)))
    #expect(board.news() == ["job 5 \"j5\" not done: 2 of 4 done, 2 running"])
  }

  @Test("the bar fits every terminal", arguments: 0...120)
  func bar(columns: Int) {
    let board = board(job(counts: Rows.counts(total: 24, done: 12, running: 2, error: 1)))
    #expect(Width.of(board.bar(columns: columns, ascii: false)) <= max(0, columns - 1))
    #expect(board.bar(columns: columns, ascii: true).utf8.allSatisfy { $0 < 0x80 })
  }

  @Test("the bar says how much, how far, and what is wrong")
  func barText() {
    let board = board(job(counts: Rows.counts(total: 24, done: 12, running: 2, error: 1)))
    #expect(board.bar(columns: 60, ascii: true) == " 50% ##########.......... 12/24 tasks, 2 running, 1 failed")
  }
}
