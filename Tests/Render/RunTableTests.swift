import Model
import Testing
import Wire

@testable import Render

/// A table with what it wants done, sorted by whom it goes to.
struct TableBench {
  var table: RunTable
  var keeper: [KeeperRequest] = []
  var updates: [WireRunUpdate] = []
  var outputs: [WireRunOutput] = []
  var looks: [Lease: ResultFiles] = [:]
  /// Everything for the server, in order, in words.
  var story: [String] = []

  init(_ rules: [ParserRule] = []) {
    table = RunTable(catalog: ServiceCatalog(), plan: TaskPlan(environment: [:]))
  }

  mutating func settle() {
    for action in table.takeActions() {
      switch action {
      case .keeper(let request): keeper.append(request)
      case .update(let update):
        updates.append(update)
        story.append(Self.words(update))
      case .output(let output):
        outputs.append(output)
        story.append(
          "\(output.live ? "live" : "kept") \(output.lease)@\(output.offset) \(String(decoding: output.data, as: UTF8.self))")
      case .look(let lease, let files): looks[lease] = files
      case .input(let lease, let bytes): story.append("input \(lease) \(String(decoding: bytes, as: UTF8.self))")
      case .emptyTrash: story.append("trash")
      }
    }
  }

  private static func words(_ update: WireRunUpdate) -> String {
    switch update.content {
    case .started(let started): "started \(update.lease) as \(started.pid)"
    case .progress(let progress): "progress \(update.lease) \(progress.percent)%"
    case .finished(let finished): "finished \(update.lease) \(RunOutcome(rawValue: UInt8(finished.outcome)).map { "\($0)" } ?? "?")"
    case nil: "nothing"
    }
  }

  mutating func events(_ change: (inout WireRenderEvents) -> Void) {
    var events = WireRenderEvents()
    change(&events)
    table.take(events)
    settle()
  }

  mutating func begin(
    _ lease: UInt64, command: String = "/bin/true", directory: String = "/tmp", flags: BlockFlags = [], files: [String] = []
  ) {
    events {
      var block = testBlock(command, directory: directory)
      block.flags = UInt32(flags.rawValue)
      block.files = files
      $0.blocks = [block]
      $0.starts = [testStart(lease)]
    }
  }

  mutating func report(_ reports: KeeperReport...) {
    for report in reports { table.take(report) }
    settle()
  }

  mutating func looked(_ lease: UInt64, _ verdict: ResultFiles.Verdict) {
    table.looked(Lease(lease), verdict)
    settle()
  }

  mutating func registered(keep: UInt64...) {
    table.registered(keep: Set(keep.map { Lease($0) }))
    settle()
  }

  mutating func disconnected() {
    table.disconnected()
    settle()
  }

  mutating func takeStory() -> [String] {
    defer { story.removeAll() }
    return story
  }

  mutating func takeKeeper() -> [KeeperRequest] {
    defer { keeper.removeAll() }
    return keeper
  }
}

private func ended(_ lease: UInt64, _ ending: RunRecord.Ending = .exited(status: 0), wasStopped: Bool = false, total: UInt64 = 0)
  -> KeeperReport
{
  .ended(
    Lease(lease),
    RunRecord(
      ending: ending, wasStopped: wasStopped, started: Instant(seconds: 10), ended: Instant(seconds: 12), outputTotal: total))
}

private func portion(_ lease: UInt64, at offset: UInt64 = 0, total: UInt64? = nil, _ text: String) -> KeeperReport {
  .portion(Lease(lease), offset: offset, total: total ?? offset + UInt64(text.utf8.count), data: Array(text.utf8))
}

private func read(_ lease: UInt64, _ offset: UInt64 = 0) -> KeeperRequest {
  .read(Lease(lease), offset: offset, limit: UInt32(KeeperProtocol.portionBytes))
}

