import Model
import Scheduler

/// Who follows what goes on and on. Nothing is kept for a reader but how far it is: what it has not seen is in the ring, and when the
/// ring went on over a reader that is slow, or was away, it is told so.
struct FeedViews<Row: FeedRow>: Sendable {
  private struct Name: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
  }

  private struct Reader: Sendable {
    let session: Session
    let object: String
    /// The number of the last row that it has seen.
    var seen: UInt64
    /// It has not been told anything yet.
    var isNew = true
  }

  /// Rows, and about how many bytes, of one portion; the next one follows a little later, so that a connection is never flooded.
  private static var portion: Int { 1000 }
  private static var portionBytes: Int { 512 << 10 }
  private static var pause: Span { .milliseconds(20) }

  /// What comes within this time is told together.
  private let delay: Span
  private var readers: [Name: Reader] = [:]
  /// When there is something to be said; nil: nobody waits for anything.
  private(set) var due: Instant?

  init(delay: Span = .milliseconds(0)) { self.delay = delay }

  var isEmpty: Bool { readers.isEmpty }

  /// - Throws: `Failure(.usage)`.
  mutating func subscribe(
    _ session: Session, _ number: UInt32, _ topic: FeedTopic, _ ring: FeedRing<Row>, at now: Instant
  ) throws(Failure) {
    remove(session.id, number)
    guard readers.keys.count(where: { $0.connection == session.id }) < Limits.subscriptionsPerConnection else {
      throw Failure(.usage, "more than \(Limits.subscriptionsPerConnection) views of one kind at once")
    }
    // Another farm's numbers, as of one that was restored since, are not ours: from here on.
    var seen = min(topic.after, ring.lastNumber)
    if topic.after == 0 {
      // The last ones of those that are kept; these are no loss.
      let last = ring.last(topic.last, of: topic.object)
      seen = last.first.map { $0.number - 1 } ?? ring.lastNumber
    }
    readers[Name(connection: session.id, number: number)] = Reader(session: session, object: topic.object, seen: seen)
    due = now
  }

  mutating func remove(_ connection: ConnectionID, _ number: UInt32) {
    readers[Name(connection: connection, number: number)] = nil
  }

  mutating func removeAll(_ connection: ConnectionID) {
    guard !readers.isEmpty else { return }
    readers = readers.filter { $0.key.connection != connection }
  }

  /// Something happened, or a connection takes more again.
  mutating func wake(at now: Instant) {
    if !readers.isEmpty { due = min(due ?? now + delay, now + delay) }
  }

  /// Tells the readers what they have not seen.
  mutating func flush(_ ring: FeedRing<Row>, at now: Instant, tell: (Session, FeedRows<Row>) -> Void) {
    guard let due, due <= now else { return }
    self.due = nil
    for name in readers.keys {
      guard var reader = readers[name], !reader.session.isClogged else { continue }
      guard reader.isNew || reader.seen < ring.lastNumber else { continue }
      var rows = FeedRows<Row>(subscription: name.number, isSnapshot: reader.isNew, isGap: reader.seen < ring.lastLost)
      var bytes = 0
      var place = ring.place(after: reader.seen)
      reader.seen = max(reader.seen, ring.lastLost)
      while place < ring.count, rows.rows.count < Self.portion, bytes < Self.portionBytes {
        let row = ring[place]
        place += 1
        reader.seen = row.number
        guard reader.object.isEmpty || row.object == reader.object else { continue }
        rows.rows.append(row)
        bytes += row.roughBytes
      }
      if place < ring.count { self.due = now + Self.pause }
      rows.seen = reader.seen
      if reader.isNew || rows.isGap || !rows.rows.isEmpty { tell(reader.session, rows) }
      reader.isNew = false
      readers[name] = reader
    }
  }
}

struct FeedTopic: Sendable, Hashable {
  /// Only those with greater numbers; 0: the `last` ones that are kept, and all that follow.
  var after: UInt64 = 0
  var last = 0
  /// `job 14`, `render r01`; empty: of all.
  var object = ""
}

/// Rows for one subscription.
struct FeedRows<Row: FeedRow>: Sendable {
  var subscription: UInt32
  /// The first that it hears.
  var isSnapshot = false
  /// Between what it has seen and these there were more, which are not kept.
  var isGap = false
  var rows: [Row] = []
  /// Up to this number all were looked at.
  var seen: UInt64 = 0
}

/// Who follows what.
struct Feeds: Sendable {
  var events = FeedViews<FarmEvent>()
  var journal = FeedViews<JournalEntry>()
  var serverLog = FeedViews<ServerLine>(delay: .milliseconds(100))

  mutating func remove(_ connection: ConnectionID, _ number: UInt32) {
    events.remove(connection, number)
    journal.remove(connection, number)
    serverLog.remove(connection, number)
  }

  mutating func removeAll(_ connection: ConnectionID) {
    events.removeAll(connection)
    journal.removeAll(connection)
    serverLog.removeAll(connection)
  }

  mutating func wakeAll(at now: Instant) {
    events.wake(at: now)
    journal.wake(at: now)
    serverLog.wake(at: now)
  }
}
