import Glibc
import Model
import Testing

@testable import Console

/// Whole screens against Tests/Fixtures/Console. `REEVE_UPDATE_GOLDEN=1` writes them anew: read the difference before committing it.
@Suite struct GoldenTests {
  static let sizes: [Size] = [
    Size(rows: 24, columns: 80), Size(rows: 10, columns: 40), Size(rows: 40, columns: 120), Size(rows: 50, columns: 200),
    Size(rows: 90, columns: 300),
  ]

  init() {
    setenv("TZ", "UTC", 1)
    tzset()
  }

  enum Scene: String, CaseIterable {
    case jobs, empty, loading, connecting, lost, trouble, frozen, renders, noRenders, grid, zoomedGrid, list, manyBlocks, log,
      logSearch
    case logWrapped, logOfNothing, gone, help, menu, confirm, confirmMany, infoOfJob, infoOfRender, command, filtered, columns
    case users, noUsers, infoOfUser, work, workFolded, infoOfBranch, farmTree, infoOfPool, heat, heatOfLoad, heatZoomed
    case explained, manual, logFiltered, copying, ringing
    case system, systemEmpty, infoOfCommand, events, eventsFiltered, usersLost, serverLog, journal, journalFiltered, infoOfJournal
    case superUser, superUserEnding, password, notPermitted
    case render, renderLog, renderIdle, renderOffline, renderLost, task, taskLog, taskUnstarted, taskGone, logTimes
    case menuOfPool, field, fieldFault, parameters, answers, confirmMatching, commandOutput, commandHints

    /// The screen that it begins on.
    var screen: ConsoleScreenID {
      switch self {
      case .renders, .noRenders, .infoOfRender, .farmTree, .infoOfPool, .heat, .heatOfLoad, .heatZoomed, .menuOfPool, .parameters,
        .render,
        .renderLog, .renderIdle, .renderOffline, .renderLost:
        .farm
      case .users, .noUsers, .infoOfUser, .usersLost: .users
      case .work, .workFolded, .infoOfBranch: .work
      case .system, .systemEmpty, .infoOfCommand: .system
      case .events, .eventsFiltered, .ringing, .serverLog, .journal, .journalFiltered, .infoOfJournal: .events
      default: .jobs
      }
    }

    func model(_ size: Size, isASCII: Bool = false) -> ConsoleModel {
      var console = Fixture(size, isASCII: isASCII, screen: screen)
      if self == .connecting {
        console.happens(.tick, after: 3)
        return console.model
      }
      console.connect()
      switch self {
      case .renders, .infoOfRender:
        console.showRenders(Sample.renders)
        if self == .infoOfRender { console.type("i") }
        return console.model
      case .noRenders:
        console.showRenders([])
        return console.model
      case .loading: return console.model
      case _ where screen != .jobs:
        playLists(&console)
        return console.model
      case .empty:
        console.showJobs([])
        return console.model
      default: console.showJobs(Sample.jobs)
      }
      play(&console)
      return console.model
    }

