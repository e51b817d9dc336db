import Model
import Text

extension Painter {
  /// The page of one task.
  mutating func taskPage(_ layout: FrameLayout) {
    guard let page = model.task else { return }
    let places = TaskLayout(page, in: layout.body)
    if let gone = page.gone {
      return say(["Task \(page.key) cannot be shown: \(gone).", "Esc goes back."], in: layout.body, role: .text)
    }
    let name = "task \(page.key)" + (page.task.map { " “\($0.name)”" } ?? "")
    let state = page.task.map { StateWords.text(StateWords.bits($0)) } ?? ""
    var more = state
    if let row = page.task {
      if row.phase.isOut, row.percent >= 0 { more += "  \(row.percent)%" }
      let time = taskTime(row)
      if time != "-" { more += "  \(time)" }
    }
    nodeTitle(
      name, more, short: state, row: places.title,
      page.task.map { theme[StateLetter($0.phase, $0.flags)] } ?? theme[.muted])
    var lines = [
      "\(page.jobName)" + (page.block.isEmpty ? "" : "  block \(page.key.block) \(page.block)")
        + (page.user.isEmpty ? "" : "  \(page.user)")
    ]
    if let row = page.task {
      lines.append(
        [
          "\(Format.count(row.starts, "start"))", "\(Format.count(row.errors, "error"))", row.activity,
          row.phase.isOut ? "" : row.reason,
        ].filter { !$0.isEmpty }.joined(separator: "  "))
    }
    facts(lines, places.facts)
    if let title = places.runsTitle, let rect = places.runs {
      rule("runs", row: title, hasKeys: page.pane == .runs)
      list(
        page.runs, runColumns(), headingRow: title + 1, in: rect, hasKeys: page.pane == .runs, search: page.search,
        empty: ["It was never started."])
    }
    if let title = places.hostsTitle, let rect = places.hosts {
      rule("error hosts", row: title, hasKeys: page.pane == .hosts)
      list(
        page.hosts, hostColumns(), headingRow: title + 1, in: rect, hasKeys: page.pane == .hosts, search: page.search,
        empty: ["It failed on no render, or all is forgiven."])
    }
    if let title = places.logTitle, let rect = places.log {
      log(of: page.lines, search: page.search, title: title, in: rect, hasKeys: page.pane == .log)
    }
  }

  private func runColumns() -> [Column<TaskRun>] {
    let theme = theme
    let now = model.serverNow
    return [
      Column(title: "START", least: 5, most: 6, importance: 20, isRight: true) { row, _ in .text("\(row.start)", nil) },
      Column(title: "RESULT", least: 8, most: 10, importance: 19) { row, _ in
        let (word, letter) = RunWords.result(row)
        return .text(word, letter.map { theme[$0] } ?? theme[.muted])
      },
      Column(title: "RENDER", brief: "ON", tight: 8, least: 10, most: 24, importance: 18) { row, _ in
        .text(row.render.isEmpty ? "-" : row.render, nil)
      },
      Column(title: "TOOK", least: 6, most: 7, importance: 16, isRight: true) { row, _ in
        .text(Times.run(from: row.started, to: row.ended, now: now), nil)
      },
      Column(title: "STARTED", least: 8, most: 19, importance: 11) { row, width in
        .text(Times.fitted(row.started, columns: width, now: now), theme[.muted])
      },
      Column(title: "STATUS", least: 6, most: 6, importance: 9, isRight: true) { row, _ in .text(RunWords.status(row), nil) },
      Column(title: "WHAT", least: 24, most: 120, importance: 14) { row, _ in .text(RunWords.reason(row), nil) },
      Column(title: "MEMORY", full: "PEAK MEMORY", least: 9, most: 11, importance: 3, isRight: true) { row, _ in
        .text(RunWords.memory(row), theme[.muted])
      },
      Column(title: "CPU", full: "PROCESSOR TIME", least: 6, most: 7, importance: 2, isRight: true) { row, _ in
        .text(RunWords.processor(row), theme[.muted])
      },
    ].map { $0.worded(model.density) }
  }

