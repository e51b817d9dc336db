import Foundation
import Testing
import TestSupport

@Suite("tasks on several renders, section 3.15") struct MultiHostEndToEndTests {
  /// The renders that an output names, behind `-H`.
  private func hosts(in output: String) -> [String] {
    guard let word = output.components(separatedBy: "-H ").dropFirst().first?.prefix(while: { !$0.isWhitespace }) else { return [] }
    return word.split(separator: ",").map(String.init)
  }

  @Test(
    "a task on three renders: the master knows its slaves, each of which runs the service until the master has ended",
    arguments: [(flags: 4, slaves: 2), (flags: 12, slaves: 3)])
  func three(flags: Int, slaves: Int) throws {
    let scratch = try ScratchFolder()
    let services = try scratch.folder("services")
    let gate = try scratch.write("", to: "gate")
    try scratch.write(
      """
      name: holds
      description: says its number, and is there until it is stopped
      command: 'echo "$AF_HOST_NUMBER of $AF_JOB_ID" >>\(scratch.path)/numbers; exec tail -f \(gate)'
      success_exit_codes: [0]

      """, to: "services/holds.yaml")
    let farm = try TestFarm(scratch: scratch)
    let names: Set = ["r1", "r2", "r3"]
    for name in names { try farm.startRender(name, ["--services", services, "--capacity", "2000"]) }
    let job = try farm.submit(
      """
      {"job": {"name": "three hosts", "blocks": [{"name": "b", "flags": \(flags), "multihost_min": \(slaves),
        "multihost_max": \(slaves), "multihost_service": "holds", "tasks": [{"name": "t"}],
        "command": "echo simulate @AF_HOSTS@; while test -e \(gate); do sleep 0.1; done"}]}}
      """)
    func running() -> Int { farm.processes { $0.hasPrefix("tail ") }.count }
    try observe("the master and its slaves", seen: { (try? farm.mustReeve(["explain", job])) ?? "" }) {
      try hosts(in: farm.reeve(["log", job, "0", "0"]).output).count == slaves && running() == slaves
    }
    let told = try hosts(in: farm.mustReeve(["log", job, "0", "0"]))
    #expect(Set(told).isSubset(of: names) && Set(told).count == slaves, "\(told)")
    #expect(try farm.states(job) == ["RUN"])
    let renders = try farm.rows(["renders"])
    // A master on a slave has its room there too.
    #expect(renders.allSatisfy { $0["capacity_used"] as? Int == 1000 }, "\(renders)")
    let numbers = scratch.read("numbers")?.split(separator: "\n").sorted() ?? []
    #expect(numbers == (1...slaves).map { "\($0) of \(job)" }, "\(numbers)")

    try FileManager.default.removeItem(atPath: gate)
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    try observe("all renders free again") {
      try running() == 0 && farm.rows(["renders"]).allSatisfy { $0["capacity_used"] as? Int == 0 }
    }
    #expect(try farm.states(job) == ["DON"])
  }

  @Test("a slave that is ejected: the task goes back, and runs again on as many")
  func ejected() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    for name in ["r1", "r2", "r3"] { try farm.startRender(name) }
    let gate = try scratch.write("", to: "gate")
    let job = try farm.submit(
      """
      {"job": {"name": "ejected", "blocks": [{"name": "b", "multihost_min": 2, "multihost_max": 2, "tasks": [{"name": "t"}],
        "command": "echo @AF_HOSTS@; while test -e \(gate); do sleep 0.1; done"}]}}
      """)
    try observe("the master's words") { try hosts(in: farm.reeve(["log", job, "0", "0"]).output).count == 2 }
    let slave = try #require(try hosts(in: farm.mustReeve(["log", job, "0", "0"])).first)
    try farm.mustReeve(["render-do", "eject", slave])
    try observe("the task begun again", seen: { (try? farm.reeve(["tasks", job]).output) ?? "" }) {
      try farm.rows(["tasks", job]).first?["str"] as? Int == 2
    }
    try FileManager.default.removeItem(atPath: gate)
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
  }
}