    private func play(_ console: inout Fixture) {
      let job = JobID(2)
      switch self {
      case .lost:
        console.happens(
          .link(.lost(reason: "no server at farm:51000: connection refused", nextTry: console.now + .seconds(10))), after: 5)
        console.happens(.tick, after: 3)
      case .trouble:
        var status = ServerStatus()
        status.trouble = "store: disk full since 03:12; submits are refused"
        console.happens(.status(status))
      case .frozen:
        console.type("z")
        console.showJobs([])
        console.showJobs([])
      case .grid, .list, .log, .logSearch, .logWrapped, .logOfNothing, .logFiltered, .logTimes, .task, .taskLog, .taskUnstarted,
        .taskGone:
        console.type("Enter")
        console.showJob(
          Sample.jobs[0], blocks: [Sample.block(2, 0, "render", state: [.running, .ready], counts: Sample.jobs[0].counts)],
          letters: "DDDDDDDDDDDDRErrrrrrrrrrrrrrrrrrrrrrrrrr")
        if self == .grid { for _ in 0..<12 { console.type("Right") } }
        if self == .list {
          console.type("Tab")
          console.showTasks((0..<40).map { Sample.task(job, BlockIndex(0), $0) })
          for _ in 0..<13 { console.type("Down") }
        }
        if [.log, .logSearch, .logWrapped, .logOfNothing, .logFiltered, .logTimes].contains(self) { playLog(&console) }
        if [.task, .taskLog, .taskUnstarted, .taskGone].contains(self) { playTask(&console) }
      case .zoomedGrid:
        console.type("Down", "Enter")
        console.showJob(
          Sample.jobs[1], blocks: [Sample.block(3, 0, "render", counts: Sample.counts(100_000))],
          letters: String(repeating: "r", count: console.model.job?.grid.cells ?? 0))
        console.showGrid(String(repeating: "Dr", count: (console.model.job?.grid.cells ?? 0) / 2))
      case .manyBlocks:
        console.type("Enter")
        console.showJob(
          Sample.jobs[0],
          blocks: (0..<30).map { Sample.block(2, $0, "block \($0)", counts: Sample.counts(40, done: Int32($0))) }, letters: "rrrr")
        console.type("Shift-Tab")
        for _ in 0..<20 { console.type("j") }
      case .gone:
        console.type("Enter")
        var update = console.snapshot(.job, total: 0)
        update.failure = nil
        console.happens(.view(update))
      case .help: console.type("?")
      case .copying: console.type("y", "j")
      case .explained:
        console.type("x")
        console.happens(.explained(console.model.lastRequest, ExplainTarget(job: job), .success(Sample.explanation)))
      case .manual:
        console.type("F1", "Enter")
        console.happens(.manual("reeve-watch", .success(Sample.page)))
        console.type("/")
        console.enter("farm")
        console.type("Enter")
      case .menu: console.type("a", "j")
      case .confirm: console.type("D")
      case .confirmMany: console.type("Space", "Space", "Space", "R", "Right")
      case .infoOfJob: console.type("i")
      case .field, .fieldFault:
        console.type("I")
        console.happens(.parameters(1, .success(ParameterValues(own: ["priority": .integer(99)]))))
        if self == .fieldFault { console.type("9", "Enter") }
      case .answers:
        console.type("Space", "Space", "Space", "K", "y")
        console.happens(
          .operated(
            1,
            .success(
              Sample.jobs.prefix(3).map {
                OperationOutcome(
                  job: $0.id, name: $0.name, isDone: $0.user == "anna",
                  message: $0.user == "anna" ? "skipped 2 tasks" : "not permitted: it is a job of \($0.user)")
              })))
      case .commandOutput, .commandHints:
        console.model.options.commands = [ReeveWord(name: "explain"), ReeveWord(name: "set")]
        console.type(":")
        console.enter(self == .commandHints ? "set jobs 2 max" : "explain 2")
        console.type(self == .commandHints ? "Tab" : "Enter")
        if self == .commandHints { return }
        console.happens(
          .commandDone(
            1, .printed(["job 2 “shot_010 comp” waits", ""] + (1...20).map { "rule \($0): no render has \($0) GB free" })))
      case .confirmMatching:
        console.type("f")
        console.enter("state:err")
        console.type("Enter")
        console.showJobs([Sample.jobs[2]], total: 312)
        console.type("a", "A", "R")
        console.happens(.selected(1, .success(SelectedRows(number: 1, count: 310, first: ["4 light test (bob)", "9 sim (anna)"]))))
      case .columns: console.type("c", "j", "Space", "j", "<")
      case .command:
        console.type(":")
        console.enter("theme li")
      case .superUser: console.raise(.superUser)
      case .superUserEnding:
        console.raise(.administrator)
        console.happens(.tick, after: 14 * 60 + 20)
      case .password:
        console.type("!")
        console.enter("secret words")
      case .notPermitted: console.type("Down", "Down", "a")
      case .filtered:
        console.type("f")
        console.enter("user:carla state:wdp sim")
        console.type("Enter")
        console.showJobs([Sample.jobs[4]])
      default: break
      }
    }