@Suite struct RunTableTests {
  @Test("a task without output: started, finished, acknowledged, forgotten")
  func silent() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    #expect(bench.keeper.count == 1)
    bench.report(.started(Lease(5), pid: 44))
    bench.report(ended(5))
    #expect(bench.takeStory() == ["started 5 as 44", "finished 5 success"])
    #expect(
      bench.table.reports == [RunReport(lease: Lease(5), key: TaskKey(job: JobID(14), block: BlockIndex(2), task: TaskIndex(0)))])
    bench.keeper.removeAll()
    bench.events { $0.acknowledged = [5] }
    #expect(bench.keeper == [.forget(Lease(5))])
    #expect(bench.table.isEmpty)
  }

  @Test("a start and its end in one breath are told as the end alone")
  func fast() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44), ended(5, .exited(status: 3)))
    #expect(bench.takeStory() == ["finished 5 exitStatus"])
    #expect(bench.updates.last?.finished.reason == "exit status 3")
  }

  @Test("the same start twice is one start")
  func twice() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.begin(5)
    #expect(bench.keeper.count == 1)
  }

  @Test("all kept output comes before the result, one portion at a time, gaps kept")
  func delivery() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44), .grew(Lease(5), total: 3))
    #expect(bench.takeKeeper().last == read(5))
    bench.report(portion(5, "abc"))
    bench.report(ended(5, total: 100))
    #expect(bench.takeKeeper() == [read(5, 3)])
    bench.report(portion(5, at: 90, "tail567890"))
    // Parsed to the end; now from the beginning for the server.
    #expect(bench.takeKeeper() == [read(5)])
    bench.report(portion(5, total: 100, "abc"))
    bench.report(portion(5, at: 90, "tail567890"))
    #expect(bench.takeStory() == ["started 5 as 44", "kept 5@0 abc", "kept 5@90 tail567890", "finished 5 success"])
  }

  @Test("one portion serves the parser and whoever follows")
  func live() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    bench.events {
      var listen = WireListen()
      listen.lease = 5
      $0.listens = [listen]
    }
    bench.report(.grew(Lease(5), total: 6))
    #expect(bench.takeKeeper().dropFirst() == [read(5)])
    bench.report(portion(5, "PROGRE"))
    bench.report(.grew(Lease(5), total: 14))
    bench.report(portion(5, at: 6, "SS: 42%\n"))
    #expect(bench.takeKeeper() == [read(5, 6)])
    #expect(bench.takeStory() == ["started 5 as 44", "live 5@0 PROGRE", "live 5@6 SS: 42%\n"])
    bench.events { $0.unlistens = [5] }
    bench.report(.grew(Lease(5), total: 15), portion(5, at: 14, "x"))
    bench.table.tellProgress()
    bench.settle()
    #expect(bench.takeStory() == ["progress 5 42%"])
    bench.table.tellProgress()
    bench.settle()
    #expect(bench.takeStory().isEmpty)
  }

  @Test("who begins to follow late gets what was before, from the offset asked for")
  func lateListener() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44), .grew(Lease(5), total: 6), portion(5, "abcdef"))
    bench.keeper.removeAll()
    bench.events {
      var listen = WireListen()
      listen.lease = 5
      listen.offset = 2
      $0.listens = [listen]
    }
    #expect(bench.takeKeeper() == [read(5, 2)])
    bench.report(portion(5, at: 2, "cdef"))
    #expect(bench.takeStory().last == "live 5@2 cdef")
  }

  @Test("while the server does not read, followed output waits and parsing goes on")
  func congestion() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    bench.events {
      var listen = WireListen()
      listen.lease = 5
      $0.listens = [listen]
    }
    bench.story.removeAll()
    bench.table.setCongested(true)
    bench.report(.grew(Lease(5), total: 3))
    #expect(bench.takeKeeper().last == read(5))
    bench.report(portion(5, "abc"))
    // It was asked for the parser and is at hand: it goes out too; nothing is asked for the follower alone.
    bench.report(.grew(Lease(5), total: 4), portion(5, at: 3, "d"))
    #expect(bench.takeKeeper() == [read(5, 3)])
    bench.table.setCongested(false)
    bench.settle()
    #expect(bench.takeKeeper().isEmpty)
    #expect(bench.takeStory() == ["live 5@0 abc", "live 5@3 d"])
  }

  @Test("results wait while the server is away and are repeated at every registration until acknowledged")
  func away() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    bench.disconnected()
    bench.story.removeAll()
    bench.report(ended(5, total: 2), portion(5, "ab"))
    #expect(bench.takeStory().isEmpty)
    for _ in 0..<2 {
      bench.registered(keep: 5)
      bench.report(portion(5, "ab"))
      #expect(bench.takeStory() == ["kept 5@0 ab", "finished 5 success"])
      bench.disconnected()
    }
    bench.registered(keep: 5)
    bench.events { $0.acknowledged = [5] }
    #expect(bench.table.isEmpty)
  }

  @Test("runs that the server does not count on are stopped with their grace and forgotten without a word")
  func unwanted() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    bench.begin(6)
    bench.report(.started(Lease(6), pid: 45), ended(6))
    bench.disconnected()
    bench.story.removeAll()
    bench.keeper.removeAll()
    bench.registered()
    #expect(bench.takeKeeper() == [.stop(Lease(5), graceMilliseconds: 10_000), .forget(Lease(6))])
    #expect(bench.table.reports.isEmpty)
    bench.report(ended(5, .killed(signal: 15), wasStopped: true))
    #expect(bench.takeKeeper() == [.forget(Lease(5))])
    #expect(bench.takeStory().isEmpty)
    #expect(bench.table.isEmpty)
  }

  @Test("a stop is asked for once, and the result says that it was one")
  func stopped() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    bench.keeper.removeAll()
    bench.events { $0.stops = [5, 5, 99] }
    #expect(bench.takeKeeper() == [.stop(Lease(5), graceMilliseconds: 10_000)])
    bench.report(ended(5, .killed(signal: 15), wasStopped: true))
    #expect(bench.takeStory().last == "finished 5 stopped")
  }

  @Test("what cannot be started is a result with its reason in the log")
  func unstartable() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, command: " ")
    #expect(bench.keeper.isEmpty)
    #expect(
      bench.takeStory() == [
        "kept 5@0 reeve-render: the task could not be started: its command is empty\n", "finished 5 failedToStart",
      ])
    bench.begin(6)
    bench.report(ended(6, .failedToStart("cannot execute /bin/true: No such file or directory")))
    #expect(bench.takeStory().last == "finished 6 failedToStart")
    bench.events { $0.starts = [WireRunStart()] }
    #expect(bench.takeStory().last == "finished 0 failedToStart")
  }

  @Test("with the keeper its running tasks are lost, its results are not")
  func keeperLost() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.begin(6)
    bench.report(.started(Lease(5), pid: 44), .started(Lease(6), pid: 45))
    bench.report(ended(6, total: 2))
    bench.story.removeAll()
    bench.table.keeperLost()
    bench.settle()
    // The next keeper may have output of it.
    #expect(bench.takeStory().isEmpty)
    bench.keeper.removeAll()
    // Started while there is none: asked for again.
    bench.begin(7)
    bench.keeper.removeAll()
    bench.report(
      .kept(
        KeptRun(
          lease: Lease(6), note: [], total: 2,
          phase: .ended(RunRecord(ending: .exited(status: 0), started: .never, ended: .never, outputTotal: 2)))))
    bench.table.keeperFound()
    bench.settle()
    let asked = bench.takeKeeper()
    #expect(asked.contains(read(6)))
    #expect(asked.contains { if case .start(let start) = $0 { start.lease == Lease(7) } else { false } })
    let words = "reeve-render: the keeper of the render's tasks was killed, and the task with it\n"
    #expect(bench.takeStory() == ["kept 5@0 \(words)", "finished 5 lost"])
    bench.report(portion(6, "ab"))
    bench.report(portion(6, "ab"))
    #expect(bench.takeStory() == ["kept 6@0 ab", "finished 6 success"])
  }

  @Test("what a task wrote before its keeper was killed is delivered, with what became of it behind")
  func lostOutput() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44), .grew(Lease(5), total: 3), portion(5, "abc"))
    bench.story.removeAll()
    bench.table.keeperLost()
    bench.report(
      .kept(
        KeptRun(
          lease: Lease(5), note: [], total: 5,
          phase: .ended(RunRecord(ending: .lost, started: .never, ended: .never, outputTotal: 5)))))
    bench.table.keeperFound()
    bench.settle()
    bench.report(portion(5, at: 3, total: 5, "de"))
    bench.report(portion(5, "abcde"))
    let words = "reeve-render: the keeper of the render's tasks was killed, and the task with it\n"
    #expect(bench.takeStory() == ["kept 5@0 abcde", "kept 5@5 \n\(words)", "finished 5 lost"])
  }

  @Test("while no keeper can be had the lost tasks are told all the same")
  func noKeeper() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.story.removeAll()
    bench.table.keeperLost()
    bench.table.giveUpMissing()
    bench.settle()
    #expect(bench.takeStory().last == "finished 5 lost")
  }

  @Test("3.14: with all of its files there a task is skipped without a process")
  func skipped() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, flags: .skipExistingFiles, files: ["a.@#@"])
    #expect(bench.keeper.isEmpty)
    #expect(bench.looks[Lease(5)]?.patterns == ["a.@#@"])
    #expect(bench.table.hasRunning)
    bench.looked(5, .complete(5))
    #expect(
      bench.takeStory() == ["kept 5@0 reeve-render: not run: all 5 of its result files are there already\n", "finished 5 skipped"])
    bench.events { $0.acknowledged = [5] }
    #expect(bench.table.isEmpty)
    bench.begin(6, flags: .skipExistingFiles)
    #expect(bench.takeKeeper().count == 2, "the first forgotten, the second started: it names no files")
  }

  @Test("3.14: with a file missing the task is run")
  func notSkipped() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, flags: .skipExistingFiles, files: ["a"])
    bench.looked(5, .fault("a is missing"))
    guard case .start(let process)? = bench.takeKeeper().first else {
      Issue.record("a start")
      return
    }
    #expect(process.lease == Lease(5))
    bench.report(.started(Lease(5), pid: 44), ended(5))
    #expect(bench.takeStory().last == "finished 5 success")
  }

  @Test("a task whose files are still looked for can be stopped; what is found then is not asked any more")
  func stoppedLooking() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, flags: .skipExistingFiles, files: ["a"])
    bench.events { $0.stops = [5] }
    #expect(bench.takeStory() == ["finished 5 stopped"])
    bench.looked(5, .fault("a is missing"))
    #expect(bench.keeper.isEmpty && bench.story.isEmpty)
    bench.table.keeperLost()
    bench.begin(6, flags: .skipExistingFiles, files: ["a"])
    bench.disconnected()
    bench.registered()
    bench.looked(6, .complete(1))
    #expect(bench.story.isEmpty, "the server does not want it any more")
  }

  @Test("3.14: a task that ended well is an error when a file of its is missing or wrong")
  func badFiles() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, flags: .checkRenderedFiles, files: ["a"])
    bench.report(.started(Lease(5), pid: 44), ended(5, total: 2), portion(5, "ab"))
    #expect(bench.takeStory().isEmpty)
    #expect(bench.looks[Lease(5)] != nil)
    bench.looked(5, .fault("the result file a is missing"))
    bench.report(portion(5, "ab"))
    #expect(bench.takeStory() == ["kept 5@0 ab", "kept 5@2 \nreeve-render: the result file a is missing\n", "finished 5 badFiles"])
    #expect(bench.updates.last?.finished.reason == "the result file a is missing")
    #expect(bench.updates.last?.finished.flags == UInt32(TaskFlags.badFiles.rawValue))

    bench.begin(6, flags: .checkRenderedFiles, files: ["a"])
    bench.report(.started(Lease(6), pid: 45), ended(6))
    bench.looked(6, .complete(1))
    #expect(bench.takeStory().last == "finished 6 success")
    bench.looks.removeAll()
    bench.begin(7, flags: .checkRenderedFiles, files: ["a"])
    bench.report(.started(Lease(7), pid: 46), ended(7, .exited(status: 1)))
    #expect(bench.looks.isEmpty, "it has failed already")
    #expect(bench.takeStory().last == "finished 7 exitStatus")
  }

  @Test("a task that ended well can be stopped while its files are looked for")
  func stoppedProof() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5, flags: .checkRenderedFiles, files: ["a"])
    bench.report(.started(Lease(5), pid: 44), ended(5))
    bench.events { $0.stops = [5] }
    #expect(bench.takeStory() == ["finished 5 stopped"])
    bench.looked(5, .complete(1))
    #expect(bench.story.isEmpty)
  }

  @Test("memory is told when it is known first and when it has changed by a sixteenth; the most that was seen is in the result")
  func memory() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44))
    #expect(bench.table.leaders == [44])
    for now in [100, 104, 120, 1000, 990, 1061, 1063] as [Int64] {
      bench.table.measured([44: now, 99: 5])
      bench.table.tellProgress()
      bench.settle()
    }
    #expect(bench.updates.dropFirst().map(\.progress.memoryMb) == [100, 120, 1000, 1063])
    bench.report(ended(5))
    #expect(bench.updates.last?.finished.memoryPeakMb == 1063)
    bench.table.measured([44: 1])
    #expect(!bench.table.hasNewProgress)
  }

  @Test("2.2: more memory is no progress, a percent of the frame is")
  func position() {
    var a = RunProgress(percent: 10, frame: 3, framePercent: 4)
    let before = a.position
    a.memoryMB = 5
    a.activity = "x"
    #expect(a.position == before)
    a.framePercent = 5
    #expect(a.position != before)
    #expect(RunProgress(WireRunProgress(a)) == a)
    #expect(RunProgress(WireRunProgress(RunProgress())) == RunProgress())
    #expect(RunProgress(WireRunProgress()).framePercent == -1)
  }

  @Test("a new agent adopts what the keeper has: what runs goes on, what ended is told")
  func adoption() throws {
    var first = TableBench()
    first.registered()
    first.begin(5, directory: "")
    guard case .start(let process)? = first.keeper.first else {
      Issue.record("a start")
      return
    }
    var bench = TableBench()
    bench.report(
      .kept(KeptRun(lease: Lease(5), note: process.note, total: 16, phase: .running(pid: 44))),
      .kept(
        KeptRun(
          lease: Lease(6), note: process.note, total: 0,
          phase: .ended(RunRecord(ending: .exited(status: 0), started: .never, ended: .never)))),
      .kept(KeptRun(lease: Lease(7), note: [9], total: 0, phase: .running(pid: 46))), .listed)
    #expect(bench.takeKeeper() == [read(5), .forget(Lease(7))])
    bench.report(portion(5, "PROGRESS: 42%\nab"))
    #expect(bench.table.reports.map(\.lease) == [Lease(5), Lease(6)])
    bench.registered(keep: 5, 6)
    bench.table.tellProgress()
    bench.settle()
    #expect(bench.takeStory() == ["finished 6 success", "progress 5 42%"])
    bench.report(ended(5, .killed(signal: 15), wasStopped: true, total: 16), portion(5, "PROGRESS: 42%\nab"))
    #expect(bench.takeStory().last == "finished 5 stopped")
    bench.events { $0.acknowledged = [5] }
    #expect(bench.takeStory() == ["trash"])
  }

  @Test("of many results with output four are delivered at once, all in the end")
  func manyDeliveries() {
    var bench = TableBench()
    for lease in 1...20 as ClosedRange<UInt64> {
      bench.begin(lease)
      bench.report(.started(Lease(lease), pid: 44), ended(lease, total: 2), portion(lease, "ab"))
    }
    bench.keeper.removeAll()
    bench.table.registered(keep: Set((1...20).map { Lease($0) }))
    bench.settle()
    #expect(bench.keeper.count == 4)
    var told = 0
    while let request = bench.keeper.first {
      bench.keeper.removeFirst()
      guard case .read(let lease, _, _) = request else { continue }
      bench.report(portion(lease.value, "ab"))
      told += 1
    }
    #expect(told == 20)
    #expect(bench.updates.count == 20)
  }

  @Test("the output of a run whose files are gone does not hold up its result")
  func filesGone() {
    var bench = TableBench()
    bench.registered()
    bench.begin(5)
    bench.report(.started(Lease(5), pid: 44), ended(5, total: 9), .portion(Lease(5), offset: 0, total: 0, data: []))
    bench.report(.portion(Lease(5), offset: 0, total: 0, data: []))
    #expect(bench.takeStory().last == "finished 5 success")
  }
}

