import Foundation
import Testing
import TestSupport

@Suite("multi-host tasks, section 3.15") struct MultiHostTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func farm(_ scratch: ScratchFolder, renders: [String], patience: Int = 120, _ service: String) throws -> TestFarm {
    _ = try scratch.folder("services")
    try scratch.write("name: generic\n", to: "services/generic.yaml")
    try scratch.write("name: serve\ncommand: '\(service)'\n", to: "services/serve.yaml")
    let config = try scratch.write(#"{"af_task_reconnect_timeout": \#(patience)}"#, to: "config.json")
    let farm = try TestFarm(scratch: scratch, serverArguments: ["--config", config])
    for render in renders { try farm.startRender(render, ["--services", scratch.file("services"), "--kill-grace", "1"]) }
    return farm
  }

  private func document(_ command: String, flags: Int = 4, min: Int, max: Int, more: String = "") -> String {
    """
    {"job": {"name": "together", "blocks": [{"name": "b", "flags": \(flags), "multihost_min": \(min), "multihost_max": \(max),
      "multihost_service": "serve", "tasks": [{"name": "t", "command": "\(command)"}]\(more)}]}}
    """
  }

  /// The number of runs that an agent still has files of.
  private func leftOver(_ scratch: ScratchFolder, _ render: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: scratch.file("render-\(render)/runs"))) ?? []
  }

  @Test("three hosts: the master is told of its two slaves, which serve until it has ended; then all is free")
  func threeHosts() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    let names = ["r1", "r2", "r3"]
    let document = try String(contentsOf: root.appendingPathComponent("examples/multihost.json"), encoding: .utf8)
    let job = try farm.mustReeve(["submit", "-"], input: document)
    // It waits until there are renders enough.
    for name in names { try farm.startRender(name, ["--services", root.appendingPathComponent("services").path]) }
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    let log = try farm.mustReeve(["log", job, "0", "0"])
    let words = log.split(separator: " ")
    #expect(words.count == 3 && words[0] == "simulate" && words[1] == "-H", "\(log)")
    let slaves = words.last?.split(separator: ",").map(String.init) ?? []
    #expect(Set(slaves).count == 2 && Set(slaves).isSubset(of: names), "\(log)")

    let folder = scratch.file("server/output/\((Int(job) ?? 0) / 1000)/\(job)")
    for number in 1...2 {
      let path = "\(folder)/0.0.1.host\(number).txt"
      let text = try observe("what slave \(number) wrote") { try? String(contentsOfFile: path, encoding: .utf8) }
      #expect(text == "slave \(number) of task 0 of job \(job) is ready\n")
    }
    for name in names { try observe("nothing left of it on \(name)") { leftOver(scratch, name).isEmpty } }
    let next = try farm.mustReeve(["run", "--frames", "1-3", "--", "true"])
    #expect(try farm.reeve(["wait", next, "--timeout", "600"]).status == 0)
  }

  @Test("with masteronslave two renders are two hosts, and the first is also the master's")
  func masterOnSlave() throws {
    let scratch = try ScratchFolder()
    let farm = try farm(scratch, renders: ["r1", "r2"], "echo $AF_HOST_NUMBER >>served; exec sleep 1000")
    let job = try farm.mustReeve(
      ["submit", "-"],
      input: document(
        "while test $(sort served | tr -d '\\\\n') != 12; do sleep 0.05; done; echo $AF_HOST_NUMBER of $AF_HOSTS", flags: 12,
        min: 2,
        max: 2, more: #", "working_directory": "\#(scratch.path)""#))
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    let log = try farm.mustReeve(["log", job, "0", "0"])
    #expect(["0 of r1,r2", "0 of r2,r1"].contains(log), "\(log)")
  }

  @Test("a slave whose machine dies takes the task with it, which runs again when there are hosts enough")
  func slaveDies() throws {
    let scratch = try ScratchFolder()
    let gate = scratch.file("gate")
    let farm = try farm(scratch, renders: ["r1", "r2"], patience: 16, "exec sleep 1000")
    let job = try farm.mustReeve(
      ["submit", "-"], input: document("echo $AF_HOSTS; while ! test -e \(gate); do sleep 0.05; done", min: 1, max: 1))
    // Its only slave is named in its output.
    let slave = try observe("the master's word") { () -> String? in
      let log = try farm.reeve(["log", job, "0", "0"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
      return ["r1", "r2"].contains(log) ? log : nil
    }
    let agent = try #require(farm.renders[slave])
    agent.signal(SIGKILL)
    for keeper in farm.processes(where: { $0.contains("keeper") && $0.contains("render-\(slave)") }) { kill(keeper, SIGKILL) }
    try farm.startRender("r3", ["--services", scratch.file("services"), "--kill-grace", "1"])
    // Its agent is missed after a while; then the master is stopped and the task begins anew with r3.
    try observe("another start", limit: 180) {
      try farm.reeve(["log", job, "0", "0"]).output.contains("r3") || startCount(farm, job) > 1
    }
    try scratch.write("", to: "gate")
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try startCount(farm, job) == 2)
    #expect(try farm.mustReeve(["tasks", job, "--json"]).contains(#""err":0"#), "a lost machine is no fault of the task")
  }

  private func startCount(_ farm: TestFarm, _ job: String) throws -> Int {
    let text = try farm.mustReeve(["tasks", job, "--json"])
    guard let range = text.range(of: #""str":"#) else { return 0 }
    return Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 0
  }
}
