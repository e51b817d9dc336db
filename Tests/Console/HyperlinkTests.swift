import Model
import Testing

@testable import Console

@Suite("web addresses on the screen") struct HyperlinkTests {
  @Test(
    "what is an address in a text",
    arguments: [
      ("see https://farm.example/a?b=c#d.", ["https://farm.example/a?b=c#d"]),
      ("(http://farm:8080/x), http://y/", ["http://farm:8080/x", "http://y/"]),
      ("http://wiki/Frame_(film) too", ["http://wiki/Frame_(film)"]),
      ("[https://[::1]:80/x]", ["https://[::1]:80/x]"]),
      ("“http://a/b”", ["http://a/b"]), ("<http://a/b>", ["http://a/b"]),
      ("http://a/\u{1B}]8;;http://b/\u{7}", ["http://a/", "http://b/"]),
      ("xhttp://a ftp://b http: //c http://", []), ("https:/x httpss://y", []),
      // Not the beginning of one that goes on.
      ("https://wiki/K\u{E4}se http://ex\u{E4}mple.de http://a/e\u{301}x", []), ("http://a/b\u{2014}c", ["http://a/b"]),
      ("http://a" + String(repeating: ")", count: 1900), ["http://a"]),
      ("http://" + String(repeating: "x", count: 3000), []),
    ] as [(String, [String])])
  func found(_ text: String, _ targets: [String]) {
    #expect(WebAddress.all(in: Array(Glyphs(text))).map(\.target) == targets)
  }

  private func log(_ text: String, columns: Int = 80, _ keys: String...) -> Grid {
    let size = Size(rows: 24, columns: columns)
    var console = Fixture(size)
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    console.type("Enter")
    console.showLog(text, isEnd: true, task: Sample.task(JobID(2), BlockIndex(0), 0))
    for key in keys { console.type(key) }
    return draw(console.model, size, .dark)
  }

  private let address = "https://farm.example/shots/010/a/long/way/down"

  @Test("in a log the address is linked where it stands")
  func inLog() {
    let links = log("ok\nmore at \(address) and\n").hyperlinks
    #expect(links.map(\.target) == [address])
    #expect(links.first.map { [$0.row, $0.columns.lowerBound, $0.columns.count] } == [3, 8, address.count])
  }

  @Test("where the end is cut, and where a line goes on in the next row, each part stands for all of it")
  func parts() {
    #expect(log("more at \(address)\n", columns: 40).hyperlinks.map(\.target) == [address])
    let wrapped = log("more at \(address)\n", columns: 40, "w").hyperlinks
    #expect(wrapped.map(\.target) == [address, address])
    #expect(wrapped.map(\.columns.count).reduce(0, +) == address.count)
  }

  @Test("a row that looks as before and stands for another address is drawn anew")
  func changed() {
    let (first, second) = (log("at \(address)/1\n", columns: 40), log("at \(address)/2\n", columns: 40))
    #expect(first.text[2] == second.text[2] && second.changedRows(since: first) == [2])
  }

  @Test("what is drawn over is no address any more")
  func covered() {
    let text = String(repeating: "at \(address)\n", count: 22)
    let shown = log(text).hyperlinks.count
    #expect(log(text, columns: 80, "?").hyperlinks.count < shown)
  }

  @Test("terminals that may show what they do not know are given none", arguments: ["linux", "vt100", "screen", "dumb", ""])
  func others(_ term: String) { #expect(!TerminalKind.opensLinks(term: term)) }
}