@Suite struct JudgementTests {
  private func run(_ output: String, wasStopped: Bool = false, isStopAsked: Bool = false, _ ending: RunRecord.Ending) throws
    -> RunResult
  {
    var service = Service.generic
    service.successExitCodes = [0, 3]
    service.rules = [
      ParserRule(kind: .error, pattern: try Pattern("ERROR")), ParserRule(kind: .fatalError, pattern: try Pattern("FATAL")),
      ParserRule(kind: .badResult, pattern: try Pattern("BAD")), ParserRule(kind: .success, pattern: try Pattern("ENOUGH")),
      ParserRule(kind: .warning, pattern: try Pattern("WARN")),
    ]
    let note = RunNote(
      key: TaskKey(job: JobID(1), block: BlockIndex(0), task: TaskIndex(0)), start: 1, service: "x", parser: "",
      frames: TaskFrames(), hasWork: false)
    var run = Run(lease: Lease(1), note: note, service: service, rules: service.rules, phase: .ended(nil))
    run.isStopAsked = isStopAsked
    run.parser.feed(Array(output.utf8))
    run.parser.finish()
    return run.judged(
      RunRecord(
        ending: ending, wasStopped: wasStopped, started: Instant(seconds: 1), ended: Instant(seconds: 3), memoryPeakKB: 1025,
        cpuMicroseconds: 1_500_000))
  }

