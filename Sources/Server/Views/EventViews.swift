import Model
import Scheduler

/// Who follows the events. Nothing is kept for a reader but how far it is: what it has not seen is in the ring, and when the ring
/// went on over a reader that is slow, or was away, it is told so.
struct EventViews: Sendable {
  private struct Name: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
  }

  private struct Reader: Sendable {
    let session: Session
    let object: String
    /// The number of the last event that it has seen.
    var seen: UInt64
    /// It has not been told anything yet.
    var isNew = true
  }

  /// Events, and about how many bytes, of one portion; the next one follows a little later, so that a connection is never flooded.
  private static let portion = 1000
  private static let portionBytes = 512 << 10
  private static let pause = Span.milliseconds(20)

  private var readers: [Name: Reader] = [:]
  /// When there is something to be said; nil: nobody waits for anything.
  private(set) var due: Instant?

  /// - Throws: `Failure(.usage)`.
  mutating func subscribe(
    _ session: Session, _ number: UInt32, _ topic: EventsTopic, _ ring: EventRing, at now: Instant
  ) throws(Failure) {
    remove(session.id, number)
    guard readers.keys.count(where: { $0.connection == session.id }) < Limits.subscriptionsPerConnection else {
      throw Failure(.usage, "more than \(Limits.subscriptionsPerConnection) views of events at once")
    }
    var seen = topic.after
    if seen == 0 {
      // The last ones of those that are kept; these are no loss.
      let last = ring.last(topic.last, of: topic.object)
      seen = last.first.map { $0.number - 1 } ?? max(ring.lastNumber, ring.lastLost)
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
    if !readers.isEmpty { due = now }
  }

  /// Tells the readers what they have not seen. It may leave when the batch in which it happened is kept.
  mutating func flush(_ ring: EventRing, at now: Instant, into outgoing: inout [Outgoing]) {
    guard let due, due <= now else { return }
    self.due = nil
    for name in readers.keys {
      guard var reader = readers[name], !reader.session.isClogged else { continue }
      guard reader.isNew || reader.seen < ring.lastNumber else { continue }
      var rows = EventRows(subscription: name.number, isSnapshot: reader.isNew, isGap: reader.seen < ring.lastLost)
      var bytes = 0
      var place = ring.place(after: reader.seen)
      while place < ring.count, rows.events.count < Self.portion, bytes < Self.portionBytes {
        let event = ring[place]
        place += 1
        reader.seen = event.number
        guard reader.object.isEmpty || event.object == reader.object else { continue }
        rows.events.append(event)
        bytes += 64 + event.object.utf8.count + event.user.utf8.count + event.info.utf8.count
      }
      if place < ring.count { self.due = now + Self.pause }
      rows.seen = reader.seen
      if reader.isNew || rows.isGap || !rows.events.isEmpty { outgoing.append(Outgoing(reader.session, .events(rows))) }
      reader.isNew = false
      readers[name] = reader
    }
  }
}

struct EventsTopic: Sendable, Hashable {
  /// Only those with greater numbers; 0: the `last` ones that are kept, and all that follow.
  var after: UInt64 = 0
  var last = 0
  /// `job 14`, `render r01`; empty: of all.
  var object = ""
}

/// Events for one subscription.
struct EventRows: Sendable {
  var subscription: UInt32
  /// The first that it hears.
  var isSnapshot = false
  /// Between what it has seen and these there were more, which are not kept.
  var isGap = false
  var events: [FarmEvent] = []
  /// Up to this number all were looked at.
  var seen: UInt64 = 0
}
