import Foundation
import TestSupport
import Testing

@Suite("orders from the console, in a real terminal") struct ConsoleOrderTests {
  private func watch(
    _ farm: TestFarm, _ arguments: String = "", environment: String = "", in scratch: ScratchFolder? = nil
  ) throws -> TerminalSession {
    try TerminalSession(
      "env REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) "
        + "XDG_STATE_HOME=\(farm.scratch.file("kept")) LC_ALL=C.UTF-8 \(environment) "
        + "\(Program.path(of: "reeve-watch")) \(arguments)", columns: 100, rows: 30, scratch: scratch ?? farm.scratch)
  }

  private func document(_ farm: TestFarm, _ job: String) throws -> [String: Any] {
    let text = try farm.mustReeve(["job", job, "--json"])
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    return document["job"] as? [String: Any] ?? document
  }

  /// Closes a panel: what is typed at once after Esc would be Alt and a key.
  private func close(_ terminal: TerminalSession) throws {
    try terminal.press("Escape")
    try terminal.wait("the panel gone") { lines in !lines.contains { $0.contains("Esc closes") } }
  }

  @Test("all that match the filter get a priority, what does not match keeps its own; custom data comes from the editor")
  func jobs() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    for name in ["sim 1", "sim 2", "sim 3", "comp"] { try farm.mustReeve(["run", "--name", name, "--paused", "--", "true"]) }
    // An editor that leaves a swap file behind.
    let editor = farm.scratch.file("editor")
    try farm.scratch.write("#!/bin/sh\nprintf '{\"shot\": 7}\\n' > \"$1\"\n: > \"$1.swp\"\n", to: "editor")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor)
    let terminal = try watch(farm, environment: "EDITOR=\(editor) TMPDIR=\(farm.scratch.file("")) ")
    try terminal.wait(for: "comp")
    try terminal.type("f")
    try terminal.type("sim")
    try terminal.press("Enter")
    try terminal.wait("only what matches") { lines in
      lines.contains { $0.contains("sim 3") } && !lines.contains { $0.contains("comp") }
    }
    try terminal.type("aA")
    try terminal.wait(for: "all 3 jobs that match")
    try terminal.type("I")
    try terminal.wait(for: "whole number, 0 to 255")
    try terminal.type("300")
    try terminal.press("Enter")
    try terminal.wait(for: "300 is out of range")
    try terminal.press("C-u")
    try terminal.type("7")
    try terminal.press("Enter")
    try terminal.wait(for: "Change the priority of all 3 jobs that match")
    try terminal.wait(for: "priority=7")
    try terminal.type("y")
    try terminal.wait(for: "that match “sim”: 3 jobs done")
    for name in ["sim 1", "sim 2", "sim 3"] { #expect(try document(farm, name)["priority"] as? Int == 7, "\(name)") }
    #expect(try document(farm, "comp")["priority"] as? Int == 99)

    try terminal.type("av")
    try terminal.wait(for: "custom_data:")
    #expect(try document(farm, "sim 1")["custom_data"] as? String == "{\"shot\": 7}")
    let left = try FileManager.default.contentsOfDirectory(atPath: farm.scratch.file("")).filter { $0.hasPrefix("reeve-watch-") }
    #expect(left.isEmpty)
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("a pool's parameter is found by typing and set, a pool is made below it, paused and deleted")
  func pools() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let terminal = try watch(farm, "--screen farm")
    try terminal.wait("the root") { lines in lines.contains { $0.contains("▾ /") } }
    // Pools are the administrators': the key says so, until the password is given.
    try terminal.type("P")
    try terminal.wait(for: "not permitted: paused of a pool is for administrators")
    try terminal.type("!")
    try terminal.wait(for: "Password (it is not shown):")
    try terminal.type(TestPasswords.administrator)
    #expect(!terminal.text.contains(TestPasswords.administrator))
    try terminal.press("Enter")
    try terminal.wait(for: "ADMINISTRATOR: you can change all that there is")
    try terminal.type("e")
    try terminal.wait(for: "search:")
    try terminal.type("zombie")
    try terminal.wait(for: "zombie_time")
    try terminal.press("Enter")
    try terminal.wait(for: "now:")
    try terminal.press("C-u")
    try terminal.type("300")
    try terminal.press("Enter")
    try terminal.wait(for: "zombie_time:")
    #expect(try farm.mustReeve(["pool", "/", "--json"]).contains("\"zombie_time\": 300"))
    try terminal.type("an")
    try terminal.wait(for: "the name of the new pool")
    try terminal.type("night")
    try terminal.press("Enter")
    try terminal.wait("the pool in the tree") { lines in lines.dropFirst(2).contains { $0.contains("▾ night") } }
    try terminal.type("jP")
    try terminal.wait(for: "paused: false -> true")
    try terminal.type("D")
    try terminal.wait(for: "Delete pool /night?")
    try terminal.type("y")
    try terminal.wait("the pool gone") { lines in !lines.dropFirst(2).contains { $0.contains("▾ night") } }
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }
  }

  @Test("the commands of reeve: what prints is shown, what changes answers, what asks asks, what needs a shell says so")
  func commands() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    for name in ["one", "two"] { try farm.mustReeve(["run", "--name", name, "--paused", "--", "true"]) }
    let terminal = try watch(farm)
    try terminal.wait(for: "two")
    try terminal.type(":set jobs one prio")
    try terminal.press("Tab")
    try terminal.wait(for: "set jobs one priority=")
    try terminal.type("42")
    try terminal.press("Enter")
    try terminal.wait(for: "priority: 99 -> 42")
    #expect(try document(farm, "one")["priority"] as? Int == 42)
    try terminal.type(":set jobs one two priority=7")
    try terminal.press("Enter")
    try terminal.wait(for: "Change 2 nodes")
    #expect(try document(farm, "two")["priority"] as? Int == 99)
    try terminal.type("y")
    try terminal.wait(for: "priority: 99 -> 7")
    #expect(try document(farm, "two")["priority"] as? Int == 7)
    try close(terminal)
    try terminal.type(":pools")
    try terminal.press("Enter")
    try terminal.wait("the list of pools") { lines in lines.contains { $0.contains("Esc closes") } }
    try close(terminal)
    try terminal.type(":wait one")
    try terminal.press("Enter")
    try terminal.wait(for: "the list of jobs shows how they go on")
    try terminal.type(":")
    try terminal.press("Up")
    try terminal.wait(for: ":wait one")
    try terminal.press("Escape")
    try terminal.wait("the line gone") { lines in !lines.contains { $0.hasPrefix(" :wait") } }
    try terminal.type("Q")
    try observe("the console's end") { terminal.isOver }

    // Each terminal has a folder of its own.
    let reader = try watch(farm, "--read-only", in: ScratchFolder())
    try reader.wait(for: "two")
    try reader.type(":set jobs one priority=1")
    try reader.press("Enter")
    try reader.wait(for: "started with --read-only")
    // The history is there again.
    try reader.type(":")
    try reader.press("Up")
    try reader.press("Up")
    try reader.wait(for: ":wait one")
    try reader.press("Escape")
    try reader.wait("the line gone") { lines in !lines.contains { $0.hasPrefix(" :wait") } }
    try reader.type("Q")
    try observe("the console's end") { reader.isOver }
    #expect(try document(farm, "one")["priority"] as? Int == 7)
  }
}
