import Model
import Scheduler

/// What reaches the farm's actor: decoded and checked by whoever posts it.
enum Mail: Sendable {
  case opened(Session)
  case closed(Session)

  // From renders.
  case register(Session, RenderRegistration)
  case alive(Session)
  case news(Session, RenderNews)
  /// Output of a run that goes on, for whoever follows it.
  case liveOutput(Session, Lease, offset: UInt64, [UInt8])

  // From people's programs.
  case submit(Session, number: UInt64, JobSpec)
  case add(Session, number: UInt64, Addition, to: JobSelection)
  case ask(Session, number: UInt64, Question)
  case subscribe(Session, UInt32, Topic, ViewWindow)
  case unsubscribe(Session, UInt32)
  /// The connection takes more again after it was clogged.
  case unclogged(Session)

  // From inside.
  case storeNews(StoreNews)
  /// The server's log has more lines, and somebody looks at it.
  case serverLines
  /// Outputs wait for room on the disk, or do so no more.
  case outputsWait(Bool)
  /// A portion of an output file; nil: there is no such file.
  case logRead(Logs.Name, OutputFiles.Portion?)
  case forecasts([Forecast], of: UInt64)
  case whatIf(Session, number: UInt64, Reply)

  /// About how much memory it holds, in units of 256 bytes: what the mailbox is bounded by.
  var weight: Int {
    switch self {
    case .submit(_, _, let spec): 64 + spec.blocks.reduce(0) { $0 + 4 + $1.taskListWeight }
    case .add(_, _, .blocks(let blocks), _): 64 + blocks.reduce(0) { $0 + 4 + $1.taskListWeight }
    case .add(_, _, .tasks(_, let tasks), _): 64 + tasks.count
    case .liveOutput(_, _, _, let bytes): 1 + bytes.count / 256
    case .news(_, let news): 1 + news.runs.count
    case .register: 16
    default: 1
    }
  }
}

extension BlockSpec {
  fileprivate var taskListWeight: Int {
    if case .listed(let tasks, _) = work { tasks.count } else { 0 }
  }
}

/// One update of a render.
struct RenderNews: Sendable {
  enum Run: Sendable {
    case started(Lease)
    case progressed(Lease, RunProgress)
    case finished(Lease, TaskKey, RunResult)
  }
  var runs: [Run] = []
  var resources: HostResources?
  /// It leaves; whether its tasks were ended.
  var leaving: Leaving?
  struct Leaving: Sendable { var isEjected: Bool }
}

/// What the commit queue says of the store.
enum StoreNews: Sendable {
  /// A commit failed. These jobs were given up and their submitters told.
  case failing(StoreFailure, withdrawn: [JobID])
  /// Commits go on; submits would find no room yet.
  case tight(StoreFailure)
  case well
}
