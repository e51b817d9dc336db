import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("the system job (section 5)") struct SystemJobTests {
  /// A farm that listens, with renders of these names.
  static func farm(_ renders: String..., tasksMax: Int32 = 1000, capacity: Int32 = 1000) -> FarmDriver {
    var settings = FarmSettings()
    settings.systemTasksMax = tasksMax
    var driver = FarmDriver(settings: settings)
    driver.apply(.listening)
    for name in renders { driver.register(name, capacity: capacity) }
    return driver
  }

  static func spec(_ name: String = "job", post: String = "", pre: String = "", blockPost: String = "") -> JobSpec {
    var block = frames(0, 0)
    block.workingDirectory = "/work"
    block.parameters.commandPost = blockPost
    var spec = job(block, name: name, offline: pre.isEmpty)
    spec.parameters.commandPost = post
    spec.parameters.commandPre = pre
    return spec
  }

  /// Submits jobs and deletes them: each leaves a command.
  static func leave(_ count: Int, in driver: inout FarmDriver) {
    let jobs = (0..<count).map { driver.submit(spec("job \($0)", post: "rm scene.\($0)")) }
    driver.operate(.delete, .ids(jobs))
  }

  private static func tasks(_ driver: FarmDriver, _ kind: SystemBlock = .postCommands) -> [SystemTaskSummary] {
    driver.farm.systemTasks(kind, limit: 10_000)
  }

  /// The leases of what runs of the system job, oldest first.
  private static func running(_ driver: FarmDriver) -> [Lease] {
    driver.farm.runs.compactMap { $0 }.filter { $0.key.job == .system && $0.intent == nil }.map(\.lease).sorted()
  }

  @Test("id, name, user, priority, blocks, services and errors are those of the table; lists do not show it")
  func made() throws {
    let driver = Self.farm()
    let summary = try #require(driver.farm.job(.system))
    #expect(summary.name == "afanasy" && summary.user == "afadmin" && summary.priority == 99)
    let spec = try #require(driver.farm.spec(.system))
    #expect(spec.blocks.map(\.name) == ["post_commands", "events", "wake_on_lan"])
    #expect(spec.blocks.map(\.service) == ["postcmd", "events", "wakeonlan"])
    for block in spec.blocks {
      #expect(block.capacity == 1000 && block.parameters.taskMaxRunTime == 60 && block.errorsRetries == 9)
      #expect(block.parameters.errorsAvoidHost == 3 && block.parameters.errorsTaskSameHost == 1)
      #expect(block.parameters.errorsForgiveTime == 600)
      #expect(block.parameters.ignoreNimby == (block.name == "wake_on_lan"))
    }
    #expect(driver.farm.jobIDs(limit: 10).isEmpty && driver.farm.jobCount == 0)
    #expect(driver.farm.resolve(.mask(".*")).isEmpty)
    #expect(driver.store.jobs[.system] != nil)
  }

  @Test("a deleted job's commands run on the farm in their directories, and are forgotten when they are done")
  func postCommands() throws {
    var driver = Self.farm("r1")
    let id = driver.submit(Self.spec("scene", post: "rm a", blockPost: "rm b"))
    driver.operate(.delete, id)
    let commands = driver.starts.compactMap(\.system)
    #expect(commands.map(\.text) == ["rm a", "rm b"])
    #expect(
      commands.allSatisfy { $0.workingDirectory == "/work" && $0.user == "anna" && $0.jobName == "scene" && $0.kind == .post })
    #expect(driver.store.systemCommands.count == 2)
    // Lists of its tasks show those that are in use.
    #expect(driver.farm.tasks(of: .system, limit: 10).rows.map(\.name) == ["rm scene", "rm scene"])
    #expect(driver.farm.taskCount(of: .system) == 2 && driver.farm.jobState(.system) == [.running])
    for lease in Self.running(driver) { driver.finish(lease) }
    #expect(driver.store.systemCommands.isEmpty && Self.tasks(driver).isEmpty)
    #expect(driver.farm.tasks(of: .system, limit: 10).rows.isEmpty && driver.farm.jobState(.system) == [])
    #expect(driver.store.tasks.keys.allSatisfy { $0.job != .system } && driver.store.runs.isEmpty)
    let block = driver.farm.systemBlocks()[0]
    #expect(block.done == 2 && block.failed == 0 && block.renders == 1)
  }

  @Test("a server that dies between a deletion and its command runs it afterwards, once")
  func killed() throws {
    var driver = Self.farm()
    Self.leave(1, in: &driver)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.starts.map(\.system?.text) == ["rm scene.0"])
    let lease = try #require(Self.running(driver).first)
    // It dies again while the command runs: it goes on.
    driver.restart()
    driver.apply(.listening)
    let key = TaskKey(job: .system, block: BlockIndex(0), task: TaskIndex(0))
    driver.register("r1", runs: [RunReport(lease: lease, key: key)])
    #expect(driver.kept == [lease] && driver.starts.isEmpty)
    driver.finish(lease)
    #expect(driver.store.systemCommands.isEmpty)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.starts.isEmpty && Self.tasks(driver).isEmpty)
  }

  @Test("never more tasks than af_sysjob_tasksmax; the rest waits, is run in the order in which it came, and survives a restart")
  func bounded() throws {
    var driver = Self.farm("r1", "r2", tasksMax: 3)
    Self.leave(20, in: &driver)
    var texts: [String] = driver.starts.compactMap { $0.system?.text }
    for step in 0..<40 {
      let tasks = Self.tasks(driver)
      #expect(tasks.count(where: { $0.key != nil }) <= 3)
      #expect(driver.store.systemCommands.count == tasks.count)
      if step == 7 {
        let leases = Self.running(driver)
        let keys = leases.compactMap { driver.farm.run($0) }
        driver.restart()
        driver.apply(.listening)
        for name in ["r1", "r2"] {
          let render = driver.farm.render(named: name)
          driver.register(
            name, runs: keys.filter { $0.render == render }.map { RunReport(lease: $0.lease, key: $0.key) })
          texts += driver.starts.compactMap { $0.system?.text }
        }
        continue
      }
      guard let lease = Self.running(driver).first else { break }
      driver.finish(lease)
      texts += driver.starts.compactMap { $0.system?.text }
    }
    #expect(texts == (0..<20).map { "rm scene.\($0)" })
    #expect(driver.store.systemCommands.isEmpty && Self.tasks(driver).isEmpty)
  }

  /// So many tens of seconds pass, in which all renders give signs of life.
  private func keepAlive(_ driver: inout FarmDriver, _ tens: Int) {
    for _ in 0..<tens {
      for id in driver.farm.renderIDs() { driver.apply(.renderAlive(id, nil)) }
      _ = driver.advance(.seconds(10))
    }
  }

  enum Ending: CaseIterable, CustomTestStringConvertible {
    case done, retries, fatal, old, oldWhileRunning, skippedByHand, restarted
    var testDescription: String { "\(self)" }
  }

  @Test("task life, retries, deletion and clearing", arguments: Ending.allCases)
  func endings(_ ending: Ending) throws {
    var driver = Self.farm("r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11")
    Self.leave(1, in: &driver)
    let key = TaskKey(job: .system, block: BlockIndex(0), task: TaskIndex(0))
    func lease() -> Lease { driver.farm.lease(of: key) ?? Lease(0) }
    func fail(_ outcome: RunOutcome = .exitStatus) {
      let lease = lease()
      guard let run = driver.farm.run(lease) else { return }
      driver.apply(
        .runFinished(run.render, lease, run.key, RunResult(outcome: outcome, exitCode: 3, output: "rm: no such file\n")))
    }
    var lines: [String] { driver.store.journal.filter { $0.object == "job 1" }.map(\.info) }
    switch ending {
    case .done: driver.finish(lease())
    case .retries:
      for attempt in 1...10 {
        #expect(driver.farm.task(key)?.phase == .running, "try \(attempt)")
        fail()
      }
      #expect(lines.count { $0.contains("rm scene.0") && $0.contains("rm: no such file") } == 10)
      #expect(lines.last?.contains("retries are used up") == true)
    case .fatal:
      fail(.parserFatalError)
      #expect(lines.last?.contains("given up") == true)
    case .old:
      // It has failed everywhere, and nobody is forgiven.
      driver.edit(.blocks(.ids([.system]), .index(BlockIndex(0))), ("errors_forgive_time", .integer(0)))
      for name in (2...11).map({ "r\($0)" }) { driver.operateRenders(.pause, name) }
      fail()
      #expect(driver.farm.task(key)?.phase == .errorReady)
      keepAlive(&driver, 179)
      #expect(Self.tasks(driver).count == 1)
      keepAlive(&driver, 2)
      #expect(lines.last?.contains("older than 1800 s") == true)
      for name in (2...11).map({ "r\($0)" }) { driver.operateRenders(.unpause, name) }
    case .oldWhileRunning:
      driver.store.jobs[.system]?.spec.blocks[0].parameters.taskMaxRunTime = 0
      driver.apply(
        .edit(
          Edit(
            target: .blocks(.ids([.system]), .index(BlockIndex(0))),
            changes: [Edit.Change(key: "task_max_run_time", value: .integer(0))]), by: driver.actor,
          request: RequestID(connection: ConnectionID(0), number: 1)))
      for name in (1...11).map({ "r\($0)" }) {
        guard let render = driver.farm.render(named: name) else { continue }
        driver.apply(.renderAlive(render, nil))
      }
      let lease = lease()
      let render = try #require(driver.farm.run(lease)?.render)
      for _ in 0..<190 {
        driver.apply(.renderAlive(render, nil))
        _ = driver.advance(.seconds(10))
      }
      // What runs may end; only what fails then is not tried again.
      #expect(driver.farm.task(key)?.phase == .running)
      fail()
      #expect(lines.last?.contains("older than 1800 s") == true)
    case .skippedByHand:
      driver.operate(.skip, .ids([.system]), block: .index(BlockIndex(0)), tasks: [TaskRange(first: 0, last: 0)])
      #expect(driver.stops.count == 1)
      driver.finish(lease(), .stopped)
    case .restarted:
      let lease = lease()
      driver.operate(.restart, .ids([.system]), block: .name("post_commands"))
      #expect(driver.stops == [lease])
      driver.finish(lease, .stopped)
    }
    #expect(Self.tasks(driver).isEmpty && driver.store.systemCommands.isEmpty)
    #expect(driver.store.tasks.keys.allSatisfy { $0.job != .system })
    #expect(driver.farm.systemBlocks()[0].failed == ([.retries, .fatal, .old, .oldWhileRunning].contains(ending) ? 1 : 0))
    // The slot is as new.
    driver.operate(.start, JobID.system)
    driver.register("r1")
    Self.leave(1, in: &driver)
    #expect(driver.starts.map(\.start) == [1])
  }

  @Test("commands grow old only while some render is online that may run them")
  func noTakers() {
    var driver = Self.farm()
    Self.leave(3, in: &driver)
    _ = driver.advance(.seconds(100_000))
    #expect(Self.tasks(driver).count == 3 && Self.tasks(driver).allSatisfy { $0.key == nil })
    #expect(driver.farm.systemBlocks()[0].waiting == 3 && driver.farm.systemBlocks()[0].renders == 0)
    // It says so.
    let text = "no render is online that may run service postcmd: 3 commands wait"
    #expect(driver.farm.explain(.system)?.rules.contains { $0.text == text && $0.node == "block post_commands" } == true)
    #expect(driver.farm.explain(.system)?.verdict == "3 commands wait in line")
    #expect(driver.farm.systemTrouble() == ["post_commands: \(text)"])
    driver.register("r1")
    #expect(driver.farm.systemTrouble().isEmpty)
    // One takes its capacity, one the slot that is kept.
    #expect(driver.starts.count == 2)
  }

  @Test("what was never tried is not given up: while the job is paused it waits in line, on a busy farm as a task")
  func untried() {
    var driver = Self.farm("r1", tasksMax: 10)
    driver.operate(.pause, JobID.system)
    Self.leave(20, in: &driver)
    #expect(Self.tasks(driver).allSatisfy { $0.key == nil })
    keepAlive(&driver, 500)
    #expect(Self.tasks(driver).count == 20)
    driver.operate(.start, JobID.system)
    #expect(Self.tasks(driver).count { $0.key != nil } == 10 && Self.running(driver).count == 2)
    // Those that run never end.
    driver.edit(.blocks(.ids([.system]), .index(BlockIndex(0))), ("task_max_run_time", .integer(0)))
    keepAlive(&driver, 500)
    #expect(Self.tasks(driver).count == 20 && Self.running(driver).count == 2)
  }

  @Test("a command that waits for its renders to be forgiven is in nobody's way in the kept slot")
  func keptSlotBesideErrors() throws {
    var driver = Self.farm("r1")
    driver.submit(job(frames(0, 9)))
    Self.leave(1, in: &driver)
    driver.finish(try #require(Self.running(driver).first), .exitStatus)
    #expect(Self.running(driver).isEmpty)
    Self.leave(1, in: &driver)
    #expect(driver.starts.map(\.system?.text) == ["rm scene.0"] && Self.running(driver).count == 1)
    driver.finish(try #require(Self.running(driver).first))
    #expect(Self.running(driver).isEmpty)
    // After errors_forgive_time.
    keepAlive(&driver, 60)
    #expect(Self.running(driver).count == 1)
  }

  @Test("100,000 commands at once wait in bounded memory, survive a restart, and are run in their order")
  func many() throws {
    var driver = Self.farm("r1", tasksMax: 1000)
    var effects: [Effect] = []
    for number in 0..<100_000 {
      _ = driver.farm.push(SystemCommand(kind: .post, text: "rm \(number)", user: "anna", jobName: "film"))
      swap(&effects, &driver.farm.effects)
      for case .store(let change) in effects { driver.store.apply(change) }
      effects.removeAll(keepingCapacity: true)
    }
    driver.apply(.time)
    #expect(driver.farm.system.lines[0].bytes < 20 << 20)
    // 998 tasks are ready and not started.
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.farm.systemBlocks()[0].waiting == 99_000 && Self.tasks(driver).count { $0.key != nil } == 1000)
    var texts = driver.starts.compactMap { $0.system?.text }
    for _ in 0..<3000 {
      guard let lease = Self.running(driver).first else { break }
      driver.finish(lease)
      texts += driver.starts.compactMap { $0.system?.text }
    }
    #expect(texts == (0..<texts.count).map { "rm \($0)" } && texts.count > 3000)
    #expect(driver.store.systemCommands.count == 97_000)
  }

  @Test("restarting a block or its task clears the line, and says how many commands that drops", arguments: [true, false])
  func clearing(_ wholeBlock: Bool) throws {
    var driver = Self.farm("r1", tasksMax: 2)
    Self.leave(10, in: &driver)
    driver.operate(
      .restart, .ids([.system]), block: .index(BlockIndex(0)), tasks: wholeBlock ? [] : [TaskRange(first: 0, last: 0)])
    guard case .operated(let outcomes, _) = driver.answer else {
      Issue.record("no answer")
      return
    }
    #expect(outcomes.first?.message == (wholeBlock ? "dropped 10 commands" : "dropped 9 commands"))
    for lease in driver.farm.runs.compactMap({ $0?.lease }) { driver.finish(lease, .stopped) }
    for lease in Self.running(driver) { driver.finish(lease) }
    #expect(driver.store.systemCommands.isEmpty)
    driver.restart()
    #expect(Self.tasks(driver).isEmpty)
  }

  @Test("it cannot be deleted, and what is fixed stays; masks, limits and retries may be set and are kept")
  func edits() throws {
    var driver = Self.farm("r1")
    #expect(driver.operate(.delete, JobID.system)?.isDone == false)
    #expect(driver.farm.job(.system) != nil)
    func set(_ key: String, _ value: JSONValue, block: Int?) -> Bool {
      let target: EditTarget = block.map { .blocks(.ids([.system]), .index(BlockIndex($0))) } ?? .jobs(.ids([.system]))
      driver.apply(
        .edit(
          Edit(target: target, changes: [Edit.Change(key: key, value: value)]), by: driver.actor,
          request: RequestID(connection: ConnectionID(0), number: 1)))
      guard case .edited(let outcomes, _) = driver.answer else { return false }
      return outcomes.first?.isDone == true
    }
    for (key, value) in [("service", "x"), ("command", "x"), ("name", "x"), ("depend_mask", "x")] {
      #expect(!set(key, .string(value), block: 0), "\(key)")
    }
    #expect(!set("user_name", .string("anna"), block: nil) && !set("time_life", .integer(1), block: nil))
    #expect(set("hosts_mask", .string("nobody"), block: 0) && set("errors_retries", .integer(2), block: 1))
    Self.leave(1, in: &driver)
    #expect(driver.starts.isEmpty)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.starts.isEmpty)
    let spec = try #require(driver.farm.spec(.system))
    #expect(spec.blocks[0].parameters.hostsMask == "nobody" && spec.blocks[1].errorsRetries == 2)
    #expect(set("hosts_mask", .string(""), block: 0))
    #expect(driver.starts.count == 1)
  }

  @Test("each render keeps a slot for it beyond its capacity and its tasks at once, one at a time")
  func keptSlot() throws {
    var driver = Self.farm("r1")
    driver.submit(job(frames(0, 9)))
    #expect(driver.farm.render(driver.farm.render(named: "r1") ?? RenderID(0))?.capacityUsed == 1000)
    Self.leave(2, in: &driver)
    #expect(driver.starts.count == 1 && driver.starts.first?.system?.text == "rm scene.0")
    let render = try #require(driver.farm.render(named: "r1"))
    #expect(driver.farm.render(render)?.capacityUsed == 1000)
    let lease = try #require(Self.running(driver).first)
    // Over a restart too.
    let runs = driver.farm.runs.compactMap { $0 }.map { RunReport(lease: $0.lease, key: $0.key) }
    driver.restart()
    driver.apply(.listening)
    driver.register("r1", runs: runs)
    #expect(driver.starts.isEmpty && driver.farm.render(render)?.capacityUsed == 1000)
    driver.finish(lease)
    #expect(driver.starts.map(\.system?.text) == ["rm scene.1"])
  }

  @Test("renders that are nimby, NIMBY or paused take what the block lets them take", arguments: ["nimby", "NIMBY", "paused"])
  func nimby(_ state: String) {
    var driver = Self.farm("r1")
    driver.operateRenders(state == "nimby" ? .nimby : state == "NIMBY" ? .NIMBY : .pause, "r1")
    Self.leave(1, in: &driver)
    #expect(driver.starts.isEmpty)
    func push(_ kind: SystemCommand.Kind) {
      driver.farm.now = driver.now
      _ = driver.farm.push(SystemCommand(kind: kind, text: "wolwake 00:11:22:33:44:55", user: "afadmin", jobName: "r2"))
      driver.apply(.time)
    }
    push(.wake)
    #expect(driver.starts.map(\.system?.kind) == [.wake])
    let key = state == "paused" ? "ignorepaused" : "ignorenimby"
    driver.apply(
      .edit(
        Edit(
          target: .blocks(.ids([.system]), .index(BlockIndex(0))), changes: [Edit.Change(key: key, value: .bool(true))]),
        by: driver.actor, request: RequestID(connection: ConnectionID(0), number: 1)))
    #expect(driver.starts.map(\.system?.kind) == [.post])
  }

  @Test("when too many commands wait, jobs that leave some cannot be deleted, and nothing is lost")
  func full() {
    var driver = Self.farm()
    let id = driver.submit(Self.spec(post: "rm a"))
    let other = driver.submit(Self.spec())
    driver.farm.system.lines[0].bytes = Limits.systemQueueBytes
    let refused = driver.operate(.delete, id)
    #expect(refused?.isDone == false && refused?.message.contains("reeve sysjob") == true)
    #expect(driver.farm.job(id) != nil)
    #expect(driver.operate(.delete, other)?.isDone == true)
    driver.farm.system.lines[0].bytes = 0
    #expect(driver.operate(.delete, id)?.isDone == true)
  }

  // MARK: Pre-commands

  @Test("a job waits for its pre-commands, and says so; then it starts")
  func preCommands() throws {
    var driver = Self.farm("r1")
    let id = driver.submit(Self.spec(pre: "prepare"))
    #expect(driver.starts.map(\.system?.text) == ["prepare"])
    #expect(driver.farm.explain(id)?.rules.contains { $0.key == "command_pre" } == true)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.starts.map(\.system?.text) == ["prepare"] && driver.phase(id, 0) == .ready)
    driver.finish(try #require(Self.running(driver).first))
    #expect(driver.starts.map(\.key.job) == [id])
    driver.restart()
    #expect(driver.farm.explain(id)?.rules.contains { $0.key == "command_pre" } == false)
  }

  @Test("a pre-command that fails for good pauses its job; starting the job runs it again")
  func failedPreCommand() throws {
    var driver = Self.farm("r1")
    let id = driver.submit(Self.spec(pre: "prepare"))
    driver.finish(try #require(Self.running(driver).first), .parserFatalError)
    #expect(driver.farm.jobState(id)?.contains(.offline) == true)
    #expect(driver.store.journal.contains { $0.object == "job \(id)" && $0.info.contains("prepare") })
    #expect(driver.farm.explain(id)?.rules.contains { $0.text.contains("runs it again") } == true)
    driver.restart()
    driver.apply(.listening)
    driver.register("r1")
    #expect(driver.starts.isEmpty)
    driver.operate(.start, id)
    #expect(driver.starts.map(\.system?.text) == ["prepare"])
    driver.finish(try #require(Self.running(driver).first))
    #expect(driver.starts.map(\.key.job) == [id])
  }

  @Test("a job whose pre-command failed is let go on by an edit as by an operation: they run again")
  func failedPreCommandAndEdit() throws {
    var driver = Self.farm("r1")
    let id = driver.submit(Self.spec(pre: "prepare"))
    driver.finish(try #require(Self.running(driver).first), .parserFatalError)
    #expect(driver.farm.jobState(id)?.contains(.offline) == true)
    driver.edit(id, "offline", .bool(false))
    #expect(driver.starts.map(\.system?.text) == ["prepare"])
    driver.finish(try #require(Self.running(driver).first))
    #expect(driver.starts.map(\.key.job) == [id])
  }

  @Test("pre-commands of a job that was deleted before they began are not run; its post-commands are")
  func deletedBeforePreCommands() {
    var driver = Self.farm()
    var spec = Self.spec(post: "rm a", pre: "prepare")
    spec.isOffline = true
    let id = driver.submit(spec)
    driver.operate(.delete, id)
    driver.register("r1")
    #expect(driver.starts.map(\.system?.text) == ["rm a"])
  }

  @Test("a job that the store refused leaves no command behind, and no event", arguments: [true, false])
  func withdrawn(_ isOnline: Bool) {
    var driver = isOnline ? Self.farm("r1") : Self.farm()
    var spec = Self.spec(pre: "prepare")
    spec.other["custom_data"] = .string("{}")
    let id = driver.submit(spec)
    #expect(driver.store.systemCommands.count == 2)
    driver.apply(.withdraw(id))
    #expect(Self.tasks(driver).isEmpty && Self.tasks(driver, .events).isEmpty && driver.store.systemCommands.isEmpty)
    #expect(driver.store.runs.isEmpty && driver.stops.isEmpty)
    #expect(driver.farm.renders.allSatisfy { $0.runs.isEmpty && $0.keptRuns == 0 })
  }

  @Test("a job that was started while another of its pre-commands was under way runs them again when that has ended")
  func startedMeanwhile() throws {
    var driver = Self.farm("r1", "r2")
    var spec = Self.spec(pre: "one")
    spec.blocks[0].parameters.commandPre = "two"
    let id = driver.submit(spec)
    #expect(driver.starts.map(\.system?.text) == ["one", "two"])
    let leases = Self.running(driver)
    driver.finish(leases[0], .parserFatalError)
    driver.operate(.start, id)
    #expect(driver.starts.isEmpty)
    driver.finish(leases[1])
    #expect(driver.starts.map(\.system?.text) == ["one", "two"])
    for lease in Self.running(driver) { driver.finish(lease) }
    #expect(driver.starts.map(\.key.job) == [id])
  }
}
