import Foundation
import Glibc
import TestSupport
import Testing

/// Who may do what, with the real programs: passwords of a first start, of a file, of a terminal.
@Suite("roles, end to end", .serialized) struct RoleEndToEndTests {
  private static func document(_ name: String, user: String) -> String {
    #"{"job": {"name": "\#(name)", "user_name": "\#(user)", "offline": true, "blocks": [{"name": "b", "command": "true", "#
      + #""service": "generic", "frame_first": 1, "frame_last": 2}]}}"#
  }

  @Test("another's job is refused with exit code 4 and the way out, one's own is not; with --super it is done")
  func jobs() throws {
    let farm = try TestFarm(scratch: try ScratchFolder())
    let own = try farm.mustReeve(["submit", "-"], input: Self.document("own", user: "ann"))
    let other = try farm.mustReeve(["submit", "-"], input: Self.document("other", user: "bob"))
    let refused = try farm.reeve(["--user", "ann", "start", other], asUser: true)
    #expect(refused.status == 4)
    #expect(refused.errors.contains("not permitted: it is a job of bob (super users may: press !, or reeve --super)"))
    #expect(try farm.reeve(["--user", "ann", "start", own], asUser: true).status == 0)
    #expect(try farm.reeve(["--user", "ann", "set", "jobs", other, "priority=5"], asUser: true).status == 4)
    #expect(try farm.reeve(["--user", "ann", "set", "pools", "/", "priority=5"], asUser: true).status == 4)
    #expect(try farm.reeve(["--user", "ann", "pool", "create", "/farm"], asUser: true).status == 4)
    #expect(try farm.reeve(["--user", "ann", "sysjob", "restart", "events", "--yes"], asUser: true).status == 4)
    #expect(try farm.reeve(["--user", "ann", "backup", farm.scratch.file("b")], asUser: true).status == 4)
    // To look is for everybody.
    for list in [["jobs", "--all"], ["job", other], ["pools"], ["users"], ["sysjob"], ["journal"], ["explain", other]] {
      #expect(try farm.reeve(["--user", "ann"] + list, asUser: true).status == 0, "\(list)")
    }
    #expect(try farm.reeve(["--user", "ann", "start", other]).status == 0)
    #expect(try farm.mustReeve(["journal", "--job", other]).contains("(administrator)"))
    let mixed = try farm.reeve(["--user", "ann", "--json", "pause", "--mask", ".*"], asUser: true)
    #expect(mixed.status == 4 && mixed.errors.replacing(" ", with: "").contains(#""code":4"#))
  }

  @Test("a password file that others can read is refused, and one with a wrong password is not permitted")
  func files() throws {
    let farm = try TestFarm(scratch: try ScratchFolder())
    func reeve(_ file: String) throws -> (status: Int32, errors: String) {
      let program = try Program(
        "reeve", ["--server", farm.address, "--super", "jobs"], scratch: farm.scratch, environment: ["REEVE_PASSWORD_FILE": file])
      return (try program.wait(), program.errors)
    }
    let open = try reeve(try farm.scratch.write(TestPasswords.superUser, to: "open", mode: 0o644))
    #expect(open.status == 2 && open.errors.contains("can be read by others (chmod 600 "))
    let missing = try reeve(farm.scratch.file("nothing"))
    #expect(missing.status == 2 && missing.errors.contains("cannot read"))
    #expect(try reeve(try TestPasswords.file(of: TestPasswords.superUser, in: farm.scratch)).status == 0)
    let wrong = try reeve(try TestPasswords.file(of: "wrong-password", in: farm.scratch))
    #expect(wrong.status == 4 && wrong.errors.contains("the password is wrong"))
    #expect(farm.server.errors.contains("wrong password from") && !farm.server.errors.contains("wrong-password"))
  }

  @Test("the first start shows two passwords once, past the log; they work; another one is set and taken at SIGHUP")
  func first() throws {
    let scratch = try ScratchFolder()
    let state = scratch.file("state")
    func start() throws -> (Program, String) {
      let server = try Program(
        "reeve-server", ["--listen", "127.0.0.1:0", "--state", state, "--log-format", "json"], scratch: scratch)
      let ready = try server.waitForLine("reeve-server: ready on ")
      return (server, String(ready.dropFirst("reeve-server: ready on ".count).prefix { $0 != "," }))
    }
    var (server, address) = try start()
    defer { server.signal(SIGKILL) }
    let shown = server.errors.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { $0.split(separator: ":").map(String.init) }
    #expect(shown.map { $0.first?.trimmingCharacters(in: .whitespaces) } == ["super user", "administrator"])
    let passwords = shown.compactMap { $0.last?.trimmingCharacters(in: .whitespaces) }
    #expect(passwords.count == 2 && !passwords.contains { server.output.contains($0) })
    // Once in all: in no line of the log.
    for password in passwords { #expect(server.errors.components(separatedBy: password).count == 2) }

    func pools(_ password: String) throws -> Int32 {
      let file = try scratch.write(password, to: "password", mode: 0o600)
      let program = try Program(
        "reeve", ["--server", address, "--super", "set", "pools", "/", "priority=\(Int.random(in: 1...100))"], scratch: scratch,
        environment: ["REEVE_PASSWORD_FILE": file])
      return try program.wait()
    }
    #expect(try pools(passwords[1]) == 0)
    #expect(try pools(passwords[0]) == 4, "pools are for administrators")

    func set(_ password: String) throws -> Program {
      let program = try Program(
        "reeve-server", ["--set-password", "administrator", "--state", state], scratch: scratch, input: password + "\n")
      _ = try program.wait()
      return program
    }
    let short = try set("short")
    #expect(try short.wait() == 2 && short.errors.contains("shorter than 8 bytes"))
    let done = try set("a longer one")
    #expect(try done.wait() == 0 && done.output.contains("kill -HUP \(server.pid)"))
    server.signal(SIGHUP)
    _ = try observe("the new password is taken", limit: 60, every: 50, seen: { server.errors }) {
      server.errors.contains("the password of the role administrator is another now") ? true : nil
    }
    #expect(try pools("a longer one") == 0)
    #expect(try pools(passwords[1]) == 4)
    server.signal(SIGTERM)
    try server.wait()
    (server, address) = try start()
    #expect(!server.errors.contains("new passwords"))
  }

  @Test("on a terminal --super asks, and shows neither the password nor how long it is")
  func terminal() throws {
    let farm = try TestFarm(scratch: try ScratchFolder())
    let environment = "XDG_CONFIG_HOME=\(farm.scratch.file("config")) HOME=\(farm.scratch.path)"
    let terminal = try TerminalSession(
      "env \(environment) \(Program.path(of: "reeve")) --server \(farm.address) --super set pools / priority=7",
      scratch: farm.scratch)
    try terminal.wait(for: "Password of super users or administrators:")
    try terminal.type(TestPasswords.administrator)
    try terminal.press("Enter")
    let screen = try terminal.wait(for: "-> 7").joined(separator: "\n")
    #expect(!screen.contains(TestPasswords.administrator) && !screen.contains("*"))
  }
}
