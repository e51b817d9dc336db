import Foundation
import TestSupport
import Testing

/// What an operator does in a night, each step by keys and looked at on the screen, against a farm of three agents.
@Suite("a night at the console, in a real terminal") struct NightShiftTests {
  private let scratch: ScratchFolder
  private let farm: TestFarm

  init() throws {
    scratch = try ScratchFolder()
    // A machine that is gone is seen to be gone within seconds.
    let settings = try scratch.write(
      #"{"cgru_config": {"af_render_heartbeat_sec": 1, "af_render_zombie_time": 3}}"#, to: "server.json")
    farm = try TestFarm(scratch: scratch, serverArguments: ["--config", settings], undoGrace: 30)
  }

  private func watch() throws -> TerminalSession {
    try TerminalSession(
      "env REEVE_SERVER=\(farm.address) REEVE_USER=anna XDG_CONFIG_HOME=\(scratch.file("config")) "
        + "XDG_STATE_HOME=\(scratch.file("kept")) LC_ALL=C.UTF-8 \(Program.path(of: "reeve-watch"))",
      columns: 100, rows: 30, scratch: scratch)
  }

  /// Anna submits, with her own rights.
  private func submit(_ arguments: String...) throws -> String {
    let result = try farm.reeve(["--user", "anna", "run"] + arguments, asUser: true)
    guard result.status == 0 else { throw NotObserved("not submitted: \(result.errors)") }
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func row(_ lines: [String], _ words: String...) -> Bool {
    lines.contains { line in words.allSatisfy { line.contains($0) } }
  }

  @Test("jobs: submit, watch live, find and restart an error, delete three and take it back, change a priority")
  func jobs() throws {
    for name in ["r1", "r2", "r3"] { try farm.startRender(name) }
    let terminal = try watch()
    try terminal.wait(for: "reeve submit")

    // A task is watched live: its log grows while the window changes.
    let gate = scratch.file("gate")
    _ = try submit(
      "--name", "shot 010", "--frames", "1-3", "--",
      "echo frame @#@ begins; while [ ! -e \(gate) ]; do sleep 0.1; done; echo frame @#@ ends")
    try terminal.wait("three tasks run") { row($0, "shot 010", "RUN") && row($0, "3 running") }
    try terminal.press("Enter")
    try terminal.wait("running cells") { row($0, "RRR") }
    try terminal.press("Enter")
    try terminal.wait(for: "frame 1 begins")
    try terminal.resize(columns: 80, rows: 24)
    try terminal.wait("the log in the smaller window") { $0.count <= 25 && row($0, "frame 1 begins") }
    #expect(!terminal.text.contains("frame 1 ends"))
    try scratch.write("", to: "gate")
    try terminal.wait(for: "frame 1 ends")
    try terminal.resize(columns: 120, rows: 40)
    try terminal.wait(for: "the end of this run: done")
    try terminal.type("qq")

    // One frame of three fails, until what it misses is there.
    let texture = scratch.file("texture")
    _ = try submit("--name", "shot 020", "--frames", "1-3", "--", "[ @#@ != 2 ] || cat \(texture)")
    try terminal.wait("an error") { row($0, "shot 020", "ERR") }
    try terminal.resize(columns: 100, rows: 30)
    try terminal.type("f")
    try terminal.type("state:err")
    try terminal.press("Enter")
    try terminal.wait("only what has errors") { row($0, "shot 020") && !row($0, "shot 010") }
    try terminal.press("Enter")
    try terminal.wait("the failed cell") { row($0, "DED") || row($0, "ED") || row($0, "E") }
    try terminal.press("Tab")
    try terminal.wait("the list of tasks") { row($0, "frame 2") }
    try terminal.type("j")
    try terminal.press("Enter")
    try terminal.wait("why it failed") { row($0, "No such file") }
    try terminal.type("q")
    try scratch.write("a texture\n", to: "texture")
    try terminal.type("E")
    try terminal.wait("the job done") { row($0, "shot 020", "done") }
    try terminal.type("q")
    // It is no error any more, and not in what the filter shows.
    try terminal.wait("an empty list") { row($0, "No job passes the filter") || !row($0, "shot 020") }
    try terminal.press("Escape")
    try terminal.wait("all jobs") { row($0, "shot 010") && row($0, "shot 020") }

    // Three jobs are tagged, deleted, and brought back.
    for name in ["old 1", "old 2", "old 3"] { _ = try submit("--name", name, "--paused", "--", "true") }
    try terminal.wait(for: "old 3")
    try terminal.type("Gkk   D")
    try terminal.wait("what would be deleted") { row($0, "Delete 3 jobs?") && row($0, "old 1") && row($0, "old 3") }
    try terminal.type("y")
    try terminal.wait("the jobs gone") { lines in
      !lines.dropFirst().contains { $0.contains("old ") && !$0.contains("takes it back") }
    }
    try terminal.type("U")
    try terminal.wait("the jobs there again") { row($0, "old 1") && row($0, "old 2") && row($0, "old 3") }

    // A priority, in a field that says what it takes.
    try terminal.type("u")
    try terminal.type("GI")
    try terminal.wait(for: "0 to 255")
    try terminal.press("C-u")
    try terminal.type("42")
    try terminal.press("Enter")
    try terminal.wait("the priority") { row($0, "old 3", " 42 ") }
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("the farm: super user, a render sleeps and is woken, the system job is cleared, the server is lost and found")
  func farmTonight() throws {
    let pidFile = scratch.file("r1.pid")
    let command = try scratch.write("#!/bin/sh\nkill -9 \"$(cat \(pidFile))\"\n", to: "fall-asleep")
    chmod(command, 0o755)
    let settings = try scratch.write(
      #"{"cgru_config": {"af_render_cmd_wolsleep": "\#(command)"}}"#, to: "render.json")
    for name in ["r1", "r2", "r3"] {
      let program = try farm.startRender(name, ["--config", settings])
      if name == "r1" { try scratch.write("\(program.pid)", to: "r1.pid") }
    }
    let terminal = try watch()
    try terminal.wait(for: "reeve submit")

    // Without the rights the menu says why not.
    try terminal.type("3v")
    try terminal.wait("three renders") { lines in
      ["r1", "r2", "r3"].allSatisfy { name in lines.contains { $0.contains("\(name) ") } }
    }
    try terminal.type("as")
    try terminal.wait("the refusal") { row($0, "super user") && !row($0, "Put to sleep") }
    // The menu is closed by that.
    try terminal.type("!")
    try terminal.wait(for: "Password")
    try terminal.type(TestPasswords.superUser)
    #expect(!terminal.text.contains(TestPasswords.superUser))
    try terminal.press("Enter")
    try terminal.wait(for: "SUPER USER")

    try terminal.type("g")
    try terminal.type("as")
    try terminal.wait(for: "Put to sleep render r1?")
    try terminal.type("y")
    try terminal.wait("the render asleep") { row($0, "r1 ", "asleep") }
    try terminal.type("aw")
    try terminal.wait(for: "Wake render r1?")
    try terminal.type("y")
    try terminal.wait("the render being woken") { row($0, "r1 ", "waking") }
    try farm.startRender("r1", ["--config", settings])
    try terminal.wait("the render awake") { lines in
      lines.contains { $0.contains("r1 ") && $0.contains("idle") }
    }

    // Commands that fail again and again are dropped from the system job.
    let job = try submit("--name", "leaves", "--paused", "--", "true")
    try farm.mustReeve(["set", "jobs", job, "command_post=/bin/false"])
    try farm.mustReeve(["delete", job, "--yes"])
    try terminal.type("5")
    try terminal.wait("the command in the system job") { row($0, "false", "leaves") }
    try terminal.type("B")
    try terminal.wait(for: "Drop all commands of")
    try terminal.type("y")
    try terminal.wait("the block empty") { lines in !row(lines, "false", "leaves") }
    try terminal.type("!")
    try terminal.wait("an ordinary user again") { !row($0, "SUPER USER") }
    try terminal.type("!")
    try terminal.wait(for: "Password")
    try terminal.type("wrong")
    try terminal.press("Enter")
    try terminal.wait("a wrong password refused") { row($0, "wrong") }
    #expect(!terminal.text.contains("SUPER USER"))

    // The server goes away and comes back: the picture stays, is told to be old, and goes on.
    _ = try submit("--name", "stays", "--paused", "--", "true")
    try terminal.type("1")
    try terminal.wait(for: "stays")
    try farm.killServer()
    try terminal.wait("no connection, the picture still there") { row($0, "NO CONNECTION") && row($0, "stays") }
    try terminal.resize(columns: 80, rows: 24)
    try terminal.wait("the old picture in another size") { row($0, "NO CONNECTION") && row($0, "stays") }
    try farm.restartServer()
    try terminal.wait("connected again") { !row($0, "NO CONNECTION") && row($0, "stays") && row($0, "3/3 renders") }
    _ = try submit("--name", "is new", "--paused", "--", "true")
    try terminal.wait(for: "is new")
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }
}
