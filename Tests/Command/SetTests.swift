@testable import Command
import Model
import Testing
import Wire

@Suite("Changes on the command line")
struct SetTests {
  private func set(_ words: String...) throws -> [EditRequest] {
    let command = try #require(try ReeveCommand.parse(["set"] + words) as? SetCommand)
    return try command.requests()
  }

  @Test(
    "a value is JSON when it can be read as JSON, else a string; nothing is the empty string",
    arguments: [
      ("priority=50", "priority", .integer(50)), ("hosts_mask=r0.*", "hosts_mask", .string("r0.*")),
      ("annotation=", "annotation", .string("")), ("need_power=null", "need_power", .null), ("ppa=true", "ppa", .bool(true)),
      ("tickets_pool.NUKE=40", "tickets_pool.NUKE", .integer(40)), ("annotation=\"5\"", "annotation", .string("5")),
      ("services=[\"nuke\"]", "services", .array([.string("nuke")])), ("command=a=b", "command", .string("a=b")),
      ("need_os={", "need_os", .string("{")),
    ] as [(String, String, JSONValue)])
  func values(text: String, key: String, value: JSONValue) throws {
    #expect(try ChangeSyntax.parse(text) == EditRequest.Change(key: key, value: value))
  }

  @Test("words go into lists and out of them")
  func words() throws {
    #expect(
      try ChangeSyntax.parse("services+=nuke") == EditRequest.Change(key: "services", value: .string("nuke"), manner: .add))
    #expect(
      try ChangeSyntax.parse("services-=5") == EditRequest.Change(key: "services", value: .string("5"), manner: .remove))
    // What is kept as a text is a text, whatever it looks like.
    let data = #"{"emails": ["ann@example.org"]}"#
    #expect(try ChangeSyntax.parse("custom_data=\(data)") == EditRequest.Change(key: "custom_data", value: .string(data)))
    for bad in ["services+=", "priority", "=5", "+=5"] { #expect(throws: Failure.self) { try ChangeSyntax.parse(bad) } }
  }

  @Test("undo takes a number or nothing; what its answer says, in words and in JSON")
  func undo() throws {
    #expect((try ReeveCommand.parse(["undo"]) as? UndoCommand)?.number == nil)
    #expect((try ReeveCommand.parse(["undo", "17"]) as? UndoCommand)?.number == 17)
    #expect((try ReeveCommand.parse(["undo", "--list"]) as? UndoCommand)?.list == true)
    for wrong in [["undo", "0"], ["undo", "x"], ["undo", "--list", "5"]] {
      #expect(throws: (any Error).self) { try ReeveCommand.parse(wrong) }
    }
    let offers = [
      UndoOffer(number: 17, seconds: 30), UndoOffer(number: 0, seconds: 0, note: "no"), UndoOffer(number: 18, seconds: 30),
    ]
    #expect(UndoPresentation.line([]) == nil)
    #expect(UndoPresentation.line(Array(offers[..<1])) == "reeve undo 17 takes it back within 30 s")
    #expect(UndoPresentation.line(offers) == "reeve undo 17, reeve undo 18 take it back within 30 s; no")
    let document = JSONValue.object(["jobs": .array([])])
    #expect(UndoPresentation.adding([nil], to: document) == document)
    #expect(
      UndoPresentation.adding(offers, to: document)["undo"]?.array?.map { $0["number"] } == [.integer(17), .null, .integer(18)])
  }

  @Test("names stand before changes; numbers and names of jobs are told apart")
  func jobs() throws {
    let changes = [EditRequest.Change(key: "priority", value: .integer(5))]
    #expect(
      try set("jobs", "12", "14", "shot a=b", "priority=5") == [
        EditRequest(target: .jobs(.ids([JobID(12), JobID(14)])), changes: changes),
        EditRequest(target: .jobs(.name("shot a=b")), changes: changes),
      ])
    #expect(
      try set("job", "--mask", "a.*", "priority=5") == [EditRequest(target: .jobs(.mask("a.*")), changes: changes)])
    #expect(
      try set("blocks", "12", "--block", "render", "priority=5") == [
        EditRequest(target: .blocks(.ids([JobID(12)]), .name("render")), changes: changes)
      ])
    #expect(
      try set("blocks", "12", "--all-blocks", "priority=5") == [
        EditRequest(target: .blocks(.ids([JobID(12)]), nil), changes: changes)
      ])
    #expect(
      try set("tasks", "12", "--block", "1", "--tasks", "0-3", "priority=5") == [
        EditRequest(
          target: .tasks(.ids([JobID(12)]), .index(BlockIndex(1)), [TaskRange(first: 0, last: 3)]), changes: changes)
      ])
  }

  @Test("other nodes are meant by name or mask")
  func nodes() throws {
    let changes = [EditRequest.Change(key: "priority", value: .integer(5))]
    #expect(
      try set("renders", "r1", "r2", "priority=5") == [EditRequest(target: .renders(.names(["r1", "r2"])), changes: changes)])
    #expect(try set("pool", "/", "priority=5") == [EditRequest(target: .pools(.names(["/"])), changes: changes)])
    #expect(try set("branches", "/film", "priority=5") == [EditRequest(target: .branches(.names(["/film"])), changes: changes)])
    #expect(try set("users", "--mask", "a.*", "priority=5") == [EditRequest(target: .users(.mask("a.*")), changes: changes)])
  }

  @Test(
    "what makes no sense is a usage error",
    arguments: [
      ["jobs", "5"], ["jobs", "priority=5"], ["sheep", "5", "priority=5"], ["jobs", "5", "--mask", "x", "priority=5"],
      ["blocks", "5", "capacity=5"], ["jobs", "5", "--block", "0", "priority=5"], ["tasks", "5", "--block", "0", "command=x"],
      ["blocks", "5", "--block", "0", "--all-blocks", "capacity=5"], ["renders", "--mask", "(", "priority=5"],
      ["jobs", "5", "priority=5", "stray"],
    ])
  func usage(words: [String]) throws {
    let command = try #require(try ReeveCommand.parse(["set"] + words) as? SetCommand)
    #expect { try command.requests() } throws: { ($0 as? Failure)?.code == .usage }
  }

  @Test("a line of what if names one node, with quotes around what has spaces")
  func lines() throws {
    let priority = [EditRequest.Change(key: "priority", value: .integer(150))]
    #expect(try EditSyntax.line("job 12 priority=150") == EditRequest(target: .jobs(.ids([JobID(12)])), changes: priority))
    #expect(
      try EditSyntax.line("job 'shot 010' priority=150") == EditRequest(target: .jobs(.name("shot 010")), changes: priority))
    #expect(
      try EditSyntax.line("pool / tickets_pool.NUKE=40")
        == EditRequest(target: .pools(.names(["/"])), changes: [.init(key: "tickets_pool.NUKE", value: .integer(40))]))
    #expect(
      try EditSyntax.line("block 12 render capacity=500")
        == EditRequest(
          target: .blocks(.ids([JobID(12)]), .name("render")), changes: [.init(key: "capacity", value: .integer(500))]))
    for bad in [
      "", "job", "job 12", "job 12 14 priority=5", "sheep 1 a=b", "tasks 5 a=b", "job 'x priority=5", "block 12 capacity=5",
    ] {
      #expect { try EditSyntax.line(bad) } throws: { ($0 as? Failure)?.code == .usage }
    }
    let whatIf = try #require(
      try ReeveCommand.parse(["whatif", "--set", "job 12 priority=150", "--drain", "r1", "--drain", "r2"]) as? WhatIfCommand)
    #expect(try whatIf.requests().count == 1 && whatIf.drain == ["r1", "r2"])
    let nothing = try #require(try ReeveCommand.parse(["whatif"]) as? WhatIfCommand)
    #expect(throws: Failure.self) { try nothing.requests() }
  }

  @Test("a pool is looked at by its path alone, made and removed by an order before it")
  func orders() throws {
    #expect(try NodeWords.parse(["/farm"], .pool, canCreate: true) == .show("/farm"))
    #expect(try NodeWords.parse(["delete"], .user, canCreate: false) == .show("delete"))
    #expect(
      try NodeWords.parse(["create", "/a", "/b"], .pool, canCreate: true)
        == .order(NodeOrder(kind: .pool, names: ["/a", "/b"], creates: true)))
    #expect(
      try NodeWords.parse(["delete", "ann"], .user, canCreate: false)
        == .order(NodeOrder(kind: .user, names: ["ann"], creates: false)))
    for bad in [[], ["/a", "/b"], [""], ["create", "ann"]] as [[String]] {
      #expect(throws: Failure.self) { try NodeWords.parse(bad, .user, canCreate: false) }
    }
  }

  @Test("the question before a change names the nodes, ten at most, harmlessly")
  func question() {
    #expect(
      Confirmation.question("Change", nodes: ["job 5 \"a\u{1B}b\"", "pool /farm"])
        == "Change 2 nodes: job 5 \"a␛b\", pool /farm? [y/N] ")
    #expect(Confirmation.question("Delete", nodes: (1...12).map { "user u\($0)" }).hasSuffix("user u10 and 2 more? [y/N] "))
  }

  @Test("tasks are restarted with those that they depend on when that is asked for")
  func depends() throws {
    let restart = try #require(
      try ReeveCommand.parse(["restart-done", "7", "--tasks", "0", "--with-depends"]) as? RestartDoneCommand)
    #expect(
      try restart.operations() == [
        Operation(
          kind: .restartDone, jobs: .ids([JobID(7)]), tasks: [TaskRange(first: 0, last: 0)], affectsDepends: true)
      ])
  }

  @Test("every operation on jobs has a command, every operation on renders a word")
  func everyOperation() {
    for kind in Operation.Kind.allCases { #expect(Reeve.names.contains(kind.word), "\(kind.word)") }
    for order in RenderOrder.allCases { #expect(RenderOrder(argument: order.word) == order) }
    #expect(RenderOrder.allCases.map(\.rawValue) == Array(1...11))
  }

  @Test("the journal is of one node or of all")
  func journal() throws {
    func object(_ words: String...) throws -> String {
      try #require(try ReeveCommand.parse(["journal"] + words) as? JournalCommand).object()
    }
    #expect(try object() == "")
    #expect(try object("--job", "14") == "job 14")
    #expect(try object("--render", "r1") == "render r1")
    #expect(try object("--pool", "/farm") == "pool /farm")
    #expect(try object("--branch", "/film") == "branch /film")
    #expect(try object("--of-user", "ann") == "user ann")
    #expect(throws: Failure.self) { try object("--job", "1", "--render", "r1") }
    #expect(throws: Failure.self) { try object("--limit", "0") }
  }
}
