import Model

@testable import Console

extension Fixture {
  mutating func showRender(_ news: RenderPageNews, isSnapshot: Bool = true) {
    var update = ViewUpdate(subscription: number(.render), isSnapshot: isSnapshot, total: 0, first: 0)
    update.renderPage = news
    happens(.view(update))
  }

  mutating func showTask(_ news: TaskPageNews, isSnapshot: Bool = true) {
    var update = ViewUpdate(subscription: number(.task), isSnapshot: isSnapshot, total: 0, first: 0)
    update.taskPage = news
    happens(.view(update))
  }
}

extension Sample {
  /// A render of an ordinary evening: it went up and down, and was away for a minute.
  static func samples(_ count: Int) -> [ResourceSample] {
    (0..<count).map { number in
      let wave = UInt8(abs(number % 28 - 14) * 7)
      return ResourceSample(
        time: UInt32(start.seconds) + UInt32(number * 10 + (number > 40 ? 60 : 0)), diskKBps: UInt32(number * number * 40),
        netKBps: UInt32(number % 7) * 300, loadHundredths: UInt16(number) * 30, cpu: wave, memory: UInt8(min(99, number + 20)),
        disk: 76)
    }
  }

  static let nodeLines = [
    NodeLine(time: start, level: .info, text: "online from 10.0.0.1:40112"),
    NodeLine(time: start + .seconds(4), level: .info, text: "nimby: set", who: "anna@ws12"),
    NodeLine(time: start + .seconds(60), level: .info, text: "task 4[0][2] begins"),
    NodeLine(
      time: start + .seconds(90), level: .warning,
      text: "task 4[0][2] ended with status 1 after 30s: evil \u{1B}[31mred\u{1B}[0m \u{202E}abc 漢字"),
    NodeLine(time: start + .seconds(500), level: .info, text: "task 2[0][12] begins (start 2)"),
    NodeLine(time: start + .seconds(501), level: .error, text: "sick: 3 errors of 3 users in a row"),
  ]

  static func running(_ key: TaskKey, _ job: String) -> RunningRow {
    var row = task(key.job, key.block, Int(key.task.value))
    row.phase = .running
    row.started = start + .seconds(500)
    row.percent = 40
    row.activity = "tile 12 of 30"
    return RunningRow(task: row, job: job, block: "render", user: "anna")
  }

  static func renderNews(
    _ row: RenderSummary, samples: Int = 60, running: [RunningRow]? = nil, lines: [NodeLine] = nodeLines
  ) -> RenderPageNews {
    var news = RenderPageNews()
    news.render = row
    news.samples = self.samples(samples)
    news.running = running ?? zip(row.running, ["shot_010 comp", "light \u{1B}]0;x\u{7} test"]).map { self.running($0, $1) }
    news.lines = lines
    return news
  }

  static func end(
    _ start: Int32, _ outcome: RunOutcome?, signal: Int32 = 0, reason: String = "", wish: RunEnd.Wish? = nil
  ) -> (end: RunEnd, render: String) {
    var result = outcome.map { RunResult(outcome: $0, exitCode: 3, signal: signal, reason: reason) }
    result?.memoryPeakMB = 2048
    result?.cpuSeconds = 75
    let began = Self.start + .seconds(Int64(start) * 100)
    return (
      RunEnd(
        key: TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(12)), start: start, render: RenderID(1), started: began,
        ended: began + .seconds(61), result: result, wish: wish), "render0\(start % 3 + 1)"
    )
  }

  static let hosts = [
    ErrorHost(
      block: BlockIndex(0), task: nil, render: RenderID(2), name: "render02", errors: 4, isAvoided: true,
      last: start + .seconds(400), forgiven: start + .seconds(18_400)),
    ErrorHost(
      block: BlockIndex(0), task: TaskIndex(12), render: RenderID(2), name: "render02", errors: 1, isAvoided: false,
      last: start + .seconds(300), forgiven: .never),
  ]

  static func taskNews(
    _ row: TaskSummary,
    runs: [(end: RunEnd, render: String)] = [
      end(3, .exitStatus, reason: "the parser found \u{1B}[2J an error"), end(4, .killed, signal: 9),
      end(5, .stopped, wish: .restart),
      end(6, nil),
    ], hosts: [ErrorHost] = hosts, lines: [NodeLine] = nodeLines
  ) -> TaskPageNews {
    var news = TaskPageNews()
    news.task = row
    if row.starts > 0 { news.task?.starts = 7 }
    news.job = "shot_010 comp"
    news.block = "render"
    news.user = "anna"
    news.runs = runs
    news.errorHosts = hosts
    news.lines = lines
    return news
  }
}
