import Glibc
import Model
import Testing

@testable import Console

/// The console without a screen.
@Suite struct PlainTests {
  init() {
    setenv("TZ", "UTC", 1)
    tzset()
  }

  /// Events in, lines out, on a clock of its own.
  private struct Ear {
    var console: PlainConsole
    var now = Instant(seconds: 1_790_000_000)
    var effects: [ConsoleEffect] = []

    init(_ screen: ConsoleScreenID = .jobs, isASCII: Bool = false) throws {
      console = try PlainConsole(screen: screen, server: "farm:51000", isASCII: isASCII, at: now)
      #expect(heard() == ["14:13:20 connecting to farm:51000"])
    }

    mutating func happens(_ event: ConsoleEvent) { effects += console.update(event, at: now) }

    mutating func heard(after seconds: Int64 = 0) -> [String] {
      now = now + .seconds(seconds)
      return console.lines(at: now)
    }

    /// Without the time.
    mutating func words(after seconds: Int64 = 0) -> [String] { heard(after: seconds).map { String($0.dropFirst(9)) } }

    mutating func connect() {
      happens(.link(.connected(serverName: "farm", serverVersion: "0.1.0", time: now, firstMet: nil)))
    }

    var number: SubscriptionNumber {
      for case .subscribe(let number, _, _) in effects.reversed() { return number }
      return 0
    }

    mutating func show(_ rows: [JobSummary], isSnapshot: Bool = true, total: Int? = nil) {
      var update = ViewUpdate(subscription: number, isSnapshot: isSnapshot, total: total ?? rows.count, first: 0)
      update.jobs = rows
      happens(.view(update))
    }

    mutating func show(_ events: [EventRow], isGap: Bool = false) {
      var update = ViewUpdate(subscription: number, isSnapshot: false, total: 0, first: 0)
      update.events = events
      update.areEventsLost = isGap
      update.eventsSeen = events.last?.number ?? 0
      happens(.view(update))
    }
  }

  private static func job(
    _ id: UInt32, state: StateBits = .ready, done: Int32 = 0, running: Int32 = 0, error: Int32 = 0, name: String = "comp"
  ) -> JobSummary {
    Sample.job(id, name, state: state, counts: Sample.counts(40, done: done, running: running, error: error))
  }

