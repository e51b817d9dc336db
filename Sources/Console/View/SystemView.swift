import Model

extension Painter {
  /// The system job: its blocks, and below the tasks and the waiting commands of one of them.
  mutating func system(_ layout: FrameLayout) {
    let page = model.system
    let columns = Self.blockColumns(theme)
    let places = ColumnLayout(columns, from: 1, width: grid.size.columns - 1)
    heading(columns, row: layout.body.row, layout: places, isDescending: false)
    for (offset, kind) in SystemBlock.allCases.enumerated() {
      let (ground, mark) = look(isCursor: kind == page.block)
      let row = page.blocks.first { $0.block == kind } ?? SystemBlockSummary(block: kind, service: "")
      listRow(row, columns, layout: places, row: layout.body.row + 1 + offset, mark: mark, ground: ground)
    }
    list(
      page.list, commandColumns(), of: .commands, headingRow: layout.systemList.row - 1, in: layout.systemList,
      search: model.search,
      empty: ["Nothing waits or runs in block \(page.block.name)."])
  }

  private static func blockColumns(_ theme: Theme) -> [Column<SystemBlockSummary>] {
    func count(_ title: String, _ importance: Int, _ state: StateLetter, _ value: @escaping (SystemBlockSummary) -> Int)
      -> Column<SystemBlockSummary>
    {
      Column(title: title, least: max(4, title.count), most: 9, importance: importance, isRight: true) { row, width in
        let number = value(row)
        return .text(Numbers.compact(number, columns: width), number > 0 ? theme[state] : theme[.muted])
      }
    }
    return [
      Column(title: "BLOCK", least: 13, most: 16, importance: 20) { row, _ in .text(row.block.name, nil) },
      Column(title: "SERVICE", least: 8, most: 14, importance: 3) { row, _ in .text(row.service, theme[.muted]) },
      count("QUEUED", 15, .waitDependency) { $0.waiting },
      count("RDY", 14, .ready) { $0.ready },
      count("RUN", 18, .running) { $0.running },
      count("RETRY", 16, .errorReady) { $0.retrying },
      count("DONE", 10, .done) { Int($0.done) },
      count("FAILED", 17, .error) { Int($0.failed) },
      count("RENDERS", 5, .nothing) { $0.renders },
    ]
  }

  func commandColumns() -> [Column<SystemTaskSummary>] {
    let theme = theme
    return [
      Column(title: "TASK", least: 4, most: 6, importance: 20, isRight: true) { row, _ in
        .text(row.key.map { "\($0.task)" } ?? "-", nil)
      },
      Column(title: "STATE", least: 7, most: 9, importance: 19) { row, width in
        guard row.key != nil else { return .text("queued", theme[StateLetter.waitDependency]) }
        let letter = StateLetter(row.phase, [])
        return .text(Painter.word(letter), theme[letter])
      },
      Column(title: "COMMAND", least: 14, most: 80, importance: 18) { row, _ in .text(row.command.text, nil) },
      Column(title: "OF", least: 10, most: 30, importance: 12) { row, _ in
        .text([row.command.jobName, row.command.taskName].filter { !$0.isEmpty }.joined(separator: " "), theme[.muted])
      },
      Column(title: "USER", least: 6, most: 12, importance: 7) { row, _ in .text(row.command.user, theme[.muted]) },
      Column(title: "RENDER", least: 8, most: 16, importance: 11) { row, _ in .text(row.render.isEmpty ? "-" : row.render, nil) },
      Column(title: "ERR", least: 3, most: 4, importance: 13, isRight: true) { row, width in
        .text(Numbers.quiet(row.errors, columns: width), theme[row.errors > 0 ? .tagged : .muted])
      },
      Column(title: "AGE", least: 6, most: 7, importance: 9, isRight: true) { [now = model.serverNow] row, _ in
        .text(row.command.created == .never ? "-" : Times.text(now - row.command.created), theme[.muted])
      },
      Column(title: "WHAT", least: 12, most: 60, importance: 6) { row, _ in .text(row.reason, theme[.muted]) },
    ]
  }
}
