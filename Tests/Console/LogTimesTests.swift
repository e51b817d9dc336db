import Model
import Testing

@testable import Console

@Suite("The output of a task: when its lines came")
struct LogTimesTests {
  private let start = Instant(seconds: 1_789_999_000)
  private let task = Sample.task(JobID(2), BlockIndex(0), 12)

  private func page() -> LogPage {
    var page = LogPage(key: task.key, jobName: "shot")
    page.settle(size: Size(rows: 5, columns: 40))
    return page
  }

  /// Takes more output so many seconds after the start.
  private func take(_ text: String, _ page: inout LogPage, after seconds: Int64, begins: Bool = false) {
    page.take(
      LogPortion(subscription: 1, offset: page.buffer.next, data: Array(text.utf8), task: begins ? task : nil),
      at: start + .seconds(seconds))
  }

  private func times(_ page: LogPage) -> [Int64?] {
    (0..<page.count).map { line in page.arrival(line).map { ($0 - start).seconds } }
  }

  @Test("what was there before has no time, what comes afterwards has the time of its first byte")
  func arrivals() {
    var page = page()
    take("", &page, after: 0, begins: true)
    take(String(repeating: "x", count: Limits.outputPortion - 1) + "\n", &page, after: 0)
    let long = page.count
    take("old\nhalf", &page, after: 0)
    take(" a line\nnew\n", &page, after: 0)
    take("later", &page, after: 7)
    take(" still\n", &page, after: 9)
    #expect(times(page).dropFirst(long) == [nil, nil, 0, 7])
  }

  @Test("of a run that has written nothing yet the first line has its time too")
  func silent() {
    var page = page()
    take("", &page, after: 0, begins: true)
    take("at last\n", &page, after: 30)
    #expect(times(page) == [30])
  }

  @Test("what was missed without a connection has none")
  func again() {
    var page = page()
    take("", &page, after: 0, begins: true)
    take("old\n", &page, after: 0)
    take("new\n", &page, after: 5)
    take("", &page, after: 90, begins: true)
    take("missed\n", &page, after: 90)
    take("new again\n", &page, after: 95)
    #expect(times(page) == [nil, 5, nil, 95])
  }

  @Test("times go with their lines when the oldest go, and when only some lines are shown")
  func places() throws {
    var page = page()
    take("", &page, after: 0, begins: true)
    take("old\n", &page, after: 5)
    let filler = [UInt8](repeating: 0x78, count: LogBuffer.capacity) + [0x0A]
    page.take(LogPortion(subscription: 1, offset: page.buffer.next, data: filler), at: start + .seconds(6))
    take("a\n", &page, after: 7)
    take("b\n", &page, after: 8)
    #expect(page.buffer.dropped > 0)
    #expect(times(page).suffix(2) == [7, 8])
    page.show(only: try LineFilter("^b$"))
    #expect(times(page) == [8])
  }

  @Test("t puts the times before the lines, wrapped ones too, and says when there are none")
  func shown() {
    var console = Fixture(Size(rows: 10, columns: 40))
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("Enter")
    console.showJob(
      Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    console.type("Enter")
    console.showLog("", task: task)
    console.showLog("old\n")
    console.type("t")
    #expect(console.status.contains("no line has a time yet"))
    #expect(console.text[2] == "         old")
    let long = "new " + String(repeating: "x", count: 40)
    console.happens(
      .log(LogPortion(subscription: console.number(.log), offset: 4, data: Array((long + "\n").utf8))), after: 10)
    console.type("w")
    let clock = Times.clock(console.now)
    #expect(console.text[3].hasPrefix("\(clock) new xxx"))
    #expect(console.text[4] == "         " + String(repeating: "x", count: 40 - 27))
    console.type("t")
    #expect(console.text[2] == "old")
  }
}
