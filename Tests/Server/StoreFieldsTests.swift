import Model
import Scheduler
import TestSupport
import Testing

@testable import Server

@Suite("the SQLite store keeps every field") struct StoreFieldsTests {
  static let tasks = TaskList((0..<10_000).map { TaskSpec(name: "t\($0)", command: "c \($0)") })

  /// Every parameter of the job and of a block of each kind differs from its default.
  static func spec() -> JobSpec {
    var spec = Samples.node(Parameters.job)
    var numeric = Samples.node(Parameters.block)
    numeric.work = .numeric(Frames(first: -5, last: 90, perTask: 3, increment: 2))
    numeric.flags.insert(.numeric)
    var listed = Samples.node(Parameters.block, leaving: ["name"])
    listed.name = "listed"
    var many = tasks
    many.append(TaskSpec(name: "ö", command: "", files: ["a", "b"], environment: ["B": "2", "A": "1"]))
    listed.work = .listed(many, framesPerTask: -2)
    listed.flags.remove(.numeric)
    spec.blocks = [numeric, listed]
    return spec
  }

  static let state = StoredJobState(
    id: JobID(14), priority: 7, isOffline: true, created: Instant(seconds: 1), started: Instant(seconds: 2),
    done: Instant(seconds: 3), preCommands: .failed)
  static let task = StoredTask(
    key: TaskKey(job: JobID(14), block: BlockIndex(1), task: TaskIndex(5)), phase: .error, flags: [.warning], starts: 4, errors: 3,
    render: RenderID(7), started: Instant(seconds: 4), finished: Instant(seconds: 5), reason: "“why”")
  static let run = StoredRun(
    lease: Lease(99), key: TaskKey(job: JobID(14), block: BlockIndex(1), task: TaskIndex(6)), render: RenderID(7),
    started: Instant(seconds: 6), capacityCoefficient: 5, hostNumber: 3,
    hold: RunHold(capacity: 2500, tickets: ["NUKE": 2, "a \"b\"": 1]))
  static let render = StoredRender(
    id: RenderID(7), name: "r7", agent: "uuid", user: "root", capacity: 1200, maxTasks: 9, priority: 5, state: [.nimby, .sick],
    registered: Instant(seconds: 7), parameters: Samples.node(Parameters.render), failedUsers: ["ann", "b\"ob"], os: "linux",
    interfaces: [NetworkInterface(name: "eth0", mac: "01:02:03:04:05:06", addresses: ["10.0.0.1", "::1"])], resources: resources,
    wolSince: Instant(seconds: 15), wakes: 2)
  static let resources = {
    var resources = HostResources()
    resources.cpuCount = 1
    resources.cpuMHz = 2
    resources.loadHundredths = [3, 4, 5]
    resources.cpuPercent = 6
    resources.memoryTotalMB = 1 << 40
    resources.memoryFreeMB = 7
    resources.swapTotalMB = 8
    resources.swapUsedMB = 9
    resources.diskTotalGB = 10
    resources.diskFreeGB = 11
    resources.diskReadKBps = 12
    resources.diskWriteKBps = 13
    resources.diskBusyPercent = 14
    resources.netReceivedKBps = 15
    resources.netSentKBps = 16
    resources.gpuPercent = 17
    resources.gpuMemoryTotalMB = 18
    resources.gpuMemoryUsedMB = 19
    resources.gpuName = "g\"20"
    return resources
  }()
  /// One that waits, one that is a task.
  static let commands = [
    StoredSystemCommand(
      command: SystemCommand(
        number: 41, kind: .pre, text: "echo \"$HOME\"\n", workingDirectory: "/ö", user: "ann", jobName: "film\n'x'",
        taskName: "echo",
        created: Instant(seconds: 16), job: JobID(14), render: RenderID(7)), task: TaskIndex(3)),
    StoredSystemCommand(
      command: SystemCommand(number: 42, kind: .event, text: "{}", user: "ann", jobName: "film", created: Instant(seconds: 17))),
  ]
  static let undo = StoredUndo(
    number: 7, user: "ann", host: "desk", at: Instant(seconds: 19), until: Instant(seconds: 49), text: "delete job 14 “x”",
    parts: #"[{"deleted":14,"done":false}]"#)
  static let event = FarmEvent(
    number: 5, time: Instant(seconds: 18), name: .renderSick, object: "render r7", user: "root", info: "“x”", isSent: true)
  static let user = StoredUser(
    name: "ann", parameters: Samples.node(Parameters.user), registered: Instant(seconds: 8), used: 12.375,
    usedAt: Instant(seconds: 9))
  static let pool = StoredPool(
    path: "/farm", parameters: Samples.node(Parameters.pool), created: Instant(seconds: 10))
  static let branch = StoredBranch(
    path: "/film", parameters: Samples.node(Parameters.branch), created: Instant(seconds: 11), used: 0.1,
    usedAt: Instant(seconds: 12))
  static let errors = [
    StoredErrorHost(
      job: JobID(14), block: BlockIndex(1), task: nil, render: RenderID(7), count: 3, last: Instant(seconds: 13)),
    StoredErrorHost(
      job: JobID(14), block: BlockIndex(1), task: TaskIndex(5), render: RenderID(7), count: 2, last: Instant(seconds: 14)),
  ]

  @Test("the samples differ from the defaults in every field: a new one must have its place in a table, and here")
  func samples() {
    let spec = Self.spec()
    #expect(Samples.same(spec, JobSpec(name: "", user: "", blocks: [])).isEmpty)
    let empty = BlockSpec(name: "", work: .listed([], framesPerTask: 1))
    for block in spec.blocks { #expect(Samples.same(block, empty).isEmpty) }
    let never = Instant.never
    let nothing = StoredJobState(id: JobID(0), priority: 99, isOffline: false, created: never)
    #expect(Samples.same(Self.state, nothing).isEmpty)
    let key = TaskKey(job: JobID(0), block: BlockIndex(0), task: TaskIndex(0))
    #expect(
      Samples.same(
        Self.task,
        StoredTask(key: key, phase: .ready, flags: [], starts: 0, errors: 0, render: nil, started: never, finished: never)
      )
      .isEmpty)
    #expect(Samples.same(Self.run, StoredRun(lease: Lease(0), key: key, render: RenderID(0), started: never)).isEmpty)
    // Tickets of pools are pools' alone.
    #expect(
      Samples.same(Self.render, StoredRender(id: RenderID(0), name: "", agent: "", user: "", capacity: 0, maxTasks: 0))
        == [".parameters.farm.ticketsPool"])
    #expect(Samples.same(Self.user, StoredUser(name: "")).isEmpty)
    #expect(Samples.same(Self.pool, StoredPool(path: "", parameters: PoolParameters(), created: never)).isEmpty)
    let nobody = SystemCommand(kind: .post, text: "", user: "", jobName: "")
    #expect(Samples.same(Self.commands[0], StoredSystemCommand(command: nobody)).isEmpty)
    let nothingHappened = FarmEvent(
      number: 0, time: never, name: .jobCreated, object: "", user: "", info: "", isSent: false)
    #expect(Samples.same(Self.event, nothingHappened).isEmpty)
    #expect(Samples.same(Self.branch, StoredBranch(path: "", parameters: BranchParameters(), created: never)).isEmpty)
  }

