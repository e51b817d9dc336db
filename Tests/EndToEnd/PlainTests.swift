import Foundation
import TestSupport
import Testing

@Suite("the console without a screen") struct PlainTests {
  @Test("into a pipe it tells each change in a line, of a lost server too, without a control character, and ends with 0")
  func pipe() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let first = try farm.mustReeve(["run", "--name", "old \u{1B}[31mred\u{7}", "--paused", "--", "true"])
    let watch = try Program(
      "reeve-watch", ["--server", farm.address, "--user", "ann", "--plain"], scratch: farm.scratch, environment: ["TERM": "dumb"])
    try watch.waitForLine("connected to")
    try watch.waitForLine("1 job:")
    try watch.waitForLine("job \(first) “old ␛[31mred␇” of ")
    let second = try farm.mustReeve(["run", "--name", "new", "--", "sleep 1"])
    try watch.waitForLine("new: job \(second) “new”")
    try farm.startRender("r1", ["--capacity", "10000"])
    let done = try observe("the end of the job", seen: { watch.output }) {
      watch.output.split(separator: "\n").first { $0.contains("job \(second) ") && $0.contains("now done") }
    }
    #expect(done.contains("1 of 1 tasks done"))
    try farm.killServer()
    try watch.waitForLine("the connection is lost")
    try farm.restartServer()
    try watch.waitForLine("connected again after")
    try farm.mustReeve(["delete", "--yes", first])
    try observe("the deletion", seen: { watch.output }) {
      watch.output.split(separator: "\n").contains { $0.contains("job \(first) ") && $0.hasSuffix("is gone") }
    }
    watch.signal(SIGTERM)
    #expect(try watch.wait() == 0)
    #expect(watch.errors.isEmpty)
    let lines = watch.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.dropLast().allSatisfy { $0.dropFirst(2).first == ":" && $0.dropFirst(5).first == ":" }, "each with its time")
    #expect(!watch.output.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) })
    #expect(lines.count(where: { $0.contains("the connection is lost") || $0.contains("no connection") }) == 1)
  }

  @Test("when nobody reads it any more it ends, also while there is nothing to be told")
  func unread() throws {
    let scratch = try ScratchFolder()
    let shell = try Program(
      "/bin/sh", ["-c", "'\(Program.path(of: "reeve-watch"))' --server 127.0.0.1:1 --plain | head -n 2"], scratch: scratch)
    #expect(try shell.wait() == 0)
    #expect(shell.output.contains("no connection to 127.0.0.1:1"))
  }

  @Test("in a terminal it ends by q, by the end of what is typed, and by Ctrl-C, with 0", arguments: ["q", "C-d", "C-c"])
  func typed(_ key: String) throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let terminal = try TerminalSession(
      "env TERM=dumb LC_ALL=C.UTF-8 XDG_CONFIG_HOME=\(farm.scratch.file("config")) PS1='ready> ' /bin/sh -i", columns: 100,
      rows: 24, scratch: farm.scratch)
    try terminal.wait(for: "ready>")
    try terminal.type("\(Program.path(of: "reeve-watch")) --server \(farm.address) --screen farm --plain; echo ended by $?")
    try terminal.press("Enter")
    try terminal.wait(for: "no renders")
    if key == "q" {
      try terminal.type("q")
      try terminal.press("Enter")
    } else {
      try terminal.press(key)
    }
    try terminal.wait("its end") { lines in lines.contains { $0.hasSuffix("ended by 0") } }
  }
}
