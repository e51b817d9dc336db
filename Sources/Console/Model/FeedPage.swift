import Model

/// A row of what goes on and on, as events do: its number grows.
protocol FeedRow: ListRow {
  var number: UInt64 { get }
  /// What it is about, as `job 14`; empty: nothing of its own.
  var object: String { get }
  /// All that it says, for filters.
  var line: String { get }
  /// It tells of something wrong.
  var isTrouble: Bool { get }
}

extension FeedRow {
  func isFound(by search: Search) -> Bool { search.isFound(in: line) }
}

/// What goes on and on, the newest last: events, the server's log, the journal. The rows are held here: the server tells each once.
struct FeedPage<Row: FeedRow>: Sendable {
  /// Rows that are held at least, before the oldest go; they go in heaps.
  static var capacity: Int { 5000 }
  private static var heap: Int { 500 }

  private(set) var all: [Row] = []
  /// Those that pass the filter.
  var list = RowList<Row>()
  /// Up to this number all rows were looked at.
  private(set) var seen: UInt64 = 0
  /// Stays at the end as more comes.
  var follows = true
  private(set) var filter = FeedFilter()
  /// Some were missed: they came while nobody looked, and are not kept any more.
  var isGap = false
  private var hasCome = false

  /// Costs in terms of the new rows.
  ///
  /// - Returns: the rows that were not there before.
  @discardableResult
  mutating func take(_ news: [Row], isSnapshot: Bool, isGap: Bool, seen: UInt64) -> [Row] {
    let last = max(seen, news.last?.number ?? 0)
    // A server whose numbers are others, as of one that was restored: what is held is another's.
    if isSnapshot, last < self.seen { beginAnew() }
    // Each once, whatever came twice over another connection.
    let fresh = news.filter { $0.number > self.seen }
    hasCome = true
    all += fresh
    self.seen = max(self.seen, last)
    if isGap { self.isGap = true }
    list.append(fresh.filter(filter.passes), dropping: dropOld())
    if follows { list.move(to: list.total - 1) }
    return fresh
  }

  mutating func set(filter text: String) throws(FilterFault) {
    filter = try FeedFilter(text)
    guard hasCome else { return }
    let rows = all.filter(filter.passes)
    list.take(rows, isSnapshot: true, total: rows.count, first: 0)
    if follows { list.move(to: list.total - 1) }
  }

  mutating func move(_ action: Action) {
    list.move(action)
    follows = list.cursor >= list.total - 1
  }

  /// Goes to the next row that tells of something wrong; false when none does.
  mutating func findTrouble(forward: Bool) -> Bool {
    let isFound = list.find(forward: forward, where: \.isTrouble)
    if isFound { follows = false }
    return isFound
  }

  private mutating func beginAnew() {
    all = []
    list.clear()
    seen = 0
    isGap = true
  }

  /// Returns how many went of those that are shown.
  private mutating func dropOld() -> Int {
    let over = all.count - Self.capacity
    guard over >= Self.heap else { return 0 }
    let last = all[over - 1].number
    all.removeFirst(over)
    return list.rows.prefix { $0.number <= last }.count
  }
}

/// What is shown of rows: those in which all words are found. Each is an expression; with `!` before it, it must not be found.
struct FeedFilter: Sendable {
  private(set) var text = ""
  private var words: [LinePattern] = []

  init() {}

  /// - Throws: what is wrong with an expression, and where.
  init(_ text: String) throws(FilterFault) {
    self.text = text
    for word in try FilterWords.split(text) where word != "!" { words.append(try LinePattern(word)) }
  }

  var isEmpty: Bool { words.isEmpty }

  func passes(_ row: some FeedRow) -> Bool {
    guard !words.isEmpty else { return true }
    let line = row.line
    return words.allSatisfy { $0.passes(line) }
  }
}

/// The panes of the sixth screen.
enum FeedPane: String, Hashable, Sendable, CaseIterable {
  case events = "events"
  case serverLog = "server log"
  case journal = "journal"

  /// Rows that are wanted at first.
  var first: Int { self == .events ? FeedPage<EventRow>.capacity : 1000 }
}

/// What can be done to a pane whatever is in it.
protocol Feed: Sendable {
  var follows: Bool { get set }
  var filter: FeedFilter { get }
  var isGap: Bool { get }
  var object: String? { get }
  mutating func move(_ action: Action)
  mutating func set(filter text: String) throws(FilterFault)
  mutating func findTrouble(forward: Bool) -> Bool
}

extension FeedPage: Feed {
  /// What the row under the cursor is about.
  var object: String? { list.current?.object }
}

extension ConsoleModel {
  /// The pane that is seen on the sixth screen.
  var feed: any Feed {
    get {
      switch feedPane {
      case .events: events
      case .serverLog: serverLog
      case .journal: journal
      }
    }
    set {
      switch feedPane {
      case .events: if let page = newValue as? FeedPage<EventRow> { events = page }
      case .serverLog: if let page = newValue as? FeedPage<ServerLine> { serverLog = page }
      case .journal: if let page = newValue as? FeedPage<JournalEntry> { journal = page }
      }
    }
  }

  mutating func show(feed pane: FeedPane) -> [ConsoleEffect] {
    let effects = show(screen: .events) + thaw()
    feedPane = pane
    return effects
  }

  mutating func turnFeed(by delta: Int) -> [ConsoleEffect] {
    let all = FeedPane.allCases
    guard let at = all.firstIndex(of: feedPane) else { return [] }
    return show(feed: all[(at + delta + all.count) % all.count])
  }

  mutating func turnFollowing() {
    feed.follows.toggle()
    if feed.follows { feed.move(.last) } else { say("stays here; F follows again") }
  }

  /// What a subscription to a pane brought.
  mutating func received(feed update: ViewUpdate, _ slot: Slot) -> [ConsoleEffect] {
    func take<Row>(_ rows: [Row], _ page: inout FeedPage<Row>) -> [Row] {
      page.list.failure = update.failure
      guard update.failure == nil else { return [] }
      return page.take(rows, isSnapshot: update.isSnapshot, isGap: update.areEventsLost, seen: update.eventsSeen)
    }
    switch slot {
    case .events: return rings(for: take(update.events, &events))
    case .serverLog: _ = take(update.serverLines, &serverLog)
    case .journal: _ = take(update.journal, &journal)
    default: break
    }
    return []
  }
}
