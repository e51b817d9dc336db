import Model
import Testing

@testable import Console

@Suite struct FilterTests {
  private func jobs(_ text: String) throws -> FilterExpression<JobField> { try FilterExpression<JobField>(text) }

  @Test("words are one expression for names; user and state have their own places")
  func plain() throws {
    let filter = try jobs("light test user:anna state:err,RUN")
    #expect(filter.mask == "light test")
    #expect(filter.user == "anna")
    #expect(try filter.jobState() == [.error, .running])
    #expect(filter.terms.isEmpty)
  }

  @Test(
    "conditions become terms",
    arguments: [
      ("prio>50", FilterTerm(field: "priority", comparison: .greater, values: ["50"])),
      ("percent<=80%", FilterTerm(field: "percent", comparison: .lessOrEqual, values: ["80"])),
      ("host~r0[1-9]", FilterTerm(field: "host", comparison: .found, values: ["r0[1-9]"])),
      ("!user:anna", FilterTerm(field: "user", comparison: .equal, values: ["anna"], isInverted: true)),
      ("user!=anna,bob", FilterTerm(field: "user", comparison: .equal, values: ["anna", "bob"], isInverted: true)),
      ("!prio:7,8", FilterTerm(field: "priority", comparison: .equal, values: ["7", "8"], isInverted: true)),
      ("!state:done", FilterTerm(field: "state", comparison: .equal, values: ["\(StateBits.done.rawValue)"], isInverted: true)),
      ("!comp", FilterTerm(field: "name", comparison: .found, values: ["comp"], isInverted: true)),
      ("name:\"a b\"", FilterTerm(field: "name", comparison: .equal, values: ["a b"])),
    ])
  func terms(_ text: String, _ term: FilterTerm) throws {
    let filter = try jobs(text)
    #expect(filter.terms == [term])
    #expect(filter.mask == "" && filter.user == "" && filter.tokens == [])
  }

  @Test(
    "what is not understood is told with what would be",
    arguments: [
      ("prioo>5", "no field is called “prioo”: use id, name, user, state, priority"),
      ("prio>high", "prio is a number, “high” is none"), ("prio~5", "prio cannot be compared by ~: write priority:5, or one of"),
      ("user>anna", "user cannot be compared by >: write user:NAME, or user~EXPRESSION"), ("host~r[", "“r[”: "),
      ("user:", "what should user be? write user:NAME"), ("name:\"a b", "a quote is not closed"), ("a(b", "“a(b”: "),
      ("!state:purple", "no state is called “purple”"),
    ])
  func faults(_ text: String, _ message: String) {
    let fault = #expect(throws: FilterFault.self) { try jobs(text) }
    #expect(fault?.message.hasPrefix(message) == true, "\(fault?.message ?? "")")
  }

  @Test("of renders there are other fields, and a user is one of them")
  func renders() {
    var console = Fixture(screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    console.type("f")
    console.enter("mem>90 user:render !state:nimby r0")
    console.type("Enter")
    let query = console.model.renders.query
    #expect(query.mask == "r0")
    #expect(
      query.terms == [
        FilterTerm(field: "memory", comparison: .greater, values: ["90"]),
        FilterTerm(field: "state", comparison: .equal, values: ["\(RenderState.nimby.rawValue)"], isInverted: true),
        FilterTerm(field: "user", comparison: .equal, values: ["render"]),
      ])
    #expect(console.text[1].contains("filter: mem>90"))
    console.type("Esc")
    #expect(!console.model.renders.query.isFilter)
  }

  @Test("an unknown field changes nothing")
  func unknown() {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("f")
    console.enter("colour:red")
    #expect(console.type("Enter") == [])
    #expect(console.status.contains("no field is called “colour”: use id, name"))
    #expect(console.text[2].contains("shot_010"))
  }

  @Test("only mine, or everybody's, leaves the other conditions as they are")
  func mine() {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("f")
    console.enter("user:bob,carla prio>50")
    console.type("Enter", "m")
    #expect(console.model.jobs.filter == "user:anna prio>50")
    #expect(console.model.jobs.query.user == "anna")
    #expect(console.model.jobs.query.terms.map(\.field) == ["priority"])
    console.type("m")
    #expect(console.model.jobs.filter == "prio>50" && console.model.jobs.query.user == "")
  }
}
