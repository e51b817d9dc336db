import Model
import Testing
import Wire

@testable import Console

@Suite("users, trees, the map, the system job, events") struct ListPageTests {
  private func console(_ screen: ConsoleScreenID) -> Fixture {
    var console = Fixture(screen: screen)
    console.connect()
    return console
  }

  @Test("Enter on a user shows the user's jobs, and only these")
  func user() {
    var console = console(.users)
    #expect(console.effects == [.subscribe(1, .users(UsersQuery()), Window(first: 0, count: 42))])
    console.showUsers(Sample.users)
    let effects = console.type("j", "Enter")
    var query = JobsQuery()
    query.user = "bob"
    #expect(effects.contains(.unsubscribe(1)))
    #expect(effects.contains(.subscribe(2, .jobs(query), Window(first: 0, count: 42))))
    #expect(console.model.screen == .jobs && console.model.jobs.filter == "user:bob")
  }

  @Test("users are filtered and sorted by the server, under the same number")
  func usersQuery() {
    var console = console(.users)
    console.showUsers(Sample.users)
    console.type("f")
    console.enter("an")
    var query = UsersQuery()
    query.mask = "an"
    #expect(console.type("Enter") == [.subscribe(1, .users(query), Window(first: 0, count: 42))])
    console.type("s", "j", "j", "Enter")
    query.order = .running
    #expect(console.model.active[.users]?.topic == .users(query))
    console.type("S")
    #expect(console.model.users.query.isDescending)
    console.type("q")
    #expect(console.model.users.query.mask.isEmpty)
  }

  @Test("folding goes on under the same number, and the cursor stays on its branch")
  func fold() {
    var console = console(.work)
    console.showTree(Sample.work)
    console.type("j", "j")
    let effects = console.type("Left")
    guard case .subscribe(1, .work(let query), _)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(query.closed == ["/film/shot_010"])
    var rows = Sample.work
    rows.removeSubrange(3...4)
    rows[2].isOpen = false
    console.showTree(rows)
    #expect(console.model.work.tree.list.current?.path == "/film/shot_010")
    // Left again: to what it is in. Right opens, then goes on.
    console.type("Left")
    #expect(console.model.work.tree.list.current?.path == "/film")
    console.type("j", "Right")
    #expect(console.model.work.tree.closed.isEmpty)
    console.showTree(Sample.work)
    console.type("Right")
    #expect(console.model.work.tree.list.current?.job?.id == JobID(2))
    console.type("Left")
    #expect(console.model.work.tree.list.current?.path == "/film/shot_010")
    console.type("Enter")
    #expect(console.model.work.tree.closed == ["/film/shot_010"])
  }

  @Test("no more nodes are closed than the server takes")
  func closedBound() {
    var console = console(.work)
    console.showTree(Sample.work)
    console.model.work.tree.closed = Set((0..<Limits.closedNodes).map { "/\($0)" })
    console.type("t")
    #expect(console.model.work.tree.closed.count == Limits.closedNodes)
    #expect(console.status.contains("cannot be closed"))
  }

  @Test("jobs in the tree are opened, tagged and ordered as in the list")
  func treeJobs() {
    var console = console(.work)
    console.showTree(Sample.work)
    for _ in 0..<3 { console.type("j") }
    console.type("Space")
    #expect(Set(console.model.tags.jobs.keys) == [JobID(2)])
    console.type("u")
    console.type("k", "P")
    let ordered = console.effects.compactMap { if case .operate(_, let operation) = $0 { operation } else { nil } }
    #expect(ordered == [Operation(kind: .pause, jobs: .ids([JobID(2)]))])
    let effects = console.type("Enter")
    #expect(effects.contains(.subscribe(2, .blocks(JobID(2)), Window(first: 0, count: 2))) || console.model.job?.id == JobID(2))
    console.type("q")
    #expect(console.model.place == .work)
    // On a branch it is the branch that is paused.
    console.may(.superUser)
    #expect(
      console.type("g", "P").contains { if case .edit(_, let edit) = $0 { edit.target == .branches(.names(["/"])) } else { false } }
    )
  }

  @Test("the farm as a tree, a list and a map: one cursor, one filter, orders on the render")
  func farm() {
    var console = console(.farm)
    console.showRenders(Sample.renders)
    console.type("j", "v")
    #expect(console.model.place == .heat)
    console.showHeat("bno", renders: Sample.renders)
    #expect(console.model.currentRender?.name == "render02")
    console.may(.superUser)
    console.type("a", "N")
    #expect(
      console.effects.contains { if case .operateRenders(_, .NIMBY, ["render02"]) = $0 { true } else { false } }
        || console.model.overlay != nil)
    console.type("Esc")
    console.type("f")
    console.enter("state:nimby")
    console.type("Enter", "v")
    #expect(console.model.place == .farmTree)
    guard case .farm(let query)? = console.model.active[.farmTree]?.topic else {
      Issue.record("no tree")
      return
    }
    #expect(query.renders.state.contains(.nimby))
  }

  @Test("the map: deltas change cells; another zoom is another subscription")
  func heat() {
    var console = console(.farm)
    console.type("v")
    console.showHeat("iiii", renders: Sample.renders)
    let number = console.number(.heat)
    var delta = ViewUpdate(subscription: number, isSnapshot: false, total: 4, first: 0)
    delta.grid = GridChange(runs: [(2, "b")], totalTasks: 4)
    console.happens(.view(delta))
    #expect((0..<4).map { console.model.heat.grid.letter(cell: $0) } == Array("iibi".utf8))
    console.type("b")
    #expect(console.number(.heat) != number)
    console.happens(.view(delta))
    #expect(console.model.heat.grid.letter(cell: 0) == UInt8(ascii: "i"), "what is late is nobody's")
  }

  @Test("a task of the system job opens its log, a command that waits tells of itself; blocks turn")
  func system() {
    var console = console(.system)
    console.showSystem(Sample.systemBlocks, Sample.commands)
    console.type("G", "Enter")
    #expect(console.text.joined().contains("queued"))
    console.type("Esc", "g", "Enter")
    #expect(console.model.log?.key == TaskKey(job: .system, block: BlockIndex(0), task: TaskIndex(0)))
    console.type("q", "]")
    #expect(console.model.active[.system]?.topic == .system(.events))
  }

  @Test("events come once, follow, stand still when scrolled, and go on after a lost connection")
  func events() {
    var console = console(.events)
    #expect(
      console.effects.contains(
        .subscribe(1, .events(EventsQuery(after: 0, last: FeedPage<EventRow>.capacity)), Window(first: 0, count: 0)))
    )
    console.showEvents(Sample.events)
    #expect(console.model.events.list.cursor == 3)
    console.type("k")
    console.showEvents([Sample.event(5, "JOB_DELETED", "job 5", info: "")], isSnapshot: false)
    #expect(console.model.events.list.total == 5 && console.model.events.list.cursor == 2)
    console.type("F")
    #expect(console.model.events.list.cursor == 4)
    console.happens(.link(.lost(reason: "it left", nextTry: console.now)), after: 1)
    let effects = console.happens(
      .link(.connected(serverName: "farm", serverVersion: "0.1.0", time: console.now, firstMet: nil)), after: 1)
    #expect(effects.contains { if case .subscribe(_, .events(let query), _) = $0 { query.after == 5 } else { false } })
    console.showEvents([Sample.events[3], Sample.event(6, "JOB_CREATED", "job 6", info: "")])
    #expect(console.model.events.all.map(\.number) == [1, 2, 3, 4, 5, 6])
    console.type("Enter")
    #expect(console.model.job?.id == JobID(6))
  }
}
