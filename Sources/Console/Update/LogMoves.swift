import Model

extension LogPage {
  /// Which start is shown, as far as that is known; 0: the last.
  var shownStart: Int32 { start != 0 ? start : (task?.starts ?? 0) }

  /// A portion that comes so long after the one before was not there before.
  private static let pause = Span.seconds(1)

  mutating func take(_ portion: LogPortion, at now: Instant = .never) {
    hasBegun = true
    if let failure = portion.failure { self.failure = failure }
    if let task = portion.task {
      self.task = task
      // A subscription begins, or ends, with how the task stands.
      if !portion.isEnd { isCatchingUp = true }
    }
    if !portion.data.isEmpty, lastPortion != .never, now - lastPortion >= Self.pause { isCatchingUp = false }
    var dropped = buffer.append(portion.data, at: portion.offset, arrived: isCatchingUp ? nil : now)
    // What there is comes in full portions: a shorter one is the last of it.
    if !portion.data.isEmpty, portion.data.count < Limits.outputPortion { isCatchingUp = false }
    lastPortion = now
    if dropped > 0 {
      if let gone = filter?.drop(lines: dropped) { dropped = gone }
      top = LogPlace(line: max(0, top.line - dropped), row: top.line < dropped ? 0 : top.row)
      match = match.flatMap { $0 >= dropped ? $0 - dropped : nil }
    }
    filter?.look(at: buffer)
    if portion.isEnd { isEnd = true }
  }

  /// Shows another start from its beginning.
  mutating func show(start: Int32, isNewest: Bool) {
    var page = LogPage(key: key, jobName: jobName)
    page.start = start
    page.isNewest = isNewest
    page.live = live
    page.wraps = wraps
    page.showsTimes = showsTimes
    page.search = search
    page.filter = filter?.anew
    page.size = size
    self = page
  }

  mutating func settle(size: Size) {
    self.size = Size(rows: max(1, size.rows), columns: max(1, size.columns - gutter))
    if wraps { left = 0 }
    if isEnd, isNewest, follows, let live, let task, live.starts > task.starts, live.phase.isOut {
      show(start: live.starts, isNewest: true)
    }
    if follows || top > bottom { top = bottom }
  }

  /// Columns before a line: for `23:59:59` and a space.
  var gutter: Int { showsTimes ? 9 : 0 }

  /// Rows that a line takes.
  func rows(of line: Int) -> Int {
    guard wraps, line < count else { return 1 }
    let bytes = self.line(line)
    // A glyph takes two columns at most, and no more columns than twice its bytes.
    if bytes.count <= size.columns / 2 { return 1 }
    return max(1, WrappedLine.breaks(of: Array(Glyphs(text(line))), columns: size.columns).count)
  }

  /// Where the end of the output is at the bottom of the screen. One row is left for the line that tells of the end.
  var bottom: LogPlace {
    var left = size.rows - 1
    var line = count
    while line > 0, left > 0 {
      let rows = rows(of: line - 1)
      if rows > left { return LogPlace(line: line - 1, row: rows - left) }
      left -= rows
      line -= 1
    }
    return LogPlace(line: line)
  }

  /// Lines up to the last that is on screen.
  var lastLine: Int {
    var left = size.rows
    var line = top.line
    while line < count, left > 0 {
      left -= rows(of: line) - (line == top.line ? top.row : 0)
      line += 1
    }
    return line
  }

  /// Scrolls by rows; up ends following, reaching the end begins it again.
  mutating func scroll(by rows: Int) {
    if rows < 0 { follows = false }
    var place = top
    if rows > 0 {
      for _ in 0..<rows where place < bottom {
        if place.row + 1 < self.rows(of: place.line) { place.row += 1 } else { place = LogPlace(line: place.line + 1) }
      }
    } else {
      for _ in 0..<(-rows) where place > LogPlace() {
        if place.row > 0 { place.row -= 1 } else { place = LogPlace(line: place.line - 1, row: self.rows(of: place.line - 1) - 1) }
      }
    }
    top = min(place, bottom)
  }

  mutating func goToTop() {
    follows = false
    top = LogPlace()
  }

  mutating func goToEnd() {
    follows = true
    top = bottom
  }

  /// Goes to the next line that matches; false when none does.
  mutating func find(_ search: Search, from line: Int, forward: Bool) -> Bool {
    guard !search.isEmpty, let found = first(from: line, forward: forward, where: { search.isFound(in: $0) }) else {
      match = nil
      return false
    }
    show(match: found)
    let glyphs = Array(Glyphs(text(found)))
    if !wraps, let first = search.matches(in: glyphs).first {
      let column = glyphs[..<first.lowerBound].reduce(0) { $0 + $1.width }
      let width = glyphs[first].reduce(0) { $0 + $1.width }
      if column < left || column + width > left + size.columns { left = max(0, column - size.columns / 3) }
    }
    return true
  }

  /// Puts a line where it is seen.
  mutating func show(match found: Int) {
    match = found
    follows = false
    // Seen already: stay. Otherwise into the upper third.
    if found < top.line || found >= top.line + size.rows - 1 || wraps {
      top = min(LogPlace(line: max(0, found - size.rows / 3)), bottom)
    }
  }
}

enum WrappedLine {
  /// The glyphs of each row of a line that is wrapped.
  static func breaks(of glyphs: [Glyph], columns: Int) -> [Range<Int>] {
    var rows: [Range<Int>] = []
    var start = 0
    var used = 0
    for (at, glyph) in glyphs.enumerated() {
      if used + glyph.width > columns, at > start {
        rows.append(start..<at)
        start = at
        used = 0
      }
      used += glyph.width
    }
    rows.append(start..<glyphs.count)
    return rows
  }
}
