public import Model

/// Everything that can happen to a console.
public enum ConsoleEvent: Sendable {
  case input(Input)
  case resized(Size)
  /// Time has passed and something that shows it is on screen.
  case tick
  case link(LinkEvent)
  case status(ServerStatus)
  case view(ViewUpdate)
  case log(LogPortion)
  case operated(RequestNumber, Result<[OperationOutcome], Failure>)
  case rendersOperated(RequestNumber, Result<[RenderAnswer], Failure>)
  case edited(RequestNumber, Result<[NodeOutcome], Failure>)
  case selected(RequestNumber, Result<SelectedRows, Failure>)
  case parameters(RequestNumber, Result<ParameterValues, Failure>)
  /// As the person left it.
  case textEdited(RequestNumber, Result<String, Failure>)
  case commandDone(RequestNumber, CommandOutcome)
  /// The order that is answered next can be taken back.
  case offered(UndoOffer)
  case undone(RequestNumber, Result<UndoOutcome, Failure>)
  case undos(RequestNumber, Result<[UndoRow], Failure>)
  case jobDetail(RequestNumber, Result<JobDetail, Failure>)
  case roleRaised(RequestNumber, Result<RoleGrant, Failure>)
  /// The server ended it, and says why.
  case roleEnded(String)
  case explained(RequestNumber, ExplainTarget, Result<Explanation, Failure>)
  /// The lines of a page of the manual.
  case manual(String, Result<[String], Failure>)
  /// The file that was written.
  case saved(Result<String, Failure>)
  case pagerFailed(Failure)
  case copied(Result<String, Failure>)
  case theme(Result<String, Failure>)
  case notKept(Failure)
  /// News of views were dropped because they came faster than they could be shown.
  case missed
  /// The process was stopped and goes on.
  case resumed
}

public enum LinkEvent: Sendable {
  case connected(serverName: String, serverVersion: String, time: Instant, firstMet: String?)
  /// No connection, or no more; the next try is at `nextTry` (by this machine's clock).
  case lost(reason: String, nextTry: Instant)
  case trying
}

/// What a server says of itself and its farm whenever it changes.
public struct ServerStatus: Hashable, Sendable {
  /// Empty: all is well.
  public var trouble = ""
  public var troubleSince = Instant.never
  public var jobs = 0
  public var renders = 0
  public var rendersOnline = 0
  public var rendersBusy = 0
  public var tasksRunning = 0
  public init() {}
}

/// What became of an order on one render, or another row.
public struct RenderAnswer: Hashable, Sendable {
  public var name: String
  public var isDone: Bool
  public var message: String
  public init(name: String, isDone: Bool, message: String) {
    self.name = name
    self.isDone = isDone
    self.message = message
  }
}

/// News of a subscription.
public struct ViewUpdate: Sendable {
  public var subscription: SubscriptionNumber
  /// All rows of the window in order; otherwise only changed ones, known by their ids.
  public var isSnapshot: Bool
  /// Rows of the whole list.
  public var total: Int
  public var first: Int
  public var jobs: [JobSummary] = []
  public var blocks: [BlockSummary] = []
  public var tasks: [TaskSummary] = []
  public var renders: [RenderSummary] = []
  public var grid: GridChange?
  public var users: [UserRow] = []
  public var tree: [TreeRow] = []
  /// All blocks of the system job; empty: as they were.
  public var systemBlocks: [SystemBlockSummary] = []
  public var systemTasks: [SystemTaskSummary] = []
  public var events: [EventRow] = []
  public var serverLines: [ServerLine] = []
  public var journal: [JournalEntry] = []
  /// There were events, or lines, before these that are not kept any more.
  public var areEventsLost = false
  /// Up to this number all of them were looked at.
  public var eventsSeen: UInt64 = 0
  public var renderPage: RenderPageNews?
  public var taskPage: TaskPageNews?
  /// What is shown exists no more, or could not be shown.
  public var failure: String?

  public init(subscription: SubscriptionNumber, isSnapshot: Bool, total: Int, first: Int) {
    self.subscription = subscription
    self.isSnapshot = isSnapshot
    self.total = total
    self.first = first
  }
}

/// New letters of a grid's cells.
public struct GridChange: Sendable {
  public var runs: [(at: Int, letters: String)]
  public var totalTasks: Int
  public init(runs: [(at: Int, letters: String)], totalTasks: Int) {
    self.runs = runs
    self.totalTasks = totalTasks
  }
}

/// Output of a run, as far as it came.
public struct LogPortion: Sendable {
  public var subscription: SubscriptionNumber
  public var offset: UInt64
  public var data: [UInt8]
  /// Nothing more comes: the run is over.
  public var isEnd: Bool
  public var failure: String?
  /// With the first portion and the last: how the task stands.
  public var task: TaskSummary?

  public init(
    subscription: SubscriptionNumber, offset: UInt64, data: [UInt8], isEnd: Bool = false, failure: String? = nil,
    task: TaskSummary? = nil
  ) {
    self.subscription = subscription
    self.offset = offset
    self.data = data
    self.isEnd = isEnd
    self.failure = failure
    self.task = task
  }
}

/// A job in full.
public struct JobDetail: Sendable {
  public var job: JobSummary
  public var blocks: [BlockSummary]
  /// Its document as it stands, in Afanasy's keys.
  public var document: String
  public init(job: JobSummary, blocks: [BlockSummary], document: String) {
    self.job = job
    self.blocks = blocks
    self.document = document
  }
}

public typealias RequestNumber = UInt64
