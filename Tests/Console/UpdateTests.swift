import Model
import Testing

@testable import Console

@Suite struct UpdateTests {
  private func console(isReadOnly: Bool = false) -> Fixture {
    var console = Fixture(isReadOnly: isReadOnly)
    console.connect()
    console.showJobs(Sample.jobs)
    console.effects = []
    return console
  }

  private func operations(_ effects: [ConsoleEffect]) -> [Model.Operation] {
    effects.compactMap { if case .operate(_, let operation) = $0 { operation } else { nil } }
  }

  // MARK: - Subscriptions

  @Test("a connection subscribes what is seen, and only that")
  func subscribes() {
    var console = Fixture()
    #expect(console.effects.isEmpty)
    console.connect()
    #expect(console.effects == [.subscribe(1, .jobs(JobsQuery()), Window(first: 0, count: 42))])
  }

  @Test("into a job and out again: the list's subscription goes and comes back")
  func trail() {
    var console = console()
    let opened = console.type("Enter")
    #expect(opened.contains(.unsubscribe(1)))
    #expect(console.model.active.keys.sorted { "\($0)" < "\($1)" } == [.blocks, .job])
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "b", counts: Sample.counts(40))], letters: "rrrr")
    #expect(Set(console.model.active.keys) == [.job, .blocks, .grid, .details])
    console.type("q")
    #expect(Set(console.model.active.keys) == [.jobs])
  }

  @Test("numbers are never used again, so that what comes late is nobody's")
  func late() {
    var console = console()
    console.type("Enter")
    let old = console.number(.job)
    console.type("q", "Down", "Enter")
    #expect(console.number(.job) != old)
    var update = ViewUpdate(subscription: old, isSnapshot: true, total: 0, first: 0)
    update.jobs = []
    console.happens(.view(update))
    #expect(console.model.job?.gone == nil)
  }

  @Test("a filter goes into the subscription, under the same number")
  func filter() {
    var console = console()
    console.type("f")
    console.enter("user:bob state:err,run light")
    let effects = console.type("Enter")
    var query = JobsQuery()
    query.user = "bob"
    query.state = [.error, .running]
    query.mask = "light"
    #expect(effects == [.subscribe(1, .jobs(query), Window(first: 0, count: 42))])
    #expect(console.model.jobs.list.isLoaded == false)
  }

  @Test("a state that is none is told, and nothing changes")
  func badFilter() {
    var console = console()
    console.type("f")
    console.enter("state:purple")
    #expect(console.type("Enter") == [])
    #expect(console.status.contains("no state is called “purple”"))
  }

  @Test("the order goes into the subscription")
  func sort() {
    var console = console()
    console.type("s", "j", "Enter")
    #expect(console.model.jobs.query.order == .name)
    console.type("S")
    #expect(console.model.jobs.query.isDescending)
    guard case .jobs(let query)? = console.model.active[.jobs]?.topic else { return #expect(Bool(false)) }
    #expect(query.order == .name && query.isDescending)
  }

  @Test("the same keys again ask for nothing: no subscription is sent without a change")
  func quiet() {
    var console = console()
    console.type("Down", "Up", "Down")
    console.happens(.tick, after: 1)
    #expect(console.effects == [])
  }

  // MARK: - Orders

  @Test("what is harmless and one's own is done at once")
  func pause() {
    var console = console()
    #expect(operations(console.type("P")) == [Operation(kind: .pause, jobs: .ids([JobID(2)]))])
    #expect(console.model.overlay == nil)
  }

  @Test("what ends work asks first, with Cancel chosen", arguments: ["O", "R", "D"])
  func asks(_ key: String) {
    var console = console()
    #expect(operations(console.type(key)).isEmpty)
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(!question.isVerbChosen)
    #expect(question.question.contains("job 2 “shot_010 comp”"))
    #expect(operations(console.type("Enter")).isEmpty)
    #expect(console.status.contains("nothing was done"))
  }

  @Test("the verb is done when it is chosen")
  func confirmed() {
    var console = console()
    #expect(operations(console.type("D", "Right", "Enter")) == [Operation(kind: .delete, jobs: .ids([JobID(2)]))])
  }

  @Test("another user's job asks, whatever is done to it")
  func others() {
    var console = console()
    console.may(.superUser)
    console.type("Down", "Down", "P")
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(question.lines.contains("It belongs to bob, not to you."))
  }

  @Test("rows that move while a question stands do not change what is hit")
  func movingRows() {
    var console = console()
    console.type("D")
    console.showJobs(Sample.jobs.reversed())
    #expect(operations(console.type("y")) == [Operation(kind: .delete, jobs: .ids([JobID(2)]))])
  }

  @Test("tagged rows are hit together, by id, and counted in the question")
  func tagged() {
    var console = console()
    console.type("Space", "Space", "P")
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(question.question == "Pause 2 jobs?")
    #expect(operations(console.type("y")) == [Operation(kind: .pause, jobs: .ids([JobID(2), JobID(3)]))])
  }

  @Test("the answer stands in the status line", arguments: [true, false])
  func answer(_ isDone: Bool) {
    var console = console()
    console.type("P")
    console.happens(
      .operated(
        1,
        .success([OperationOutcome(job: JobID(2), name: "shot_010 comp", isDone: isDone, message: isDone ? "paused" : "it is done")]
        )))
    #expect(console.status.contains("pause job 2 “shot_010 comp”: \(isDone ? "paused" : "it is done")"))
    #expect(console.model.message?.kind == (isDone ? .good : .bad))
  }

  @Test("read only, nothing is sent", arguments: ["P", "C", "D", "R", "O", "E"])
  func readOnly(_ key: String) {
    var console = console(isReadOnly: true)
    #expect(operations(console.type(key, "y")).isEmpty)
    console.type("a", "Enter")
    #expect(console.status.contains("--read-only"))
  }

  @Test("tasks: one by one in the list, the cell's range in the grid, the block in the blocks")
  func tasks() {
    var console = console()
    console.type("Enter")
    console.showJob(
      Sample.jobs[0], blocks: [Sample.block(2, 0, "b", counts: Sample.counts(40))], letters: String(repeating: "r", count: 40))
    console.type("Right", "Right")
    let one = Operation(kind: .restart, jobs: .ids([JobID(2)]), block: .index(BlockIndex(0)), tasks: [TaskRange(first: 2, last: 2)])
    #expect(operations(console.type("R", "y")) == [one])
    console.type("Tab")
    console.showTasks((0..<40).map { Sample.task(JobID(2), BlockIndex(0), $0) })
    #expect(console.model.job?.tasks.cursor == 2)
    let skip = Operation(kind: .skip, jobs: .ids([JobID(2)]), block: .index(BlockIndex(0)), tasks: [TaskRange(first: 3, last: 3)])
    #expect(operations(console.type("Down", "K", "y")) == [skip])
    #expect(
      operations(console.type("Tab", "R", "y")) == [Operation(kind: .restart, jobs: .ids([JobID(2)]), block: .index(BlockIndex(0)))]
    )
    #expect(operations(console.type("P")) == [Operation(kind: .pause, jobs: .ids([JobID(2)]))])
  }

  @Test("a cell for many tasks means all of them, and asks with the count")
  func manyPerCell() {
    var console = console()
    console.type("Down", "Enter")
    console.showJob(Sample.jobs[1], blocks: [Sample.block(3, 0, "b", counts: Sample.counts(100_000))], letters: "r")
    let perCell = console.model.job?.grid.perCell ?? 0
    #expect(perCell > 1)
    let effects = console.type("Right", "R", "y")
    #expect(operations(effects).first?.tasks == [TaskRange(first: Int64(perCell), last: Int64(2 * perCell - 1))])
  }

  // MARK: - Connection

  @Test("a lost connection keeps the rows, says how old they are, and counts on")
  func lost() {
    var console = console()
    console.type("Down")
    console.happens(.link(.lost(reason: "connection refused", nextTry: console.now + .seconds(4))), after: 1)
    console.happens(.tick, after: 2)
    #expect(console.model.needsTick)
    #expect(console.text[1].contains("NO CONNECTION, this is 2s old (next try in 1s): connection refused"))
    #expect(console.text.contains { $0.contains("シーン_02") })
    #expect(console.type("P").isEmpty)
    #expect(console.status.contains("no connection"))
  }

  @Test("a connection that comes back finds everything where it was")
  func back() {
    var console = console()
    console.type("f")
    console.enter("user:bob")
    console.type("Enter")
    console.showJobs(Array(Sample.jobs[2...3]))
    console.type("Down")
    console.happens(.link(.lost(reason: "x", nextTry: console.now)))
    console.effects = []
    console.connect()
    guard case .subscribe(_, .jobs(let query), _)? = console.effects.first else { return #expect(Bool(false)) }
    #expect(query.user == "bob")
    console.showJobs(Array(Sample.jobs[2...3]))
    #expect(console.model.jobs.list.current?.id == JobID(5))
    #expect(!console.text[1].contains("NO CONNECTION"))
  }

  @Test("a log goes on where it was cut off")
  func logAgain() {
    var console = console()
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "b", counts: Sample.counts(40))], letters: "rrrr")
    console.type("Enter")
    var task = Sample.task(JobID(2), BlockIndex(0), 0)
    task.starts = 3
    console.showLog("one\ntwo\n", task: task)
    console.happens(.link(.lost(reason: "x", nextTry: console.now)))
    console.effects = []
    console.connect()
    let key = TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(0))
    #expect(
      console.effects.contains {
        if case .subscribe(_, .log(LogQuery(task: key, start: 3, offset: 8)), _) = $0 { true } else { false }
      })
    console.showLog("three\n", offset: 8)
    #expect(console.model.log?.buffer.count == 3)
  }

  @Test("frozen, nothing moves and what is missed is counted; then it comes as snapshots")
  func frozen() {
    var console = console()
    console.type("z")
    console.showJobs([])
    #expect(console.model.jobs.list.total == 5)
    #expect(console.text[1].contains("1 update is not shown"))
    let effects = console.type("z")
    #expect(effects.first == .unsubscribe(1))
    #expect(effects.contains { if case .subscribe(2, _, _) = $0 { true } else { false } })
  }

  @Test("after news were missed everything on screen is asked for anew")
  func missed() {
    var console = console()
    let effects = console.happens(.missed)
    #expect(effects == [.unsubscribe(1), .subscribe(2, .jobs(JobsQuery()), Window(first: 0, count: 42))])
  }

  @Test("a job that is deleted while it is seen says so")
  func gone() {
    var console = console()
    console.type("Enter")
    console.happens(.view(console.snapshot(.job, total: 0)))
    #expect(console.text.contains { $0.contains("cannot be shown: it was deleted") })
    #expect(console.model.active.isEmpty)
    console.type("q")
    #expect(console.model.place == .jobs)
  }

  // MARK: - Logs

  private func log(_ lines: Int) -> Fixture {
    var console = console()
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "b", counts: Sample.counts(40))], letters: "rrrr")
    console.type("Enter")
    console.showLog((1...lines).map { "line \($0)\n" }.joined())
    return console
  }

  @Test("following, the end stays in sight; scrolling up ends that, the end begins it again")
  func follow() {
    var console = log(100)
    #expect(console.text.contains("line 100"))
    let size = console.model.log?.buffer.next ?? 0
    console.type("k")
    console.showLog("line 101\n", offset: size)
    #expect(!console.text.contains("line 101"))
    console.type("G")
    #expect(console.text.contains("line 101"))
    #expect(console.status.contains("follows"))
    console.type("g")
    #expect(console.text[2] == "line 1")
    console.type("F")
    #expect(console.text.contains("line 101"))
  }

  @Test("a search goes along while it is typed, n and N go on, Esc goes back")
  func search() {
    var console = log(100)
    console.type("g", "/")
    console.enter("LINE")
    #expect(console.model.log?.match == nil)
    console.type("Ctrl-U")
    console.enter("line 5")
    #expect(console.model.log?.match == 4)
    console.type("Enter", "n")
    #expect(console.model.log?.match == 49)
    console.type("N")
    #expect(console.model.log?.match == 4)
    console.type("/")
    console.enter("line 77")
    console.type("Esc")
    #expect(console.text[2] == "line 1")
  }

  @Test("wrapped lines are scrolled row by row, to the last one")
  func wrap() {
    var console = log(3)
    let size = console.model.log?.buffer.next ?? 0
    console.showLog(String(repeating: "0123456789", count: 300) + "END\n", offset: size)
    #expect(!console.text.contains { $0.contains("END") })
    console.type("w")
    #expect(console.text.contains { $0.contains("END") })
    console.type("g", "PgDn", "PgDn", "PgDn")
    #expect(console.text.contains { $0.contains("END") })
  }

  @Test("a task that is started again is followed into its next start")
  func nextStart() {
    var console = log(3)
    var task = Sample.task(JobID(2), BlockIndex(0), 0)
    console.showLog("", offset: console.model.log?.buffer.next ?? 0, isEnd: true, task: task)
    task.starts = 2
    task.phase = .running
    var update = console.snapshot(.details, total: 40)
    update.tasks = [task]
    let effects = console.happens(.view(update))
    #expect(
      effects.contains { if case .subscribe(_, .log(let query), _) = $0 { query.start == 2 && query.offset == 0 } else { false } })
  }

  // MARK: - Keys and the command line

  @Test(
    "no key has two meanings in one scope, and every action has a key, but for the rarer orders: these have a letter in the menu")
  func table() {
    for scope in Action.Scope.allCases {
      let keys = Action.table.filter { $0.scope == scope }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(scope)")
    }
    let actions = Set(Action.table.filter { !$0.keys.isEmpty }.map(\.action))
    #expect(actions.union(Order.table.filter { !$0.letter.isEmpty }.map(\.action)) == Set(Action.allCases))
    #expect(Action.table.allSatisfy { !$0.help.isEmpty })
  }

  @Test("nothing that destroys is on a bare Ctrl key")
  func noControl() {
    for entry in Action.table where entry.scope == .orders { #expect(entry.keys.allSatisfy { !$0.modifiers.contains(.control) }) }
  }

  @Test("screens that are not there yet say so", arguments: ["7", "8"])
  func missing(_ key: String) {
    var console = console()
    console.type(key)
    #expect(console.status.contains("is not there yet"))
    #expect(console.model.screen == .jobs)
  }

  @Test("commands do what their actions do")
  func commands() {
    var console = console()
    func run(_ text: String) -> [ConsoleEffect] {
      console.type(":")
      console.enter(text)
      return console.type("Enter")
    }
    #expect(run("quit") == [.quit])
    #expect(run("theme light") == [.theme("light")])
    #expect(operations(run("pause")).count == 1)
    _ = run("renders")
    #expect(console.model.place == .renders)
    _ = run("job 77")
    #expect(console.model.job?.id == JobID(77))
    _ = run("wrap")
    #expect(console.status.contains("wrap is not for this page"))
    _ = run("fly")
    #expect(console.status.contains("no command “fly”"))
  }

  @Test("Tab completes a command")
  func completes() {
    var console = console()
    console.type(":")
    console.enter("fil")
    console.type("Tab")
    #expect(console.model.prompt?.editor.string == "filter ")
    console.type("Ctrl-U")
    console.enter("re")
    console.type("Tab")
    #expect(console.model.prompt?.hints.contains("restart") == true && console.text.contains { $0.contains("restart-done") })
  }

  @Test("Ctrl-C ends nothing, and says what does")
  func interrupt() {
    var console = console()
    #expect(console.type("Ctrl-C") == [])
    #expect(console.status.contains("Q leaves"))
  }

  @Test("pasted text goes into a line that is being typed, and nowhere else")
  func paste() {
    var console = console()
    #expect(console.happens(.input(.paste("Dy\nQ"))) == [])
    #expect(console.model.overlay == nil)
    console.type("f")
    console.happens(.input(.paste("two\nlines")))
    #expect(console.model.prompt?.editor.string == "two lines")
  }

  // MARK: - Mouse

  @Test("a click selects, a double click opens, the wheel scrolls, the tabs switch")
  func mouse() {
    var console = console()
    func click(_ row: Int, _ column: Int) { console.happens(.input(.mouse(.press(1), row: row, column: column, []))) }
    click(4, 10)
    #expect(console.model.jobs.list.cursor == 2)
    console.now = console.now + .seconds(1)
    click(3, 10)
    click(3, 10)
    #expect(console.model.job?.id == JobID(3))
    click(0, 18)
    #expect(console.model.place == .renders)
    click(0, 3)
    #expect(console.model.place == .job)
  }

  @Test("a click on a button of a question is its answer, one beside it is Cancel")
  func dialog() {
    var console = console()
    console.type("D")
    guard let overlay = console.model.overlay else { return #expect(Bool(false)) }
    let layout = DialogLayout(overlay, console.model)
    let effects = console.happens(.input(.mouse(.press(1), row: layout.verb.row, column: layout.verb.column + 2, [])))
    #expect(operations(effects).count == 1)
    console.type("D")
    #expect(operations(console.happens(.input(.mouse(.press(1), row: 1, column: 0, [])))).isEmpty)
    #expect(console.model.overlay == nil)
  }

  // MARK: - Idling

  @Test("time is only asked for while something that shows it is on screen")
  func ticks() {
    var console = Fixture()
    console.connect()
    console.showJobs([Sample.job(1, "idle")])
    #expect(!console.model.needsTick)
    console.showJobs(Sample.jobs)
    #expect(console.model.needsTick)
    console.type("3")
    console.showRenders(Sample.renders)
    #expect(!console.model.needsTick)
  }

  @Test("a message goes by itself, and then nothing ticks")
  func messages() {
    var console = Fixture()
    console.connect()
    console.showJobs([Sample.job(1, "idle")])
    console.type("7")
    #expect(console.model.needsTick)
    console.happens(.tick, after: 31)
    #expect(console.model.message == nil)
    #expect(!console.model.needsTick)
  }
}
