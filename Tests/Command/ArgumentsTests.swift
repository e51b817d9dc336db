import ArgumentParser
@testable import Command
import Model
import Testing
import Wire

@Suite("The command line")
struct ArgumentsTests {
  private func options(_ arguments: String...) throws -> LeadingOptions {
    let (leading, rest) = LeadingOptions.split(arguments)
    return try ReeveCommand.parse(rest).options(leading)
  }

  private func failure(_ arguments: String...) -> ErrorReport? {
    do {
      _ = try ReeveCommand.parse(arguments)
      return nil
    } catch { return ErrorReport(error, during: "") }
  }

  @Test("options of every command stand before or after its name; after wins")
  func placement() throws {
    let expected = LeadingOptions(server: "h:1", user: "ann", wantsJSON: true)
    #expect(try options("--server", "h:1", "--json", "--user=ann", "job", "5") == expected)
    #expect(try options("job", "5", "--server", "h:1", "--json", "--user=ann") == expected)
    #expect(try options("--server", "other", "--user", "bob", "job", "--json", "5", "--server=h:1", "--user", "ann") == expected)
  }

  @Test("--user behind jobs chooses whose jobs, before it who asks")
  func userOfJobs() throws {
    let (leading, rest) = LeadingOptions.split(["--user", "ann", "jobs", "--user", "bob"])
    let command = try #require(try ReeveCommand.parse(rest) as? JobsCommand)
    #expect(command.options(leading).user == "ann")
    #expect(try command.query(user: "ann").user == "bob")
    let own = try #require(try ReeveCommand.parse(["jobs"]) as? JobsCommand)
    #expect(try own.query(user: "ann").user == "ann")
    let all = try #require(try ReeveCommand.parse(["jobs", "--all", "--state", "running,ERR"]) as? JobsCommand)
    #expect(try all.query(user: "ann").user == "")
    #expect(try all.query(user: "ann").state == StateBits([.running, .error]).rawValue)
  }

  @Test(
    "usage errors have exit code 2, one line and a way on",
    arguments: [
      [], ["nosuch"], ["jobs", "--bad"], ["job"], ["log", "1"], ["run"], ["run", "true"], ["run", "--"], ["run", "--", ""],
      ["run", "--priority", "300", "--", "x"], ["submit"], ["render-do", "fly", "r1"], ["render-do", "free"],
      ["completions", "tcsh"],
      ["--server"], ["jobs", "extra"], ["delete", "5", "--block", "0"], ["wait", "5", "--timeout", "soon"],
    ])
  func usage(arguments: [String]) throws {
    do {
      let command = try ReeveCommand.parse(arguments)
      // What the parser cannot know is found before a server is asked.
      _ = try (command as? JobCommand)?.target.selection()
      Issue.record("\(arguments) was accepted")
    } catch {
      let report = ErrorReport(error, during: "")
      #expect(report.exitCode == 2, "\(arguments): \(report.line)")
      #expect(!report.line.contains("\n") && report.line.hasPrefix("reeve: ") && report.line.contains("("))
    }
  }

  @Test("help and version are no errors")
  func help() {
    #expect(failure("--help")?.exitCode == 0)
    #expect(failure("help", "run")?.text.contains("--frames") == true)
    #expect(failure("run", "--help")?.exitCode == 0)
    #expect(failure("--version")?.text == "reeve \(ProtocolVersion.program)")
  }

  @Test("what stands behind -- belongs to the command that is run, even if it looks like options")
  func terminator() throws {
    let run = try #require(
      try ReeveCommand.parse(["run", "--frames", "-5-5", "--", "render", "--json", "--", "-h"]) as? RunCommand)
    #expect(run.command == ["render", "--json", "--", "-h"])
    #expect(run.global.connection.json == false)
    #expect(try run.request(user: "ann", host: "h", directory: "/").frames == Frames(first: -5, last: 5))
    #expect(!LeadingOptions.asksForJSON(["run", "--", "x", "--json"]))
  }

  @Test("errors as JSON carry the exit code")
  func jsonErrors() {
    let report = ErrorReport(Failure(.notFound, "there is no job 9"), during: "job")
    #expect(report.exitCode == 5)
    #expect(report.json.text() == #"{"error":{"code":5,"message":"job: there is no job 9"}}"#)
    #expect(report.line == "reeve: job: there is no job 9")
  }

  @Test(
    "each kind of failure has its exit code",
    arguments: [
      (FailureCode.failed, 1), (.usage, 2), (.unreachable, 3), (.notPermitted, 4), (.notFound, 5), (.timedOut, 6),
    ] as [(FailureCode, Int32)])
  func exitCodes(code: FailureCode, exit: Int32) {
    #expect(ErrorReport(Failure(code, "x"), during: "").exitCode == exit)
  }

  @Test("an error's text cannot act on the terminal, nor be more than a line")
  func hostileErrors() {
    #expect(ErrorReport(Failure(.failed, "no \u{1B}[2J\nname"), during: "job").line == "reeve: job: no ␛[2J name")
  }

  @Test("a job is meant by number, by name, or by a mask")
  func selections() throws {
    #expect(try JobTarget.selection("42") == .ids([JobID(42)]))
    #expect(try JobTarget.selection("shot 42") == .name("shot 42"))
    #expect(throws: Failure.self) { try JobTarget.selection("") }
    #expect(throws: Failure(.notFound, "no job has the number 99999999999")) { try JobTarget.selection("99999999999") }
    let many = try #require(try ReeveCommand.parse(["wait", "3", "a", "5", "3", "a"]) as? WaitCommand)
    #expect(try many.target.selections() == [.ids([JobID(3), JobID(5)]), .name("a")])
    let mask = try #require(try ReeveCommand.parse(["stop", "--mask", "shot.*"]) as? StopCommand)
    #expect(try mask.operations() == [Operation(kind: .stop, jobs: .mask("shot.*"))])
    #expect(throws: Failure.self) { try JobTarget.selection(mask: "(") }
  }

  @Test("an operation names its block and tasks")
  func operations() throws {
    let skip = try #require(try ReeveCommand.parse(["skip", "7", "--block", "render", "--tasks", "0,f5-f9"]) as? SkipCommand)
    #expect(
      try skip.operations() == [
        Operation(
          kind: .skip, jobs: .ids([JobID(7)]), block: .name("render"),
          tasks: [TaskRange(first: 0, last: 0), TaskRange(first: 5, last: 9, isFrames: true)])
      ])
  }

  @Test("states of renders: nimby and NIMBY are two, offline is the absence of one")
  func renderStates() throws {
    #expect(try StateSyntax.renders("nimby").any == .nimby)
    #expect(try StateSyntax.renders("NIMBY").any == .NIMBY)
    let wanted = try StateSyntax.renders("offline,busy")
    #expect(wanted.matches([]))
    #expect(wanted.matches([.online, .busy]))
    #expect(!wanted.matches([.online, .paused]))
    #expect(throws: Failure.self) { try StateSyntax.renders("Nimby") }
  }

  @Test("every shell gets completions for every command", arguments: [CompletionShell.bash, .zsh, .fish])
  func completions(shell: CompletionShell) {
    let script = Reeve.completionScript(for: shell)
    for name in Reeve.names { #expect(script.contains(name)) }
  }
}
