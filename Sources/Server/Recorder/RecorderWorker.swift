import Glibc
import Logging
import Model
import Scheduler
import Wire

/// What the recorder knows and writes. `Recorder` has it behind a lock.
struct RecorderWorker {
  /// When a new segment is wanted.
  enum Wish { case now, later }

  private let folder: RecorderFolder
  private let limits: Recorder.Limits
  private let header: WireArchiveHeader
  private let log: Logger

  private var segment: Segment?
  /// Of the snapshot that the segment begins with, as long as it is not complete.
  private var reading: (any StoreReading)?
  /// Older segments.
  private var others: [RecorderFolder.Entry]
  private var number: UInt64

  private var presence = Presence()
  // When something was last taken down of a run, and of a render.
  private var progressed: [Lease: Instant] = [:]
  private var measured: [RenderID: Instant] = [:]

  private var wish: Wish?
  /// A segment will begin; none need be asked for.
  private var isAwaited = true
  /// What happened since the end of the last segment is in the next one.
  private var isUnbroken = false
  /// Why nothing is written.
  private var trouble = ""

  init(folder: RecorderFolder, limits: Recorder.Limits, header: WireArchiveHeader, log: Logger) {
    self.folder = folder
    self.limits = limits
    self.header = header
    self.log = log
    others = folder.entries()
    number = others.last?.number ?? 0
  }

  var hasMore: Bool { reading != nil }

  mutating func takeWish() -> Wish? {
    defer { wish = nil }
    return wish
  }

  // MARK: Batches

  mutating func take(_ entry: Recorder.Entry) {
    var kept: [WireRecordedPresence] = []
    for note in entry.notes.presence where takes(note, at: entry.time) { kept.append(WireRecordedPresence(note)) }
    for case .deleteRun(let lease) in entry.rows {
      presence.ended(lease)
      progressed[lease] = nil
    }
    guard let segment, !(entry.rows.isEmpty && entry.notes.commands.isEmpty && kept.isEmpty) else { return }
    attempt { try segment.add(entry.rows, entry.notes.commands, kept, at: entry.time) }
    tidy()
  }

  /// Whether it is to be written: what is said often is taken down now and then.
  private mutating func takes(_ note: BatchNotes.Presence, at time: Instant) -> Bool {
    defer { presence.apply(note, at: time) }
    switch note {
    case .arrived: return true
    case .left(let id): return presence.renders[id] != nil
    case .measured(let id, _):
      if let before = measured[id], time - before < limits.measurePace { return false }
      measured[id] = time
    case .progressed(_, let lease, _):
      if let before = progressed[lease], time - before < limits.progressPace { return false }
      progressed[lease] = time
    }
    return true
  }

  /// Batches came faster than they could be written.
  mutating func lost(since: Instant, until: Instant) {
    if let segment {
      log.warning("the flight recorder could not keep up: a gap is left")
      attempt { try segment.add(gapFrom: since, until: until) }
    }
    isUnbroken = false
    retire()
    wish(.now)
  }

  // MARK: Segments

  mutating func begin(_ snapshot: any StoreReading, at time: Instant) {
    isAwaited = false
    guard hasRoom else { return stop("the disk is nearly full") }
    var header = header
    header.kind = .recording
    header.time = time.microseconds
    header.continues = isUnbroken
    retire()
    number += 1
    do {
      let new = try Segment(path: folder.path(of: number), header: header)
      // Who is there already.
      try new.add([], [], presence.notes, at: time)
      segment = new
      reading = snapshot
    } catch { return stop("\(error)") }
    isUnbroken = true
    if !trouble.isEmpty { log.notice("the flight recorder goes on") }
    trouble = ""
  }

  /// There was no snapshot to begin with.
  mutating func fail(_ reason: String) {
    isAwaited = false
    if segment == nil { stop(reason) } else { wish(.later) }
  }

  /// Writes another portion of the snapshot.
  mutating func goOn() {
    guard let segment, let reading else { return }
    var isEnd = false
    attempt {
      let portion = try reading.next()
      try segment.add(snapshot: portion)
      isEnd = portion == nil
    }
    if isEnd { self.reading = nil }
    guard segment.snapshotBytes <= limits.bytes / 2 else {
      self.segment = nil
      self.reading = nil
      unlink(segment.path)
      isAwaited = true
      log.warning(
        "the flight recorder is off: the farm alone takes more than half of \(limits.bytes >> 20) MiB (give af_recorder_size more)")
      return
    }
    tidy()
  }

  /// There may be room again.
  func retry() -> Wish? {
    guard isAwaited else { return nil }
    return hasRoom ? .now : .later
  }

  /// Writes what waits; a snapshot that is not complete stays so.
  mutating func close(writing entries: [Recorder.Entry]) {
    for entry in entries { take(entry) }
    retire()
  }

  /// 0: the system does not tell.
  private var hasRoom: Bool {
    let room = folder.room
    return room == 0 || room >= limits.room
  }

  /// The segment at hand is an old one now.
  private mutating func retire() {
    if let segment { others.append(RecorderFolder.Entry(number: number, path: segment.path, bytes: segment.bytes)) }
    segment = nil
    reading = nil
  }

  /// Begins a new segment when this one is long, and removes the oldest when all are too long together.
  private mutating func tidy() {
    guard let segment else { return }
    var total = segment.bytes + others.reduce(0) { $0 + $1.bytes }
    while total > limits.bytes, let oldest = others.first {
      unlink(oldest.path)
      total -= oldest.bytes
      others.removeFirst()
    }
    let long = max(limits.bytes / 8, segment.snapshotBytes)
    if segment.isComplete, segment.bytes - segment.snapshotBytes > long { wish(.now) }
  }

  private mutating func attempt(_ body: () throws -> Void) {
    do { try body() } catch { stop("\(error)") }
  }

  private mutating func stop(_ reason: String) {
    if trouble.isEmpty { log.error("the flight recorder is off until it can go on: \(reason)") }
    trouble = reason
    isUnbroken = false
    retire()
    wish(.later)
  }

  private mutating func wish(_ when: Wish) {
    guard !isAwaited else { return }
    isAwaited = true
    wish = when
  }
}
