import DequeModule
import Model
import Scheduler

/// A row of what goes on and on, as events do: its number grows.
protocol FeedRow: Sendable {
  var number: UInt64 { get }
  /// What it is about, as `job 14`; empty: nothing of its own.
  var object: String { get }
  /// About how much of a frame it takes, in bytes.
  var roughBytes: Int { get }
}

/// The last rows, the oldest first, with rising numbers: events, lines of the journal and of the server's log. Bounded.
struct FeedRing<Row: FeedRow>: Sendable {
  private var rows: Deque<Row>
  private let bound: Int
  /// The number of the last row that is not kept any more; 0: all are.
  private(set) var lastLost: UInt64

  /// - Parameters:
  ///   - rows: what the store kept; where that is as much as is held here there may have been more.
  ///   - lastLost: rows up to this number were never held.
  init(_ rows: [Row] = [], bound: Int, lastLost: UInt64 = 0) {
    self.rows = Deque(rows.suffix(bound))
    self.bound = bound
    self.lastLost = lastLost
    if rows.count >= bound, let first = self.rows.first { self.lastLost = first.number - 1 }
  }

  mutating func append(_ row: Row) {
    if rows.count >= bound, let lost = rows.popFirst() { lastLost = lost.number }
    rows.append(row)
  }

  var count: Int { rows.count }
  subscript(place: Int) -> Row { rows[place] }

  /// Up to here it is known what there was.
  var lastNumber: UInt64 { max(rows.last?.number ?? 0, lastLost) }

  /// The place of the first row with a greater number.
  func place(after number: UInt64) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].number > number { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The last `count` of an object, or of all when it is empty; the oldest first.
  func last(_ count: Int, of object: String) -> [Row] {
    if object.isEmpty { return Array(rows.suffix(count)) }
    var found: [Row] = []
    for row in rows.reversed() {
      if found.count == count { break }
      if row.object == object { found.append(row) }
    }
    return found.reversed()
  }
}

// MARK: - What there is

typealias EventRing = FeedRing<FarmEvent>

extension FeedRing where Row == FarmEvent {
  init(_ events: [FarmEvent] = []) { self.init(events, bound: Limits.events) }

  /// They never were: the store could not keep them.
  mutating func withdraw(_ jobs: Set<JobID>) { rows.removeAll { $0.job.map(jobs.contains) ?? false } }
}

extension FarmEvent: FeedRow {
  var roughBytes: Int { 64 + object.utf8.count + user.utf8.count + info.utf8.count }
}

extension FeedRing where Row == JournalEntry {
  /// - Parameter entries: the oldest first.
  init(_ entries: [JournalEntry] = []) { self.init(entries.map(\.cut), bound: Limits.journalRows) }
}

extension JournalEntry: FeedRow {
  var roughBytes: Int { 48 + subject.utf8.count + type.utf8.count + object.utf8.count + info.utf8.count }

  /// As it is shown live; in full it is in the store.
  var cut: JournalEntry {
    var entry = self
    entry.info = info.cut(bytes: Limits.feedTextBytes)
    return entry
  }
}

extension String {
  /// The beginning, as long as it is allowed to be, and a mark that there was more.
  func cut(bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytes)
    // Not in the middle of a character's bytes.
    while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }
}
