import Model
import Simulation
import Testing

@testable import Scheduler

/// Each event of section 6.1, brought about by what it is about, with its JSON against section 6.2.
@Suite("The JSON of each event") struct EventJSONTests {
  private static let memory = 100_000

  /// A farm in which everybody wants to hear of everything.
  private static func farm() -> FarmDriver {
    var settings = FarmSettings()
    settings.overflowMemory = 5
    var driver = FarmDriver(settings: settings)
    driver.apply(.listening)
    driver.edit(.users(.names([SystemJob.user])), ("custom_data", .string(#"{"emails": ["farm@example.org"]}"#)))
    driver.setPool("sick_errors_count", .integer(1))
    driver.setPool("no_task_event_time", .integer(1000))
    driver.setPool("overload_event_time", .integer(1000))
    var registration = RenderRegistration(name: "r1", agent: "agent of r1", user: "render", address: "10.0.0.1", capacity: 9000)
    registration.interfaces = [NetworkInterface(name: "eth0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.1"])]
    driver.apply(.renderRegistered(registration, connection: driver.connection()))
    return driver
  }

  private static func happen(_ name: EventName, in driver: inout FarmDriver) throws {
    let render = try #require(driver.farm.render(named: "r1"))
    var spec = job(frames(1, 1, retries: 0), name: "a \"shot\"\n$(id)")
    spec.other["custom_data"] = .string(#"{"events": {}}"#)
    switch name {
    case .jobCreated: driver.submit(spec)
    case .jobError: driver.finish(driver.submit(spec), 0, .exitStatus, reason: "no licence")
    case .jobDone: driver.finish(driver.submit(spec), 0)
    case .jobDeleted: driver.operate(.delete, driver.submit(spec))
    case .renderZombie: _ = driver.advance(.seconds(20))
    case .renderSick: driver.finish(driver.submit(spec), 0, .exitStatus)
    case .renderNoTask:
      for _ in 0..<101 {
        driver.apply(.renderAlive(render, nil))
        _ = driver.advance(.seconds(10))
      }
    case .renderOverload:
      var resources = HostResources()
      resources.memoryTotalMB = Int64(memory)
      resources.memoryFreeMB = Int64(memory / 50)
      driver.apply(.renderAlive(render, resources))
    case .renderWakeFailed:
      driver.operateRenders(.sleep, "r1")
      _ = driver.advance(.seconds(20))
      driver.register("waker")
      driver.operateRenders(.wake, "r1")
      let waker = try #require(driver.farm.render(named: "waker"))
      for _ in 0..<100 {
        driver.apply(.renderAlive(waker, nil))
        _ = driver.advance(.seconds(10))
      }
    }
  }

  @Test("6.1, 6.2: what happens, to whom, and all that the service may want to know", arguments: EventName.allCases)
  func json(_ name: EventName) throws {
    var driver = Self.farm()
    try Self.happen(name, in: &driver)
    let command = try #require(
      driver.store.systemCommands.values.map(\.command).first { $0.kind == .event && $0.text.contains("\"\(name.rawValue)\"") })
    let root = try #require(try JSONParser.parse(command.text).object)
    #expect(root["events"]?.array?.contains(.string(name.rawValue)) == true)
    let job = try #require(root["job"]?.object)
    let user = try #require(root["user"]?.object)
    // In list form: without tasks.
    let blocks = try #require(job["blocks"]?.array)
    #expect(blocks.allSatisfy { $0["name"]?.string != nil && $0["tasks"] == nil })
    for key in ["id", "name", "user_name", "priority", "state", "tasks_num", "time_creation"] { #expect(job[key] != nil, "\(key)") }
    for key in ["name", "priority", "errors_retries", "max_running_tasks"] { #expect(user[key] != nil, "\(key)") }
    if name.rawValue.hasPrefix("JOB_") {
      #expect(root.members.map(\.key) == ["user", "job", "events"])
      #expect(command.user == "anna" && user["name"]?.string == "anna")
      #expect(job["name"]?.string == "a \"shot\"\n$(id)" && job["custom_data"]?.string == #"{"events": {}}"#)
      #expect(command.jobName == "a \"shot\"\n$(id)")
      let state = job["state"]?.string ?? ""
      if name == .jobError { #expect(state.contains("ERR") && job["tasks_error"]?.integer == 1) }
      if name == .jobDone { #expect(state.contains("DON") && job["p_percentage"]?.integer == 100) }
    } else {
      #expect(root.members.map(\.key) == ["render", "host_resources", "pools", "user", "job", "events"])
      #expect(command.user == "render" && command.jobName == "r1")
      #expect(user["name"]?.string == "afadmin" && user["custom_data"]?.string == #"{"emails": ["farm@example.org"]}"#)
      #expect(job["id"]?.integer == 1 && job["name"]?.string == "afanasy")
      let render = try #require(root["render"]?.object)
      for key in ["id", "name", "user_name", "state", "priority", "capacity_host", "netifs", "address", "time_update"] {
        #expect(render[key] != nil, "\(key)")
      }
      #expect(render["name"]?.string == "r1")
      #expect(root["pools"]?.array?.last?["name"]?.string == "/")
      let resources = try #require(root["host_resources"]?.object)
      for key in ["cpu_num", "mem_total_mb", "mem_free_mb", "swap_total_mb", "hdd_free_gb"] {
        #expect(resources[key] != nil, "\(key)")
      }
      let state = render["state"]?.string ?? ""
      if name == .renderSick { #expect(state.contains("SIC")) }
      if name == .renderZombie { #expect(state.contains("OFF")) }
      if name == .renderOverload { #expect(resources["mem_free_mb"]?.integer == Int64(Self.memory / 50)) }
    }
  }
}
