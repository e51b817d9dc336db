import Foundation

/// A program in a real terminal: tmux draws it, keys go in, the screen comes out as lines.
public final class TerminalSession {
  private let socket: String
  private let scratch: ScratchFolder
  /// Of tmux itself.
  private var serverPID: pid_t = 0

  /// Starts `command` (a shell line) in a terminal of its own.
  public init(_ command: String, columns: Int = 80, rows: Int = 24, scratch: ScratchFolder) throws {
    self.scratch = scratch
    socket = scratch.file("tmux")
    try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-s", "t", "exec \(command)"])
    serverPID = pid_t(try tmux(["display-message", "-p", "#{pid}"]).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    try tmux(["set-option", "-g", "status", "off"])
    try tmux(["set-option", "-g", "remain-on-exit", "on"])
    try tmux(["set-option", "-g", "escape-time", "10"])
    try resize(columns: columns, rows: rows)
  }

  deinit {
    // By pid, since the folder of its socket may be on its way out; the program in it gets its SIGHUP from the kernel.
    if serverPID > 0 { kill(serverPID, SIGKILL) }
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let program = try Program(
      "/usr/bin/tmux", ["-u", "-S", socket] + arguments, scratch: scratch, environment: ["TERM": "xterm-256color", "TMUX": ""])
    let status = try program.wait(limit: 120)
    guard status == 0 else { throw NotObserved("tmux \(arguments): \(program.errors)") }
    return program.output
  }

  public func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-t", "t", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Types text as it is.
  public func type(_ text: String) throws { try tmux(["send-keys", "-t", "t", "-l", text]) }
  /// Presses a key by tmux' name: Enter, Escape, Up, Tab, C-z…
  public func press(_ key: String) throws { try tmux(["send-keys", "-t", "t", key]) }

  public var lines: [String] {
    ((try? tmux(["capture-pane", "-p", "-t", "t"])) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  public var text: String { lines.joined(separator: "\n") }

  /// Waits until the screen satisfies a condition.
  @discardableResult
  public func wait(_ what: String, limit: Double = 180, until condition: ([String]) -> Bool) throws -> [String] {
    try observe(what, limit: limit, every: 50, seen: { self.text }) {
      let lines = self.lines
      return condition(lines) ? lines : nil
    }
  }

  @discardableResult
  public func wait(for text: String, limit: Double = 180) throws -> [String] {
    try wait("\"\(text)\" on the screen", limit: limit) { lines in lines.contains { $0.contains(text) } }
  }

  /// Also writes all that the program sends from now on, byte for byte, to a file.
  public func record(to path: String) throws { try tmux(["pipe-pane", "-t", "t", "cat >> '\(path)'"]) }

  /// Pid of the program in the terminal.
  public var pid: pid_t {
    pid_t((try? tmux(["display-message", "-p", "-t", "t", "#{pane_pid}"]))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "")
      ?? 0
  }
  /// What was copied last.
  public var clipboard: String { (try? tmux(["show-buffer"])) ?? "" }

  /// Whether the alternate screen is shown, and whether the mouse is reported: `0 0`.
  public var modes: String {
    ((try? tmux(["display-message", "-p", "-t", "t", "#{alternate_on} #{mouse_any_flag}"])) ?? "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Whether it has ended.
  public var isOver: Bool { (try? tmux(["display-message", "-p", "-t", "t", "#{pane_dead}"]))?.hasPrefix("1") ?? true }
}
