import Foundation
import Testing
import TestSupport

/// The promise under load. How much of it is said by REEVE_KILLS and REEVE_KILL_TASKS (`make soak-kills` takes 200 and 50,000).
@Suite("SIGKILL of the server under load", .serialized) struct LoadKillTests {
  private static func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
  }

  @Test("eight agents: no acknowledged job is lost, every task is run once, and no process is left behind")
  func underLoad() throws {
    let kills = Self.number("REEVE_KILLS", 8)
    let tasks = Self.number("REEVE_KILL_TASKS", 1500)
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("ran")
    let farm = try TestFarm(scratch: scratch, serverArguments: ["--log-level", "notice"])
    for number in 1...8 { try farm.startRender("r\(number)", ["--max-tasks", "2"]) }
    // A line for each start of each task, in one write.
    let job = try farm.submit(
      """
      {"job": {"name": "load", "priority": 10, "blocks": [{"name": "b", "frame_first": 1, "frame_last": \(tasks), "capacity": 100,
        "command": "echo @#@ >>\(folder)/$((@#@ % 64)); sleep 0.0$((@#@ % 7))"}]}}
      """)
    var random = SeededGenerator(seed: 7)
    var acknowledged: [String] = []
    var asked = 0
    var firstStarts: [Double] = []
    for _ in 0..<kills {
      // A submit on its way when the server dies may or may not be there; one that was answered is.
      asked += 1
      let submit = try farm.startReeve([
        "run", "--name", "small \(asked)", "--priority", "200", "--", "echo s\(asked) >>\(folder)/small",
      ])
      poll(nil, 0, Int32.random(in: 20...1200, using: &random))
      let answer = submit.exitStatus == 0 ? submit.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
      if let answer { acknowledged.append(answer) }
      // Said by the server that dies now of its own start.
      if let line = farm.server.errors.split(separator: "\n").first(where: { $0.contains("first task started") }),
        let word = line.split(separator: " ").last(where: { Double($0) != nil })
      {
        firstStarts.append(Double(word) ?? 0)
      }
      try farm.killServer()
      if answer == nil, submit.exitStatus == 0 {
        acknowledged.append(submit.output.trimmingCharacters(in: .whitespacesAndNewlines))
      } else if submit.exitStatus == nil {
        submit.signal(SIGKILL)
      }
      try farm.restartServer()
    }
    let wait = try farm.reeve(["wait", job, "--timeout", "3000"], limit: 3060)
    #expect(wait.status == 0, "\(wait.errors)")
    let known = Set(try farm.rows(["jobs", "--all"]).map { "\($0["id"] ?? "")" })
    #expect(acknowledged.allSatisfy(known.contains), "lost: \(acknowledged.filter { !known.contains($0) })")
    for id in acknowledged { #expect(try farm.reeve(["wait", id, "--timeout", "600"], limit: 660).status == 0) }

    var runs: [Int: Int] = [:]
    for part in 0..<64 {
      for line in (scratch.read("ran/\(part)") ?? "").split(separator: "\n") { runs[Int(line) ?? -1, default: 0] += 1 }
    }
    let lost = (1...tasks).filter { runs[$0] == nil }
    let doubled = runs.filter { $0.value != 1 || !(1...tasks).contains($0.key) }
    #expect(lost.isEmpty, "never run: \(lost.prefix(10))")
    #expect(doubled.isEmpty, "run more than once: \(doubled.sorted { $0.key < $1.key }.prefix(10))")
    let small = (scratch.read("ran/small") ?? "").split(separator: "\n")
    #expect(Set(small).count == small.count, "a small job was run twice")
    // What is there now belongs to the farm: the server, agents and their keepers.
    try observe("the end of all tasks' processes", seen: { "\(farm.processes())" }) {
      farm.processes { !$0.contains("reeve-server") && !$0.contains("reeve-render") && !$0.contains("keeper") }.isEmpty
    }
    print(
      "SIGKILL under load: \(kills) kills, \(tasks) tasks on 8 agents, \(acknowledged.count) jobs acknowledged meanwhile; "
        + "lost \(lost.count), doubled \(doubled.count); first start after a restart: \(Self.spread(firstStarts))")
  }

  private static func spread(_ seconds: [Double]) -> String {
    let sorted = seconds.sorted()
    guard let first = sorted.first, let last = sorted.last else { return "not seen before the next kill" }
    return "\(first) to \(last) s, middle \(sorted[sorted.count / 2]) s, in \(sorted.count) of the restarts"
  }
}
