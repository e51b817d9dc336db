import Model
import Testing

@testable import Console

@Suite("The output of a task: only some of its lines")
struct LogFilterTests {
  private func page(_ text: String) -> LogPage {
    var page = LogPage(key: TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(3)), jobName: "shot")
    page.size = Size(rows: 5, columns: 40)
    page.take(LogPortion(subscription: 1, offset: 0, data: Array(text.utf8)))
    return page
  }

  private func shown(_ page: LogPage) -> [String] { (0..<page.count).map { page.text($0) } }

  @Test("lines that match, and with ! those that do not")
  func matching() throws {
    var page = page("one\ntwo\nthree\nTwo again\n")
    page.show(only: try LineFilter("tw|ee"))
    #expect(shown(page) == ["two", "three", "Two again"])
    page.show(only: try LineFilter("!tw|ee"))
    #expect(shown(page) == ["one"])
    page.show(only: try LineFilter("Two"))
    #expect(shown(page) == ["Two again"], "a capital letter makes capitals count")
    page.show(only: try LineFilter("^\\S{5}$"))
    #expect(shown(page) == ["three"], "an escaped capital does not")
    page.show(only: nil)
    #expect(page.count == 4)
  }

  @Test("a wrong expression is told with its place and leaves the filter as it was")
  func wrong() {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("Enter")
    console.showJob(
      Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    console.type("Enter")
    console.showLog("one\ntwo\n", isEnd: true, task: Sample.task(JobID(2), BlockIndex(0), 0))
    console.type("f")
    console.enter("two")
    console.type("Enter")
    #expect(console.model.log?.count == 1)
    console.type("f")
    console.enter("(")
    console.type("Enter")
    #expect(console.model.message?.kind == .bad)
    #expect(console.model.log?.filter?.text == "two")
  }

  @Test("a line that still grows is looked at again when more of it comes")
  func growing() throws {
    var page = page("one\npart")
    page.show(only: try LineFilter("whole"))
    #expect(page.count == 0)
    page.take(LogPortion(subscription: 1, offset: 8, data: Array("ly whole\nrest".utf8)))
    #expect(shown(page) == ["partly whole"])
    page.take(LogPortion(subscription: 1, offset: 21, data: Array(" is whole too\n".utf8)))
    #expect(shown(page) == ["partly whole", "rest is whole too"])
    // And one that matched and does so no more.
    page.show(only: try LineFilter("^end$"))
    page.take(LogPortion(subscription: 1, offset: 35, data: Array("end".utf8)))
    #expect(shown(page) == ["end"])
    page.take(LogPortion(subscription: 1, offset: 38, data: Array("less\n".utf8)))
    #expect(page.count == 0)
  }

  @Test("what is on top stays there when lines between are hidden, and when the oldest go")
  func places() throws {
    var page = page((0..<100).map { "line \($0)\n" }.joined())
    page.follows = false
    page.top = LogPlace(line: 40)
    page.show(only: try LineFilter("[05]$"))
    #expect(page.text(page.top.line) == "line 40")
    page.show(only: nil)
    #expect(page.top.line == 40)

    page.show(only: try LineFilter("[05]$"))
    page.top = LogPlace(line: 19)
    page.match = 19
    let more = [UInt8](repeating: 0x78, count: LogBuffer.capacity / 2 - 1) + [0x0A]
    page.take(LogPortion(subscription: 1, offset: page.buffer.next, data: Array("a95\n".utf8)))
    page.take(LogPortion(subscription: 1, offset: page.buffer.next, data: more))
    #expect(page.buffer.dropped == 0)
    page.take(LogPortion(subscription: 1, offset: page.buffer.next, data: more + Array("b5\n".utf8)))
    #expect(page.buffer.dropped > 0)
    #expect(shown(page) == ["b5"], "what went is not shown, what came is")
    #expect(page.match == nil)
  }

  @Test("the next line that tells of an error, around the end")
  func errors() {
    var page = page("fine\nERROR: no license\nfine\nfine\nTraceback (most recent call last)\nfine\n")
    func found(forward: Bool) -> Int? { page.findError(forward: forward) ? page.match : nil }
    #expect(found(forward: true) == 1)
    #expect(found(forward: true) == 4)
    #expect(found(forward: true) == 1)
    #expect(found(forward: false) == 4)
    page = self.page("all is well\n")
    #expect(found(forward: true) == nil)
  }

  @Test("it is searched only in what is shown")
  func searched() throws {
    var page = page("tile 1 bad\ntile 2\ntile 3 bad\n")
    page.show(only: try LineFilter("bad"))
    func found(_ text: String, from line: Int) -> String? {
      page.find(Search(text), from: line, forward: true) ? page.match.map { page.text($0) } : nil
    }
    #expect(found("tile", from: 0) == "tile 1 bad")
    #expect(found("tile", from: 1) == "tile 3 bad")
    #expect(found("tile 2", from: 0) == nil)
  }
}