    private func playLists(_ console: inout Fixture) {
      switch self {
      case .users, .infoOfUser, .usersLost:
        console.showUsers(Sample.users)
        if self == .infoOfUser { console.type("i") }
        guard self == .usersLost else { return }
        console.happens(.link(.lost(reason: "the server left", nextTry: console.now + .seconds(10))), after: 5)
        console.happens(.tick, after: 60)
      case .noUsers: console.showUsers([])
      case .work, .workFolded, .infoOfBranch:
        console.showTree(Sample.work)
        console.type("j")
        if self == .infoOfBranch { console.type("i") }
        guard self == .workFolded else { return }
        console.type("t")
        var folded = [Sample.work[0], Sample.work[1]] + Sample.work[6...]
        folded[1].isOpen = false
        console.showTree(folded)
      case .menuOfPool, .parameters:
        console.type("v", "v")
        console.showTree(Sample.pools)
        if self == .parameters { console.may(.administrator) }
        console.type("j", self == .menuOfPool ? "a" : "e")
        guard self == .parameters else { return }
        let root = ParameterValues.Above(name: "pool /", own: ["zombie_time": .integer(180), "capacity_host": .integer(1100)])
        console.happens(
          .parameters(
            1,
            .success(
              ParameterValues(own: ["priority": .integer(120), "services": .array([.string("nuke")])], above: [root]))))
        console.type("Down", "Down")
      case .render, .renderLog, .renderIdle, .renderOffline, .renderLost:
        console.showRenders(Sample.renders)
        let row = Sample.renders[self == .renderOffline ? 2 : self == .renderIdle ? 1 : 0]
        console.type(self == .renderOffline ? "G" : self == .renderIdle ? "j" : "g")
        console.type("Enter")
        switch self {
        case .renderIdle: console.showRender(Sample.renderNews(row, samples: 12, running: [], lines: []))
        case .renderOffline: console.showRender(Sample.renderNews(row, samples: 0, running: []))
        default: console.showRender(Sample.renderNews(row))
        }
        if self == .renderLog { console.type("Tab", "Up") }
        guard self == .renderLost else { return }
        console.happens(.link(.lost(reason: "the server left", nextTry: console.now + .seconds(10))), after: 5)
        console.happens(.tick, after: 60)
      case .farmTree, .infoOfPool:
        console.type("v", "v")
        console.showTree(Sample.pools)
        if self == .infoOfPool { console.type("i") } else { console.type("j", "j") }
      case .heat, .heatOfLoad:
        console.type("v")
        if self == .heatOfLoad { console.type("b") }
        let letters = self == .heat ? "binopsz" : "0123456789o"
        console.showHeat(String(repeating: letters, count: 12), renders: Sample.renders)
        console.type("Right")
      case .heatZoomed:
        console.type("v")
        console.showHeat(String(repeating: "b", count: 10_000), renders: Sample.renders)
        console.showHeat(String(repeating: "bi", count: 5000), renders: Sample.renders)
      case .system, .infoOfCommand:
        console.showSystem(Sample.systemBlocks, Sample.commands)
        console.type("j")
        if self == .infoOfCommand { console.type("i") }
      case .systemEmpty: console.showSystem(Sample.systemBlocks, [])
      case .ringing:
        console.showEvents(Sample.events)
        console.type("b", "j", "j", "Enter")
      case .serverLog:
        console.type("Tab")
        console.showLines(Sample.lines)
      case .journal, .journalFiltered, .infoOfJournal:
        console.type("Shift-Tab")
        console.showJournal(Sample.journal)
        if self == .infoOfJournal { console.type("k", "i") }
        guard self == .journalFiltered else { return }
        console.type("f")
        console.enter("!reeve set")
        console.type("Enter")
      case .events, .eventsFiltered:
        console.showEvents(Sample.events)
        guard self == .eventsFiltered else { return }
        console.type("f")
        console.enter("job anna")
        console.type("Enter")
      default: break
      }
    }

    private func playTask(_ console: inout Fixture) {
      let number = self == .taskUnstarted ? 30 : 12
      for _ in 0..<number { console.type("Right") }
      console.type("r")
      if self == .taskUnstarted {
        return console.showTask(Sample.taskNews(Sample.task(JobID(2), BlockIndex(0), 30), runs: [], hosts: [], lines: []))
      }
      console.showTask(Sample.taskNews(Sample.task(JobID(2), BlockIndex(0), 12)))
      if self == .taskLog { console.type("Tab", "Tab", "Up") }
      guard self == .taskGone else { return }
      var update = console.snapshot(.task, total: 0)
      update.failure = "there is no job 2"
      console.happens(.view(update))
    }

