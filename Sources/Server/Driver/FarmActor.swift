import Logging
import Model
import NIOCore
import Scheduler

/// The one writer: owns the farm, takes mails in batches, and hands on what they lead to.
///
/// It runs on a thread of its own and never waits for anything: rows go to the commit queue, frames to event loops, files to theirs.
/// What each kind of mail does stands in `FarmActor+Mails.swift`, what becomes of effects in `FarmActor+Effects.swift`.
actor FarmActor {
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }
  private nonisolated let loop: any EventLoop

  let mailbox: Mailbox
  let commits: CommitQueue
  let outputs: OutputFiles
  let clock: FarmClock
  let log: Logger

  var farm: Farm
  var now: Instant

  // Who is there.
  var sessions: [ConnectionID: Session] = [:]
  var consoles: [ConnectionID: Session] = [:]
  /// The render that a connection is, and the connection of a render.
  var renderOf: [ConnectionID: RenderID] = [:]
  var sessionOf: [RenderID: Session] = [:]
  var cards: [JobID: JobCard] = [:]

  // What people look at.
  var views = Views()
  var logs = Logs()
  var feeds = Feeds()
  let tail: LogTail
  var isListeningToLog = false
  var condition = ServerCondition()
  /// What keeps the store from keeping anything; empty: nothing.
  var storeTrouble = ""
  /// That the machine's clock is another than the farm's; empty: it is not.
  var clockTrouble = ""
  /// How far, when that was noticed.
  var clockDrift = Span.seconds(0)
  /// What was found when the server started; stays until it ends.
  let startTrouble: String
  var conditionSent = Instant.never
  var isConditionDue = false
  var storeHealth = StoreHealth.well
  var outputsWait = false
  var scans: [JobScan] = []
  var selections = Selections()
  var selectedOrders: [SelectedOrder] = []
  var forecasting = Forecasting()
  var events: EventRing
  var journalRing: FeedRing<JournalEntry>
  /// Grows with everything that happens to the farm.
  var farmVersion: UInt64 = 0

  /// When the server began; nil: the first task since then has been told of.
  var beganAt: Instant?

  // Of the batch at hand.
  var effects: [Effect] = []
  var batch = CommitQueue.Batch()
  /// What may leave before the batch is kept.
  var outgoing: [Outgoing] = []

  private var timer: Scheduled<Void>?
  private var timerAt: Instant?
  private var isStopped = false
  /// When to go on after a stall of the server itself.
  private var judgeAt: Instant?
  /// A timer that is so late was not late by work alone.
  private static let stall = Span.seconds(2)

  enum StoreHealth: Equatable {
    case well
    /// Nothing can be kept.
    case failing(String)
    /// What is small can be kept, a new job cannot.
    case tight(String)
  }

  /// - Parameters:
  ///   - loop: whose thread is the actor's own.
  ///   - trouble: found at the start, for all screens.
  init(
    farm: Farm, events: [FarmEvent] = [], journal: [JournalEntry] = [], mailbox: Mailbox, commits: CommitQueue,
    outputs: OutputFiles, clock: FarmClock,
    log: Logger,
    loop: any EventLoop, trouble: String = "", tail: LogTail = LogTail()
  ) {
    self.tail = tail
    startTrouble = trouble
    self.farm = farm
    self.events = EventRing(events)
    journalRing = FeedRing(journal)
    self.mailbox = mailbox
    self.commits = commits
    self.outputs = outputs
    self.clock = clock
    self.log = log
    self.loop = loop
    now = clock.now
    beganAt = clock.began
    for entry in journal { views.note(entry, farm) }
  }

  /// From now on mails are answered, and clocks run.
  func begin() {
    now = clock.now
    perform(.listening)
    settle()
    mailbox.connect { [weak self] in
      self?.wake()
    }
  }

  /// Takes what is in the mailbox now, so that all of it is with the commit queue afterwards.
  func finish() { drain() }

  /// No timers any more; mails are still taken, so that what came in is kept.
  func stop() {
    isStopped = true
    timer?.cancel()
    timer = nil
  }

  private nonisolated func wake() {
    loop.execute { self.assumeIsolated { $0.drain() } }
  }

  /// Rows that may wait for the store. Beyond it mails wait too, and with them whoever sends them.
  private static let rowBound = 500_000

  private func drain() {
    now = max(now, clock.now)
    if commits.waitingRows > Self.rowBound, !isStopped {
      loop.scheduleTask(in: .milliseconds(100)) { self.wake() }
      return
    }
    let mails = mailbox.take()
    for (index, mail) in mails.enumerated() {
      handle(mail)
      // The store begins with the first part of a great heap while the rest is looked at.
      if index & 2047 == 2047 { commit() }
    }
    continueScans()
    continueSelectedOrders()
    settle()
  }

  /// The end of a batch: time, rows, frames, and when to look again.
  private func settle() {
    if let due = farm.nextTimer, due <= now, isTimeToJudge(due) { perform(.time) }
    endQuietLogs()
    views.flush(farm, at: now, into: &outgoing)
    tellCondition()
    holdForStore()
    tellFeeds()
    commit()
    if !outgoing.isEmpty {
      Delivery.send(outgoing)
      outgoing.removeAll(keepingCapacity: true)
    }
    if !scans.isEmpty || !selectedOrders.isEmpty { return wake() }
    setTimer()
  }

  /// Commands and scripts act on what they are told: they hear of a state when it is kept, not before. When the store fails they are
  /// told what there is, and the failure is on every screen.
  private func holdForStore() {
    if case .failing = storeHealth { return }
    outgoing.removeAll { one in
      guard one.session.kind == .command, one.out.tellsOfState else { return false }
      batch.outgoing.append(one)
      return true
    }
  }

  /// What has happened is told when it is kept, to everybody: only then is its number its own. What is in the log has happened, kept
  /// or not.
  private func tellFeeds() {
    if let due = feeds.serverLog.due, due <= now {
      tail.read { ring in
        feeds.serverLog.flush(ring, at: now) { session, rows in outgoing.append(Outgoing(session, .serverLines(rows))) }
      }
    }
    if case .failing = storeHealth { return }
    feeds.events.flush(events, at: now) { session, rows in batch.outgoing.append(Outgoing(session, .events(rows))) }
    feeds.journal.flush(journalRing, at: now) { session, rows in batch.outgoing.append(Outgoing(session, .journal(rows))) }
  }

  private func commit() {
    batch.time = now
    commits.commit(batch)
    batch = CommitQueue.Batch()
  }

  /// Whether what is due may be acted on. A server that was stopped itself (suspended, swapped out) first hears what its renders have
  /// to say, before it calls them dead.
  private func isTimeToJudge(_ due: Instant) -> Bool {
    guard now - due > Self.stall else {
      judgeAt = nil
      return true
    }
    let moment = judgeAt ?? now + .seconds(1)
    judgeAt = moment
    if moment > now { return false }
    judgeAt = nil
    return true
  }

  func perform(_ command: Command) {
    farm.apply(command, at: now, into: &effects)
    if !effects.isEmpty { farmVersion &+= 1 }
    if commits.isRecorded { noteForRecorder(command) }
    route()
  }

  /// While the store fails the end of that is waited for.
  private var feedsDue: [Instant?] {
    if case .failing = storeHealth { [feeds.serverLog.due] } else { [feeds.events.due, feeds.journal.due, feeds.serverLog.due] }
  }

  /// One timer for all: the farm's, the screens', the logs'.
  private func setTimer() {
    if isStopped { return }
    var next = judgeAt ?? farm.nextTimer
    for other in [views.due(at: now), logs.due, isConditionDue ? conditionSent + Self.conditionPace : nil] + feedsDue {
      if let other { next = min(next ?? other, other) }
    }
    guard next != timerAt || timer == nil else { return }
    timer?.cancel()
    timer = nil
    timerAt = next
    guard let next else { return }
    // A moment late is on time; a moment early would be for nothing.
    let wait = max(0, (next - clock.now).microseconds) + 100
    timer = loop.scheduleTask(in: .microseconds(wait)) {
      self.assumeIsolated { actor in
        actor.timer = nil
        actor.timerAt = nil
        actor.drain()
      }
    }
  }

  static let conditionPace = Span.seconds(1)
}
