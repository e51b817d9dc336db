public import Model

/// How a console was started.
public struct ConsoleOptions: Sendable {
  /// Whose jobs are “mine”.
  public var user: String
  /// As it stands on the command line, for people.
  public var server: String
  /// Nothing that changes the farm can be done.
  public var isReadOnly: Bool
  /// Only ASCII goes to the terminal.
  public var isASCII: Bool
  public var screen: ConsoleScreenID
  /// From the last time.
  public var kept = Kept()
  public var keys = KeyMap.standard
  /// The commands of `reeve`.
  public var commands: [ReeveWord] = []
  /// What is to be said at first.
  public var notice: String?

  public init(
    user: String, server: String, isReadOnly: Bool = false, isASCII: Bool = false, screen: ConsoleScreenID = .jobs
  ) {
    self.user = user
    self.server = server
    self.isReadOnly = isReadOnly
    self.isASCII = isASCII
    self.screen = screen
  }
}

/// The screens of the console, in the order of their keys from 1.
public enum ConsoleScreenID: String, Sendable, CaseIterable {
  case jobs, work, farm, users, system, events, stats, servers

  /// The screens that there are.
  static let present: [ConsoleScreenID] = [.jobs, .work, .farm, .users, .system, .events]

  var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}

/// What one went into from a screen's list.
struct Trail: Sendable {
  var job: JobPage?
  var render: RenderPage?
  var task: TaskPage?
  var log: LogPage?
}

/// All that the console knows and shows: a value. `update` changes it by what happens, `draw` turns it into a grid.
public struct ConsoleModel: Sendable {
  public internal(set) var options: ConsoleOptions
  public internal(set) var size: Size
  /// This machine's clock at the last event.
  var now = Instant.never
  /// The server's clock minus this machine's.
  var clockOffset = Span(microseconds: 0)

  var link: Link
  var status = ServerStatus()
  var serverName = ""
  var serverVersion = ""

  var screen: ConsoleScreenID
  var jobs = JobsPage()
  var renders = RendersPage()
  var work = WorkPage()
  var farmTree = TreePage()
  var heat = HeatPage()
  var farmLook = FarmLook.tree
  var users = UsersPage()
  var system = SystemPage()
  var events = FeedPage<EventRow>()
  var serverLog = FeedPage<ServerLine>()
  var journal = FeedPage<JournalEntry>()
  var feedPane = FeedPane.events
  /// What is looked for on the pages that have nothing but a list.
  var search: Search?
  /// By screen.
  var trails = [Trail](repeating: Trail(), count: ConsoleScreenID.allCases.count)
  /// Jobs, tasks and renders that are tagged, with what people call them.
  var tags = Tags()
  var tagWish: TagWish?

  /// How lists are shown, where the person chose.
  var looks: [ListID: ListLook] = [:]
  var density = Density.short

  var raised = RaisedRole()
  /// For which events the terminal rings.
  var ringing = Ringing()

  var overlay: Overlay?
  var prompt: Prompt?
  var message: StatusMessage?
  /// Set while the picture is frozen.
  var frozen: Frozen?
  var themeName = ""
  /// The theme that was chosen here, now or at an earlier start.
  var keptTheme: String?
  var lastKept = Kept()

  var active: [Slot: ActiveSubscription] = [:]
  var lastSubscription: SubscriptionNumber = 0
  var lastRequest: RequestNumber = 0
  /// Orders that the server has not answered yet.
  var pending: [RequestNumber: PendingOrder] = [:]
  /// Orders whose rows the server has to find first.
  var selecting: [RequestNumber: Selecting] = [:]
  /// Commands that are not over, as they were typed.
  var commands: [RequestNumber: String] = [:]
  /// Lines of the command line, the newest last.
  var history: [String] = []
  /// Texts on the way to the editor, and in it.
  var editing: [RequestNumber: Editing] = [:]
  var undo = UndoMemory()
  var lastClick: (row: Int, column: Int, at: Instant)?
  let keys: KeyMap

  public init(options: ConsoleOptions, size: Size, now: Instant) {
    self.options = options
    keys = options.keys
    self.size = size
    self.now = now
    link = .connecting(since: now)
    screen = ConsoleScreenID.present.contains(options.screen) ? options.screen : .jobs
    take(options.kept)
    if let notice = options.notice { say(notice, .bad) }
    if screen != options.screen { say("the \(options.screen.rawValue) screen is not there yet", .bad) }
  }

  /// The server's clock.
  var serverNow: Instant { now + clockOffset }

  /// What is seen.
  enum Place: Hashable, Sendable { case jobs, renders, job, render, task, log, work, farmTree, heat, users, system, events }

  var place: Place {
    let trail = trails[screen.number - 1]
    if trail.log != nil { return .log }
    if trail.task != nil { return .task }
    if trail.render != nil { return .render }
    if trail.job != nil { return .job }
    switch screen {
    case .jobs, .stats, .servers: return .jobs
    case .work: return .work
    case .farm: return farmLook == .tree ? .farmTree : farmLook == .list ? .renders : .heat
    case .users: return .users
    case .system: return .system
    case .events: return .events
    }
  }

  var job: JobPage? {
    get { trails[screen.number - 1].job }
    _modify { yield &trails[screen.number - 1].job }
  }

  var log: LogPage? {
    get { trails[screen.number - 1].log }
    _modify { yield &trails[screen.number - 1].log }
  }

  var render: RenderPage? {
    get { trails[screen.number - 1].render }
    _modify { yield &trails[screen.number - 1].render }
  }

  var task: TaskPage? {
    get { trails[screen.number - 1].task }
    _modify { yield &trails[screen.number - 1].task }
  }

  mutating func say(_ text: String, _ kind: StatusMessage.Kind = .plain) {
    message = StatusMessage(kind: kind, text: text, since: now, undo: kind == .good ? undo.fresh : nil)
    if kind != .plain { undo.fresh = nil }
  }

  /// Whether something on screen grows old by the second.
  public var needsTick: Bool {
    if !link.isConnected || message != nil || raised.isRaised { return true }
    if frozen != nil { return false }
    switch place {
    case .jobs: return jobs.list.visible.contains { (jobs.list[$0]?.counts.running ?? 0) > 0 }
    case .renders, .farmTree, .heat, .users, .system, .events: return false
    case .work:
      return work.tree.list.visible.contains { (work.tree.list[$0]?.job?.counts.running ?? 0) > 0 }
    case .job: return (job?.job?.counts.running ?? 0) > 0
    case .log: return log?.live?.phase.isOut ?? false
    case .render: return !(render?.running.rows.isEmpty ?? true)
    case .task: return task?.task?.phase.isOut ?? false
    }
  }
}

/// A picture that stands still.
struct Frozen: Hashable, Sendable {
  var since: Instant
  /// Updates that came and are not shown.
  var news = 0
}