  @Test("says what there is, then each change in a line, and what came and went")
  func jobs() throws {
    var ear = try Ear()
    ear.connect()
    var newest = JobsQuery()
    newest.isDescending = true
    #expect(ear.effects == [.subscribe(1, .jobs(newest), Window(first: 0, count: 1000))])
    #expect(ear.words() == ["connected to farm, version 0.1.0"])
    ear.show([Self.job(3, state: .running, done: 12, running: 2), Self.job(2, state: .error, error: 1)])
    #expect(
      ear.heard() == [
        "14:13:20 2 jobs:", "14:13:20 job 3 “comp” of anna: running; 12 of 40 tasks done; 2 running",
        "14:13:20 job 2 “comp” of anna: error; 0 of 40 tasks done; 1 error",
      ])
    #expect(ear.console.due == nil)
    ear.show([Self.job(2, state: .ready)], isSnapshot: false)
    #expect(ear.console.due == ear.now + .seconds(1))
    #expect(ear.heard().isEmpty, "not before its time")
    #expect(ear.heard(after: 1) == ["14:13:21 job 2 “comp” of anna: now ready, was error; no errors"])
    ear.show([Self.job(4), Self.job(3, state: .running, done: 12, running: 2)])
    #expect(ear.words(after: 1) == ["new: job 4 “comp” of anna: ready; 0 of 40 tasks done", "job 2 “comp” of anna is gone"])
  }

  @Test("many changes of a row are one line, one that was taken back is none, and progress alone is told now and then")
  func coalesced() throws {
    var ear = try Ear()
    ear.connect()
    ear.show([Self.job(2, state: .running, running: 2)])
    _ = ear.heard()
    for done in 1...5 { ear.show([Self.job(2, state: .running, done: Int32(done), running: 2)], isSnapshot: false) }
    #expect(ear.console.due == ear.now + .seconds(10))
    #expect(ear.words(after: 1).isEmpty)
    #expect(ear.words(after: 9) == ["job 2 “comp” of anna: 5 of 40 tasks done"])
    ear.show([Self.job(2, state: .running, done: 6, running: 2)], isSnapshot: false)
    ear.show([Self.job(2, state: .error, done: 6, error: 1)], isSnapshot: false)
    #expect(
      ear.words(after: 1) == ["job 2 “comp” of anna: now error, was running; 6 of 40 tasks done; none running; 1 error"])
    ear.show([Self.job(2)], isSnapshot: false)
    ear.show([Self.job(2, state: .error, done: 6, error: 1)], isSnapshot: false)
    #expect(ear.words(after: 20).isEmpty)
    #expect(ear.console.due == nil)
  }

  @Test("a flood is a few lines and a number, at first and later")
  func flood() throws {
    var ear = try Ear()
    ear.connect()
    _ = ear.words()
    ear.show((1...140).reversed().map { Self.job(UInt32($0)) })
    let first = ear.words()
    #expect(first.count == 21 && first[0] == "140 jobs; the first 20 of them:")
    ear.show((1...140).map { Self.job(UInt32($0), state: .done, done: 40) }, isSnapshot: false, total: 140)
    let lines = ear.words(after: 1)
    #expect(lines.count == 21 && lines.last == "… and 120 more jobs changed")
    #expect(ear.console.due == nil, "what was counted was told")
    ear.show([Self.job(9, state: .error)], isSnapshot: false, total: 140)
    #expect(ear.words(after: 1) == ["job 9 “comp” of anna: now error, was done; 0 of 40 tasks done"])
  }

  @Test("of a list that is longer than what is followed, rows pushed out are not gone, and such that come in again not new")
  func window() throws {
    var ear = try Ear()
    ear.connect()
    ear.show([Self.job(9), Self.job(8), Self.job(7)], total: 5)
    #expect(ear.words()[1] == "5 jobs; the first 3 are followed:")
    ear.show([Self.job(10), Self.job(9), Self.job(8)], total: 6)
    #expect(ear.words(after: 1) == ["new: job 10 “comp” of anna: ready; 0 of 40 tasks done"])
    ear.show([Self.job(10), Self.job(8), Self.job(7)], total: 5)
    #expect(ear.words(after: 1) == ["job 9 “comp” of anna is gone"])
  }

  @Test("a lost connection is told once, and when it is back what changed meanwhile")
  func lost() throws {
    var ear = try Ear()
    ear.happens(.link(.lost(reason: "connection refused", nextTry: ear.now)))
    ear.happens(.link(.trying))
    ear.happens(.link(.lost(reason: "connection refused", nextTry: ear.now)))
    #expect(ear.words() == ["no connection to farm:51000: connection refused; it is tried again"])
    ear.connect()
    ear.show([Self.job(3), Self.job(2)])
    _ = ear.words()
    ear.happens(.link(.lost(reason: "the server left", nextTry: ear.now)))
    #expect(ear.words() == ["the connection is lost: the server left; it is tried again"])
    ear.now = ear.now + .seconds(75)
    ear.connect()
    #expect(ear.words() == ["connected again after 1m15s"])
    ear.show([Self.job(3, state: .done, done: 40), Self.job(2)])
    #expect(ear.words(after: 1) == ["job 3 “comp” of anna: now done, was ready; 40 of 40 tasks done"])
    var status = ServerStatus()
    status.trouble = "store: disk full"
    ear.happens(.status(status))
    ear.happens(.status(ServerStatus()))
    #expect(ear.words() == ["the server: store: disk full", "the server is well again"])
  }

  @Test("events are told each, once, over connections too")
  func events() throws {
    var ear = try Ear(.events)
    ear.connect()
    _ = ear.words()
    ear.show(Sample.events)
    #expect(
      ear.heard(after: 1) == [
        "13:56:50 JOB_CREATED, job 2 of anna: shot_010 comp", "13:57:00 JOB_ERROR, job 4 of bob: frame 3: exit status 1",
        "13:57:10 RENDER_ZOMBIE, render render03 of render: no sign of life for 180 s",
        "13:57:20 JOB_DONE, job 5 of anna: evil ␛[31mred",
      ])
    ear.happens(.link(.lost(reason: "it left", nextTry: ear.now)))
    ear.connect()
    #expect(ear.effects.last == .subscribe(2, .events(EventsQuery(after: 4, last: 10)), Window(first: 0, count: 0)))
    _ = ear.words()
    ear.show([Sample.events[3]] + (5...30).map { Sample.event($0, "JOB_DONE", "job \($0)", info: "") }, isGap: true)
    let lines = ear.words(after: 1)
    #expect(lines.first == "events are missing here: there were more than the server keeps")
    #expect(lines.count == 22 && lines[1] == "JOB_DONE, job 5 of anna" && lines.last == "… and 6 more events")
  }

  @Test("the other lists have their words", arguments: [ConsoleScreenID.work, .farm, .users, .system])
  func others(_ screen: ConsoleScreenID) throws {
    var ear = try Ear(screen)
    ear.connect()
    _ = ear.words()
    var update = ViewUpdate(subscription: ear.number, isSnapshot: true, total: 3, first: 0)
    switch screen {
    case .work: update.tree = Array(Sample.work[3...5])
    case .farm: update.renders = Sample.renders
    case .users: update.users = Sample.users
    default: update.systemBlocks = Sample.systemBlocks
    }
    ear.happens(.view(update))
    let wanted: [ConsoleScreenID: [String]] = [
      .work: [
        "3 branches and jobs:", "job 2 “shot_010 comp” of anna: running, ready; 12 of 40 tasks done; 2 running",
        "job 4 “light test” of bob: error, running; 6 of 12 tasks done; 1 running; 3 errors",
        "branch /film/shot_020: paused; 1 job",
      ],
      .farm: ["3 renders:", "render render01: busy; runs 2[0][12], 4[0][3]", "render render02: nimby", "render render03: offline"],
      .users: ["3 users:", "user anna: 12 jobs; 40 tasks running", "user bob: 1 job", "user évil ␛[2J 渚: paused; 0 jobs"],
      .system: [
        "3 blocks:", "block post_commands of the system job: 40 commands wait; 1 run; 2 failed; 3 done",
        "block events of the system job: 0 commands wait; 0 run; 1204 done",
        "block wake_on_lan of the system job: 0 commands wait; 0 run; 3 done",
      ],
    ]
    #expect(ear.words() == wanted[screen])
  }

  @Test("no line has a control, an override or a second line in it, whatever names are; with ASCII alone all is ASCII")
  func harmless() throws {
    for isASCII in [false, true] {
      var ear = try Ear(isASCII: isASCII)
      ear.connect()
      ear.show([Self.job(2, name: "a\u{1B}]52;c;x\u{7}\n\r\u{202E}\u{9B}31m漢\u{8}" + String(repeating: "x", count: 2000))])
      let lines = ear.heard()
      #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 503 })
      for scalar in lines.joined().unicodeScalars {
        #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && !(0x202A...0x202E).contains(scalar.value))
        if isASCII { #expect(scalar.isASCII) }
      }
    }
  }

  @Test("what came faster than it could be taken is asked for again; a screen that there is not is refused")
  func missed() throws {
    var ear = try Ear()
    ear.connect()
    ear.effects = []
    ear.happens(.missed)
    #expect(ear.effects.count == 2 && ear.effects.first == .unsubscribe(1) && ear.number == 2)
    #expect(throws: Failure.self) { try PlainConsole(screen: .stats, server: "farm", isASCII: false, at: .never) }
  }
}
