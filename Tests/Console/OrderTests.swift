import Glibc
import Model
import Testing
import Wire

@testable import Console

@Suite("orders on every kind of node") struct OrderTests {
  private func jobs() -> Fixture {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  private func tree(_ screen: ConsoleScreenID) -> Fixture {
    var console = Fixture(screen: screen)
    console.connect()
    console.may(.administrator)
    if screen == .farm { console.type("v", "v") }
    console.showTree(screen == .farm ? Sample.pools : Sample.work)
    return console
  }

  private func edits(_ effects: [ConsoleEffect]) -> [EditRequest] {
    effects.compactMap { if case .edit(_, let request) = $0 { request } else { nil } }
  }

  // MARK: The table

  @Test("every operation of the server has its row, and so has every order on renders")
  func complete() {
    let deeds = Set(Order.table.map(\.deed))
    for kind in Operation.Kind.allCases { #expect(deeds.contains(.operation(kind)), "\(kind.word)") }
    for order in RenderOrder.allCases { #expect(deeds.contains(.renders(order)), "\(order.word)") }
    for kind in NodeOrder.Kind.allCases { #expect(deeds.contains(.remove(kind)), "\(kind)") }
  }

  @Test("a kind has each name once, and each key", arguments: Order.Kind.allCases)
  func unique(_ kind: Order.Kind) {
    let rows = Order.table.filter { $0.kind == kind }
    #expect(!rows.isEmpty)
    #expect(Set(rows.map(\.action)).count == rows.count)
    let keys = rows.map { $0.key.isEmpty ? $0.letter : $0.key }
    #expect(Set(keys).count == keys.count && !keys.contains(""))
    // What moves in a menu, or leaves it, is no key of an order.
    for key in keys { #expect(!["j", "k", "g", "G", "q", "A", "?"].contains(key), "\(kind) \(key)") }
    #expect(rows.allSatisfy { KeyStroke($0.key.isEmpty ? $0.letter : $0.key) != nil })
  }

  @Test("a name has one key in its scope, whatever the kind")
  func keys() {
    for order in Order.table where !order.key.isEmpty {
      let others = Order.table.filter { $0.kind.scope == order.kind.scope && $0.key == order.key }
      #expect(Set(others.map(\.action)) == [order.action], "\(order.key)")
    }
  }

  @Test("what an order asks for is a parameter of its kind")
  func asked() {
    for order in Order.table {
      guard case .ask(let ask) = order.deed, let key = ask.key else { continue }
      #expect(order.kind.parameters?.contains { $0.key == key } == true, "\(order.kind) \(key)")
    }
  }

  @Test("what cannot be taken back is asked first")
  func final() {
    for order in Order.table where [.delete, .restartBlock].contains(order.action) { #expect(order.isAskedFirst) }
  }

  // MARK: Nodes

  @Test("a pool is paused by its parameter; in the same tree the key pauses a render by the order for renders")
  func pool() {
    var console = tree(.farm)
    console.type("j")
    #expect(
      edits(console.type("P"))
        == [EditRequest(target: .pools(.names(["/linux"])), changes: [.init(key: "paused", value: .bool(true))])])
    console.happens(.edited(1, .success([NodeOutcome(node: "pool /linux", isDone: true, message: "paused: false -> true")])))
    #expect(console.status.contains("paused: false -> true"))
    console.type("j")
    let effects = console.type("P", "y")
    #expect(effects.contains { if case .operateRenders(_, .pause, ["render01"]) = $0 { true } else { false } })
  }

  @Test("tagged branches are hit together; a refused one is told with its reason, and stays tagged")
  func branches() {
    var console = tree(.work)
    console.type("j", "Space", "Space", "C")
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(question.question == "Start 2 branches?" && question.lines.contains("/film/shot_010"))
    #expect(edits(console.type("y")).first?.target == .branches(.names(["/film", "/film/shot_010"])))
    console.happens(
      .edited(
        1,
        .success([
          NodeOutcome(node: "branch /film", isDone: true, message: "paused: true -> false"),
          NodeOutcome(node: "branch /film/shot_010", isDone: false, message: "not permitted"),
        ])))
    guard case .answers(let answers)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(answers.done == 1 && answers.refused.map(\.message) == ["not permitted"])
    #expect(console.model.tags.branches.count == 2)
  }

  @Test("users are tagged, and deleted only after a question")
  func users() {
    var console = Fixture(screen: .users)
    console.connect()
    console.may(.administrator)
    console.showUsers(Sample.users)
    console.type("Space", "Space")
    #expect(console.model.tags.users == ["anna", "bob"])
    #expect(console.type("D").isEmpty)
    #expect(console.type("y") == [.orderNodes(1, NodeOrder(kind: .user, names: ["anna", "bob"], creates: false))])
  }

  @Test("the system job's block is emptied, and one task of it")
  func system() {
    var console = Fixture(screen: .system)
    console.connect()
    console.may(.superUser)
    console.showSystem(Sample.systemBlocks, Sample.commands)
    #expect(console.type("B").isEmpty)
    #expect(
      console.type("y")
        == [.operate(1, Operation(kind: .restart, jobs: .ids([.system]), block: .index(SystemBlock.postCommands.index)))])
    let task = TaskRange(first: 0, last: 0)
    #expect(
      console.type("R", "y")
        == [
          .operate(
            2, Operation(kind: .restart, jobs: .ids([.system]), block: .index(SystemBlock.postCommands.index), tasks: [task]))
        ])
    // What still waits in line is no task.
    console.type("j", "j")
    #expect(console.type("R").isEmpty && console.status.contains("no row"))
  }

  @Test("a task restarts with what it depends on")
  func depends() {
    var console = jobs()
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "b", counts: Sample.counts(40))], letters: "rrrr")
    let effects = console.type("a", "W", "y")
    guard case .operate(_, let operation)? = effects.first else { return #expect(Bool(false)) }
    #expect(operation.affectsDepends && operation.tasks == [TaskRange(first: 0, last: 0)])
  }

  // MARK: Fields

  @Test("the priority has a field: filled with what it is, checked before it is sent")
  func priority() {
    var console = jobs()
    let asked = console.type("I")
    #expect(asked == [.fetchParameters(1, .job(JobID(2)))])
    console.happens(.parameters(1, .success(ParameterValues(own: ["priority": .integer(99)]))))
    #expect(console.text.contains { $0.contains("whole number, 0 to 255") })
    console.type("Ctrl-U")
    console.enter("300")
    #expect(console.type("Enter").isEmpty)
    #expect(console.text.contains { $0.contains("300 is out of range (0 to 255)") })
    console.type("Ctrl-U")
    console.enter("150")
    #expect(
      edits(console.type("Enter"))
        == [EditRequest(target: .jobs(.ids([JobID(2)])), changes: [.init(key: "priority", value: .integer(150))])])
    #expect(console.model.overlay == nil)
  }