  @Test("what was appended is loaded again, field by field")
  func everything() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let spec = Self.spec()
    let counters = Dictionary(uniqueKeysWithValues: Counter.allCases.enumerated().map { ($1, UInt64($0 + 5)) })
    do {
      let store = try SQLiteStore(path: scratch.file("a.sqlite"))
      try store.append([.putJob(StoredJob(id: JobID(14), spec: spec, state: Self.state))])
      try store.append([
        .putTask(Self.task), .putRun(Self.run), .putRender(Self.render), .putUser(Self.user), .putPool(Self.pool),
        .putBranch(Self.branch),
      ])
      try store.append(Self.errors.map(StoreChange.putErrorHost) + counters.map(StoreChange.putCounter))
      try store.append(Self.commands.reversed().map(StoreChange.putSystemCommand) + [.putEvent(Self.event)])
      var other = Self.undo
      other.number = 8
      try store.append([.putUndo(other), .putUndo(Self.undo), .deleteUndo(8)])
      try store.close()
    }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    let loaded = try store.load()
    #expect(loaded.jobs.map(\.id) == [JobID(14)])
    #expect(loaded.jobs.first?.spec == spec)
    #expect(loaded.jobs.first?.state == Self.state)
    #expect(loaded.tasks == [Self.task])
    #expect(loaded.runs == [Self.run])
    #expect(loaded.renders == [Self.render])
    #expect(loaded.users == [Self.user])
    #expect(loaded.pools == [Self.pool])
    #expect(loaded.branches == [Self.branch])
    #expect(loaded.errorHosts == Self.errors)
    #expect(loaded.counters == counters)
    #expect(loaded.systemCommands == Self.commands)
    #expect(loaded.undos == [Self.undo])
    #expect(try store.events(limit: 10) == [Self.event])
  }

  @Test("a command of the system job gets its task and goes; one of a job that was given up is not kept")
  func commands() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append(Self.commands.map(StoreChange.putSystemCommand))
    try store.append([.deleteSystemCommand(41), .placeSystemCommand(42, TaskIndex(0)), .placeSystemCommand(43, TaskIndex(1))])
    var placed = Self.commands[1]
    placed.task = TaskIndex(0)
    #expect(try store.load().systemCommands == [placed])

    var batch = CommitQueue.Batch()
    var created = Self.event
    created.object = "job 14"
    batch.rows = Self.commands.map(StoreChange.putSystemCommand) + [.putEvent(Self.event), .putEvent(created)]
    _ = batch.withdraw([JobID(14)], saying: Failure(.failed, "no room"))
    #expect(batch.rows.count == 2)
  }

  @Test("of the events the last ones are kept")
  func events() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    let count = Limits.events + 1200
    for start in stride(from: 1, through: count, by: 1000) {
      try store.append(
        (start..<min(start + 1000, count + 1)).map { number in
          var event = Self.event
          event.number = UInt64(number)
          return .putEvent(event)
        })
    }
    #expect(store.hasHousework)
    while try store.compact() {}
    #expect(!store.hasHousework)
    let kept = try store.events(limit: count)
    #expect(kept.map(\.number) == (UInt64(count - Limits.events + 1)...UInt64(count)).map { $0 })
    #expect(try store.events(limit: 2).map(\.number) == [UInt64(count - 1), UInt64(count)])
  }

  @Test("nodes and errors are removed")
  func removal() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append([.putRender(Self.render), .putUser(Self.user), .putPool(Self.pool), .putBranch(Self.branch)])
    try store.append(Self.errors.map(StoreChange.putErrorHost))
    var forgiven = Self.errors[1]
    forgiven.count = 0
    try store.append([.putErrorHost(forgiven), .deletePool("/farm"), .deleteBranch("/film"), .deleteUser("ann")])
    var loaded = try store.load()
    #expect(loaded.errorHosts == [Self.errors[0]])
    #expect(loaded.pools.isEmpty && loaded.branches.isEmpty && loaded.users.isEmpty)
    try store.append([.deleteErrorHosts(JobID(14), BlockIndex(0))])
    #expect(try store.load().errorHosts.count == 1)
    try store.append([.deleteErrorHosts(JobID(14), BlockIndex(1)), .deleteRender(RenderID(7))])
    loaded = try store.load()
    #expect(loaded.errorHosts.isEmpty && loaded.renders.isEmpty)
  }

  @Test("parameters are kept without their tasks, appended tasks without those before, edited ones from the first on")
  func tasks() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    let id = JobID(14)
    var spec = Self.spec()
    try store.append([.putJob(StoredJob(id: id, spec: spec, state: Self.state))])
    let rows = try store.taskListRows()
    #expect(rows == [0, 4096, 8192])
    #expect(try store.documentBytes() < 10_000)

    try Parameters.edit(&spec, Edit.Change(key: "annotation", value: .string("changed")))
    try store.append([.putJobParameters(id, spec)])
    #expect(try store.load().jobs.first?.spec == spec)

    func change(_ body: (inout TaskList) -> Void) {
      guard case .listed(var list, let perTask) = spec.blocks[1].work else { return }
      body(&list)
      spec.blocks[1].work = .listed(list, framesPerTask: perTask)
    }
    for number in 0..<3 {
      change { $0.append(TaskSpec(name: "new \(number)")) }
      try store.append([.appendTasks(id, BlockIndex(1), first: 10_001 + number, spec)])
    }
    #expect(try store.taskListRows() == [0, 4096, 8192, 10_001, 10_002, 10_003])
    #expect(try store.load().jobs.first?.spec == spec)

    change { $0[5000].command = "edited" }
    try store.append([.appendTasks(id, BlockIndex(1), first: 5000, spec)])
    #expect(try store.load().jobs.first?.spec == spec)
    // Blocks that were appended.
    var block = spec.blocks[1]
    block.name = "more"
    spec.blocks.append(block)
    try store.append([.putJobParameters(id, spec), .appendTasks(id, BlockIndex(2), first: 0, spec)])
    #expect(try store.load().jobs.first?.spec == spec)

    try store.append([.deleteJob(id), .appendTasks(id, BlockIndex(2), first: 0, spec)])
    #expect(try store.load().jobs.isEmpty)
    while try store.compact() {}
    #expect(try store.taskListRows().isEmpty)
  }

  @Test("a job whose rows of tasks are missing or damaged is told and set aside, and never loaded without them")
  func damage() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    try store.append([.putJob(StoredJob(id: JobID(14), spec: Self.spec(), state: Self.state))])
    try store.execute("UPDATE job_task SET tasks = substr(tasks, 1, 5000) WHERE first = 4096")
    #expect(try store.load().jobs.isEmpty)
    #expect(store.damage.map(\.subject) == ["job 14"])
    #expect(store.jobsAside == [JobID(14)])
    // Found once, passed over from then on.
    #expect(try store.load().jobs.isEmpty)
    #expect(store.damage.isEmpty)
    #expect(store.jobsAside == [JobID(14)])
    var state = Self.state
    state.id = JobID(15)
    try store.append([.putJob(StoredJob(id: JobID(15), spec: Self.spec(), state: state))])
    try store.execute("DELETE FROM job_task WHERE job = 15")
    _ = try store.load()
    #expect(store.damage.map(\.subject) == ["job 15"])
  }

  @Test("a journal keeps its last lines, and of a deleted job the last one")
  func journal() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    func entry(_ number: Int, _ object: String) -> JournalEntry {
      JournalEntry(
        number: UInt64(number), time: Instant(seconds: Int64(number)), subject: "ann@ws1", type: "jobs set", object: object,
        info: "priority: 99 -> \(number)")
    }
    try store.append((1...300).map { .journal(entry($0, $0.isMultiple(of: 3) ? "pool /farm" : "job 14")) })
    #expect(store.hasHousework)
    while try store.compact() {}
    #expect(!store.hasHousework)
    let job = try store.journal(object: "job 14", before: nil, limit: 1000)
    #expect(job.count == Limits.journalEntries)
    #expect(job.first == entry(299, "job 14"))
    #expect(try store.journal(object: "job 14", before: 299, limit: 2) == [entry(298, "job 14"), entry(296, "job 14")])
    #expect(try store.journal(object: nil, before: nil, limit: 2).map(\.number) == [300, 299])
    #expect(try store.journal(object: "pool /farm", before: nil, limit: 1000).count == 100)
    try store.append([.journal(entry(301, "job 14")), .deleteJob(JobID(14))])
    while try store.compact() {}
    #expect(try store.journal(object: "job 14", before: nil, limit: 1000) == [entry(301, "job 14")])
  }

  @Test("a line of the journal that five million others followed goes, whosever it was")
  func age() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let store = try SQLiteStore(path: scratch.file("a.sqlite"))
    func entry(_ number: UInt64) -> JournalEntry {
      JournalEntry(number: number, time: .never, subject: "reeve", type: "renders", object: "render r\(number % 7)", info: "")
    }
    try store.append([.journal(entry(1)), .journal(entry(4_000_000))])
    try store.append((6_000_000..<6_000_200).map { .journal(entry($0)) })
    while try store.compact() {}
    #expect(try store.journal(object: nil, before: 6_000_000, limit: 10).map(\.number) == [4_000_000])
  }

  @Test("a store of version 1 becomes one of this version with all it held")
  func migration() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = scratch.file("old.sqlite")
    let document = """
      {"job":{"name":"old","user_name":"ann","priority":7,"annotation":"x","hosts_mask":"r1","time_life":4000000000,"blocks":[
        {"name":"a","service":"generic","capacity":1000,"flags":1,"command":"c","frame_first":1,"frame_last":9,"frames_per_task":1,
         "frames_inc":1,"need_memory":512,"errors_retries":2},
        {"name":"b","service":"generic","capacity":1000,"flags":0,"frames_per_task":2,"tasks":[{"name":"x","command":"one"},
         {"name":"y","command":"two","files":["f"]}]}]}}
      """
    try SQLiteStore.makeVersion1(
      path: path,
      sql: [
        "INSERT INTO job VALUES (2, 42, 1, 5000000, 6000000, 0)",
        "INSERT INTO job_document VALUES (2, CAST('\(document)' AS BLOB))",
        "INSERT INTO task VALUES (2, 1, 0, \(TaskPhase.done.rawValue), 0, 1, 0, 7, 1000000, 2000000, '')",
        "INSERT INTO run VALUES (8, 2, 1, 1, 7, 3000000)",
        "INSERT INTO render VALUES (7, 'r7', 'uuid', 'root', 1100, 4, 50, \(RenderState.nimby.rawValue), 1000000)",
        "INSERT INTO user VALUES ('ann', 5, 2000000), ('bob', -1, 3000000)", "INSERT INTO counter VALUES ('lease', 9)",
      ])
    for _ in 0..<2 {
      let store = try SQLiteStore(path: path)
      let loaded = try store.load()
      let job = try #require(loaded.jobs.first)
      #expect(
        job.state
          == StoredJobState(
            id: JobID(2), priority: 42, isOffline: true, created: Instant(seconds: 5), started: Instant(seconds: 6)))
      #expect((job.spec.name, job.spec.user, job.spec.priority) == ("old", "ann", 7))
      #expect(job.spec.parameters.work.hostsMask == "r1")
      #expect(job.spec.other == ["annotation": .string("x")])
      #expect(job.spec.blocks[0].parameters.needMemoryMB == 512)
      #expect(job.spec.blocks[0].errorsRetries == 2)
      #expect(
        job.spec.blocks[1].work
          == .listed([TaskSpec(name: "x", command: "one"), TaskSpec(name: "y", command: "two", files: ["f"])], framesPerTask: 2))
      #expect(loaded.tasks.map(\.key.task) == [TaskIndex(0)])
      #expect(loaded.runs.map(\.capacityCoefficient) == [1])
      #expect(loaded.renders.map(\.parameters.priority) == [50])
      #expect(loaded.users.map(\.parameters.errorsRetries) == [5, 3])
      #expect(loaded.counters == [.lease: 9])
      #expect(try store.taskListRows() == [0])
      try store.close()
    }
  }
}
