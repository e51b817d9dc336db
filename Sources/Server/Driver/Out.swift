import Model
import Scheduler
import Synchronization
import Wire

/// What leaves for a connection, before it is encoded on that connection's event loop.
enum Out: Sendable {
  // To renders. Those of one flush travel in one frame.
  case accepted(RenderID, keep: [Lease])
  case start(RunStart, JobCard)
  case stop(Lease)
  case acknowledge(Lease)
  case configure(RenderConfiguration)
  /// The machine is to fall asleep.
  case sleep
  case listen(Lease, offset: UInt64)
  case unlisten(Lease)

  // To people's programs.
  case reply(UInt64, Reply)
  case view(ViewRows)
  case log(LogRows)
  case events(FeedRows<FarmEvent>)
  case journal(FeedRows<JournalEntry>)
  case serverLines(FeedRows<ServerLine>)
  case status(ServerCondition)
  /// The person's role ended, and why.
  case role(String)

  // To anybody: the last that it hears.
  case refuse(Failure)
  case drop(reason: String)
}

extension Out {
  /// Whether it shows the farm's state: answers and views, not outputs.
  var tellsOfState: Bool {
    switch self {
    case .reply, .view, .events, .journal: true
    default: false
    }
  }
}

struct Outgoing: Sendable {
  let session: Session
  var out: Out
  init(_ session: Session, _ out: Out) {
    self.session = session
    self.out = out
  }
}

/// A job's document, shared by all starts of its tasks until somebody changes it.
final class JobCard: Sendable {
  private static let stamps = Atomic<UInt64>(0)

  let id: JobID
  let spec: JobSpec
  /// No two cards have the same: who knows a block from another card knows an older one.
  let stamp = JobCard.stamps.wrappingAdd(1, ordering: .relaxed).newValue
  init(_ id: JobID, _ spec: JobSpec) {
    self.id = id
    self.spec = spec
  }
}

/// An answer, as values.
enum Reply: Sendable {
  case failure(Failure)
  case submitted(JobID, name: String, warnings: [String])
  case jobs([JobSummary], more: Bool)
  case job(JobSummary, [BlockSummary], JobSpec, withoutTasks: Bool)
  case tasks([TaskSummary], more: Bool)
  case task(TaskSummary, JobSummary, BlockSummary)
  case renders([RenderSummary], parameters: [RenderID: RenderParameters], more: Bool)
  case users([UserSummary], parameters: [String: UserParameters])
  case pools([PoolSummary])
  case branches([BranchSummary])
  case explained(Explanation)
  case forecast(Forecast)
  case whatIf(WhatIfReply)
  case journal([JournalEntry])
  case systemJob([SystemBlockSummary], [SystemTaskSummary])
  case events([FarmEvent])
  case errorHosts([ErrorHost], more: Bool)
  case operated([OperationOutcome], undo: UndoOffer?)
  case rendersOperated([RenderOutcome], undo: UndoOffer?)
  case edited([NodeOutcome], undo: UndoOffer?)
  case undone(UndoOutcome)
  case undos([UndoSummary], now: Instant)
  /// A selection's number, its rows, and what the first ones are called.
  case selected(UInt64, count: Int, first: [String])
  case added(JobID, first: Int, count: Int)
  /// Of a document that comes portion by portion: what the next one begins with.
  case partTaken(Int)
  case backup(BackupMaking.Portion)
  case restorePlan(FarmTotals)
  case restoreTaken(Int)
  case restored(WireArchiveEnd)
  /// What the person may from now on, and seconds without a request after which that ends.
  case role(Role, idle: Int64)

  /// Whether it tells that something was done to the farm.
  var isOfAnOrder: Bool {
    switch self {
    case .operated, .rendersOperated, .edited, .undone, .added, .submitted: true
    default: false
    }
  }
}

/// When jobs would be done as things stand, and when if something were done.
struct WhatIfReply: Sendable {
  struct Row: Sendable {
    var name: String
    var user: String
    var before: Forecast
    var after: Forecast
  }
  var rows: [Row]
  var at: Instant
  var leftOut = 0
}

/// A portion of a task's output for one subscription.
struct LogRows: Sendable {
  var subscription: UInt32
  var offset: UInt64 = 0
  var data: [UInt8] = []
  var isEnd = false
  var failure: Failure?
  var task: TaskSummary?
}

/// What every screen shows of the server itself.
struct ServerCondition: Sendable, Hashable {
  /// Empty: all is well.
  var trouble = ""
  var troubleSince = Instant.never
  var jobs = 0
  var renders = 0
  var rendersOnline = 0
  var rendersBusy = 0
  var tasksRunning = 0
}

extension Answer {
  var reply: Reply {
    switch self {
    case .submitted(let id, let name, let warnings): .submitted(id, name: name, warnings: warnings)
    case .operated(let outcomes, let undo): .operated(outcomes, undo: undo)
    case .rendersOperated(let outcomes, let undo): .rendersOperated(outcomes, undo: undo)
    case .edited(let outcomes, let undo): .edited(outcomes, undo: undo)
    case .undone(let outcome): .undone(outcome)
    case .added(let id, let first, let count): .added(id, first: first, count: count)
    case .failed(let failure): .failure(failure)
    }
  }
}
