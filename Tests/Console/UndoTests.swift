import Model
import Testing

@testable import Console

@Suite("Orders are taken back on the screen") struct UndoTests {
  private func console() -> Fixture {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  private static func undos(_ effects: [ConsoleEffect]) -> [UInt64] {
    effects.compactMap { if case .undo(_, let number) = $0 { number } else { nil } }
  }

  /// Pauses the first job; the server says that it can be taken back.
  private func pause(_ console: inout Fixture, _ offer: UndoOffer) {
    console.type("P")
    console.happens(.offered(offer))
    console.happens(
      .operated(
        console.model.lastRequest,
        .success([OperationOutcome(job: JobID(2), name: "shot_010 comp", isDone: true, message: "paused")])))
  }

  @Test("the status line offers it as long as it can be done, and U does it, the last order first")
  func takesBack() {
    var console = console()
    #expect(Self.undos(console.type("U")).isEmpty)
    #expect(console.status.contains("no order of this console can be taken back (Z: everybody's)"))
    pause(&console, UndoOffer(number: 17, seconds: 30))
    #expect(console.status.contains("paused — U takes it back, 30 s"))
    console.happens(.tick, after: 3)
    #expect(console.status.contains("U takes it back, 27 s"))
    pause(&console, UndoOffer(number: 18, seconds: 30))
    #expect(Self.undos(console.type("U")) == [18])
    let outcome = UndoOutcome(
      number: 18, text: "pause job 2 \"shot_010 comp\"",
      nodes: [NodeOutcome(node: "job 2", isDone: true, message: "started again")])
    console.happens(.undone(console.model.lastRequest, .success(outcome)))
    #expect(console.status.contains("undone: pause job 2 \"shot_010 comp\"; job 2: started again"))
    #expect(console.model.message?.kind == .good && !console.status.contains("takes it back"))
    #expect(Self.undos(console.type("U")) == [17])
    console.happens(.undone(console.model.lastRequest, .failure(Failure(.notFound, "its time is over"))))
    #expect(console.status.contains("undo: its time is over") && console.model.message?.kind == .bad)
    #expect(Self.undos(console.type("U")).isEmpty)
  }

  @Test("when its time is over nothing is offered; what is too much to be kept is told")
  func over() {
    var console = console()
    pause(&console, UndoOffer(number: 17, seconds: 5))
    console.happens(.tick, after: 6)
    #expect(!console.status.contains("takes it back"))
    #expect(Self.undos(console.type("U")).isEmpty)
    pause(&console, UndoOffer(number: 0, seconds: 0, note: "it cannot be undone"))
    #expect(console.status.contains("paused — it cannot be undone"))
    #expect(Self.undos(console.type("U")).isEmpty)
  }

  @Test("a list of what can be taken back, whoever ordered it; one is chosen")
  func list() {
    var console = console()
    #expect(console.type("Z").contains { if case .listUndos = $0 { true } else { false } })
    console.happens(
      .undos(
        console.model.lastRequest,
        .success([
          UndoRow(number: 9, who: "bob@desk", seconds: 12, text: "delete 3 jobs"),
          UndoRow(number: 8, who: "anna@desk", seconds: 4, text: "pause job 2"),
        ])))
    guard case .menu(let menu)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(menu.entries.map(\.title) == ["9  delete 3 jobs, by bob@desk", "8  pause job 2, by anna@desk"])
    #expect(menu.entries.map(\.key) == ["12 s", "4 s"])
    #expect(Self.undos(console.type("Down", "Enter")) == [8])
    console.happens(.undos(console.model.lastRequest, .success([])))
    #expect(console.status.contains("nothing can be taken back"))
  }

  @Test("read only, nothing is taken back")
  func readOnly() {
    var console = Fixture(isReadOnly: true)
    console.connect()
    console.showJobs(Sample.jobs)
    #expect(Self.undos(console.type("U")).isEmpty && console.status.contains("--read-only"))
  }
}
