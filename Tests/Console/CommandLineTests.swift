import Model
import Testing

@testable import Console

@Suite("the command line") struct CommandLineTests {
  private func console() -> Fixture {
    var console = Fixture()
    console.model.options.commands = ["jobs", "set", "start", "render-do", "explain", "sysjob"].map {
      ReeveWord(name: $0, options: $0 == "jobs" ? ["--all", "--mask"] : [])
    }
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  /// Types a line and Enter.
  private func run(_ console: inout Fixture, _ line: String) -> [ConsoleEffect] {
    console.type(":")
    console.enter(line)
    return console.type("Enter")
  }

  private func commands(_ effects: [ConsoleEffect]) -> [String] {
    effects.compactMap { if case .command(_, let command) = $0 { command.line } else { nil } }
  }

  @Test("a word that is known here means what it means here; with more words it is a command of reeve")
  func dispatch() {
    var console = console()
    #expect(commands(run(&console, "start 12")) == ["start 12"])
    #expect(commands(run(&console, "reeve jobs --all")) == ["jobs --all"])
    #expect(commands(run(&console, "set jobs 12 priority=5")) == ["set jobs 12 priority=5"])
    let started = run(&console, "start")
    #expect(commands(started).isEmpty && started.contains { if case .operate = $0 { true } else { false } })
    #expect(commands(run(&console, "purple 1")).isEmpty && console.status.contains("no command"))
    #expect(commands(run(&console, "job 4")).isEmpty && console.model.place == .job)
  }

  @Test("what prints is read in a panel that scrolls; what changes something answers in the status line")
  func outcomes() {
    var console = console()
    _ = run(&console, "explain 2")
    console.happens(.commandDone(1, .printed((1...60).map { "line \($0)" })))
    #expect(console.text.contains { $0.contains("explain 2") } && console.text.contains { $0.contains("line 1 ") })
    console.type("G")
    #expect(console.text.contains { $0.contains("line 60") })
    console.type("Esc")
    #expect(console.model.overlay == nil)
    _ = run(&console, "set jobs 2 priority=5")
    console.happens(.commandDone(2, .done(["job 2: priority: 99 -> 5"], complaints: [])))
    #expect(console.model.overlay == nil && console.status.contains("priority: 99 -> 5"))
    _ = run(&console, "start 2 99")
    console.happens(.commandDone(3, .done(["job 2: started"], complaints: ["reeve: there is no job 99"])))
    #expect(console.text.contains { $0.contains("there is no job 99") } && console.text.contains { $0.contains("job 2: started") })
    console.type("Esc")
    _ = run(&console, "set jobs 2 priority=500")
    console.happens(.commandDone(4, .failed("set: priority: 500 is out of range (0 to 255)")))
    #expect(console.status.contains("out of range"))
  }

  @Test("what asks is asked, with Cancel chosen, and then given again with the yes")
  func asks() {
    var console = console()
    _ = run(&console, "set jobs 2 3 priority=5")
    console.happens(.commandDone(1, .asks("Change 2 nodes: job 2, job 3?")))
    guard case .confirm(let question)? = console.model.overlay else { return #expect(Bool(false)) }
    #expect(!question.isVerbChosen && question.question == "Change 2 nodes: job 2, job 3?")
    #expect(console.type("Enter").isEmpty)
    _ = run(&console, "set jobs 2 3 priority=5")
    console.happens(.commandDone(2, .asks("Change 2 nodes: job 2, job 3?")))
    let effects = console.type("y")
    guard case .command(3, let command)? = effects.first else { return #expect(Bool(false)) }
    #expect(command.isConfirmed && command.line == "set jobs 2 3 priority=5")
  }

  @Test("without a connection no command is given")
  func lost() {
    var console = console()
    console.happens(.link(.lost(reason: "the server left", nextTry: console.now + .seconds(4))))
    #expect(commands(run(&console, "explain 2")).isEmpty && console.status.contains("no connection"))
  }

  // MARK: History

  @Test("Up and Down bring lines back, and what was being typed")
  func history() {
    var console = console()
    _ = run(&console, "explain 2")
    _ = run(&console, "explain 3")
    _ = run(&console, "explain 3")
    #expect(console.model.history == ["explain 2", "explain 3"])
    console.type(":")
    console.enter("jo")
    console.type("Up")
    #expect(console.model.prompt?.editor.string == "explain 3")
    console.type("Up", "Up")
    #expect(console.model.prompt?.editor.string == "explain 2")
    console.type("Down", "Down")
    #expect(console.model.prompt?.editor.string == "jo")
    // A filter has no history.
    console.type("Esc", "f", "Up")
    #expect(console.model.prompt?.editor.string == "")
  }

  @Test("the history is kept, bounded, and read again; what is no list of lines is refused")
  func kept() throws {
    var console = console()
    for number in 0..<150 { _ = run(&console, "explain \(number)") }
    #expect(console.model.history.count == ConsoleModel.longestHistory && console.model.history.last == "explain 149")
    let text = try #require(console.kept.last).text
    let kept = try Kept.parse(Array(text.utf8))
    #expect(kept.history == console.model.history)
    #expect(throws: Failure.self) { try Kept.parse(Array("{\"history\": 7}".utf8)) }
    #expect(throws: Failure.self) { try Kept.parse(Array("{\"history\": [7]}".utf8)) }
  }

  // MARK: Completion

  private func completed(_ console: inout Fixture, _ text: String) -> (line: String, hints: [String]) {
    console.type(":", "Ctrl-U")
    console.enter(text)
    console.type("Tab")
    let result = (console.model.prompt?.editor.string ?? "", console.model.prompt?.hints ?? [])
    console.type("Esc")
    return result
  }

  @Test("commands, their words, options, parameters and names at hand are completed")
  func completion() {
    var console = console()
    #expect(completed(&console, "expl").line == "explain ")
    #expect(completed(&console, "render-do sl").line == "render-do sleep ")
    #expect(completed(&console, "jobs --ma").line == "jobs --mask ")
    #expect(completed(&console, "set job").line == "set jobs ")
    #expect(completed(&console, "set jobs 2 prio").line == "set jobs 2 priority=")
    #expect(completed(&console, "set jobs 2 priority=5 max_tasks").line == "set jobs 2 priority=5 max_tasks_per_second=")
    #expect(completed(&console, "explain sim").line == "explain sim_water ")
    // A name with blanks comes in quotes.
    #expect(completed(&console, "explain shot").line == "explain 'shot_010 comp' ")
    #expect(completed(&console, "sysjob restart ev").line == "sysjob restart events ")
    let several = completed(&console, "set jobs 2 hosts_mask")
    #expect(several.hints.contains("hosts_mask=") && several.hints.contains("hosts_mask_exclude="))
    #expect(completed(&console, "zzz").hints == ["nothing begins with “zzz”"])
  }

  @Test("a line is taken apart as it was typed, quotes and all")
  func words() {
    #expect(TypedWords("set jobs 'a b' pri").before == ["set", "jobs", "a b"])
    #expect(TypedWords("set jobs 'a b' pri").last == "pri")
    #expect(TypedWords("explain 'shot 0").last == "shot 0")
    #expect(TypedWords("explain 'shot 0").head == "explain ")
    #expect(TypedWords("explain ").last == "" && TypedWords("explain ").before == ["explain"])
  }
}
