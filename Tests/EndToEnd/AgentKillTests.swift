import Foundation
import Testing
import TestSupport

@Suite("the agent is killed") struct AgentKillTests {
  @Test("a 30 s task goes on, the same process, and finishes done with its whole log")
  func adoption() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    let agent = try farm.startRender("r1")
    let command = "echo pid $$; for i in $(seq 1 30); do echo second $i; sleep 1; done; echo the end"
    let id = try farm.mustReeve(["run", "--name", "long", "--", command])
    try observe("the task's first lines") { try farm.reeve(["log", id, "0", "0"]).output.contains("second 2") }
    agent.signal(SIGKILL)
    try agent.wait()
    let again = try farm.startRender("r1")
    #expect(again.pid != agent.pid)
    #expect(try farm.reeve(["wait", id, "--timeout", "600"]).status == 0)
    let log = try farm.mustReeve(["log", id, "0", "0"])
    let lines = log.split(separator: "\n").map(String.init)
    #expect(lines.filter { $0.hasPrefix("pid ") }.count == 1, "run more than once:\n\(log)")
    #expect(Array(lines.dropFirst()) == (1...30).map { "second \($0)" } + ["the end"], "\(log)")
  }

  @Test("an agent that was asked to leave leaves its task to the keeper; the next one takes it over")
  func leaving() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    let agent = try farm.startRender("r1")
    let id = try farm.mustReeve(["run", "--name", "leaving", "--", "for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done"])
    try observe("the task's first line") { try farm.reeve(["log", id, "0", "0"]).output.contains("1") }
    agent.signal(SIGTERM)
    #expect(try agent.wait(limit: 120) == 0)
    try farm.startRender("r1")
    #expect(try farm.reeve(["wait", id, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", id, "0", "0"]) == "1\n2\n3\n4\n5\n6")
  }

  @Test("results wait on disk while no server answers")
  func resultsWait() throws {
    let scratch = try ScratchFolder()
    let gate = scratch.file("gate")
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let id = try farm.mustReeve([
      "run", "--name", "waiting", "--",
      "while ! test -e \(gate); do sleep 0.05; done; echo finished alone; touch \(scratch.file("mark"))",
    ])
    try observe("the task running") { try farm.reeve(["tasks", id]).output.contains("RUN") }
    try farm.killServer()
    try scratch.write("", to: "gate")
    try observe("the task's end") { scratch.read("mark") != nil }
    try farm.restartServer()
    #expect(try farm.reeve(["wait", id, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", id, "0", "0"]) == "finished alone")
  }

  @Test("a name that is online is refused with the reason")
  func sameName() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let other = try Program(
      "reeve-render", ["--server", farm.address, "--name", "r1", "--state", scratch.file("other")], scratch: scratch)
    #expect(try other.wait(limit: 120) == 1)
    #expect(other.errors.contains("already online"), "\(other.errors)")
  }
}
