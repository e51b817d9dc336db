import Model

@testable import Console

/// A console with a made-up farm behind it: events in, effects and pictures out, no server.
struct Fixture {
  var model: ConsoleModel
  var effects: [ConsoleEffect] = []
  /// What was to be kept, each time.
  var kept: [Kept] = []
  var now = Instant(seconds: 1_790_000_000)

  init(_ size: Size = Size(rows: 24, columns: 80), isReadOnly: Bool = false, isASCII: Bool = false, screen: ConsoleScreenID = .jobs)
  {
    model = ConsoleModel(
      options: ConsoleOptions(
        user: "anna", server: "farm:51000", isReadOnly: isReadOnly, isASCII: isASCII, screen: screen), size: size, now: now)
    // The list of renders, unless a test turns to the tree or the map.
    model.farmLook = .list
    happens(.theme(.success("dark")))
  }

  /// What happened, and what the console asks for because of it.
  @discardableResult
  mutating func happens(_ event: ConsoleEvent, after seconds: Int64 = 0) -> [ConsoleEffect] {
    now = now + .seconds(seconds)
    let all = model.update(event, at: now)
    var news: [ConsoleEffect] = []
    for effect in all {
      if case .keep(let habits) = effect { kept.append(habits) } else { news.append(effect) }
    }
    effects += news
    return news
  }

  /// Types keys, named as in the help: `"j"`, `"Enter"`, `"Ctrl-L"`.
  @discardableResult
  mutating func type(_ keys: String...) -> [ConsoleEffect] {
    keys.flatMap { name -> [ConsoleEffect] in
      guard let stroke = KeyStroke(name) else { preconditionFailure("\(name) is no key") }
      return happens(.input(.key(stroke.key, stroke.modifiers)))
    }
  }

  /// Types a text, letter by letter.
  mutating func enter(_ text: String) {
    for character in text { happens(.input(.key(.character(character)))) }
  }

  mutating func connect() {
    happens(.link(.connected(serverName: "farm", serverVersion: "0.1.0", time: now, firstMet: nil)))
    var status = ServerStatus()
    status.jobs = 5
    status.renders = 3
    status.rendersOnline = 2
    status.rendersBusy = 1
    status.tasksRunning = 2
    happens(.status(status))
  }

  /// The number under which a slot is subscribed.
  func number(_ slot: Slot) -> SubscriptionNumber { model.active[slot]?.number ?? 0 }

  func snapshot(_ slot: Slot, total: Int, first: Int = 0) -> ViewUpdate {
    ViewUpdate(subscription: number(slot), isSnapshot: true, total: total, first: first)
  }

  mutating func showJobs(_ rows: [JobSummary], total: Int? = nil, first: Int = 0) {
    var update = snapshot(.jobs, total: total ?? rows.count, first: first)
    update.jobs = rows
    happens(.view(update))
  }

  mutating func showRenders(_ rows: [RenderSummary]) {
    var update = snapshot(.renders, total: rows.count)
    update.renders = rows
    happens(.view(update))
  }

  /// Answers what a job's page asks for.
  mutating func showJob(_ row: JobSummary, blocks: [BlockSummary], letters: String) {
    var job = snapshot(.job, total: 1)
    job.jobs = [row]
    happens(.view(job))
    var all = snapshot(.blocks, total: blocks.count)
    all.blocks = blocks
    happens(.view(all))
    showGrid(letters)
    guard let block = blocks.first else { return }
    var details = snapshot(.details, total: Int(block.counts.total))
    details.tasks = (0..<min(20, Int(block.counts.total))).map { Sample.task(row.id, block.block, $0) }
    happens(.view(details))
  }

  mutating func showGrid(_ letters: String) {
    var grid = snapshot(.grid, total: letters.count)
    grid.grid = GridChange(runs: [(0, letters)], totalTasks: letters.count)
    happens(.view(grid))
  }

  mutating func showUsers(_ rows: [UserRow]) {
    var update = snapshot(.users, total: rows.count)
    update.users = rows
    happens(.view(update))
  }

  /// Rows of the tree that is seen.
  mutating func showTree(_ rows: [TreeRow], total: Int? = nil) {
    var update = snapshot(model.place == .work ? .work : .farmTree, total: total ?? rows.count)
    update.tree = rows
    happens(.view(update))
  }

  mutating func showHeat(_ letters: String, renders: [RenderSummary]) {
    var update = snapshot(.heat, total: letters.count)
    update.grid = GridChange(runs: [(0, letters)], totalTasks: letters.count)
    happens(.view(update))
    var rows = snapshot(.renders, total: letters.count)
    rows.renders = renders
    happens(.view(rows))
  }

