import Model
import Testing

@testable import Console

/// The sixth screen: events, the server's log, the journal.
@Suite struct FeedTests {
  private func console() -> Fixture {
    var console = Fixture(screen: .events)
    console.connect()
    return console
  }

  private static func many(_ numbers: ClosedRange<UInt64>) -> [ServerLine] {
    numbers.map { Sample.line($0, $0.isMultiple(of: 10) ? "error" : "info", "line \($0)") }
  }

  @Test("only the pane that is seen is subscribed; each goes on where it was")
  func panes() {
    var console = console()
    #expect(Set(console.model.active.keys) == [.events])
    console.showEvents(Sample.events)
    console.type("Tab")
    #expect(Set(console.model.active.keys) == [.serverLog])
    #expect(console.model.active[.serverLog]?.topic == .serverLog(EventsQuery(after: 0, last: 1000)))
    console.showLines(Sample.lines)
    #expect(console.text.contains { $0.contains("wrong password from bob@desk") })
    console.type("Tab")
    #expect(console.model.active[.journal]?.topic == .journal(EventsQuery(after: 0, last: 1000)))
    console.showJournal(Sample.journal)
    #expect(console.text.contains { $0.contains("bob@wall") && $0.contains("priority: 99 -> 150") })
    console.type("Tab")
    #expect(console.model.active[.events]?.topic == .events(EventsQuery(after: 4, last: 5000)))
    console.type("Shift-Tab", "Shift-Tab")
    #expect(console.model.active[.serverLog]?.topic == .serverLog(EventsQuery(after: 5, last: 1000)))
    // What was held is there at once, what was missed comes behind it.
    #expect(console.text.contains { $0.contains("wrong password") })
    console.showLines([Sample.line(6, "info", "more")])
    #expect(console.model.serverLog.list.total == 6)
    console.type("1")
    #expect(!console.model.active.keys.contains(.serverLog))
    console.type("6")
    #expect(console.model.active.keys.contains(.serverLog), "the pane that it had")
    console.type("6")
    #expect(console.model.feedPane == .events)
  }

  @Test("the panes have names behind the colon, and can be pressed")
  func names() {
    var console = Fixture()
    console.connect()
    console.type(":")
    console.enter("server-log")
    console.type("Enter")
    #expect(console.model.screen == .events && console.model.feedPane == .serverLog)
    console.type(":")
    console.enter("journal")
    console.type("Enter")
    #expect(console.model.feedPane == .journal)
    let column = console.text[1].distance(
      from: console.text[1].startIndex, to: console.text[1].firstRange(of: "server log")?.lowerBound ?? console.text[1].startIndex)
    console.happens(.input(.mouse(.press(1), row: 1, column: column, [])))
    #expect(console.model.feedPane == .serverLog)
  }

  @Test("what comes is appended: the cursor stays on its row, the oldest go, and it is bounded")
  func bounded() {
    var console = console()
    console.type("Tab")
    console.showLines(Self.many(1...4000))
    console.type("k", "k")
    let cursor = console.model.serverLog.list.cursorID
    #expect(cursor == 3998)
    for part in 0..<12 {
      let first = UInt64(4001 + part * 100)
      console.showLines(Self.many(first...first + 99), isSnapshot: false)
    }
    #expect(console.model.serverLog.all.count <= 5500)
    #expect(console.model.serverLog.list.cursorID == cursor && console.model.serverLog.list.current?.number == cursor)
    for part in 0..<60 {
      let first = UInt64(5201 + part * 100)
      console.showLines(Self.many(first...first + 99), isSnapshot: false)
    }
    let page = console.model.serverLog
    #expect((5000...5500).contains(page.all.count) && page.list.total == page.all.count)
    // Its row went: the cursor is on the oldest that is held.
    #expect(page.list.cursor == 0 && page.list.cursorID == page.all.first?.number)
  }

  @Test("a filter is of words that must be found, each an expression, and of such that must not; it holds for what comes too")
  func filter() {
    var console = console()
    console.type("Tab")
    console.showLines(Sample.lines)
    func filter(_ text: String) -> [UInt64] {
      console.type("f", "Ctrl-U")
      console.enter(text)
      console.type("Enter")
      return console.model.serverLog.list.rows.map(\.number)
    }
    #expect(filter("warning") == [3])
    #expect(filter("^(info|error)") == [1, 4])
    #expect(filter("!notice task") == [1, 4])
    #expect(filter("\"in /var\"") == [4])
    #expect(filter("Disk").isEmpty, "a capital is meant")
    #expect(filter("disk") == [4])
    console.showLines([Sample.line(6, "info", "the disk has room again"), Sample.line(7, "info", "else")], isSnapshot: false)
    #expect(console.model.serverLog.list.rows.map(\.number) == [4, 6])
    // One that is none is refused, and the old one stays.
    #expect(filter("disk [") == [4, 6])
    #expect(console.status.contains("["))
    console.type("Esc")
    #expect(console.model.serverLog.list.total == 7)
  }

  @Test("the next row that tells of something wrong is found, a row tells everything, a journal's job is opened")
  func troubles() {
    var console = console()
    console.type("Tab")
    console.showLines(Sample.lines)
    console.type("[")
    #expect(console.model.serverLog.list.cursorID == 4 && !console.model.serverLog.follows)
    console.type("[", "Enter")
    #expect(console.text.contains { $0.contains("wrong password from bob@desk at 10.0.0.9") })
    console.type("Esc", "Tab")
    console.showJournal(Sample.journal)
    console.type("g", "Enter")
    #expect(console.model.job?.id == JobID(2))
  }

  @Test("what was missed is said; a server that counts anew is believed")
  func anew() {
    var console = console()
    console.type("Tab")
    console.showLines(Self.many(100...200))
    console.showLines(Self.many(400...420), isSnapshot: false, isGap: true)
    #expect(console.status.contains("some were missed"))
    console.happens(.link(.lost(reason: "it left", nextTry: console.now)), after: 1)
    console.connect()
    console.showLines(Self.many(3...5))
    #expect(console.model.serverLog.all.map(\.number) == [3, 4, 5])
    #expect(console.model.serverLog.seen == 5)
  }

  @Test("while the picture is frozen nothing comes, and another pane goes on")
  func frozen() {
    var console = console()
    console.type("Tab")
    console.showLines(Sample.lines)
    console.type("z")
    console.showLines([Sample.line(6, "info", "more")], isSnapshot: false)
    #expect(console.model.serverLog.list.total == 5)
    console.type("Tab")
    #expect(console.model.frozen == nil && console.model.active[.journal] != nil)
  }
}