  private func hostColumns() -> [Column<ErrorHost>] {
    let (theme, now) = (theme, model.serverNow)
    return [
      Column(title: "RENDER", least: 10, most: 32, importance: 20) { row, _ in .text(row.name, nil) },
      Column(title: "ERRORS OF", least: 10, most: 10, importance: 17) { row, _ in
        .text(row.task == nil ? "the block" : "the task", nil)
      },
      Column(title: "ERR", full: "ERRORS", brief: "E", least: 3, most: 5, importance: 19, isRight: true) { row, width in
        .text(Numbers.compact(Int(row.errors), columns: width), theme[.tagged])
      },
      Column(title: "AVOIDED", least: 7, most: 7, importance: 18) { row, _ in
        .text(row.isAvoided ? "yes" : "no", row.isAvoided ? theme[.error] : theme[.muted])
      },
      Column(title: "LAST", least: 8, most: 19, importance: 10) { row, width in
        .text(Times.fitted(row.last, columns: width, now: now), theme[.muted])
      },
      Column(title: "FORGIVEN", least: 8, most: 19, importance: 8) { row, width in
        .text(row.forgiven == .never ? "not" : Times.fitted(row.forgiven, columns: width, now: now), theme[.muted])
      },
    ].map { $0.worded(model.density) }
  }
}

/// What became of a run, in words.
enum RunWords {
  /// And the state that its colour is of.
  static func result(_ run: TaskRun) -> (String, StateLetter?) {
    switch run.result {
    case .runs: return ("runs", .running)
    case .forgotten: return ("not kept", nil)
    case .task(let row):
      switch row.phase {
      case .done: return ("done", .done)
      case .skipped: return ("skipped", .skipped)
      case .error, .errorReady: return ("error", .error)
      default: return ("ended", nil)
      }
    case .ended(let end):
      if end.wish == .error { return ("error", .error) }
      if end.wish != nil { return ("stopped", .suspended) }
      switch end.outcome {
      case nil, .lost: return ("lost", .waitReconnect)
      case .stopped: return ("stopped", .suspended)
      case .success, .parserSuccess: return ("done", .done)
      case .skipped: return ("skipped", .skipped)
      case .killed: return ("killed", .error)
      case .exitStatus, .failedToStart, .parserError, .parserFatalError, .parserBadResult, .badFiles: return ("error", .error)
      }
    }
  }

  /// The exit status; a signal as `SIG 9`.
  static func status(_ run: TaskRun) -> String {
    guard case .ended(let end) = run.result, let outcome = end.outcome, outcome != .lost, outcome != .failedToStart else {
      return "-"
    }
    return end.signal > 0 ? "SIG \(end.signal)" : "\(end.exitCode)"
  }

  /// Why it ended as it did, and what ended it.
  static func reason(_ run: TaskRun) -> String {
    switch run.result {
    case .runs: return ""
    case .forgotten: return "too long ago, or before the server was started"
    case .task(let row): return row.reason
    case .ended(let end):
      let wish: String? =
        switch end.wish {
        case .requeue: "sent back to the queue"
        case .restart: "restarted by somebody"
        case .skip: "skipped by somebody"
        case .done: "marked as done by somebody"
        case .suspend: "suspended by somebody"
        case .error: "stopped by the server: the log says why"
        case nil: nil
        }
      if let wish { return wish }
      if !end.reason.isEmpty { return end.reason }
      return end.outcome == nil ? "its render went, or did not know it any more" : ""
    }
  }

  static func memory(_ run: TaskRun) -> String {
    guard case .ended(let end) = run.result, end.memoryPeakMB > 0 else { return "-" }
    return Format.size(mebibytes: end.memoryPeakMB)
  }

  static func processor(_ run: TaskRun) -> String {
    guard case .ended(let end) = run.result, end.cpuSeconds > 0 else { return "-" }
    return Times.text(.seconds(end.cpuSeconds))
  }
}
