import Foundation
import TestSupport
import Testing

@Suite("the sixth screen, in a real terminal") struct FeedTests {
  @Test("the journal and the server's log grow as things happen, are filtered, and go on after a restart of the server")
  func panes() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let job = try farm.mustReeve(["run", "--name", "film", "--paused", "--", "true"])
    let terminal = try TerminalSession(
      "env REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) "
        + "XDG_STATE_HOME=\(farm.scratch.file("kept")) LC_ALL=C.UTF-8 \(Program.path(of: "reeve-watch")) --screen events",
      columns: 120, rows: 30, scratch: farm.scratch)
    try terminal.wait(for: "JOB_CREATED")
    try terminal.press("Tab")
    try terminal.wait(for: "job \(job): submitted as \"film\"")
    try terminal.type("J")
    try terminal.wait("the job's submit, with who did it") { lines in
      lines.contains { $0.contains("jobs submit") && $0.contains("job \(job)") && $0.contains("@") }
    }
    try farm.mustReeve(["set", "jobs", job, "priority=150"])
    try terminal.wait("old and new") { lines in lines.contains { $0.contains("jobs set") && $0.contains("priority: 99 -> 150") } }

    // What happened while nobody could tell is there when the server is back, and what was seen is there once.
    try farm.killServer()
    try terminal.wait(for: "NO CONNECTION")
    try farm.restartServer()
    try terminal.wait("the server again") { lines in !lines.contains { $0.contains("NO CONNECTION") } }
    try farm.mustReeve(["set", "jobs", job, "priority=7"])
    let lines = try terminal.wait("one more") { lines in lines.contains { $0.contains("priority: 150 -> 7") } }
    #expect(lines.count { $0.contains("priority: 99 -> 150") } == 1)

    try terminal.type("L")
    try terminal.wait("what was before, and the new start") { lines in
      lines.contains { $0.contains("job \(job): submitted as") } && lines.contains { $0.contains(", 0 tasks out") }
    }
    try terminal.type("f")
    try terminal.type("!info")
    try terminal.press("Enter")
    try terminal.wait("no line of that level") { lines in !lines.contains { $0.contains("submitted as") } }
    try terminal.press("Escape")
    try terminal.wait(for: "submitted as")
  }
}
