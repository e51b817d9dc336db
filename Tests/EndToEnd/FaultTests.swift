import Foundation
import TestSupport
import Testing

@Suite("programs stop for a while", .serialized) struct FaultTests {
  /// A server with short times: a render is silent after 2 s; its tasks are awaited for `reconnect` seconds.
  private static func farm(_ scratch: ScratchFolder, reconnect: Int) throws -> TestFarm {
    let settings = scratch.file("server.json")
    try """
    {"cgru_config": {"af_render_heartbeat_sec": 1, "af_render_zombie_time": 2, "af_task_reconnect_timeout": \(reconnect)}}
    """.write(toFile: settings, atomically: true, encoding: .utf8)
    return try TestFarm(scratch: scratch, serverArguments: ["--config", settings])
  }

  /// Two blocks: `work` writes a line when a run of it begins, waits for a gate of its own (the first run for `gate.1`) and writes
  /// another at its end; `after` writes one when `work` is done. What was done twice shows.
  private static func job(in folder: String) -> String {
    """
    {"job": {"name": "gated", "blocks": [
      {"name": "work", "tasks": [{"name": "t"}], "working_directory": "\(folder)", "capacity": 100,
       "command": "echo $$ >> begun; n=$(wc -l < begun); while ! test -e gate.$n; do sleep 0.05; done; echo $n >> ended"},
      {"name": "after", "depend_mask": "work", "tasks": [{"name": "t"}], "working_directory": "\(folder)", "capacity": 100,
       "command": "echo once >> after"}]}}
    """
  }

  private static func lines(_ scratch: ScratchFolder, _ name: String) -> [String] {
    (scratch.read("work/\(name)") ?? "").split(separator: "\n").map(String.init)
  }

  /// Whether a render's row shows a state.
  private static func shows(_ farm: TestFarm, _ render: String, _ token: String) throws -> Bool {
    try states(farm, ["renders", "--json"], key: "renders", name: render).contains(token)
  }

  /// Tokens of the state of the row with that name.
  private static func states(_ farm: TestFarm, _ words: [String], key: String, name: String) throws -> Set<String> {
    let result = try farm.reeve(words)
    let json = try? JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let rows = (json as? [String: Any])?[key] as? [[String: Any]] ?? json as? [[String: Any]] ?? []
    let row = rows.first { $0["name"] as? String == name }
    return Set((row?["state"] as? String ?? "").split(separator: " ").map(String.init))
  }

  /// The first row of the tasks of a block.
  private static func task(_ farm: TestFarm, _ id: String) throws -> (text: String, starts: Int, render: String) {
    let json = try JSONSerialization.jsonObject(with: Data(farm.mustReeve(["tasks", id, "--json"]).utf8))
    let rows = (json as? [String: Any])?["tasks"] as? [[String: Any]] ?? json as? [[String: Any]] ?? []
    let row = rows.first ?? [:]
    return ("\(row)", row["str"] as? Int ?? 0, row["hst"] as? String ?? "")
  }

  /// Ends the job and looks whether all was done once.
  private static func finish(_ farm: TestFarm, _ scratch: ScratchFolder, _ id: String, runs: Int) throws {
    let wait = try farm.reeve(["wait", id, "--timeout", "600"], limit: 660)
    #expect(wait.status == 0, "\(wait.errors)\n\(farm.server.errors)")
    #expect(lines(scratch, "begun").count == runs)
    #expect(lines(scratch, "after") == ["once"])
    #expect(try task(farm, id).starts == runs)
  }

