import Model
import Testing

@testable import Console

@Suite("The pages of a render and of a task")
struct NodePageTests {
  private func farm(_ size: Size = Size(rows: 24, columns: 80)) -> Fixture {
    var console = Fixture(size, screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    console.type("Enter")
    return console
  }

  private func job() -> Fixture {
    var console = Fixture()
    console.connect()
    console.showJobs(Sample.jobs)
    console.type("Enter")
    console.showJob(
      Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDDDDDDDDDDRE")
    for _ in 0..<12 { console.type("Right") }
    return console
  }

  private func subscribed(_ effects: [ConsoleEffect]) -> [Topic] {
    effects.compactMap { if case .subscribe(_, let topic, _) = $0 { topic } else { nil } }
  }

  @Test("Enter on a render opens its page, which is asked for only while it is open")
  func renderOpens() {
    var console = Fixture(screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    let effects = console.type("Enter")
    #expect(subscribed(effects) == [.render(RenderID(1))])
    #expect(console.model.place == .render)
    #expect(console.text[1].contains("render render01"), "what the list knew is there at once")
    console.showRender(Sample.renderNews(Sample.renders[0]))
    #expect(console.text.contains { $0.contains("2[0][12]") })
    let number = console.number(.render)
    let back = console.type("Esc")
    #expect(back.contains(.unsubscribe(number)))
    #expect(console.model.place == .renders)
    #expect(console.model.renders.list.current?.name == "render01")
  }

  @Test("of a delta only what is in it changes; tasks that are over go, lines and samples are added")
  func renderDeltas() throws {
    var console = farm()
    console.showRender(Sample.renderNews(Sample.renders[0], samples: 3))
    var news = RenderPageNews()
    var running = Sample.running(Sample.renders[0].running[1], "light test")
    running.task.percent = 77
    news.running = [running]
    console.showRender(news, isSnapshot: false)
    let page = try #require(console.model.render)
    #expect(page.running.rows.map(\.task.percent) == [40, 77])
    #expect(page.samples.count == 3 && page.lines.all.count == Sample.nodeLines.count)

    news = RenderPageNews()
    news.render = Sample.render(1, "render01", running: [Sample.renders[0].running[1]])
    news.samples = [ResourceSample(time: UInt32(Sample.start.seconds) + 900, cpu: 5)]
    news.lines = [NodeLine(time: console.now, level: .info, text: "task 2[0][12] is done after 1m")]
    console.showRender(news, isSnapshot: false)
    let after = try #require(console.model.render)
    #expect(after.running.rows.map(\.task.key) == [Sample.renders[0].running[1]])
    #expect(after.samples.last?.cpu == 5 && after.samples.count == 4)
    #expect(after.lines.all.last?.line.text == "task 2[0][12] is done after 1m")
    #expect(after.lines.list.cursor == Sample.nodeLines.count, "it stays at the end")
  }

  @Test("over another connection what was gathered stays, and nothing is there twice")
  func renderAgain() throws {
    var console = farm()
    console.showRender(Sample.renderNews(Sample.renders[0], samples: 20))
    console.happens(.link(.lost(reason: "the server left", nextTry: console.now)), after: 5)
    console.connect()
    let more = Sample.nodeLines + [NodeLine(time: console.now, level: .notice, text: "again")]
    console.showRender(Sample.renderNews(Sample.renders[0], samples: 25, lines: Array(more.suffix(3))))
    let page = try #require(console.model.render)
    #expect(page.samples == Sample.samples(25))
    #expect(page.lines.all.map(\.line) == more)
    // A server that was started anew knows nothing of them.
    console.showRender(Sample.renderNews(Sample.renders[0], samples: 0, lines: [more[6]]))
    #expect(console.model.render?.samples.count == 25)
  }

  @Test("Enter on what it runs opens its log, r its page; from there one comes back step by step")
  func renderToTask() {
    var console = farm()
    console.showRender(Sample.renderNews(Sample.renders[0]))
    console.type("j", "Enter")
    #expect(console.model.log?.key == Sample.renders[0].running[1])
    console.type("Esc")
    #expect(console.model.place == .render)
    console.type("r")
    #expect(console.model.task?.key == Sample.renders[0].running[1])
    console.type("Enter")
    #expect(console.model.place == .log, "one key more to the output")
    console.type("Esc")
    #expect(console.model.place == .task)
    console.type("Esc", "Esc")
    #expect(console.model.place == .renders)
  }

  @Test("orders on the page are about this render, whatever is tagged")
  func renderOrders() {
    var console = Fixture(screen: .farm)
    console.connect()
    console.showRenders(Sample.renders)
    console.may(.administrator)
    console.type("Space", "Enter")
    #expect(console.model.render?.id == RenderID(2))
    let effects = console.type("P", "y")
    #expect(effects.contains { if case .operateRenders(_, .pause, ["render02"]) = $0 { true } else { false } })
  }

  @Test("a render that went is said to have gone")
  func renderGone() {
    var console = farm()
    console.showRender(Sample.renderNews(Sample.renders[0]))
    var update = console.snapshot(.render, total: 0)
    update.failure = "the server does not know this render any more"
    console.happens(.view(update))
    #expect(console.text.contains { $0.contains("Render render01 cannot be shown") })
  }

  @Test("a frozen page does not change and counts what came")
  func frozen() {
    var console = farm()
    console.showRender(Sample.renderNews(Sample.renders[0], samples: 3))
    console.type("z")
    let before = console.text.dropFirst(2)
    var news = RenderPageNews()
    news.samples = [ResourceSample(time: 1, cpu: 99)]
    console.showRender(news, isSnapshot: false)
    #expect(console.text.dropFirst(2) == before)
    #expect(console.text[1].contains("1 update is not shown"))
    let effects = console.type("z")
    #expect(subscribed(effects) == [.render(RenderID(1))], "it goes on with a snapshot")
  }

  @Test("r on a task opens its page: all starts, the newest first, with what is known of each")
  func taskOpens() throws {
    var console = job()
    let effects = console.type("r")
    let key = TaskKey(job: JobID(2), block: BlockIndex(0), task: TaskIndex(12))
    #expect(subscribed(effects) == [.task(key)])
    console.showTask(Sample.taskNews(Sample.task(JobID(2), BlockIndex(0), 12)))
    let page = try #require(console.model.task)
    #expect(page.runs.rows.map(\.start) == [7, 6, 5, 4, 3, 2, 1])
    #expect(page.runs.rows.map { RunWords.result($0).0 } == ["runs", "lost", "stopped", "killed", "error", "not kept", "not kept"])
    #expect(page.runs.rows.map(RunWords.status) == ["-", "-", "3", "SIG 9", "3", "-", "-"])
    console.type("j", "j", "j", "Enter")
    #expect(console.model.log?.start == 4)
    #expect(
      subscribed(console.effects).last == .log(LogQuery(task: key, start: 4, offset: 0)), "the output of the run under the cursor")
    console.type("Esc", "g", "Enter")
    #expect(console.model.log?.start == 0, "the last run is followed to the next")
    console.type("r")
    #expect(console.model.place == .task && console.model.log == nil)
    console.type("Esc")
    #expect(console.model.place == .job)
  }

  @Test("a run that ends becomes a row, and the last one is known by its task even without a server that remembers")
  func taskRuns() throws {
    var console = job()
    console.type("r")
    var row = Sample.task(JobID(2), BlockIndex(0), 12)
    var news = Sample.taskNews(row, runs: [])
    console.showTask(news)
    row = try #require(news.task)
    row.phase = .error
    row.reason = "exit status 9"
    news = TaskPageNews()
    news.task = row
    console.showTask(news, isSnapshot: false)
    #expect(console.model.task?.runs.rows.first.map(RunWords.reason) == "exit status 9")
    news = TaskPageNews()
    news.runs = [Sample.end(7, .badFiles, reason: "a file is missing")]
    console.showTask(news, isSnapshot: false)
    #expect(console.model.task?.runs.rows.first.map(RunWords.reason) == "a file is missing")
    #expect(console.model.task?.hosts.total == 2, "what was not said stays")
    news = TaskPageNews()
    news.errorHosts = []
    console.showTask(news, isSnapshot: false)
    #expect(console.model.task?.hosts.total == 0)
  }

  @Test("panes turn by Tab, each is searched, and i tells all of a line")
  func panes() {
    var console = job()
    console.type("r")
    console.showTask(Sample.taskNews(Sample.task(JobID(2), BlockIndex(0), 12)))
    #expect(console.model.task?.pane == .runs)
    console.type("Tab", "Tab")
    #expect(console.model.task?.pane == .log)
    console.type("/")
    console.enter("nimby")
    console.type("Enter", "i")
    #expect(console.text.contains { $0.contains("anna@ws12") })
    console.type("Esc", "Shift-Tab")
    #expect(console.model.task?.pane == .hosts)
  }

  @Test("orders and explanations of a task's page are about the task")
  func taskOrders() {
    var console = job()
    console.type("r")
    console.showTask(Sample.taskNews(Sample.task(JobID(2), BlockIndex(0), 12)))
    let effects = console.type("x")
    #expect(
      effects.contains {
        if case .explain(_, let target) = $0 { target.task == TaskIndex(12) } else { false }
      })
    console.type("Esc", "R")
    #expect(console.text.contains { $0.contains("Restart task 12 of job 2") })
  }

  @Test("heights of a sparkline: the newest at the right, nothing where nothing is known")
  func sparkline() {
    #expect(Sparkline.heights([0, 12, 13, 50, 99, 100, 250, nil], top: 100, columns: 10) == [nil, nil, 0, 0, 1, 4, 7, 7, 7, nil])
    #expect(Sparkline.heights([0, 100], top: 100, columns: 1) == [7])
    #expect(Sparkline.heights([1], top: 100, columns: 0) == [])
    #expect(Sparkline.top(of: [], least: 100) == 100)
    #expect(Sparkline.top(of: [101], least: 100) == 200)
    #expect(Sparkline.top(of: [4200, 3], least: 100) == 5000)
    #expect(Sparkline.top(of: [0.4], least: 1) == 1)
    let samples = [0, 10, 20, 200, 210].map { ResourceSample(time: UInt32(1000 + $0), cpu: UInt8($0 % 100)) }
    let cpu = RenderResource.all(nil, samples)[0]
    #expect(cpu.values(samples, gap: RenderResource.gap(samples)) == [0, 10, 20, nil, 0, 10])
  }

  @Test("numbers that make no sense are drawn as well as they can be")
  func nonsense() {
    var console = farm()
    var row = Sample.renders[0]
    row.resources.memoryTotalMB = .min
    row.resources.memoryFreeMB = .max
    row.resources.swapTotalMB = .max
    row.resources.swapUsedMB = .min
    row.resources.diskReadKBps = .max
    row.resources.diskWriteKBps = .max
    row.resources.loadHundredths = []
    row.resources.gpuPercent = .max
    row.resources.gpuName = "\u{1B}[2J\u{202E}"
    console.showRender(Sample.renderNews(row))
    #expect(console.text.count == 24)
  }
}