  @Test("exit statuses that the service knows are success, others are not")
  func statuses() throws {
    #expect(try run("", .exited(status: 0)).outcome == .success)
    #expect(try run("", .exited(status: 3)).outcome == .success)
    let failed = try run("", .exited(status: 127))
    #expect(failed.outcome == .exitStatus && failed.exitCode == 127)
    #expect(failed.reason == "exit status 127 (the command was not found)")
    #expect(failed.memoryPeakMB == 2 && failed.cpuSeconds == 2)
  }

  @Test("signals have their names")
  func signals() throws {
    let killed = try run("", .killed(signal: 11))
    #expect(killed.outcome == .killed && killed.signal == 11)
    #expect(killed.reason == "killed by signal 11 (Segmentation fault)")
    #expect(try run("", .exited(status: 139)).reason == "exit status 139 (signal 11, Segmentation fault)")
  }

  @Test("what the parser saw decides before the exit status, a stop before the parser")
  func parser() throws {
    let stopped = RunRecord.Ending.killed(signal: 15)
    #expect(try run("ERROR 1\n", wasStopped: true, stopped).outcome == .parserError)
    #expect(try run("ERROR 1\n", wasStopped: true, stopped).flags == .parserError)
    #expect(try run("ERROR 1\n", wasStopped: true, stopped).reason == "ERROR 1")
    #expect(try run("FATAL\n", .exited(status: 1)).outcome == .parserFatalError)
    #expect(try run("WARN\nENOUGH\n", wasStopped: true, stopped).outcome == .parserSuccess)
    #expect(try run("WARN\nENOUGH\n", wasStopped: true, stopped).flags == [.warning, .parserSuccess])
    #expect(try run("BAD\n", .exited(status: 0)).outcome == .parserBadResult)
    #expect(try run("BAD luck\n", .exited(status: 1)).reason == "exit status 1: BAD luck")
    #expect(try run("ERROR\n", wasStopped: true, isStopAsked: true, stopped).outcome == .stopped)
    #expect(try run("", wasStopped: true, stopped).outcome == .stopped)
    #expect(try run("", isStopAsked: true, .exited(status: 0)).outcome == .success)
  }
}
