import Foundation
import Model
import TestSupport
import Testing

@Suite("what people set, with the real programs") struct SetTests {
  @Test("parameters of every kind of node are set, told with old and new values, kept over SIGKILL, and journaled")
  func everyKind() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let job = try farm.mustReeve(["run", "--paused", "--name", "shot", "--frames", "1-10", "--", "true", "@#@"])
    #expect(
      try farm.mustReeve(["set", "jobs", job, "priority=150", "hosts_mask=r1"])
        == "job \(job): priority: 99 -> 150, hosts_mask: \"\" -> \"r1\"")
    #expect(
      try farm.mustReeve(["set", "blocks", "shot", "--block", "0", "capacity=500", "tickets.NUKE=1"]).contains("1000 -> 500"))
    try farm.mustReeve(["pool", "create", "/farm"])
    try farm.mustReeve(["set", "pools", "/", "tickets_pool.NUKE=2", "services+=generic"])
    try farm.mustReeve(["set", "renders", "r1", "pool=/farm", "capacity_host=2000"])
    try farm.mustReeve(["branch", "create", "/film"])
    try farm.mustReeve(["set", "branches", "/", "max_tasks_per_second=100"])
    try farm.mustReeve(["set", "branches", "/film", "max_running_tasks=5"])
    let user = try #require(try JSONParser.parse(farm.mustReeve(["--json", "users"]))["users"]?.array?.first?["name"]?.string)
    try farm.mustReeve(["set", "users", user, "errors_retries=1"])

    func state() throws -> [JSONValue] {
      try ["pools", "branches", "users"].map { try JSONParser.parse(farm.mustReeve(["--json", $0])) }
        + [
          JSONParser.parse(farm.mustReeve(["--json", "job", job])), JSONParser.parse(farm.mustReeve(["--json", "render", "r1"])),
        ]
        .map { withoutClock($0) }
    }
    let before = try state()
    #expect(before[0]["pools"]?.array?.first?["tickets_pool"]?["NUKE"] == .integer(2))
    try farm.killServer()
    try farm.restartServer()
    // The render needs a moment to come back.
    let after = try observe("the render after the restart") { () -> [JSONValue]? in
      let now = try state()
      return now[0]["pools"]?.array?.first?["renders_online"] == .integer(1) ? now : nil
    }
    #expect(after[0..<4] == before[0..<4])
    #expect(after[4]["render"]?["pool"] == .string("/farm") && after[4]["render"]?["capacity_host"] == .integer(2000))

    let journal = try farm.mustReeve(["journal"])
    for line in ["jobs set", "pools create", "pools set", "renders set", "branches set", "users set"] {
      #expect(journal.contains(line), "\(line) is not in \(journal)")
    }
    let own = try farm.mustReeve(["journal", "--job", job])
    #expect(own.contains("priority: 99 -> 150") && !own.contains("tickets_pool"))
  }

  /// What moves with the time of day.
  private func withoutClock(_ value: JSONValue) -> JSONValue {
    guard var job = value["job"]?.object else { return value }
    for key in ["time_eta", "time_eta_early", "time_eta_late", "explanation"] { job[key] = nil }
    return .object(["job": .object(job)])
  }

  @Test("exit codes: 5 for what is not there, 2 for a bad value, 1 for what the farm refuses; more than one node is asked for")
  func exitCodes() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let job = try farm.mustReeve(["run", "--paused", "--name", "a", "--", "true"])
    try farm.mustReeve(["run", "--paused", "--name", "b", "--", "true"])
    func status(_ words: String...) throws -> Int32 { try farm.reeve(words).status }
    #expect(try status("set", "jobs", "99", "priority=5") == 5)
    #expect(try status("set", "pools", "/nix", "priority=5") == 5)
    #expect(try status("set", "jobs", "--mask", "nix.*", "priority=5") == 5)
    #expect(try status("pool", "/nix") == 5)
    #expect(try status("pool", "delete", "--yes", "/nix") == 5)
    #expect(try status("explain", "99") == 5)
    #expect(try status("restart", job, "--block", "7") == 5)
    #expect(try status("restart", job, "--tasks", "7") == 5)
    #expect(try status("set", "jobs", job, "priority=500") == 2)
    #expect(try status("set", "jobs", job, "prority=5") == 2)
    #expect(try status("set", "jobs", job, "branch=/nowhere/at/all") == 1)
    #expect(try status("set", "jobs", "--mask", ".*", "priority=5") == 2)
    #expect(try status("set", "jobs", "--mask", ".*", "priority=5", "--yes") == 0)
    #expect(try status("pool", "delete", "/") == 2)
    #expect(try status("pool", "delete", "--yes", "/") == 1)
  }

  @Test("blocks and tasks are appended to a job that runs, and run; a long document goes in portions")
  func append() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let job = try farm.mustReeve(["run", "--name", "first", "--", "true"])
    let block = try farm.mustReeve(
      ["append", job, "-"], input: #"{"blocks": [{"name": "more", "tasks": [{"name": "a", "command": "true"}]}]}"#)
    #expect(block == "1")
    #expect(
      try farm.mustReeve(["append", job, "-", "--block", "more"], input: #"{"tasks": [{"name": "b", "command": "true"}]}"#) == "1")
    try farm.mustReeve(["wait", job])
    #expect(try farm.mustReeve(["job", job]).contains("3 of 3 done"))

    let tasks = (0..<40_000).map {
      #"{"name": "frame \#($0)", "command": "render --scene /projects/film/shot/scene.ma --frame \#($0)"}"#
    }
    let document = #"{"job": {"name": "long", "blocks": [{"name": "list", "tasks": ["# + tasks.joined(separator: ",\n") + "]}]}}"
    #expect(document.utf8.count > 1 << 20)
    let long = try farm.mustReeve(["submit", "--paused", "-"], input: document)
    #expect(try farm.mustReeve(["job", long]).contains("0 of 40000 done"))
    let bad = document.replacingOccurrences(of: "\"name\": \"frame 39999\"", with: "\"nmae\": \"frame 39999\"")
    let refused = try farm.reeve(["submit", "-"], input: bad)
    #expect(refused.status == 1 && refused.errors.contains("tasks[39999].nmae"))
  }

  @Test("a job waits for another that is named by its number, and starts when that is done")
  func depend() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let first = try farm.mustReeve(["run", "--paused", "--name", "shot.010 (a)", "--", "true"])
    let second = try farm.mustReeve(["run", "--name", "comp", "--depend", first, "--", "true"])
    #expect(try farm.mustReeve(["job", second]).contains(#"depend_mask  shot\.010 \(a\)"#))
    #expect(try farm.reeve(["wait", "--timeout", "0", second]).status == 6)
    try farm.mustReeve(["start", first])
    try farm.mustReeve(["wait", second])
    #expect(try farm.mustReeve(["wait", "--timeout", "0", first]).contains("done"))
  }

  @Test("what if says how ends move and changes nothing")
  func whatIf() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1", ["--max-tasks", "1"])
    let job = try farm.mustReeve(["run", "--name", "long", "--frames", "1-50", "--", "sleep 2; true @#@"])
    try observe("a task that is done") {
      try (JSONParser.parse(farm.mustReeve(["--json", "job", job]))["job"]?["tasks_done"]?.integer ?? 0) > 1
    }
    // A machine that is busy with other tests may need longer than 'reeve job' waits for a forecast.
    try observe("an expected end") {
      try JSONParser.parse(farm.mustReeve(["--json", "job", job]))["job"]?["time_eta"]?.string != nil
    }
    let rows = try JSONParser.parse(farm.mustReeve(["--json", "whatif", "--set", "job \(job) max_running_tasks=0"]))["jobs"]?.array
    #expect(rows?.count == 1 && rows?.first?["after"]?["likely"] == .null && rows?.first?["before"]?["likely"]?.string != nil)
    #expect(try JSONParser.parse(farm.mustReeve(["--json", "job", job]))["job"]?["max_running_tasks"] == nil)
    #expect(try farm.reeve(["whatif", "--set", "job 99 priority=5"]).status == 5)
    #expect(try farm.reeve(["whatif", "--drain", "nobody"]).status == 5)
  }

  @Test("a server that cannot listen where it should says so, leaves nothing behind, and --check-config says it too")
  func badListen() throws {
    let scratch = try ScratchFolder()
    for (address, what) in [("nowhere.invalid:0", "no host"), ("192.0.2.1:0", "no such address")] {
      let state = scratch.file("state")
      let server = try Program("reeve-server", ["--listen", address, "--state", state], scratch: scratch)
      #expect(try server.wait() == 1)
      #expect(server.errors.contains(what), "\(server.errors)")
      #expect(!FileManager.default.fileExists(atPath: state))
      let check = try Program("reeve-server", ["--listen", address, "--check-config", "--state", state], scratch: scratch)
      #expect(try check.wait() == 2)
      #expect(check.errors.contains(what), "\(check.errors)")
    }
    let good = try Program("reeve-server", ["--listen", "127.0.0.1:0", "--check-config"], scratch: scratch)
    #expect(try good.wait() == 0)
  }
}