    private func playLog(_ console: inout Fixture) {
      for _ in 0..<12 { console.type("Right") }
      console.type("Enter")
      var task = Sample.task(JobID(2), BlockIndex(0), 12)
      let live = ViewUpdate(subscription: console.number(.details), isSnapshot: true, total: 40, first: 12)
      var update = live
      update.tasks = [task]
      console.happens(.view(update))
      if self == .logOfNothing {
        task.phase = .done
        console.showLog("", isEnd: true, task: task)
        return
      }
      if self == .logTimes {
        task.phase = .running
        console.showLog("", task: task)
        console.showLog("reading scene\n")
        for tile in 1...4 {
          console.happens(
            .log(
              LogPortion(
                subscription: console.number(.log), offset: console.model.log?.buffer.next ?? 0,
                data: Array("tile \(tile) of 30: \(tile * 3)% \(String(repeating: "=", count: tile * 20))\n".utf8))), after: 20)
        }
        console.type("t", "w")
        return
      }
      var text = "reading scene\n"
      for tile in 1...30 { text += "tile \(tile) of 30: \(tile * 3)%\u{1B}[0K\n" }
      text += "\tWarning: a very long line that goes on and on, " + String(repeating: "further and ", count: 20) + "ends\n"
      text += "progress 1%\rprogress 2%\rsaved 漢字.png\n"
      task.phase = .done
      console.showLog(text, isEnd: self != .logWrapped, task: task)
      if self == .logSearch {
        console.type("g", "/")
        console.enter("tile 2")
        console.type("Enter", "n", "n")
      }
      if self == .logWrapped { console.type("w") }
      if self == .logFiltered {
        console.type("f")
        console.enter("tile [12]?5|warn")
        console.type("Enter")
      }
    }
  }

  @Test("screens are what they were", arguments: Scene.allCases, sizes)
  func screens(_ scene: Scene, _ size: Size) {
    compare("\(scene.rawValue)-\(size.columns)x\(size.rows)", draw(scene.model(size), size, .dark))
  }

  static let themeNames: [String] = ["dark", "light", "military", "hello-kitty", "high-contrast", "colour-blind", "mono"]

  @Test(
    "every theme looks as it did, the styles of cells too", arguments: themeNames,
    [
      Scene.jobs, .renders, .grid, .confirm, .lost, .superUser, .users, .work, .farmTree, .heat, .system, .events, .log, .help,
      .render, .task,
    ])
  func themed(_ name: String, _ scene: Scene) throws {
    let size = Size(rows: 24, columns: 80)
    let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/themes/\(name).yaml"
    let grid = draw(scene.model(size), size, try ThemeFile.parse(read(path), path: path, name: name))
    #expect(grid.text == draw(scene.model(size), size, .dark).text, "a theme changes no word")
    compare("\(scene.rawValue)-theme-\(name)", text: Self.styles(grid))
  }

  @Test(
    "with full words and with letters screens are what they were", arguments: [Density.full, .abbreviated],
    [Scene.jobs, .renders, .list, .manyBlocks, .users, .work, .farmTree, .heat, .system, .events, .log, .render, .task])
  func densities(_ density: Density, _ scene: Scene) {
    for size in Self.sizes {
      var model = scene.model(size)
      model.density = density
      model.settle()
      compare("\(scene.rawValue)-\(density.rawValue)-\(size.columns)x\(size.rows)", draw(model, size, .dark))
    }
  }

  /// A letter for each cell's style, and what the letters stand for.
  private static func styles(_ grid: Grid) -> String {
    var letters: [Style: Character] = [.plain: "."]
    var legend: [String] = [". plain"]
    var names = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var rows: [String] = []
    for row in 0..<grid.size.rows {
      var line = ""
      for cell in grid.row(row) {
        if letters[cell.style] == nil {
          let letter = names.isEmpty ? "?" : names.removeFirst()
          letters[cell.style] = letter
          legend.append("\(letter) \(describe(cell.style))")
        }
        line.append(letters[cell.style] ?? "?")
      }
      rows.append(line)
    }
    return (rows + legend).joined(separator: "\n") + "\n"
  }

