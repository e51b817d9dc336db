import Model

extension Painter {
  mutating func log(_ layout: FrameLayout) {
    guard let page = model.log else { return }
    logTitle(page, row: layout.body.row)
    let rect = layout.body.dropping(rows: 1)
    if let failure = page.failure {
      return say(["There is no output to be shown: \(failure)", "Esc goes back."], in: rect, role: .text)
    }
    guard page.hasBegun else { return say([model.link.isConnected ? "loading…" : "no connection to the server yet"], in: rect) }
    if page.buffer.isEmpty {
      return say([page.isEnd ? "This run wrote nothing." : "Nothing was written yet: it appears here as it comes."], in: rect)
    }
    if page.count == 0, let filter = page.filter {
      return say(
        ["No line of \(page.buffer.count) passes the filter “\(filter.text)”.", "f changes it; f and Enter show all."], in: rect)
    }
    var place = page.top
    var offset = 0
    while offset < rect.rows, place.line < page.count {
      if page.showsTimes, place.row == 0, let arrival = page.arrival(place.line) {
        put(
          Times.clock(arrival), row: rect.row + offset, column: 0, columns: page.gutter, style: theme[.muted].over(theme[.text]))
      }
      let glyphs = Array(Glyphs(page.text(place.line), isASCII: grid.isASCII))
      let matches = page.search?.matches(in: glyphs) ?? []
      let addresses = WebAddress.all(in: glyphs)
      if page.wraps {
        let rows = WrappedLine.breaks(of: glyphs, columns: rect.columns - page.gutter)
        for part in rows.dropFirst(place.row) where offset < rect.rows {
          line(
            glyphs, part, matches, addresses, row: rect.row + offset, from: page.gutter, skipping: 0,
            isMatch: place.line == page.match)
          offset += 1
        }
      } else {
        line(
          glyphs, glyphs.startIndex..<glyphs.endIndex, matches, addresses, row: rect.row + offset, from: page.gutter,
          skipping: page.left,
          isMatch: place.line == page.match)
        offset += 1
      }
      place = LogPlace(line: place.line + 1)
    }
    if offset < rect.rows, page.isEnd { endLine(page, row: rect.row + offset) }
  }

  /// One row of output from a column of the screen on: glyphs of a line, the columns scrolled past left out, marks where something
  /// is cut.
  private mutating func line(
    _ glyphs: [Glyph], _ part: Range<Int>, _ matches: [Range<Int>], _ addresses: [(range: Range<Int>, target: String)], row: Int,
    from start: Int, skipping: Int, isMatch: Bool
  ) {
    let columns = grid.size.columns - start
    let ground = theme[.text]
    var at = -skipping
    var isCut = false
    var placed: [(index: Int, column: Int)] = []
    for index in part {
      let glyph = glyphs[index]
      isCut = at + glyph.width > columns
      if isCut { break }
      if at >= 0, at + glyph.width <= columns {
        var look = ground
        if matches.contains(where: { $0.contains(index) }) {
          look = theme[.match].over(ground)
          if isMatch { look.attributes.formUnion(.underline) }
        }
        grid.set(glyph, row: row, column: start + at, style: look)
        if !addresses.isEmpty { placed.append((index, start + at)) }
      }
      at += glyph.width
    }
    if isCut {
      put(symbols.ellipsis, row: row, column: start + columns - 1, columns: 1, style: theme[.muted].over(ground))
    }
    for address in addresses {
      let seen = placed.filter { address.range.contains($0.index) }
      if let first = seen.first, let last = seen.last {
        grid.link(row: row, columns: first.column..<last.column + 1, to: address.target)
      }
    }
  }

  private mutating func logTitle(_ page: LogPage, row: Int) {
    let columns = grid.size.columns
    let ground = theme[.heading].over(theme[.text])
    fill(Rect(row: row, column: 0, rows: 1, columns: columns), ground)
    let now = page.live ?? page.task
    let starts = max(now?.starts ?? 0, page.shownStart)
    var right: [String] = []
    if page.shownStart > 0 {
      right.append(starts > page.shownStart ? "start \(page.shownStart) of \(starts)" : "start \(page.shownStart)")
    }
    // The row of the task tells of its last start only.
    let shown = page.shownStart > 0 && starts > page.shownStart ? nil : now
    if let now = shown {
      right.append(StateWords.text(StateWords.bits(now)))
      if !now.render.isEmpty { right.append(now.render) }
      if now.phase.isOut, now.percent >= 0 { right.append("\(now.percent)%") }
      let time = taskTime(now)
      if time != "-" { right.append(time) }
    }
    if page.wraps { right.append("wrapped") }
    if let filter = page.filter { right.append("only “\(filter.text)”") }
    if page.left > 0 { right.append("from column \(page.left + 1)") }
    let text = right.joined(separator: "  ")
    let width = min(Glyphs(text).width, columns * 3 / 5)
    let name = now.map { " “\($0.name)”" } ?? ""
    put(
      "log \(page.key)\(name) \(page.jobName)", row: row, column: 1, columns: columns - width - 4, style: ground)
    put(
      text, row: row, column: columns - width - 1, columns: width,
      style: (shown.map { theme[StateLetter($0.phase, $0.flags)] } ?? ground).over(theme[.text]))
  }

  /// Says that nothing more comes.
  private mutating func endLine(_ page: LogPage, row: Int) {
    var text = "the end of this run"
    if let task = page.task, !task.phase.isOut, page.shownStart == 0 || task.starts <= page.shownStart {
      text += ": \(StateWords.text(StateWords.bits(task)))"
      if !task.reason.isEmpty { text += ": \(task.reason)" }
    }
    let rule = symbols.horizontal + symbols.horizontal
    put("\(rule) \(text) \(rule)", row: row, column: 0, columns: grid.size.columns, style: theme[.muted].over(theme[.text]))
  }
}
