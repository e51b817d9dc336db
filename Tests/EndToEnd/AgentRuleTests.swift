import Foundation
import Testing
import TestSupport

@Suite("what a render is told") struct AgentRuleTests {
  @Test("1.12: an agent whose pool says so leaves when it had no task for a while, and says why")
  func exitNoTask() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let agent = try farm.startRender("r1")
    try farm.mustReeve(["set", "pools", "/", "exit_no_task_time=1"])
    #expect(try agent.wait() == 0)
    #expect(agent.output.contains("r1 had no task for 1 s (exit_no_task_time of its pool): leaving"))
  }

  @Test("a block that is changed while one of its tasks runs is run as it is from the next task on")
  func changedBlock() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1", ["--max-tasks", "1"])
    let gate = scratch.file("gate")
    let job = try farm.mustReeve(
      ["run", "--frames", "1-2", "--", "while ! test -e \(gate); do sleep 0.05; done; echo old @#@"])
    try observe("the first task running") { try farm.reeve(["tasks", job]).output.contains("RUN") }
    try farm.mustReeve(["set", "blocks", job, "--block", "0", "command=echo new @#@ $AF_CAPACITY"])
    try scratch.write("", to: "gate")
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", job, "0", "0"]) == "old 1")
    #expect(try farm.mustReeve(["log", job, "0", "1"]) == "new 2 1")
  }

  @Test("3.9: a task of variable capacity is told how much of the render it has")
  func capacity() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1", ["--capacity", "5300"])
    let document = """
      {"job": {"name": "threads", "blocks": [{"name": "b", "flags": 2, "capacity": 1000, "capacity_coeff_min": 1,
        "capacity_coeff_max": 4, "command": "echo threads @AF_CAPACITY@ $AF_CAPACITY", "tasks": [{"name": "t"}]}]}}
      """
    let job = try farm.mustReeve(["submit", "-"], input: document)
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", job, "0", "0"]) == "threads 4 4")
  }
}
