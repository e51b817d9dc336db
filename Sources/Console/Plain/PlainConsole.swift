public import Model
import Text

/// The console without a screen: says what there is, then what changes, a line for each, for screen readers and terminals that can
/// do nothing. A value, as `ConsoleModel` is: events in, lines and effects out.
public struct PlainConsole: Sendable {
  /// Rows that are told of at once; of more their number is told.
  static let most = 20
  /// Between two times at which is told what has changed.
  static let pace = Span.seconds(1)
  /// Between two times at which is told how far a row is, when nothing else about it changes.
  static let calm = Span.seconds(10)
  /// Characters of a line.
  private static let longest = 500
  /// Events that are told of at first.
  private static let lastEvents = 10

  private let server: String
  private let screen: ConsoleScreenID
  private let isASCII: Bool
  private var lists: [PlainList]

  private var numbers: [SubscriptionNumber: Int] = [:]
  private var last: SubscriptionNumber = 0
  /// Lines that wait for nothing.
  private var urgent: [String] = []
  private var turn: Instant
  private var wasConnected = false
  /// nil: there is a connection.
  private var lost: Instant?
  private var isLossTold = false
  private var trouble = ""

  private var seenEvent: UInt64 = 0
  private var news: [EventRow] = []
  private var moreNews = 0

  /// - Throws: `Failure(.usage)` for a screen that there is not.
  public init(screen: ConsoleScreenID, server: String, isASCII: Bool, at now: Instant) throws(Failure) {
    self.screen = screen
    self.server = server
    self.isASCII = isASCII
    turn = now + .seconds(-1)
    lost = now
    switch screen {
    case .jobs:
      var query = JobsQuery()
      query.isDescending = true
      lists = [PlainList(.jobs(query), "job", "jobs")]
    case .work: lists = [PlainList(.work(WorkQuery(jobs: JobsQuery(), closed: [])), "branch or job", "branches and jobs")]
    case .farm: lists = [PlainList(.renders(RendersQuery()), "render", "renders")]
    case .users: lists = [PlainList(.users(UsersQuery()), "user", "users")]
    case .system: lists = [PlainList(.system(.postCommands), "block", "blocks", count: 0)]
    case .events: lists = []
    case .stats, .servers: throw Failure(.usage, "the \(screen.rawValue) screen is not there yet")
    }
    urgent = [stamped("connecting to \(server)", now)]
  }

  // MARK: - What happens

  public mutating func update(_ event: ConsoleEvent, at now: Instant) -> [ConsoleEffect] {
    switch event {
    case .link(.connected(let name, let version, _, let firstMet)):
      let after = wasConnected ? lost.map { " again after \(Times.text(now - $0))" } ?? "" : " to \(name), version \(version)"
      say("connected\(after)", now)
      if let firstMet { say("met this server for the first time: \(firstMet)", now) }
      wasConnected = true
      lost = nil
      isLossTold = false
      numbers = [:]
      return subscribe()
    case .link(.lost(let reason, _)):
      if lost == nil { lost = now }
      numbers = [:]
      // One word for however many tries.
      if !isLossTold {
        say("\(wasConnected ? "the connection is lost" : "no connection to \(server)"): \(reason); it is tried again", now)
      }
      isLossTold = true
    case .status(let status):
      if status.trouble != trouble {
        say(status.trouble.isEmpty ? "the server is well again" : "the server: \(status.trouble)", now)
      }
      trouble = status.trouble
    case .view(let update): received(update, now)
    case .missed:
      let old = numbers.keys.sorted().map { ConsoleEffect.unsubscribe($0) }
      numbers = [:]
      return old + subscribe()
    default: break
    }
    return []
  }

  private mutating func subscribe() -> [ConsoleEffect] {
    if screen == .events {
      last += 1
      numbers[last] = 0
      return [
        .subscribe(last, .events(EventsQuery(after: seenEvent, last: Self.lastEvents)), Window(first: 0, count: 0))
      ]
    }
    return lists.indices.map { index in
      last += 1
      numbers[last] = index
      return .subscribe(last, lists[index].topic, lists[index].window)
    }
  }

  private mutating func received(_ update: ViewUpdate, _ now: Instant) {
    guard let index = numbers[update.subscription] else { return }
    if let failure = update.failure { return say("nothing can be shown: \(failure)", now) }
    if screen == .events { return received(events: update, now) }
    switch screen {
    case .system:
      // All of them, whenever one changed; the commands are not told of one by one.
      guard !update.systemBlocks.isEmpty else { return }
      let rows = update.systemBlocks.map(PlainRow.init)
      lists[index].take(rows, isSnapshot: true, total: rows.count)
    default:
      let rows =
        update.jobs.map { PlainRow($0) } + update.renders.map { PlainRow($0) } + update.users.map { PlainRow($0) }
        + update.tree.map { PlainRow($0) }
      lists[index].take(rows, isSnapshot: update.isSnapshot, total: update.total)
    }
  }

  private mutating func received(events update: ViewUpdate, _ now: Instant) {
    if update.isSnapshot, update.eventsSeen < seenEvent { seenEvent = 0 }
    if update.areEventsLost { say("events are missing here: there were more than the server keeps", now) }
    for row in update.events where row.number > seenEvent {
      if news.count < Self.most { news.append(row) } else { moreNews += 1 }
    }
    seenEvent = max(seenEvent, update.eventsSeen, update.events.last?.number ?? 0)
  }

  // MARK: - What is told

  /// When `lines` should be asked next; nil: when something has happened.
  public var due: Instant? {
    if !urgent.isEmpty { return turn }
    // What is known is old: what changed meanwhile is told when there is a connection again.
    if lost != nil { return nil }
    var due: Instant? = news.isEmpty ? nil : turn
    for list in lists {
      if let other = list.due(since: turn) { due = min(due ?? other, other) }
    }
    return due.map { max($0, turn + Self.pace) }
  }

  /// What is to be told by now: whole lines, fit for any terminal.
  public mutating func lines(at now: Instant) -> [String] {
    var lines = urgent
    urgent = []
    // A clock that was set back keeps nothing from being told.
    guard now - turn >= Self.pace || now < turn, lost == nil else { return lines }
    var told: [String] = news.map { stamped($0.sentence, $0.time) }
    if moreNews > 0 { told.append(stamped("… and \(moreNews) more \(moreNews == 1 ? "event" : "events")", now)) }
    news = []
    moreNews = 0
    for index in lists.indices { told += lists[index].lines(at: now).map { stamped($0, now) } }
    if !told.isEmpty { turn = now }
    lines += told
    return lines
  }

  private mutating func say(_ text: String, _ now: Instant) {
    // Without a reader nothing grows.
    if urgent.count < 100 { urgent.append(stamped(text, now)) }
  }

  private func stamped(_ text: String, _ time: Instant) -> String {
    let clock = Times.moment(time).suffix(8)
    let line = Sanitize.line("\(clock) \(text)")
    let cut = line.count > Self.longest ? line.prefix(Self.longest) + "…" : line[...]
    return isASCII ? Self.ascii(cut) : String(cut)
  }

  /// For terminals that know nothing else.
  private static func ascii(_ text: Substring) -> String {
    var out = ""
    for character in text {
      switch character {
      case "“", "”": out += "\""
      case "…": out += "..."
      default: out += character.isASCII ? String(character) : "?"
      }
    }
    return out
  }
}

extension EventRow {
  /// As it is told.
  fileprivate var sentence: String {
    let whose = user.isEmpty ? "" : " of \(user)"
    return "\(name), \(object)\(whose)" + (info.isEmpty ? "" : ": \(info)")
  }
}
