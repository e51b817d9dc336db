import Model
import Testing

@testable import Console

@Suite struct KeptTests {
  private func console() -> Fixture {
    var console = Fixture(Size(rows: 24, columns: 120))
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  /// The same console, started anew with what the last one kept.
  private func again(_ kept: Kept) -> ConsoleModel {
    var options = ConsoleOptions(user: "anna", server: "farm:51000")
    options.kept = kept
    return ConsoleModel(options: options, size: Size(rows: 24, columns: 120), now: Instant(seconds: 1))
  }

  @Test("columns, order, filter, density and theme come back, and what was written is read")
  func roundTrip() throws {
    var console = console()
    console.type("c", "Space", "Enter")
    console.type("s", "j", "Enter")
    console.type("S", "d")
    console.type("f")
    console.enter("prio>50 !user:bob")
    console.type("Enter")
    console.happens(.theme(.success("light")))
    let kept = try #require(console.kept.last)
    let read = try Kept.parse(Array(kept.text.utf8))
    #expect(read == kept)
    let model = again(read)
    #expect(model.looks == console.model.looks && model.looks[.jobs]?.columns?.first == "user")
    #expect(model.jobs.query == console.model.jobs.query && model.jobs.query.order == .name && model.jobs.query.isDescending)
    #expect(model.jobs.filter == "prio>50 !user:bob")
    #expect(model.density == .abbreviated)
    #expect(read.theme == "light")
  }

  @Test("the filters of users, of work and of what goes on and on come back too")
  func filters() throws {
    var console = console()
    for (keys, filter) in [
      (["4"], "anna"), (["2"], "state:err"), (["6"], "JOB"), (["6", "L"], "warning"), (["6", "J"], "!reeve"),
    ] {
      for key in keys { console.type(key) }
      console.type("f")
      console.enter(filter)
      console.type("Enter")
    }
    console.type("2", "S")
    let model = again(try Kept.parse(Array(try #require(console.kept.last).text.utf8)))
    #expect(model.users.filter == "anna" && model.work.filter == "state:err" && model.work.query.isDescending)
    #expect(model.events.filter.text == "JOB" && model.serverLog.filter.text == "warning" && model.journal.filter.text == "!reeve")
  }

  @Test("nothing is written while nothing is chosen")
  func quiet() {
    var console = console()
    console.type("j", "k", "Enter", "Esc", "?", "Esc")
    console.happens(.tick, after: 1)
    #expect(console.kept.isEmpty)
    // The theme of the start is no choice, the same one read again neither.
    console.happens(.theme(.success("dark")))
    #expect(console.kept.isEmpty)
  }

  @Test("the farm's list has its own order and filter")
  func farm() throws {
    var console = console()
    console.type("3")
    console.type("s", "j", "j", "Enter")
    console.type("f")
    console.enter("cpu>90")
    console.type("Enter")
    let model = again(try #require(console.kept.last))
    #expect(model.renders.query.order == .load)
    #expect(model.renders.query.terms.count == 1 && model.renders.filter == "cpu>90")
    #expect(!model.jobs.query.isFilter)
  }

  @Test(
    "a damaged file is told with what is wrong",
    arguments: [
      ("{", "line 1"), ("[]", "expected an object, found a list"),
      ("{\"theme\": 3}", "theme: expected a text of at most 2000 bytes"),
      ("{\"lists\": []}", "lists: expected an object"), ("{\"lists\": {\"jobs\": 1}}", "lists.jobs: expected an object"),
      ("{\"lists\": {\"jobs\": {\"columns\": \"id\"}}}", "lists.jobs.columns: expected a list of at most 100 names"),
      ("{\"lists\": {\"jobs\": {\"columns\": [1]}}}", "lists.jobs.columns: expected a text"),
      ("{\"lists\": {\"jobs\": {\"descending\": 1}}}", "lists.jobs.descending: expected true or false"),
    ])
  func damaged(_ text: String, _ message: String) {
    let failure = #expect(throws: Failure.self) { try Kept.parse(Array(text.utf8)) }
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
  }

  @Test("what another version kept does no harm: unknown lists, columns, orders, filters")
  func otherVersion() throws {
    let text = """
      {"density": "tiny", "new": 1, "lists": {"planets": {"columns": []},
        "jobs": {"columns": ["moons", "name"], "order": "mass", "filter": "moons>3"},
        "renders": {"columns": ["moons"]}}}
      """
    let model = again(try Kept.parse(Array(text.utf8)))
    #expect(model.density == .short)
    #expect(model.jobs.query == JobsQuery() && model.jobs.filter == "")
    var console = console()
    console.model.looks = model.looks
    #expect(console.text[1].split(separator: " ") == ["NAME"])
    console.type("3")
    console.showRenders(Sample.renders)
    #expect(console.text[1].contains("STATE"))
  }

  @Test("what could not be read or written is said")
  func notices() {
    var options = ConsoleOptions(user: "anna", server: "farm:51000")
    options.notice = "what was kept is damaged"
    let model = ConsoleModel(options: options, size: Size(rows: 24, columns: 80), now: Instant(seconds: 1))
    #expect(draw(model, model.size, .dark).text.last?.contains("what was kept is damaged") == true)
    var console = console()
    console.happens(.notKept(Failure(.failed, "what was chosen is not kept: disk full")))
    #expect(console.status.contains("disk full"))
  }

  @Test("a filter too long to be read again is not written")
  func longFilter() throws {
    var console = console()
    console.type("f")
    console.happens(.input(.paste("x" + String(repeating: "e\u{301}\u{302}\u{303}", count: 400))))
    console.type("Enter", "d")
    let kept = try #require(console.kept.last)
    #expect(console.model.jobs.filter.utf8.count > 2000)
    #expect(try Kept.parse(Array(kept.text.utf8)) == kept)
  }
}
