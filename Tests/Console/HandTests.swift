import Model
import Testing

@testable import Console

/// What the console hands to the terminal and to other programs.
@Suite("Copying, saving, ringing, explaining, reading the manual")
struct HandTests {
  private func console() -> Fixture {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    return console
  }

  private func log(_ text: String) -> Fixture {
    var console = console()
    console.type("Enter")
    console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
    console.type("Enter")
    console.showLog(text, isEnd: true, task: Sample.task(JobID(2), BlockIndex(0), 0))
    return console
  }

  @Test("the row's number, name and command are offered, and the chosen one is copied")
  func copies() {
    var console = console()
    console.type("y")
    guard case .menu(let menu)? = console.model.overlay else {
      Issue.record("no menu")
      return
    }
    #expect(menu.entries.map(\.title).first == "number: 2")
    #expect(console.type("j", "j", "Enter") == [.copy("reeve job 2")])
    console.happens(.copied(.success("reeve job 2")))
    #expect(console.model.message?.text == "copied: reeve job 2")
  }

  @Test("what is copied from output is text, whatever was in it")
  func copiesHarmlessly() {
    var console = log("\u{1B}]52;c;cm0gLXJmIC8=\u{7}rm -rf /\u{202E}\nsecond\n")
    console.type("g", "y")
    let effects = console.type("Enter")
    guard case .copy(let text)? = effects.first else {
      Issue.record("nothing was copied")
      return
    }
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E })
    #expect(text.hasSuffix("rm -rf /·"))
  }

  @Test("output is saved under a name that is asked for")
  func saves() {
    var console = log("one\ntwo\n")
    console.type("s")
    #expect(console.model.prompt?.editor.string == "job2-0-0.log")
    #expect(console.type("Enter") == [.save(path: "job2-0-0.log", Array("one\ntwo\n".utf8))])
    console.happens(.saved(.failure(Failure(.failed, "job2-0-0.log is there already: give another name"))))
    #expect(console.model.message?.kind == .bad)
  }

  @Test("the pager gets the output with its controls made visible")
  func pages() {
    var console = log("\u{1B}[2Jone\ttwo\n")
    let effects = console.type("p")
    guard case .pager(let bytes)? = effects.first else {
      Issue.record("no pager")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "␛[2Jone\ttwo\n")
  }

  @Test("x asks the server, and shows the rules with the way out")
  func explains() {
    var console = console()
    let target = ExplainTarget(job: JobID(2))
    let effects = console.type("x")
    #expect(effects == [.explain(console.model.lastRequest, target)])
    console.happens(
      .explained(
        console.model.lastRequest, target,
        .success(
          Explanation(
            subject: "job 2 “shot”", verdict: "waits for renders",
            rules: [.init(key: "nimby", node: "farm", text: "12 renders are nimby", renders: 12)]))))
    guard case .info(let info)? = console.model.overlay else {
      Issue.record("nothing is shown")
      return
    }
    let lines = InfoText.lines(info, console.model).map(\.left)
    #expect(lines.contains("waits for renders"))
    #expect(lines.contains("nimby of farm: 12 renders"))
    // An answer to an older question is not shown.
    console.happens(.explained(1, ExplainTarget(job: JobID(3)), .success(Explanation(subject: "job 3", verdict: "runs"))))
    guard case .info(let after)? = console.model.overlay else {
      Issue.record("nothing is shown any more")
      return
    }
    #expect(after.explanation?.subject == "job 2 “shot”")
    console.type("x")
    #expect(console.model.overlay == nil)
  }

  @Test("without a connection nothing is explained")
  func explainsNothing() {
    var console = console()
    console.happens(.link(.lost(reason: "gone", nextTry: console.now + .seconds(5))))
    #expect(console.type("x").isEmpty)
    #expect(console.model.overlay == nil)
    #expect(console.model.message?.kind == .bad)
  }

  @Test("F1 lists the manual; a page is read, searched and left")
  func reads() {
    var console = console()
    console.type("F1")
    #expect(console.type("Enter") == [.manual("reeve-watch", columns: 74)])
    console.happens(.manual("reeve-keys", .success(["another page"])))
    guard case .reader(let empty)? = console.model.overlay else {
      Issue.record("nothing is read")
      return
    }
    #expect(empty.lines == nil, "only the page that was asked for is taken")
    console.happens(.manual("reeve-watch", .success((0..<200).map { "line \($0)" } + ["the needle"])))
    console.type("/")
    console.enter("needle")
    console.type("Enter")
    guard case .reader(let found)? = console.model.overlay else {
      Issue.record("nothing is read")
      return
    }
    #expect(found.match == 200)
    #expect(found.top == 201 - DialogLayout(.reader(found), console.model).content.rows)
    console.type("g")
    guard case .reader(let top)? = console.model.overlay else {
      Issue.record("nothing is read")
      return
    }
    #expect(top.top == 0)
    console.type("Esc")
    #expect(console.model.overlay == nil)
  }

  @Test("the terminal rings for chosen events, once for many, and not for what was before")
  func rings() {
    var console = console()
    console.type("6")
    console.showEvents(Sample.events)
    console.type("b")
    guard case .menu(let menu)? = console.model.overlay, let at = menu.entries.firstIndex(where: { $0.title == "[ ] JOB_ERROR" })
    else {
      Issue.record("no menu")
      return
    }
    for _ in 0..<at { console.type("j") }
    console.type("Enter", "Esc")
    #expect(console.kept.last?.ringing == ["JOB_ERROR"])
    // On another screen too.
    console.type("1")
    #expect(console.model.active[.events] != nil)

    func events(_ rows: [EventRow]) -> [ConsoleEffect] {
      var update = console.snapshot(.events, total: rows.count)
      update.isSnapshot = false
      update.events = rows
      return console.happens(.view(update)).filter { if case .ring = $0 { true } else { false } }
    }
    func row(_ number: UInt64, _ name: String, user: String, at time: Instant) -> EventRow {
      EventRow(number: number, time: time, name: name, object: "job 9", user: user, info: "an error", isSent: false)
    }
    let now = console.now
    #expect(events([row(1001, "JOB_ERROR", user: "anna", at: Instant(seconds: 1))]).isEmpty, "long ago")
    #expect(events([row(1002, "JOB_DONE", user: "anna", at: now)]).isEmpty, "not chosen")
    #expect(events([row(1003, "JOB_ERROR", user: "bert", at: now)]).isEmpty, "not anna's")
    #expect(
      events([row(1004, "JOB_ERROR", user: "anna", at: now), row(1005, "JOB_ERROR", user: "anna", at: now)])
        == [.ring("JOB_ERROR job 9: an error, and 1 more")])
    #expect(events([row(1005, "JOB_ERROR", user: "anna", at: now)]).isEmpty, "the same again")
  }
}
