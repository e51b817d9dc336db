import Foundation
import Model
import Testing

@testable import Console

@Suite struct ColumnTests {
  private func console(_ columns: Int = 120) -> Fixture {
    var console = Fixture(Size(rows: 24, columns: columns))
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  private func heading(_ console: Fixture) -> [String] { console.text[1].split(separator: " ").map(String.init) }

  @Test("columns are hidden and carried, and Enter takes them")
  func chooser() {
    var console = console()
    #expect(heading(console).prefix(3) == ["ID▲", "USER", "NAME"])
    console.type("c")
    #expect(console.text.contains { $0.contains("[x] RUNNING") })
    // USER goes, NAME goes before ID.
    console.type("j", "Space", "j", "Shift-Up", "<")
    #expect(console.text.contains { $0.contains("[ ] USER") })
    console.type("Enter")
    #expect(heading(console).prefix(3) == ["NAME", "ID▲", "STATE"])
    console.type("c")
    #expect(console.text.contains { $0.contains("[ ] USER") })
    // As they came.
    console.type("0", "Enter")
    #expect(heading(console).prefix(3) == ["ID▲", "USER", "NAME"])
    #expect(console.model.looks[.jobs] == ListLook())
  }

  @Test("Esc leaves the columns as they were, and the last one is never hidden")
  func cancel() {
    var console = console()
    let before = heading(console)
    console.type("c", "Space", "Esc")
    #expect(heading(console) == before)
    console.type("c")
    for _ in 0..<40 { console.type("Space", "j") }
    console.type("Enter")
    #expect(console.model.looks[.jobs]?.columns?.count == 1)
  }

  @Test("each list has its own columns; a grid has none")
  func perList() {
    var console = console()
    console.type("Enter")
    console.showJob(
      Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.counts(40))], letters: String(repeating: "r", count: 40))
    console.type("c")
    #expect(console.model.overlay == nil && console.status.contains("columns belong to lists"))
    console.type("Tab")
    console.showTasks((0..<40).map { Sample.task(JobID(2), BlockIndex(0), $0) })
    console.type("c", "Space", "Enter")
    #expect(console.model.looks[.tasks]?.columns?.first == "name")
    #expect(console.model.looks[.jobs] == nil)
    console.type("Shift-Tab", "Shift-Tab", "c", "Space", "Enter")
    #expect(console.model.looks[.blocks]?.columns?.first == "name")
  }

  @Test(
    "the lists of every screen have a chooser, and what is hidden is gone",
    arguments: [
      (ListID.users, ["4"], "NAME"), (.work, ["2"], "BRANCH"), (.farm, ["3", "v", "v"], "POOL"), (.commands, ["5"], "TASK"),
      (.events, ["6"], "TIME"), (.serverLog, ["6", "L"], "TIME"), (.journal, ["6", "J"], "TIME"),
    ] as [(ListID, [String], String)])
  func everywhere(_ list: ListID, _ keys: [String], _ first: String) throws {
    var console = console()
    for key in keys { console.type(key) }
    #expect(console.model.list == list)
    func isHeaded(_ console: Fixture) -> Bool {
      console.text.prefix(8).contains { $0.drop { $0 == " " }.hasPrefix(first) }
    }
    #expect(isHeaded(console))
    console.type("c", "Space", "Enter")
    #expect(!isHeaded(console))
    let kept = try #require(console.kept.last)
    #expect(kept.lists[list]?.columns?.isEmpty == false)
    #expect(try Kept.parse(Array(kept.text.utf8)) == kept)
  }

  @Test("a press on a heading sorts users, work and the tree of the farm too")
  func headings() {
    func press(_ key: String, _ title: String) -> ConsoleModel {
      var console = console()
      console.type(key)
      let column = console.text[1].range(of: title).map {
        console.text[1].distance(from: console.text[1].startIndex, to: $0.lowerBound)
      }
      console.happens(.input(.mouse(.press(1), row: 1, column: column ?? 0, [])))
      return console.model
    }
    #expect(press("4", "RUN").users.query.order == .running)
    #expect(press("2", "STATE").work.query.order == .state)
    #expect(press("3", "STATE").renders.query.order == .state)
  }

  @Test("a press of the mouse shows or hides a column")
  func mouse() {
    var console = console()
    console.type("c")
    let row = console.text.firstIndex { $0.contains("[x] USER") } ?? 0
    console.happens(.input(.mouse(.press(1), row: row, column: 50, [])))
    #expect(console.text[row].contains("[ ] USER"))
  }

  @Test("names of columns are unique in each list, so that a file can name them")
  func names() {
    var console = console()
    console.type("Enter")
    for list in ListID.allCases {
      let names = Painter.columns(of: list, console.model).map(\.name)
      #expect(!names.isEmpty && Set(names).count == names.count, "\(list)")
      #expect(names.allSatisfy { $0.allSatisfy { $0.isLetter || $0 == "-" } }, "\(names)")
    }
  }

  @Test("full words, short ones, letters: more fits the shorter they are")
  func densities() {
    var console = console(300)
    console.type("d")
    #expect(console.model.density == .abbreviated)
    #expect(console.text[2].contains(" RUN ") && !console.text[2].contains("running"))
    #expect(console.text[0].contains("[1 jobs]") && !console.text[0].contains("3 farm"))
    console.type("d")
    #expect(console.model.density == .full)
    #expect(console.text[1].contains("RUNNING") && console.text[1].contains("PRIORITY"))
    #expect(console.text[2].contains("running"))
    console.type(":")
    console.enter("density short")
    console.type("Enter")
    #expect(console.model.density == .short)
    console.type(":")
    console.enter("density tiny")
    console.type("Enter")
    #expect(console.status.contains("there is no density “tiny”: use full, short, abbreviated"))
  }

  @Test("a press on a heading sorts by it, a second one turns the order round", arguments: Density.allCases)
  func headings(_ density: Density) {
    var console = console(300)
    console.model.density = density
    func press(_ title: String) {
      let line = console.text[1]
      let at = line.range(of: title).map { line.distance(from: line.startIndex, to: $0.lowerBound) } ?? 0
      console.happens(.input(.mouse(.press(1), row: 1, column: at, [])), after: 2)
    }
    press("NAME")
    #expect(console.model.jobs.query.order == .name && !console.model.jobs.query.isDescending)
    console.showJobs(Sample.jobs)
    press("NAME")
    #expect(console.model.jobs.query.order == .name && console.model.jobs.query.isDescending)
    press("SUBMITTED")
    #expect(console.model.jobs.query.order == .created)
    console.type("3")
    console.showRenders(Sample.renders)
    press(density == .abbreviated ? "CAP" : "CAPACITY")
    #expect(console.model.renders.query.order == .capacity)
  }

  @Test("every column of jobs can be sorted by, and of renders all that have an order")
  func orders() {
    let console = console()
    for column in Painter.columns(of: .jobs, console.model) {
      #expect(JobsQuery.Order(column: column.name) != nil, "\(column.name)")
    }
    for column in Painter.columns(of: .renders, console.model) {
      #expect(RendersQuery.Order(column: column.name) != nil, "\(column.name)")
    }
    for order in RendersQuery.Order.allCases where order != .priority {
      #expect(Painter.columns(of: .renders, console.model).contains { RendersQuery.Order(column: $0.name) == order }, "\(order)")
    }
  }
}