  mutating func showSystem(_ blocks: [SystemBlockSummary], _ rows: [SystemTaskSummary]) {
    var update = snapshot(.system, total: rows.count)
    update.systemBlocks = blocks
    update.systemTasks = rows
    happens(.view(update))
  }

  mutating func showEvents(_ rows: [EventRow], isSnapshot: Bool = true) {
    var update = ViewUpdate(subscription: number(.events), isSnapshot: isSnapshot, total: 0, first: 0)
    update.events = rows
    update.eventsSeen = rows.last?.number ?? 0
    happens(.view(update))
  }

  mutating func showLines(_ rows: [ServerLine], isSnapshot: Bool = true, isGap: Bool = false) {
    var update = ViewUpdate(subscription: number(.serverLog), isSnapshot: isSnapshot, total: 0, first: 0)
    update.serverLines = rows
    update.areEventsLost = isGap
    update.eventsSeen = rows.last?.number ?? 0
    happens(.view(update))
  }

  mutating func showJournal(_ rows: [JournalEntry], isSnapshot: Bool = true) {
    var update = ViewUpdate(subscription: number(.journal), isSnapshot: isSnapshot, total: 0, first: 0)
    update.journal = rows
    update.eventsSeen = rows.last?.number ?? 0
    happens(.view(update))
  }

  mutating func showTasks(_ rows: [TaskSummary], total: Int? = nil) {
    var update = snapshot(.tasks, total: total ?? rows.count)
    update.tasks = rows
    happens(.view(update))
  }

  mutating func showLog(_ text: String, offset: UInt64 = 0, isEnd: Bool = false, task: TaskSummary? = nil) {
    happens(.log(LogPortion(subscription: number(.log), offset: offset, data: Array(text.utf8), isEnd: isEnd, task: task)))
  }

  var picture: Grid { draw(model, model.size, .dark) }
  var text: [String] { picture.text }
  /// The line at the bottom.
  var status: String { text.last ?? "" }
}

/// Rows of a farm on an ordinary evening.
enum Sample {
  static let start = Instant(seconds: 1_789_999_000)

  static func counts(_ total: Int32, done: Int32 = 0, running: Int32 = 0, error: Int32 = 0, waiting: Int32 = 0) -> TaskCounts {
    var counts = TaskCounts()
    counts.total = total
    counts.done = done
    counts.running = running
    counts.error = error
    counts.waitingDependency = waiting
    counts.ready = total - done - running - error - waiting
    return counts
  }

  static func job(
    _ id: UInt32, _ name: String, user: String = "anna", state: StateBits = .ready, counts: TaskCounts = counts(10),
    started: Instant = .never, done: Instant = .never
  ) -> JobSummary {
    JobSummary(
      id: JobID(id), name: name, user: user, priority: 99, state: state, counts: counts, created: start, started: started,
      done: done, blockCount: 1)
  }

  static let jobs = [
    job(2, "shot_010 comp", state: [.running, .ready], counts: counts(40, done: 12, running: 2), started: start),
    job(3, "シーン_02 🎬", state: [.offline, .ready], counts: counts(100_000)),
    job(
      4, "light test", user: "bob", state: [.error, .running], counts: counts(12, done: 6, running: 1, error: 3), started: start),
    job(
      5, "evil \u{1B}[31mred\u{1B}[0m \u{7}\u{9B}2J \u{202E}abc", state: .done, counts: counts(3, done: 3), started: start,
      done: start + .seconds(42)),
    job(6, "sim_water", user: "carla", state: [.waitDependency], counts: counts(250, waiting: 250)),
  ]

  static func block(_ job: UInt32, _ number: Int, _ name: String, state: StateBits = .ready, counts: TaskCounts) -> BlockSummary {
    BlockSummary(
      job: JobID(job), block: BlockIndex(number), name: name, service: "blender", state: state, counts: counts, capacity: 1000,
      runSeconds: Int64(counts.done) * 61, started: counts.done > 0 ? start : .never)
  }

