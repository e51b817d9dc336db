import Model

/// A list that is told of: what was told of each row, and what is known by now.
struct PlainList: Sendable {
  let topic: Topic
  /// The rows that are followed: from the first on.
  let window: Window
  /// What one row is called, and several.
  let noun: (one: String, many: String)

  private var rows: [String: PlainRow] = [:]
  /// As they stand in the list.
  private var order: [String] = []
  private var told: [String: (row: PlainRow, at: Instant)] = [:]
  /// Rows of which there may be news, in the order in which it came, each once.
  private var changed: [String] = []
  private var isChanged: Set<String> = []
  private var total = 0
  private var isLoaded = false
  private var isListed = false

  init(_ topic: Topic, _ one: String, _ many: String, count: Int = Limits.rowsPerWindow) {
    self.topic = topic
    window = Window(first: 0, count: count)
    noun = (one, many)
  }

  mutating func take(_ news: [PlainRow], isSnapshot: Bool, total: Int) {
    let wasWhole = order.count >= self.total
    self.total = total
    isLoaded = true
    guard isSnapshot else {
      for row in news where rows[row.id] != nil && rows[row.id] != row {
        rows[row.id] = row
        note(row.id)
      }
      return
    }
    let (old, before) = (rows, order)
    rows = Dictionary(news.map { ($0.id, $0) }) { $1 }
    order = news.map(\.id)
    // Where a list is longer than what is followed of it, rows are pushed out at its end and come in again there: these are neither
    // gone nor new.
    let lastKnown = news.lastIndex { old[$0.id] != nil } ?? -1
    for (index, row) in news.enumerated() where old[row.id] != row {
      if isListed, old[row.id] == nil, !wasWhole, index > lastKnown { told[row.id] = (row, .never) } else { note(row.id) }
    }
    let lastLeft = before.lastIndex { rows[$0] != nil } ?? -1
    for (index, id) in before.enumerated() where rows[id] == nil {
      if news.count >= total || index < lastLeft { note(id) } else { forget(id) }
    }
  }

  private mutating func note(_ id: String) {
    if isListed, isChanged.insert(id).inserted { changed.append(id) }
  }

  private mutating func forget(_ id: String) {
    told[id] = nil
    if isChanged.remove(id) != nil { changed.removeAll { $0 == id } }
  }

  /// When there is something to be told, if nothing more comes; nil: nothing.
  func due(since turn: Instant) -> Instant? {
    if isLoaded, !isListed { return turn }
    var due: Instant?
    for id in changed {
      let at = (waits(id) ?? turn + PlainConsole.pace)
      due = min(due ?? at, at)
    }
    return due
  }

  /// Until when news of a row can wait, because all of it is progress.
  private func waits(_ id: String) -> Instant? {
    guard let row = rows[id], let old = told[id], row.change(from: old.row)?.isProgress == true else { return nil }
    return old.at + PlainConsole.calm
  }

  /// What is to be told now: few lines, and how much more there was.
  mutating func lines(at now: Instant) -> [String] {
    guard isLoaded else { return [] }
    guard isListed else { return listing(at: now) }
    var lines: [String] = []
    var more = 0
    var later: [String] = []
    for id in changed {
      if let until = waits(id), until > now {
        later.append(id)
        continue
      }
      guard let line = line(id, at: now) else { continue }
      if lines.count < PlainConsole.most { lines.append(line) } else { more += 1 }
    }
    changed = later
    isChanged = Set(later)
    if more > 0 { lines.append("… and \(more) more \(more == 1 ? noun.one : noun.many) changed") }
    return lines
  }

  /// What is told of a row, which is known from then on; nil: it is as it was.
  private mutating func line(_ id: String, at now: Instant) -> String? {
    switch (told[id]?.row, rows[id]) {
    case (nil, nil): return nil
    case (let old?, nil):
      told[id] = nil
      return "\(old.subject) is gone"
    case (nil, let new?):
      told[id] = (new, now)
      return "new: \(new.sentence)"
    case (let old?, let new?):
      guard let change = new.change(from: old) else { return nil }
      told[id] = (new, now)
      return change.sentence
    }
  }

  /// How many rows there are, and the first of them.
  private mutating func listing(at now: Instant) -> [String] {
    isListed = true
    told = rows.mapValues { ($0, now) }
    guard total > 0 else { return ["no \(noun.many)"] }
    let shown = order.prefix(PlainConsole.most)
    var head = "\(total) \(total == 1 ? noun.one : noun.many)"
    if total > order.count { head += "; the first \(order.count) are followed" }
    var lines = [head + (shown.count < order.count ? "; the first \(shown.count) of them:" : ":")]
    lines += shown.compactMap { rows[$0]?.sentence }
    return lines
  }
}
