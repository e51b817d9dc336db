import Glibc
public import Logging
import Model
import Synchronization

/// A line of the server's own log.
struct ServerLine: FeedRow {
  /// Grows with each line, over restarts of the server too.
  var number: UInt64
  var time: Instant
  /// `notice`, `error`…
  var level: String
  /// Cut to `Limits.feedTextBytes`.
  var text: String

  var object: String { "" }
  var roughBytes: Int { 32 + text.utf8.count }
}

/// The last lines of the server's log, for people to look at. Whoever logs waits for another line, or for who
/// reads.
public final class LogTail: Sendable {
  private struct State {
    var ring: FeedRing<ServerLine>
    var lastNumber: UInt64
    var tell: (@Sendable () -> Void)?
    /// The reader knows that there is something new, and has not looked yet.
    var isTold = false
  }
  private let state: Mutex<State>

  public init() {
    // Numbers begin at the microsecond of the start: another start's lines have other ones, and greater ones.
    let begin = UInt64(clamping: Self.now.microseconds)
    state = Mutex(State(ring: FeedRing(bound: Limits.serverLines, lastLost: begin), lastNumber: begin))
  }

  /// What is logged goes to `base` and is kept here too.
  public func handler(_ base: some LogHandler) -> some LogHandler { TailHandler(base: base, tail: self) }

  fileprivate func append(_ level: Logger.Level, _ text: String) {
    let line = text.cut(bytes: Limits.feedTextBytes)
    let tell = state.withLock { state -> (@Sendable () -> Void)? in
      state.lastNumber += 1
      state.ring.append(ServerLine(number: state.lastNumber, time: Self.now, level: level.rawValue, text: line))
      if state.isTold { return nil }
      state.isTold = state.tell != nil
      return state.tell
    }
    tell?()
  }

  /// Somebody reads, or (nil) nobody does: called once for all lines until `read` is called again.
  func whenMore(_ tell: (@Sendable () -> Void)?) {
    state.withLock { state in
      state.tell = tell
      state.isTold = false
    }
  }

  /// - Parameter body: may log nothing.
  func read<Failure>(_ body: (FeedRing<ServerLine>) throws(Failure) -> Void) throws(Failure) {
    try state.withLock { state throws(Failure) in
      state.isTold = false
      try body(state.ring)
    }
  }

  private static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}

private struct TailHandler<Base: LogHandler>: LogHandler {
  var base: Base
  let tail: LogTail

  var logLevel: Logger.Level {
    get { base.logLevel }
    set { base.logLevel = newValue }
  }
  var metadata: Logger.Metadata {
    get { base.metadata }
    set { base.metadata = newValue }
  }
  var metadataProvider: Logger.MetadataProvider? {
    get { base.metadataProvider }
    set { base.metadataProvider = newValue }
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { base[metadataKey: key] }
    set { base[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    base.log(event: event)
    let all = event.metadata.map { metadata.merging($0, uniquingKeysWith: { $1 }) } ?? metadata
    var text = event.message.description
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
    tail.append(event.level, text)
  }
}