  @Test("what was typed is not overwritten by the value that comes late")
  func late() {
    var console = jobs()
    console.type("I", "7")
    console.happens(.parameters(1, .success(ParameterValues(own: ["priority": .integer(99)]))))
    guard case .field(let field)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(field.editor.string == "7")
  }

  @Test("a service goes into a pool's list, a ticket is a member of a map, a new pool stands below")
  func pools() {
    var console = tree(.farm)
    console.type("j", "a", "+")
    console.enter("nuke")
    #expect(
      edits(console.type("Enter"))
        == [
          EditRequest(target: .pools(.names(["/linux"])), changes: [.init(key: "services", value: .string("nuke"), manner: .add)])
        ])
    console.type("a", "t")
    console.enter("NUKE")
    #expect(console.type("Enter").isEmpty)
    #expect(console.text.contains { $0.contains("NAME=COUNT") })
    console.enter("=40")
    #expect(edits(console.type("Enter")).first?.changes == [.init(key: "tickets_pool.NUKE", value: .integer(40))])
    console.type("a", "n")
    console.enter("gpu")
    #expect(console.type("Enter") == [.orderNodes(5, NodeOrder(kind: .pool, names: ["/linux/gpu"], creates: true))])
  }

  @Test("the list of parameters is searched by typing; a field has the value, whose it is, and its unit")
  func parameters() {
    var console = tree(.farm)
    console.type("j")
    #expect(console.type("e") == [.fetchParameters(1, .pool("/linux"))])
    let root = ParameterValues.Above(name: "pool /", own: ["zombie_time": .integer(180)])
    console.happens(.parameters(1, .success(ParameterValues(own: ["priority": .integer(120)], above: [root]))))
    #expect(console.text.contains { $0.contains("priority") && $0.contains("120") })
    console.enter("zombie")
    #expect(console.text.contains { $0.contains("zombie_time") && $0.contains("180 s (from pool /)") })
    console.type("Enter")
    #expect(console.text.contains { $0.contains("inherits 180 from pool /") })
    console.type("Ctrl-U")
    console.enter("60")
    #expect(edits(console.type("Enter")).first?.changes == [.init(key: "zombie_time", value: .integer(60))])
  }

  @Test("of tagged rows all get the value, after a question that says it")
  func many() {
    var console = jobs()
    console.type("Space", "Space", "I", "Ctrl-U", "5")
    console.type("Enter")
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(question.lines.first == "priority=5" && question.question == "Change the priority of 2 jobs?")
    #expect(edits(console.type("y")).first?.target == .jobs(.ids([JobID(2), JobID(3)])))
  }

  @Test("values are shown as they can be typed again")
  func texts() throws {
    let values: [(JSONValue, KeyRule.Kind)] = [
      (.integer(5), .integer(0...9)), (.string("5"), .string(10)), (.string("a b=c"), .mask), (.bool(true), .bool),
      (.array([.string("a"), .string("b")]), .strings(5)), (.array([.string("a b")]), .strings(5)),
      (.object(["A": .integer(1), "B": .integer(2)]), .integerMap(0...9)), (.object(["A": .string("x y")]), .stringMap),
      (.string("null"), .string(10)),
    ]
    for (value, kind) in values.dropLast() {
      #expect(ParameterText.value(ParameterText.text(value, kind), kind) == value, "\(value)")
    }
    #expect(ParameterText.value("null", .string(10)) == .null)
  }

  @Test("custom data goes to the editor and comes back; what is no JSON of the right length is not sent")
  func editor() {
    var console = jobs()
    #expect(console.type("a", "v") == [.fetchParameters(1, .job(JobID(2)))])
    let asked = console.happens(.parameters(1, .success(ParameterValues(own: ["custom_data": .string("old")]))))
    #expect(asked == [.editText(1, "old")])
    #expect(edits(console.happens(.textEdited(1, .success("old")))).isEmpty)
    console.type("a", "v")
    console.happens(.parameters(2, .success(ParameterValues(own: JSONObject()))))
    #expect(
      edits(console.happens(.textEdited(2, .success("{\"a\": 1}")))).first?.changes
        == [.init(key: "custom_data", value: .string("{\"a\": 1}"))])
    console.type("a", "v")
    console.happens(.parameters(4, .success(ParameterValues(own: JSONObject()))))
    let long = String(repeating: "x", count: Limits.textBytes + 1)
    #expect(edits(console.happens(.textEdited(4, .success(long)))).isEmpty)
    #expect(console.status.contains("custom_data"))
  }

  // MARK: All that match

  private func filtered() -> Fixture {
    var console = jobs()
    console.type("f")
    console.enter("state:err")
    console.type("Enter")
    console.showJobs([Sample.jobs[2]], total: 312)
    return console
  }

  @Test("without a filter all are not offered; with one, with the count")
  func offered() {
    var console = jobs()
    console.type("a")
    guard case .menu(let plain)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(!plain.entries.contains { $0.choice == .matching })
    console = filtered()
    console.type("a")
    guard case .menu(let menu)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(menu.entries.last?.title == "All 312 jobs that match “state:err”…")
  }

  @Test("an order on all that match asks the server first, then the person, then goes by the selection")
  func matching() {
    var console = filtered()
    let asked = console.type("a", "A", "C")
    guard case .select(let number, .jobs(let query))? = asked.first else { return #expect(Bool(false)) }
    #expect(query.state == .error && console.model.overlay == nil)
    console.happens(.selected(number, .success(SelectedRows(number: 77, count: 310, first: ["4 light test (bob)"]))))
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(question.question == "Start all 310 jobs that match “state:err”?")
    #expect(question.lines == ["4 light test (bob)", "and 309 more"] && !question.isVerbChosen)
    let given = console.type("y")
    #expect(given == [.orderSelected(number + 1, 77, .operation(.start))])
    console.happens(
      .edited(
        number + 1,
        .success([
          NodeOutcome(node: "309 jobs", isDone: true, message: "done"),
          NodeOutcome(node: "job 9", isDone: false, message: "not permitted: it is a job of bob"),
        ])))
    #expect(console.text.contains { $0.contains("job 9") && $0.contains("not permitted") })
    // The server counts them, not its answer's rows.
    #expect(console.text.contains { $0.contains("309 jobs done; refused:") })
  }

  @Test("too many are told as the server says it, and whoever went on meanwhile is not asked")
  func refused() {
    var console = filtered()
    console.type("a", "A", "D")
    console.happens(
      .selected(1, .failure(Failure(.failed, "120000 jobs match; an order takes 100000 at most (narrow the filter)"))))
    #expect(console.status.contains("narrow the filter") && console.model.overlay == nil)
    console.type("a", "A", "D", "?")
    console.happens(.selected(2, .success(SelectedRows(number: 1, count: 2, first: []))))
    guard case .help? = console.model.overlay else { return #expect(Bool(false)) }
  }

  @Test("read only, nothing is asked of the server")
  func readOnly() {
    var console = Fixture(isReadOnly: true)
    console.connect()
    console.showJobs(Sample.jobs)
    #expect(console.type("I").isEmpty && console.status.contains("--read-only"))
    #expect(console.type("e").isEmpty)
    #expect(console.type("a", "v").isEmpty)
  }
}
