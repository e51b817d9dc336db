import Model
import Simulation
import Testing

@testable import Scheduler

@Suite("Events (section 6)")
struct EventTests {
  private func names(_ effects: [Effect]) -> [EventName] { events(effects).map(\.name) }

  /// A job whose `custom_data` is this.
  private func spec(_ data: String, name: String = "shot", retries: Int8 = 0) -> JobSpec {
    var spec = job(frames(1, 2, retries: retries), name: name)
    if !data.isEmpty { spec.other["custom_data"] = .string(data) }
    return spec
  }

  // MARK: Jobs

  @Test("6.1 a job's events come when it is created, has its first error, is done and is deleted")
  func ofJobs() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 9000)
    var wanted = spec("")
    wanted.blocks[0] = wanted.blocks[0].avoidingNone
    let id = driver.submit(wanted)
    #expect(names(driver.last) == [.jobCreated])
    driver.finish(id, 0, .exitStatus, reason: "no licence")
    #expect(names(driver.last) == [.jobError])
    #expect(events(driver.last).first?.info == "\"shot\": task \(id)[0][0]: no licence")
    driver.finish(id, 1, .exitStatus)
    #expect(names(driver.last) == [])
    driver.operate(.restartErrors, id)
    #expect(names(driver.last) == [])
    // Tried again, it may be an error again.
    driver.finish(id, 0, .exitStatus)
    #expect(names(driver.last) == [.jobError])
    driver.operate(.restartErrors, id)
    driver.finish(id, 0)
    #expect(names(driver.last) == [])
    driver.finish(id, 1)
    #expect(names(driver.last) == [.jobDone])
    driver.operate(.restart, id)
    driver.operate(.skip, id)
    driver.finish(id, 0, .stopped)
    driver.finish(id, 1, .stopped)
    driver.operate(.delete, id)
    #expect(names(driver.last) == [.jobDeleted])
    #expect(events(driver.last).first?.info == "\"shot\": by anna@desk (administrator)")
    #expect(events(driver.last).first?.object == "job \(id)")
    // Nobody wanted to hear of it: there are rows and no tasks.
    #expect(driver.store.events.count(where: { $0.name == .jobDone }) == 2)
    #expect(driver.store.events.allSatisfy { !$0.isSent })
    #expect(driver.store.systemCommands.isEmpty)
  }

  @Test("6.1 an error that is tried again is no event")
  func retried() {
    var driver = FarmDriver()
    driver.register("r1")
    let id = driver.submit(spec("", retries: 1))
    driver.finish(id, 0, .exitStatus)
    #expect(names(driver.last) == [])
  }

  @Test("6.1 the end of its life time deletes a job, with an event")
  func lifeTime() {
    var driver = FarmDriver()
    driver.submit(spec("").with { $0.timeLife = 10 })
    let effects = driver.advance(.seconds(10))
    #expect(events(effects).map(\.info) == ["\"shot\": its life time of 10 s is over"])
  }

  @Test("6.1 the service is asked only if the job or its user has custom_data", arguments: ["nobody", "job", "user"])
  func wanted(who: String) {
    var driver = FarmDriver()
    driver.submit(job(frames(1, 1), name: "first"))
    if who == "user" { driver.edit(.users(.names(["anna"])), ("custom_data", .string("{}"))) }
    driver.submit(spec(who == "job" ? "{}" : ""))
    #expect(events(driver.last).map(\.isSent) == [who != "nobody"])
    #expect(commands(driver.last, .event).map(\.taskName) == (who == "nobody" ? [] : ["JOB_CREATED"]))
  }

  @Test("6.2 the data of a job's event")
  func jobData() throws {
    var driver = FarmDriver()
    let title = "a \"shot\"\n$(rm -rf /) `x` 'y' \\"
    var wanted = spec("{\"events\": {\"JOB_DONE\": {\"methods\": [\"email\"]}}}", name: title)
    wanted.blocks.append(list(3, name: "listed"))
    driver.submit(wanted)
    driver.edit(.users(.names(["anna"])), ("custom_data", .string("{\"emails\": [\"anna@here\"]}")))
    driver.operate(.skip, .name(title))
    let command = try #require(commands(driver.last, .event).first)
    #expect(command.user == "anna" && command.jobName == title && command.taskName == "JOB_DONE")
    let data = try JSONParser.parse(command.text)
    #expect(data.object?.members.map(\.key) == ["user", "job", "events"])
    #expect(data["events"] == .array([.string("JOB_DONE")]))
    #expect(data["user"]?["name"] == .string("anna"))
    #expect(data["user"]?["custom_data"] == .string("{\"emails\": [\"anna@here\"]}"))
    #expect(data["user"]?["errors_retries"] == .integer(3))
    let job = try #require(data["job"])
    #expect(job["name"] == .string(title))
    #expect(job["user_name"] == .string("anna"))
    #expect(job["custom_data"]?.string?.contains("email") == true)
    #expect(job["state"]?.string == "SKP DON" || job["state"]?.string == "DON SKP")
    #expect(job["tasks_num"] == .integer(5) && job["tasks_skipped"] == .integer(5))
    let blocks = try #require(job["blocks"]?.array)
    #expect(blocks.map { $0["name"]?.string } == ["block", "listed"])
    #expect(blocks.allSatisfy { $0["tasks"] == nil && $0["p_tasks_skipped"] != nil })
    #expect(blocks[0]["frame_last"] == .integer(2))
  }

  @Test("an event of a job that says very much says less of its blocks")
  func long() throws {
    var driver = FarmDriver()
    var wanted = spec("{}")
    wanted.blocks = (0..<30).map {
      var block = frames(1, 1, name: "b\($0)")
      block.command = String(repeating: "x", count: Limits.commandBytes)
      return block
    }
    driver.submit(wanted)
    let text = try #require(commands(driver.last, .event).first?.text)
    #expect(text.utf8.count < Farm.eventBytes)
    let blocks = try JSONParser.parse(text)["job"]?["blocks"]?.array
    #expect(blocks?.count == 30)
    #expect(blocks?[7]["name"] == .string("b7"))
  }

  @Test("the JSON of custom_data may be wrong: the job is taken, its submitter is told where, and so are events")
  func malformed() {
    var driver = FarmDriver()
    var wanted = spec("{\"a\": 1,\n b}")
    wanted.blocks[0].other["custom_data"] = .string("[]")
    let id = driver.submit(wanted)
    guard case .submitted(_, _, let warnings) = driver.answer else { return #expect(Bool(false), "not taken") }
    #expect(
      warnings == [
        "custom_data: no JSON that a service can use: line 2, column 2: expected a key in double quotes",
        "blocks[0].custom_data: no JSON that a service can use: expected an object, found a list",
      ])
    #expect(
      logged(driver.last).contains("JOB_CREATED: custom_data of the job: line 2, column 2: expected a key in double quotes"))
    // It is handed on as it is.
    #expect(commands(driver.last, .event).first?.text.contains(#"{\"a\": 1,\n b}"#) == true)
    #expect(driver.farm.job(id) != nil)
  }

  @Test("wrong JSON that is set later is taken too, and said")
  func malformedEdit() {
    var driver = FarmDriver()
    let outcome = driver.edit(.pools(.names(["/"])), ("custom_data", .string("{")))
    #expect(outcome.first?.isDone == true)
    #expect(outcome.first?.message.contains("no JSON that a service can use: line 1, column 2") == true)
  }

  @Test("a job that was an error before the restart is no news; commands of events are stored")
  func recovery() {
    var driver = FarmDriver()
    driver.register("r1", capacity: 9000)
    let id = driver.submit(spec("{}"))
    driver.finish(id, 0, .exitStatus)
    let sent = Set(driver.store.systemCommands.keys)
    #expect(sent.count == 2)
    driver.restart()
    driver.apply(.listening)
    #expect(Set(driver.store.systemCommands.keys) == sent)
    driver.register("r1", capacity: 9000)
    driver.finish(id, 1, .exitStatus)
    #expect(names(driver.last) == [])
  }

  // MARK: Renders

  @Test("6.1 RENDER_ZOMBIE: no sign of life for zombie_time")
  func zombie() {
    var driver = FarmDriver()
    driver.register("r1", user: "ben")
    let effects = driver.advance(.seconds(16))
    #expect(names(effects) == [.renderZombie])
    #expect(events(effects).first?.object == "render r1")
    #expect(events(effects).first?.user == "ben")
  }

  @Test("6.1 RENDER_SICK: sick_errors_count is reached, once")
  func sick() {
    var driver = FarmDriver()
    driver.setPool("sick_errors_count", .integer(2))
    driver.register("r1", capacity: 9000)
    let first = driver.submit(job(frames(1, 2), user: "anna"))
    let second = driver.submit(job(frames(1, 2), user: "ben"))
    driver.finish(first, 0, .exitStatus)
    #expect(names(driver.last) == [])
    driver.finish(second, 0, .exitStatus)
    #expect(names(driver.last) == [.renderSick])
    driver.finish(second, 1, .exitStatus)
    #expect(names(driver.last) == [])
  }

  @Test("6.1 RENDER_NO_TASK: after no_task_event_time, and after twice, four times… as long", arguments: [false, true])
  func noTask(isSent: Bool) {
    var driver = FarmDriver()
    driver.setPool("no_task_event_time", .integer(10))
    // Then each event is a task itself, which may run on the render: it has no task for all that.
    if isSent { driver.setPool("custom_data", .string("{}")) }
    driver.register("r1", maxTasks: 1)
    var start = driver.now
    var effects = driver.pass(.seconds(90))
    #expect(events(effects).map { ($0.time - start).seconds } == [10, 20, 40, 80])
    #expect(events(effects).allSatisfy { $0.name == .renderNoTask && $0.isSent == isSent })
    #expect(commands(effects, .event).count == (isSent ? 4 : 0))
    // A task ends the idle period.
    let id = driver.submit(job(frames(1, 1)))
    effects = driver.pass(.seconds(50))
    #expect(events(effects).isEmpty)
    start = driver.now
    driver.finish(id, 0)
    effects = driver.pass(.seconds(45))
    #expect(events(effects).map { ($0.time - start).seconds } == [10, 20, 40])
    // Offline it has no task, and nobody minds.
    effects = driver.pass(.seconds(100), silent: "r1")
    #expect(names(effects) == [.renderZombie])
  }

  @Test("a render whose pools ask for no events has no timers for them")
  func noTimers() {
    var driver = FarmDriver()
    driver.register("r1")
    let before = driver.farm.timers.count
    driver.setPool("no_task_event_time", .integer(10))
    #expect(driver.farm.timers.count == before + 1)
    driver.setPool("no_task_event_time", .integer(-1))
    #expect(driver.farm.timers.count == before)
  }

  @Test("6.1 what passed before the time was set is one event")
  func longIdle() {
    var driver = FarmDriver()
    driver.register("r1")
    let start = driver.now
    driver.pass(.seconds(100))
    driver.setPool("no_task_event_time", .integer(3))
    let effects = driver.pass(.seconds(100))
    #expect(events(effects).map { ($0.time - start).seconds } == [100, 192])
  }

  private func resources(memory: Int64 = 50, swap: Int64 = 50, disk: Int64 = 50, swapTotal: Int64 = 1000) -> HostResources {
    var load = HostResources()
    (load.memoryTotalMB, load.memoryFreeMB) = (1000, memory * 10)
    (load.swapTotalMB, load.swapUsedMB) = (swapTotal, swapTotal - swapTotal * swap / 100)
    (load.diskTotalGB, load.diskFreeGB) = (1000, disk * 10)
    return load
  }

  @Test(
    "6.1 RENDER_OVERLOAD: free memory, swap or disk at or below af_render_overflow_…",
    arguments: [
      (50, 50, 50, 1000, nil), (5, 50, 50, 1000, "only 5 % memory free"), (6, 50, 50, 1000, nil),
      (50, 10, 50, 1000, "only 10 % swap free"), (50, 11, 50, 1000, nil), (50, 50, 1, 1000, "only 1 % disk free"),
      (50, 50, 2, 1000, nil), (0, 0, 0, 1000, "only 0 % memory, 0 % swap, 0 % disk free"), (50, 0, 50, 0, nil),
    ] as [(Int64, Int64, Int64, Int64, String?)])
  func overload(memory: Int64, swap: Int64, disk: Int64, swapTotal: Int64, text: String?) {
    var settings = FarmSettings()
    (settings.overflowMemory, settings.overflowSwap, settings.overflowDisk) = (5, 10, 1)
    var driver = FarmDriver(settings: settings)
    driver.setPool("overload_event_time", .integer(60))
    let render = driver.register("r1")
    driver.apply(.renderAlive(render, resources(memory: memory, swap: swap, disk: disk, swapTotal: swapTotal)))
    #expect(events(driver.last).map(\.info) == (text.map { [$0] } ?? []))
    #expect(names(driver.last).allSatisfy { $0 == .renderOverload })
  }

  @Test("6.1 overflow -1 and overload_event_time 0 are off")
  func overloadOff() {
    var driver = FarmDriver()
    let render = driver.register("r1")
    driver.setPool("overload_event_time", .integer(60))
    driver.apply(.renderAlive(render, resources(memory: 0, swap: 0, disk: 0)))
    #expect(events(driver.last).isEmpty)
    var settings = FarmSettings()
    settings.overflowMemory = 5
    driver = FarmDriver(settings: settings)
    driver.register("r1")
    driver.apply(.renderAlive(render, resources(memory: 0)))
    #expect(events(driver.last).isEmpty)
    driver.setPool("overload_event_time", .integer(60))
    #expect(names(driver.last) == [.renderOverload])
  }

  @Test("6.1 RENDER_OVERLOAD comes at once, after overload_event_time, then after twice as long… until there is room again")
  func overloadTimes() {
    var settings = FarmSettings()
    settings.overflowMemory = 5
    var driver = FarmDriver(settings: settings)
    driver.setPool("overload_event_time", .integer(60))
    let render = driver.register("r1")
    let start = driver.now
    var effects = driver.apply(.renderAlive(render, resources(memory: 3)))
    effects += driver.pass(.seconds(250))
    #expect(events(effects).map { ($0.time - start).seconds } == [0, 60, 120, 240])
    driver.apply(.renderAlive(render, resources(memory: 6)))
    #expect(events(driver.pass(.seconds(500))).isEmpty)
    driver.apply(.renderAlive(render, resources(memory: 5)))
    #expect(names(driver.last) == [.renderOverload])
  }

  @Test(
    "6.1 a render's event is sent if the render, a pool above it, the system user or the system job has custom_data",
    arguments: ["nobody", "render", "pool", "pool above", "root", "system user", "system job", "another pool"])
  func renderWanted(who: String) {
    var driver = FarmDriver()
    driver.apply(.listening)
    for path in ["/a", "/a/b", "/c"] {
      driver.apply(
        .order(
          NodeOrder(kind: .pool, names: [path], creates: true), by: driver.actor,
          request: RequestID(connection: ConnectionID(0), number: 1)))
    }
    driver.register("r1")
    driver.edit(.renders(.names(["r1"])), ("pool", .string("/a/b")))
    let data: (String, JSONValue) = ("custom_data", .string("{}"))
    switch who {
    case "render": driver.edit(.renders(.names(["r1"])), data)
    case "pool": driver.edit(.pools(.names(["/a/b"])), data)
    case "pool above": driver.edit(.pools(.names(["/a"])), data)
    case "another pool": driver.edit(.pools(.names(["/c"])), data)
    case "root": driver.edit(.pools(.names(["/"])), data)
    case "system user": driver.edit(.users(.names(["afadmin"])), data)
    case "system job": driver.edit(.system, "custom_data", .string("{}"))
    default: break
    }
    let effects = driver.advance(.seconds(16))
    let isSent = who != "nobody" && who != "another pool"
    #expect(events(effects).map(\.isSent) == [isSent])
    #expect(commands(effects, .event).count == (isSent ? 1 : 0))
  }

  @Test("6.2 the data of a render's event; several events at one moment are one command")
  func renderData() throws {
    var settings = FarmSettings()
    settings.overflowMemory = 5
    var driver = FarmDriver(settings: settings)
    driver.apply(.listening)
    driver.apply(
      .order(
        NodeOrder(kind: .pool, names: ["/a/b"], creates: true), by: driver.actor,
        request: RequestID(connection: ConnectionID(0), number: 1)))
    driver.edit(.pools(.names(["/a"])), ("custom_data", .string("{\"emails\": [\"pool@here\"]}")))
    driver.registerMachine("r1", user: "ben", resources: resources(memory: 3))
    driver.edit(.renders(.names(["r1"])), ("pool", .string("/a/b")))
    driver.setPool("no_task_event_time", .integer(12))
    driver.setPool("overload_event_time", .integer(12))
    let command = try #require(commands(driver.advance(.seconds(12)), .event).first)
    #expect(command.user == "ben" && command.jobName == "r1" && command.taskName == "RENDER_NO_TASK")
    let data = try JSONParser.parse(command.text)
    #expect(data.object?.members.map(\.key) == ["render", "host_resources", "pools", "user", "job", "events"])
    #expect(data["events"] == .array([.string("RENDER_NO_TASK"), .string("RENDER_OVERLOAD")]))
    #expect(data["render"]?["name"] == .string("r1"))
    // It runs the task of the first of these events.
    #expect(data["render"]?["state"] == .string("ONL RUN"))
    #expect(data["render"]?["host_resources"] == nil)
    #expect(data["render"]?["netifs"]?.array?.first?["mac"] == .string("02:00:00:00:00:01"))
    #expect(data["host_resources"]?["mem_free_mb"] == .integer(30))
    #expect(data["pools"]?.array?.map { $0["name"]?.string } == ["/a/b", "/a", "/"])
    #expect(data["pools"]?.array?[1]["custom_data"] == .string("{\"emails\": [\"pool@here\"]}"))
    #expect(data["user"]?["name"] == .string("afadmin"))
    #expect(data["job"]?["name"] == .string("afanasy"))
    #expect(data["job"]?["blocks"]?.array?.count == 3)
  }
}
