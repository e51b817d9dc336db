import Foundation
import Testing
import TestSupport

@Suite("the console in a real terminal") struct ConsoleTests {
  private func watch(_ farm: TestFarm, _ arguments: String = "", columns: Int, rows: Int) throws -> TerminalSession {
    try TerminalSession(
      "env REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) LC_ALL=C.UTF-8 "
        + "\(Program.path(of: "reeve-watch")) \(arguments)", columns: columns, rows: rows, scratch: farm.scratch)
  }

  @Test("jobs, tasks, a live log, renders, help and resizing", arguments: [(80, 24), (200, 50)])
  func screens(columns: Int, rows: Int) throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    for name in ["r1", "r2"] { try farm.startRender(name) }
    let gate = farm.scratch.file("gate")
    let terminal = try watch(farm, columns: columns, rows: rows)
    try terminal.wait(for: "reeve submit")
    try farm.mustReeve([
      "run", "--name", "lights シーン", "--frames", "1-6", "--",
      "echo frame @#@ begins; while [ ! -e \(gate) ]; do sleep 0.2; done; echo frame @#@ ends",
    ])
    try terminal.wait(for: "lights シーン")
    // Into the job: grid, then list, then the log of the first task while it grows.
    try terminal.press("Enter")
    try terminal.wait("two running cells in the grid") { $0.contains { $0.contains("RRrrrr") } }
    try terminal.press("Tab")
    try terminal.wait(for: "frame 6")
    try terminal.press("Enter")
    try terminal.wait(for: "frame 1 begins")
    #expect(!terminal.text.contains("frame 1 ends"))
    try terminal.resize(columns: 100, rows: 30)
    try terminal.wait(for: "frame 1 begins")
    try farm.scratch.write("", to: "gate")
    try terminal.wait(for: "frame 1 ends")
    try terminal.type("q")
    try terminal.wait("all tasks done") { lines in
      lines.filter { $0.contains("frame ") && ($0.contains("DON") || $0.contains("done")) }.count >= 6
    }
    try terminal.type("3")
    try terminal.wait("both renders") { lines in lines.contains { $0.contains("r1") } && lines.contains { $0.contains("r2") } }
    try terminal.type("?")
    try terminal.wait(for: "Keys")
    try terminal.press("Escape")
    try terminal.wait("the help gone") { !$0.contains { $0.contains("┌─ Keys") } }
    try terminal.resize(columns: 30, rows: 5)
    try terminal.wait(for: "too small")
    try terminal.resize(columns: columns, rows: rows)
    try terminal.wait(for: "r2")
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("a lost server is said and found again; a deletion asks first")
  func lostAndFound() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.mustReeve(["run", "--name", "still here", "--paused", "--", "true"])
    let terminal = try watch(farm, columns: 80, rows: 24)
    try terminal.wait(for: "still here")
    try farm.killServer()
    try terminal.wait("the loss on the screen, with the data") { lines in
      lines.contains { $0.lowercased().contains("lost") || $0.lowercased().contains("no connection") }
        && lines.contains { $0.contains("still here") }
    }
    try farm.restartServer()
    try terminal.wait("the banner gone") { lines in
      !lines.contains { $0.lowercased().contains("lost") || $0.lowercased().contains("no connection") }
    }
    try terminal.type("D")
    try terminal.wait(for: "Cancel")
    try terminal.press("Enter")
    #expect(try farm.mustReeve(["jobs"]).contains("still here"))
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("idle, server and console are woken a few times a second at most")
  func idle() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let id = try farm.mustReeve(["run", "--name", "over", "--", "true"])
    try farm.mustReeve(["wait", id])
    let terminal = try watch(farm, columns: 80, rows: 24)
    try terminal.wait(for: "over")
    // How often all threads of a process gave up the processor by themselves: whoever polls does so often, whatever the machine.
    func wakes(_ pid: pid_t) -> Int {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
      return threads.reduce(0) { sum, thread in
        let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
        return sum + (line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
      }
    }
    let pids = [terminal.pid, farm.server.pid]
    var seen = [0, 0]
    // What settling takes is over at some time; then ten seconds have to be quiet.
    try observe("both at rest", limit: 180, seen: { "woken in 10 s: console \(seen[0]), server \(seen[1])" }) {
      let before = pids.map(wakes)
      poll(nil, 0, 10_000)
      seen = zip(pids.map(wakes), before).map { $0 - $1 }
      return seen.allSatisfy { $0 < 300 }
    }
  }
}