  static func task(_ job: JobID, _ block: BlockIndex, _ number: Int) -> TaskSummary {
    var row = TaskSummary(
      key: TaskKey(job: job, block: block, task: TaskIndex(number)), name: "frame \(number + 1)", phase: .ready)
    if number < 12 {
      row.phase = .done
      row.render = "render01"
      row.starts = 1
      row.started = start
      row.finished = start + .seconds(61)
    } else if number < 14 {
      row.phase = number == 12 ? .running : .error
      row.render = "render02"
      row.starts = 2
      row.errors = 1
      row.percent = number == 12 ? 40 : -1
      row.started = start + .seconds(500)
      row.finished = start + .seconds(530)
      row.activity = number == 12 ? "tile 12 of 30" : ""
      row.reason = number == 13 ? "exit status 1" : ""
    }
    return row
  }

  static func render(_ id: UInt32, _ name: String, state: RenderState = .online, running: [TaskKey] = []) -> RenderSummary {
    var resources = HostResources()
    resources.cpuCount = 16
    resources.cpuMHz = 3600
    resources.loadHundredths = [1204, 980, 402]
    resources.cpuPercent = 93
    resources.memoryTotalMB = 65_536
    resources.memoryFreeMB = 16_384
    resources.diskTotalGB = 500
    resources.diskFreeGB = 120
    return RenderSummary(
      id: RenderID(id), name: name, user: "render", state: state, capacity: 1100, capacityUsed: Int32(running.count) * 500,
      maxTasks: 2, running: running, resources: resources, version: "0.1.0", os: "unix linux 64", address: "10.0.0.\(id)",
      registered: start, seen: start, changed: start)
  }

  static let renders = [
    render(
      1, "render01", state: [.online, .busy],
      running: [
        TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(12)),
        TaskKey(job: JobID(4), block: BlockIndex(0), task: TaskIndex(3)),
      ]),
    render(2, "render02", state: [.online, .nimby]),
    render(3, "render03", state: []),
  ]
}

extension Sample {
  static let users = [
    UserRow(
      summary: UserSummary(name: "anna", jobs: 12, running: 40),
      parameters: ["priority": .integer(120), "max_running_tasks": .integer(40), "hosts_mask": .string("r0.*")]),
    UserRow(summary: UserSummary(name: "bob", jobs: 1, running: 0), parameters: JSONObject()),
    UserRow(
      summary: UserSummary(name: "évil \u{1B}[2J 渚", jobs: 0, running: 0),
      parameters: ["paused": .bool(true), "annotation": .string("on leave")]),
  ]

  static func branch(_ path: String, depth: Int, isOpen: Bool = true, jobs: Int32, running: Int32, _ own: JSONObject = JSONObject())
    -> TreeRow
  {
    TreeRow(
      depth: depth, isOpen: isOpen,
      node: .branch(
        BranchSummary(
          path: path, parameters: BranchParameters(), jobs: jobs, running: running, capacityUsed: Int64(running) * 1000,
          created: start)), parameters: own)
  }

  static func pool(
    _ path: String, depth: Int, isOpen: Bool = true, renders: Int32, online: Int32, busy: Int32, tickets: [String: Int32] = [:],
    _ own: JSONObject = JSONObject()
  ) -> TreeRow {
    TreeRow(
      depth: depth, isOpen: isOpen,
      node: .pool(
        PoolSummary(
          path: path, parameters: PoolParameters(), renders: renders, online: online, busy: busy, running: busy * 2,
          capacityUsed: Int64(busy) * 1000, ticketsUsed: tickets, created: start)), parameters: own)
  }

  static let work = [
    branch("/", depth: 0, jobs: 5, running: 3),
    branch("/film", depth: 1, jobs: 3, running: 3, ["max_running_tasks": .integer(100), "priority": .integer(150)]),
    branch("/film/shot_010", depth: 2, jobs: 2, running: 3),
    TreeRow(depth: 3, isOpen: false, node: .job(jobs[0])), TreeRow(depth: 3, isOpen: false, node: .job(jobs[2])),
    branch("/film/shot_020", depth: 2, isOpen: false, jobs: 1, running: 0, ["paused": .bool(true)]),
    TreeRow(depth: 1, isOpen: false, node: .job(jobs[1])), TreeRow(depth: 1, isOpen: false, node: .job(jobs[3])),
  ]

  static let pools = [
    pool(
      "/", depth: 0, renders: 40, online: 38, busy: 12, tickets: ["NUKE": 3],
      ["tickets_pool": .object(["NUKE": .integer(20)]), "services": .array([.string("blender"), .string("nuke")])]),
    pool("/linux", depth: 1, renders: 3, online: 2, busy: 1, ["services_disabled": .array([.string("maya")])]),
    TreeRow(depth: 2, isOpen: false, node: .render(renders[0])), TreeRow(depth: 2, isOpen: false, node: .render(renders[1])),
    TreeRow(depth: 2, isOpen: false, node: .render(renders[2])),
    pool("/night", depth: 1, isOpen: false, renders: 37, online: 36, busy: 11, ["paused": .bool(true)]),
  ]

