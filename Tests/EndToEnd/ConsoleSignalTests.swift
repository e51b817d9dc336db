import Foundation
import TestSupport
import Testing

@Suite("the terminal after the console has ended, however it ended") struct ConsoleSignalTests {
  /// The console below a shell that says how it ended.
  ///
  /// - Parameter launcher: what starts it.
  private func start(_ farm: TestFarm, by launcher: String = "") throws -> (terminal: TerminalSession, pid: pid_t) {
    let terminal = try TerminalSession(
      "env REEVE_SERVER=\(farm.address) XDG_CONFIG_HOME=\(farm.scratch.file("config")) "
        + "XDG_STATE_HOME=\(farm.scratch.file("kept")) LC_ALL=C.UTF-8 SWIFT_BACKTRACE=enable=no PS1='ready> ' /bin/sh -i",
      columns: 80, rows: 24,
      scratch: farm.scratch)
    try terminal.wait(for: "ready>")
    try terminal.type("stty -a > \(farm.scratch.file("before"))")
    try terminal.press("Enter")
    try terminal.type(launcher + Program.path(of: "reeve-watch"))
    try terminal.press("Enter")
    try terminal.wait(for: "reeve submit")
    let pid = try observe("the console's process") {
      farm.processes { $0.contains("reeve-watch") && !$0.contains("/bin/sh") }.first
        ?? Self.children(of: terminal.pid).first
    }
    return (terminal, pid)
  }

  private static func children(of pid: pid_t) -> [pid_t] {
    (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))?.split(separator: " ").compactMap {
      pid_t($0)
    }
      ?? []
  }

  /// Whether a shell can be worked with: what is typed is seen, lines end, the modes are as they were.
  ///
  /// - Parameter isExact: false: modes that hinder nobody may be others.
  private func expectUsable(_ terminal: TerminalSession, _ farm: TestFarm, isExact: Bool = true) throws {
    try terminal.type("stty -a > \(farm.scratch.file("after")); echo still $((40 + 2))")
    try terminal.press("Enter")
    try terminal.wait(for: "still 42")
    let after = try #require(farm.scratch.read("after"))
    if isExact { #expect(after == farm.scratch.read("before")) }
    let modes = Set(after.split { $0.isWhitespace || $0 == ";" }.map(String.init))
    #expect(modes.isSuperset(of: ["echo", "icanon", "isig", "icrnl", "opost", "onlcr"]), "\(after)")
    // Echoed as it was typed.
    #expect(terminal.text.contains("echo still $((40 + 2))"))
    // No reports of the mouse, no alternate screen.
    #expect(terminal.modes == "0 0")
  }

  @Test("SIGTERM, SIGHUP and a crash leave the terminal as it was", arguments: [SIGTERM, SIGHUP, SIGSEGV])
  func signals(_ signal: Int32) throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let (terminal, pid) = try start(farm)
    kill(pid, signal)
    try observe("its end") { kill(pid, 0) != 0 }
    try terminal.wait("the shell again", until: { lines in lines.contains { $0.contains("ready>") } })
    try expectUsable(terminal, farm)
  }

  @Test("a program that holds signals back and starts the console does not keep it from ending")
  func held() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let (terminal, pid) = try start(farm, by: "env --block-signal=TERM,HUP,INT,WINCH ")
    try terminal.resize(columns: 100, rows: 30)
    try terminal.wait("the other size", until: { lines in lines.contains { $0.hasSuffix("0 running") && $0.count == 99 } })
    kill(pid, SIGTERM)
    try observe("its end") { kill(pid, 0) != 0 }
    // The size is another one.
    try expectUsable(terminal, farm, isExact: false)
  }

  @Test("after SIGKILL what reeve-watch(1) says brings the terminal back")
  func killed() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    let (terminal, pid) = try start(farm)
    kill(pid, SIGKILL)
    try observe("its end") { kill(pid, 0) != 0 }
    // Enter ends no line while the modes are the console's: Ctrl-J does.
    try terminal.press("C-j")
    try terminal.type("reset; tput rmcup")
    try terminal.press("C-j")
    // reset waits a second for slow terminals.
    try terminal.wait("the shell again", until: { lines in terminal.modes == "0 0" && lines.contains { $0.contains("ready>") } })
    try expectUsable(terminal, farm, isExact: false)
  }
}