  @Test("an agent that stops and goes on in time keeps its task: the same process, done once")
  func agentInTime() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try Self.farm(scratch, reconnect: 3600)
    let agent = try farm.startRender("r1")
    let id = try farm.submit(Self.job(in: folder))
    try observe("the task's begin") { Self.lines(scratch, "begun").count == 1 }
    // Somebody who could take it.
    try farm.startRender("r2")
    agent.signal(SIGSTOP)
    try observe("r1 offline", seen: { farm.server.errors }) { try !Self.shows(farm, "r1", "ONL") }
    try observe("the task waiting for it", seen: { (try? Self.task(farm, id).text) ?? "" }) {
      try farm.reeve(["tasks", id]).output.contains("WRC")
    }
    agent.signal(SIGCONT)
    try observe("r1 online") { try Self.shows(farm, "r1", "ONL") }
    try observe("the task running") { try farm.reeve(["tasks", id]).output.contains("RUN") }
    try scratch.write("", to: "work/gate.1")
    try Self.finish(farm, scratch, id, runs: 1)
  }

  @Test("a keeper that stops and goes on: its task's end is told then, once")
  func keeper() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try Self.farm(scratch, reconnect: 3600)
    try farm.startRender("r1")
    let id = try farm.submit(Self.job(in: folder))
    try observe("the task's begin") { Self.lines(scratch, "begun").count == 1 }
    let keeper = try #require(farm.keepers().first)
    kill(keeper, SIGSTOP)
    try scratch.write("", to: "work/gate.1")
    try observe("the task's end") { Self.lines(scratch, "ended") == ["1"] }
    // Nobody knows of it yet, and nobody takes the task for lost.
    try Self.pass(seconds: 3)
    #expect(try Self.shows(farm, "r1", "ONL"))
    #expect(try farm.reeve(["tasks", id]).output.contains("RUN"))
    kill(keeper, SIGCONT)
    try Self.finish(farm, scratch, id, runs: 1)
  }

  @Test("an agent that stops for longer than it is awaited: its task is run elsewhere, and what it says later counts for nothing")
  func agentTooLate() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try Self.farm(scratch, reconnect: 10)
    let agent = try farm.startRender("r1")
    let id = try farm.submit(Self.job(in: folder))
    try observe("the task's begin") { Self.lines(scratch, "begun").count == 1 }
    try farm.startRender("r2")
    agent.signal(SIGSTOP)
    try observe("the task's begin elsewhere", seen: { farm.server.errors }) { Self.lines(scratch, "begun").count == 2 }
    #expect(try Self.task(farm, id).render == "r2")
    // The first run ends well while nobody listens to it.
    try scratch.write("", to: "work/gate.1")
    try observe("the first run's end") { Self.lines(scratch, "ended") == ["1"] }
    agent.signal(SIGCONT)
    try observe("r1 online") { try Self.shows(farm, "r1", "ONL") }
    try observe("the first run forgotten by its keeper") {
      let left = try FileManager.default.contentsOfDirectory(atPath: scratch.file("render-r1/runs"))
      return left.isEmpty
    }
    let task = try Self.task(farm, id)
    #expect(task.render == "r2" && task.starts == 2, "\(task.text)")
    #expect(Self.lines(scratch, "after").isEmpty, "the late result counted")
    // With little time for anybody r2 may be awaited for a moment.
    try observe("the second run") { try farm.reeve(["tasks", id]).output.contains("RUN") }
    try scratch.write("", to: "work/gate.2")
    try Self.finish(farm, scratch, id, runs: 2)
    #expect(Self.lines(scratch, "ended") == ["1", "2"])
  }

  @Test("a server that stops for longer than renders may be silent: nothing is begun anew", arguments: [3600, 6])
  func server(reconnect: Int) throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try Self.farm(scratch, reconnect: reconnect)
    try farm.startRender("r1")
    try farm.startRender("r2")
    let id = try farm.submit(Self.job(in: folder))
    try observe("the task's begin") { Self.lines(scratch, "begun").count == 1 }
    farm.server.signal(SIGSTOP)
    try Self.pass(seconds: 12)
    farm.server.signal(SIGCONT)
    try observe("both renders online", seen: { farm.server.errors }) {
      try Self.shows(farm, "r1", "ONL") && Self.shows(farm, "r2", "ONL")
    }
    try observe("the task running") { try farm.reeve(["tasks", id]).output.contains("RUN") }
    #expect(try Self.task(farm, id).starts == 1, "\(farm.server.errors)")
    try scratch.write("", to: "work/gate.1")
    try Self.finish(farm, scratch, id, runs: 1)
  }

  /// Here time itself is the fault: there is nothing else to wait for.
  static func pass(seconds: Double) throws {
    let end = Date().addingTimeInterval(seconds)
    try observe("\(seconds) s to pass") { Date() >= end }
  }
}