  static let systemBlocks: [SystemBlockSummary] = SystemBlock.allCases.map { kind in
    var row = SystemBlockSummary(block: kind, service: "system")
    row.renders = 38
    row.done = kind == .events ? 1204 : 3
    row.failed = kind == .postCommands ? 2 : 0
    row.waiting = kind == .postCommands ? 40 : 0
    row.running = kind == .postCommands ? 1 : 0
    return row
  }

  static let commands: [SystemTaskSummary] = (0..<4).map { number in
    let command = SystemCommand(
      number: UInt64(number + 7), kind: .post, text: "rm -rf /tmp/cache_\(number)", workingDirectory: "/", user: "anna",
      jobName: "shot_010 comp", taskName: "", created: start + .seconds(Int64(number) * 60), job: nil)
    guard number < 2 else { return SystemTaskSummary(command: command) }
    return SystemTaskSummary(
      command: command, key: TaskKey(job: .system, block: BlockIndex(0), task: TaskIndex(number)),
      phase: number == 0 ? .running : .error, starts: 1, errors: Int32(number), render: "render01",
      reason: number == 1 ? "exit status 1" : "")
  }

  static func event(_ number: UInt64, _ name: String, _ object: String, user: String = "anna", info: String) -> EventRow {
    EventRow(
      number: number, time: start + .seconds(Int64(number) * 10), name: name, object: object, user: user, info: info,
      isSent: number % 2 == 0)
  }

  static let events = [
    event(1, "JOB_CREATED", "job 2", info: "shot_010 comp"),
    event(2, "JOB_ERROR", "job 4", user: "bob", info: "frame 3: exit status 1"),
    event(3, "RENDER_ZOMBIE", "render render03", user: "render", info: "no sign of life for 180 s"),
    event(4, "JOB_DONE", "job 5", info: "evil \u{1B}[31mred"),
  ]

  static func line(_ number: UInt64, _ level: String, _ text: String) -> ServerLine {
    ServerLine(number: number, time: start + .seconds(Int64(number)), level: level, text: text)
  }

  static let lines = [
    line(1, "info", "reeve.sqlite: 5 jobs, 2 tasks out, 3 renders"),
    line(2, "notice", "the first task started 0.021 s after the start"),
    line(3, "warning", "wrong password from bob@desk at 10.0.0.9:40312"),
    line(4, "error", "disk full: outputs of tasks wait for room in /var/lib/reeve/output"),
    line(5, "notice", "job 5: evil \u{1B}[31mred\u{1B}[0m is done"),
  ]

  static func entry(_ number: UInt64, _ who: String, _ type: String, _ object: String, _ info: String) -> JournalEntry {
    JournalEntry(
      number: number, time: start + .seconds(Int64(number)), subject: who, type: type, object: object, info: info)
  }

  static let journal = [
    entry(11, "anna@desk", "jobs submit", "job 2", "\"shot_010 comp\" of anna"),
    entry(12, "bob@wall (super user)", "jobs set", "job 2", "priority: 99 -> 150"),
    entry(13, "reeve", "renders sick", "render render03", "3 errors of 3 users in a row"),
    entry(14, "admin@farm (administrator)", "pools set", "pool /night", "paused: false -> true"),
  ]

  static let explanation = Explanation(
    subject: "job 2 \"shot_010\"", verdict: "waits for renders",
    rules: [
      .init(key: "depend_mask", node: "job 2", text: "waits for 1 job: 1 \"sim\" (reeve set jobs 2 depend_mask= ends the wait)"),
      .init(key: "nimby", node: "farm", text: "12 renders are nimby (reeve render-do free NAME frees one)", renders: 12),
      .init(key: "tickets", node: "pool /farm", text: "20 of 20 NUKE are in use by jobs 14, 17", renders: 3),
      .init(key: "hosts_mask", node: "block render", text: "1 render is not of ^node", renders: 1),
    ])

  static let page =
    ["REEVE-WATCH(1)              General Commands Manual              REEVE-WATCH(1)", "", "NAME"]
    + ["     reeve-watch – watches a render farm, live, in a terminal", "", "DESCRIPTION"]
    + (1...100).map { "     Line \($0) of what there is to be said of the farm and of 漢字." }
}
