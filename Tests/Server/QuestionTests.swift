import Model
import Scheduler
import Settings
import Testing
import Wire

@testable import Server

@Suite("questions and orders") struct QuestionTests {
  @Test("an operation on a block or a task that is not there is about nothing: no such thing")
  func noSuchPlace() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let job = try await guest.submit(document("job", frames: 3), isPaused: true)
    func restart(_ block: BlockSelection?, _ tasks: [TaskRange]) async throws {
      let operation = Operation(kind: .restart, jobs: .ids([JobID(job)]), block: block, tasks: tasks)
      _ = try await guest.connection.request(.operate(WireOperate(operation)))
    }
    for (block, tasks) in [
      (.name("nix"), []), (.index(BlockIndex(1)), []), (nil, [TaskRange(first: 3, last: 3)]),
      (.name("block"), [TaskRange(first: 3, last: 9)]),
    ] as [(BlockSelection?, [TaskRange])] {
      await #expect { try await restart(block, tasks) } throws: { ($0 as? Failure)?.code == .notFound }
    }
    try await restart(.name("block"), [TaskRange(first: 2, last: 9)])
    await guest.connection.close()
    await house.close()
  }

  @Test("pools, branches and users come with all of their parameters")
  func nodes() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    try await guest.submit(document("job"), isPaused: true)
    guard case .pools(let pools) = try await guest.connection.request(.listPools(WireListPools())),
      case .branches(let branches) = try await guest.connection.request(.listBranches(WireListBranches())),
      case .users(let users) = try await guest.connection.request(.listUsers(WireListUsers()))
    else { throw Guest.WrongAnswer() }
    #expect(pools.rows.map(\.path) == ["/"] && branches.rows.map(\.path) == ["/"] && users.rows.map(\.name) == ["afadmin", "ann"])
    #expect(branches.rows[0].jobs == 1)
    #expect(try JSONParser.parse(pools.rows[0].parameters)["max_tasks_host"] == .integer(4))
    #expect(try JSONParser.parse(branches.rows[0].parameters)["solve_jobs"] == .bool(true))
    #expect(try JSONParser.parse(users.rows[0].parameters)["errors_avoid_host"] == .integer(3))
    await guest.connection.close()
    await house.close()
  }

  @Test("a job in a list names its branch; renders can be asked for by pool")
  func places() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1")
    try await guest.submit(document("job"), isPaused: true)
    #expect(try await guest.jobs().map(\.branch) == ["/"])
    func renders(_ pool: String) async throws -> [WireRenderRow] {
      var list = WireListRenders()
      list.pool = pool
      guard case .renders(let answer) = try await guest.connection.request(.listRenders(list)) else { throw Guest.WrongAnswer() }
      return answer.rows
    }
    #expect(try await renders("/").map(\.name) == ["r1"])
    #expect(try await renders("/").allSatisfy { $0.parameters.contains("\"pool\":\"/\"") })
    #expect(try await renders("/elsewhere").isEmpty)
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }

  @Test("new values are checked before the farm is asked: unknown keys, wrong types, wrong ranges")
  func badValues() {
    func fault(_ target: EditTarget, _ key: String, _ value: JSONValue) -> Failure? {
      do throws(Failure) {
        try EditCheck.check(EditRequest(target: target, changes: [.init(key: key, value: value)]))
        return nil
      } catch { return error }
    }
    let jobs = JobSelection.ids([JobID(2)])
    #expect(fault(.jobs(jobs), "prority", .integer(5))?.message.contains("did you mean \"priority\"") == true)
    #expect(fault(.jobs(jobs), "priority", .integer(256))?.code == .usage)
    #expect(fault(.jobs(jobs), "priority", .string("x"))?.code == .usage)
    #expect(fault(.jobs(jobs), "depend_mask", .string("("))?.code == .usage)
    #expect(fault(.blocks(jobs, nil), "capacity", .integer(-1))?.code == .usage)
    #expect(fault(.blocks(jobs, nil), "depend_mask", .string("("))?.code == .usage)
    #expect(fault(.tasks(jobs, .index(BlockIndex(0)), []), "sheep", .null)?.code == .usage)
    #expect(fault(.pools(.names(["/"])), "tickets_pool.NUKE", .integer(-5))?.code == .usage)
    #expect(fault(.users(.names(["a"])), "errors_retries", .integer(1000))?.code == .usage)
    #expect(fault(.branches(.names(["/"])), "solve_method", .string("dice"))?.code == .usage)
    for good in [
      fault(.jobs(jobs), "priority", .integer(5)), fault(.jobs(jobs), "priority", .null),
      fault(.jobs(jobs), "pools./a", .integer(5)),
      fault(.jobs(jobs), "user_name", .string("bob")), fault(.jobs(jobs), "branch", .string("/nowhere")),
      fault(.blocks(jobs, nil), "tickets.NUKE", .null), fault(.blocks(jobs, nil), "depend_mask", .string("other")),
      fault(.tasks(jobs, .index(BlockIndex(0)), []), "command", .string("x")),
      fault(.renders(.names(["r1"])), "nimby", .bool(true)), fault(.renders(.names(["r1"])), "user_name", .string("bob")),
      fault(.renders(.names(["r1"])), "capacity_host", .integer(5)), fault(.pools(.names(["/"])), "pattern", .string("r.*")),
    ] { #expect(good == nil) }
  }

  @Test("to set, to make and to remove: each node's outcome, and no such thing for names that nobody has")
  func edits() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    try await guest.raise()
    let job = try await guest.submit(document("job"), isPaused: true)
    func edit(_ target: EditTarget, _ changes: EditRequest.Change...) async throws -> [NodeOutcome] {
      let request = EditRequest(target: target, changes: changes)
      guard case .edited(let answer) = try await guest.connection.request(.edit(WireEdit(request))) else {
        throw Guest.WrongAnswer()
      }
      return answer.outcomes.map(NodeOutcome.init)
    }
    func order(_ kind: NodeOrder.Kind, _ name: String, creates: Bool) async throws -> [NodeOutcome] {
      let order = NodeOrder(kind: kind, names: [name], creates: creates)
      guard case .edited(let answer) = try await guest.connection.request(.orderNodes(WireOrderNodes(order))) else {
        throw Guest.WrongAnswer()
      }
      return answer.outcomes.map(NodeOutcome.init)
    }
    let set = try await edit(.jobs(.ids([JobID(job)])), .init(key: "priority", value: .integer(150)))
    #expect(set == [NodeOutcome(node: "job \(job)", isDone: true, message: "priority: 99 -> 150")])
    #expect(try await guest.jobs().first?.priority == 150)
    #expect(try await order(.pool, "/farm", creates: true).allSatisfy(\.isDone))
    #expect(try await order(.pool, "/farm", creates: true).contains { !$0.isDone })
    let both = try await edit(
      .pools(.mask(".*")), .init(key: "services", value: .string("nuke"), manner: .add), .init(key: "priority", value: .integer(5)))
    #expect(both.count == 2 && both.allSatisfy(\.isDone))
    let gone = try await edit(.pools(.names(["/farm"])), .init(key: "services", value: .string("nuke"), manner: .remove))
    #expect(gone.map(\.message) == ["services: [\"nuke\"] -> []"])
    await #expect { try await edit(.pools(.names(["/nix"])), .init(key: "priority", value: .null)) } throws: {
      ($0 as? Failure)?.code == .notFound
    }
    await #expect { try await order(.pool, "/nix", creates: false) } throws: { ($0 as? Failure)?.code == .notFound }
    await #expect { try await edit(.jobs(.ids([JobID(99)])), .init(key: "priority", value: .null)) } throws: {
      ($0 as? Failure)?.code == .notFound
    }
    let lines = store.changes.compactMap { if case .journal(let entry) = $0 { entry } else { nil } }
    #expect(
      lines.contains { $0.subject == "ann@desk (administrator)" && $0.object == "job \(job)" && $0.info.contains("99 -> 150") })
    await guest.connection.close()
    await house.close()
  }

  @Test("blocks and tasks are appended to a job that is there")
  func append() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let job = try await guest.submit(document("job"), isPaused: true)
    func append(_ document: String, block: String = "") async throws -> WireAdded {
      var append = WireAppend()
      append.place.selector.ids = [job]
      append.place.block = block
      append.document = .init(document.utf8)
      guard case .added(let answer) = try await guest.connection.request(.append(append)) else { throw Guest.WrongAnswer() }
      return answer
    }
    let added = try await append(#"{"blocks": [{"name": "more", "tasks": [{"name": "a", "command": "x"}]}]}"#)
    #expect(added.job == job && added.first == 1 && added.count == 1)
    let tasks = try await append(#"{"tasks": [{"name": "b", "command": "y"}, {"name": "c", "command": "z"}]}"#, block: "more")
    #expect(tasks.first == 1 && tasks.count == 2)
    #expect(try await guest.tasks(job).map(\.name) == ["frame 1", "a", "b", "c"])
    await #expect { try await append(#"{"tasks": [{"name": "d"}]}"#, block: "more") } throws: {
      "\($0)".contains("tasks[0].command")
    }
    await #expect { try await append(#"{"tasks": [{"name": "d", "command": "x"}]}"#, block: "nix") } throws: {
      ($0 as? Failure)?.code == .notFound
    }
    await guest.connection.close()
    await house.close()
  }

  @Test("when a job will be done is computed beside the farm; what if changes nothing")
  func forecasts() async throws {
    let house = try await House.open(store: TrickStore())
    let guest = try await house.guest()
    let render = try await house.guest(.render)
    _ = try await render.register("r1", maxTasks: 1)
    let job = try await guest.submit(document("job", frames: 3))
    render.finish(try #require(try await render.starts(1).first))
    _ = try await render.starts(2)
    func forecast(_ job: UInt32) async throws -> Forecast {
      var get = WireGetForecast()
      get.selector.ids = [job]
      guard case .forecast(let answer) = try await guest.connection.request(.getForecast(get)) else { throw Guest.WrongAnswer() }
      return Forecast(answer)
    }
    let known = try await forecast(job)
    #expect(known.likely != .never && known.early <= known.likely)
    await #expect { try await forecast(99) } throws: { ($0 as? Failure)?.code == .notFound }
    var whatIf = WireWhatIf()
    whatIf.edits = [
      WireEdit(EditRequest(target: .jobs(.ids([JobID(job)])), changes: [.init(key: "priority", value: .integer(1))]))
    ]
    whatIf.drained = ["r1"]
    guard case .whatIf(let answer) = try await guest.connection.request(.whatIf(whatIf)) else { throw Guest.WrongAnswer() }
    let row = try #require(answer.rows.first)
    #expect(row.job == job && row.before.likely != 0 && row.after.likely == 0)
    #expect(try await guest.jobs().first?.priority == 99)
    whatIf.drained = ["nobody"]
    await #expect { try await guest.connection.request(.whatIf(whatIf)) } throws: { ($0 as? Failure)?.code == .notFound }
    for one in [guest, render] { await one.connection.close() }
    await house.close()
  }

  @Test("forecasts are computed once for all who ask, and again when the farm is another; too many askers are told to come again")
  func forecasting() throws {
    var forecasting = Forecasting()
    let now = Instant(seconds: 100)
    #expect(forecasting.forecast(of: JobID(2), version: 1, at: now) == nil)
    let forecast = Forecast(job: JobID(2), likely: now, early: now, late: now)
    _ = forecasting.take([forecast], version: 1, at: now)
    #expect(forecasting.forecast(of: JobID(2), version: 1, at: now + .seconds(999)) == .some(forecast))
    #expect(forecasting.forecast(of: JobID(3), version: 1, at: now) == .some(nil))
    #expect(forecasting.forecast(of: JobID(2), version: 2, at: now + .milliseconds(500)) == .some(forecast))
    #expect(forecasting.forecast(of: JobID(2), version: 2, at: now + .seconds(2)) == nil)
  }

  @Test("words go into a list and out of it, each node's own")
  func lists() throws {
    let farm = Farm(settings: FarmSettings(), snapshot: StoreSnapshot(), at: Instant(seconds: 1))
    let add = EditRequest(
      target: .pools(.names(["/"])),
      changes: [
        .init(key: "services", value: .string("nuke"), manner: .add), .init(key: "services", value: .string("maya"), manner: .add),
        .init(key: "services", value: .string("nuke"), manner: .remove), .init(key: "priority", value: .integer(5)),
      ])
    let edits = try ListEdits.expand(add, farm)
    #expect(
      edits == [
        Edit(
          target: .pools(.names(["/"])),
          changes: [.init(key: "services", value: .array([.string("maya")])), .init(key: "priority", value: .integer(5))])
      ])
    let wrong = EditRequest(target: .pools(.names(["/"])), changes: [.init(key: "priority", value: .string("x"), manner: .add)])
    #expect { try ListEdits.expand(wrong, farm) } throws: { ($0 as? Failure)?.code == .usage }
    let nobody = EditRequest(target: .pools(.names(["/x"])), changes: [add.changes[0]])
    #expect { try ListEdits.expand(nobody, farm) } throws: { ($0 as? Failure)?.code == .notFound }
  }

  @Test("while the store fails questions are answered, those too that waited for it")
  func failingStore() async throws {
    let store = TrickStore()
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    let other = try await house.guest()
    try await guest.submit(document("kept"), isPaused: true)
    let before = store.begun
    let open = store.block()
    store.fail { _ in diskFull }
    let submit = Task { try await guest.submit(document("lost")) }
    try await eventually("the append") { store.begun > before }
    let list = Task { try await other.jobs() }
    // Known to have reached the farm, which then waits for the store with it.
    let console = try await house.guest(.console)
    #expect(try await console.jobs().count == 2)
    open()
    await #expect(throws: Failure.self) { try await submit.value }
    #expect(try await list.value.contains { $0.name == "kept" })
    #expect(try await other.jobs().map(\.name) == ["kept"])
    store.fail(nil)
    for one in [guest, other, console] { await one.connection.close() }
    await house.close()
  }

  @Test("the journal comes from the store, the newest first, of one node or of all")
  func journal() async throws {
    let store = TrickStore()
    for (number, object) in [(1, "job 2"), (2, "pool /"), (3, "job 2")] as [(UInt64, String)] {
      let entry = JournalEntry(
        number: number, time: Instant(seconds: 1), subject: "ann@desk", type: "jobs set", object: object, info: "x")
      try store.append([.journal(entry)])
    }
    let house = try await House.open(store: store)
    let guest = try await house.guest()
    func journal(_ object: String, before: UInt64 = 0, limit: UInt32 = 0) async throws -> [UInt64] {
      var list = WireListJournal()
      list.object = object
      list.before = before
      list.limit = limit
      guard case .journal(let answer) = try await guest.connection.request(.listJournal(list)) else { throw Guest.WrongAnswer() }
      return answer.rows.map(\.number)
    }
    #expect(try await journal("") == [3, 2, 1])
    #expect(try await journal("job 2") == [3, 1])
    #expect(try await journal("", before: 3, limit: 1) == [2])
    await guest.connection.close()
    await house.close()
  }

  @Test("settings reach the farm; 0 and less turn off what can be off")
  func settings() throws {
    let none = FarmSettings(Settings())
    #expect(none.errorsAvoidHost == 3 && none.errorsForgiveTime == .seconds(18_000) && none.jobsLifeTime == .seconds(0))
    #expect(none.taskProgressChangeTimeout == nil && none.fairshareHalflife == nil && none.maxRunningTasks == -1)
    let given = try Settings.load(
      overrides: [
        "af_errors_avoid_host": "5", "af_task_errors_same_host": "6", "af_errors_forgivetime": "7", "af_jobs_life_time": "8",
        "af_task_progress_change_timeout": "9", "af_max_running_tasks": "10", "af_max_run_tasks_per_host": "11",
        "af_fairshare_halflife": "12", "af_render_heartbeat_sec": "2", "af_render_resources_sec": "3", "af_render_zombie_time": "6",
      ], environment: [:])
    let farm = FarmSettings(given)
    #expect(farm.errorsAvoidHost == 5 && farm.errorsTaskSameHost == 6 && farm.errorsForgiveTime == .seconds(7))
    #expect(farm.heartbeat == .seconds(2) && farm.resourcesTime == .seconds(3) && farm.zombieTime == .seconds(6))
    #expect(farm.jobsLifeTime == .seconds(8) && farm.taskProgressChangeTimeout == .seconds(9))
    #expect(farm.maxRunningTasks == 10 && farm.maxRunningTasksPerHost == 11 && farm.fairshareHalflife == .seconds(12))
  }
}