  private static func describe(_ style: Style) -> String {
    func name(_ color: Color) -> String {
      switch color.kind {
      case .terminal: "default"
      case .indexed(let index): "\(index)"
      case .rgb(let red, let green, let blue):
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
    }
    let attributes: [(Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"), (.italic, "italic"),
    ]
    let words = attributes.filter { style.attributes.contains($0.0) }.map(\.1)
    return (["\(name(style.foreground)) on \(name(style.background))"] + words).joined(separator: " ")
  }

  @Test("with ASCII alone every screen is ASCII", arguments: Scene.allCases)
  func ascii(_ scene: Scene) {
    let size = Size(rows: 24, columns: 80)
    let grid = draw(scene.model(size, isASCII: true), size, .mono)
    #expect(grid.cells.allSatisfy { (0x20..<0x7F).contains($0.scalar) && $0.combining == 0 })
    if [.jobs, .grid, .log, .confirm, .render, .task].contains(scene) { compare("\(scene.rawValue)-ascii", grid) }
  }

  @Test("without colours no cell has a colour", arguments: Scene.allCases)
  func mono(_ scene: Scene) {
    let size = Size(rows: 24, columns: 80)
    let grid = draw(scene.model(size), size, .mono)
    #expect(grid.cells.allSatisfy { $0.style.foreground == .terminal && $0.style.background == .terminal })
  }

  @Test("no screen has a control character or an override in a cell", arguments: Scene.allCases, sizes)
  func harmless(_ scene: Scene, _ size: Size) {
    for cell in draw(scene.model(size), size, .dark).cells where cell.scalar != 0 {
      #expect(cell.scalar >= 0x20 && !(0x7F..<0xA0).contains(cell.scalar) && !(0x202A...0x202E).contains(cell.scalar))
    }
  }

  @Test("whatever the size, a picture is drawn and is of that size", arguments: Scene.allCases)
  func anySize(_ scene: Scene) {
    for size in [(1, 1), (2, 200), (9, 80), (10, 39), (10, 40), (11, 41), (13, 57), (24, 80), (70, 300)].map({
      Size(rows: $0, columns: $1)
    }) {
      let grid = draw(scene.model(size), size, .dark)
      #expect(grid.size == size)
      #expect(grid.cells.count == size.rows * size.columns)
    }
  }

  @Test("below the least size stands what is needed")
  func tooSmall() {
    let size = Size(rows: 9, columns: 39)
    #expect(draw(Scene.jobs.model(size), size, .dark).text.prefix(3) == ["too small", "40x10 is needed,", "this is 39x9"])
  }

  // MARK: - Files

  private func compare(_ name: String, _ grid: Grid, sourceLocation: SourceLocation = #_sourceLocation) {
    compare(name, text: grid.text.joined(separator: "\n") + "\n", sourceLocation: sourceLocation)
  }

  private func compare(_ name: String, text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let path = Self.folder + "/\(name).txt"
    if getenv("REEVE_UPDATE_GOLDEN") != nil {
      write(text, path)
      return
    }
    let wanted = read(path)
    guard text != wanted else { return }
    Issue.record(
      "\(name) is not as it was (REEVE_UPDATE_GOLDEN=1 accepts it):\n\(difference(wanted, text))", sourceLocation: sourceLocation)
  }

  private static var folder: String {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(here)/Fixtures/Console"
  }

  private func difference(_ wanted: String, _ found: String) -> String {
    let a = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let b = found.split(separator: "\n", omittingEmptySubsequences: false)
    return (0..<max(a.count, b.count)).compactMap { row -> String? in
      let old = row < a.count ? a[row] : ""
      let new = row < b.count ? b[row] : ""
      return old == new ? nil : "\(row): -\(old)\n\(row): +\(new)"
    }.joined(separator: "\n")
  }

  private func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private func write(_ text: String, _ path: String) {
    mkdir(Self.folder, 0o755)
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
  }
}
