import Model
import Scheduler
import Wire

/// What people ask, checked. Patterns are compiled where they came in, not on the farm's actor.
enum Question: Sendable {
  case jobs(JobsQuestion)
  case job(JobSelection)
  case tasks(TasksQuestion)
  case task(TaskPlace)
  case renders(RendersQuestion)
  case users
  case pools
  case branches
  case explain(ExplainQuestion)
  case forecast(JobSelection)
  case whatIf(WhatIfQuestion)
  case journal(JournalQuestion)
  case systemJob(SystemQuestion)
  case events(EventsQuestion)
  case errorHosts(ErrorHostsQuestion)
  case operate(Operation)
  case operateRenders(RenderOperation, names: [String])
  case edit(EditRequest)
  case order(NodeOrder)
  /// nil: the last order of who asks.
  case undo(UInt64?)
  case undos
  /// For an order on all rows of a list.
  case select(RowsTopic)
  case orderSelected(UInt64, WireOrderSelected.OneOf_Order)
  /// What a backup would replace.
  case restorePlan

  /// What its answer may take of a connection's allowance (`SessionLimits.requestsInFlight`).
  var weight: Int {
    switch self {
    case .job: 64
    case .jobs, .tasks, .renders, .pools, .branches, .users, .whatIf, .systemJob, .events, .errorHosts, .undos: 32
    case .explain, .forecast, .journal, .select: 8
    default: 1
    }
  }
}

struct JobsQuestion: Sendable {
  var selection: JobSelection?
  var user: String
  var state: StateBits
  var after: JobID?
}

struct TasksQuestion: Sendable {
  var job: JobSelection
  var block: BlockSelection?
  var state: StateBits
  var after: TaskKey?
}

/// A task as people name it.
struct TaskPlace: Sendable {
  enum Number: Sendable {
    case index(Int64)
    case frame(Int64)
  }
  var job: JobSelection
  /// nil: the job's only block.
  var block: BlockSelection?
  var task: Number
}

struct RendersQuestion: Sendable {
  var names: [String]
  var mask: Pattern?
  var state: RenderState
  var after: RenderID?
  /// Of this pool and those below it; empty: all.
  var pool = ""
}

/// A job, a block of it, or a task.
struct ExplainQuestion: Sendable {
  var job: JobSelection
  /// nil: the job.
  var block: BlockSelection?
  /// nil: the block.
  var task: TaskPlace.Number?
}

/// What would become of the jobs if something were done.
struct WhatIfQuestion: Sendable {
  var edits: [EditRequest]
  /// Renders that take no more tasks.
  var drained: [String]

  /// Edits, and renders, of one question.
  static let limit = 100
}

struct JournalQuestion: Sendable {
  /// nil: of all.
  var object: String?
  /// Only entries with smaller numbers.
  var before: UInt64?
  var limit: Int
}

/// What the system job has to do.
struct SystemQuestion: Sendable {
  /// nil: no commands are asked for.
  var block: SystemBlock?
  var limit: Int
}

/// On which renders tasks of a job failed.
struct ErrorHostsQuestion: Sendable {
  /// The job; nil blocks and tasks: all.
  var place: ExplainQuestion
  var after: ErrorHost?
}

struct EventsQuestion: Sendable {
  /// Empty: of all.
  var object: String
  var limit: Int
}

extension Question {
  /// - Throws: `Failure(.usage)` that says what cannot be understood.
  init(_ wire: WireRequest.OneOf_Content) throws(Failure) {
    switch wire {
    case .listJobs(let list):
      self = .jobs(
        JobsQuestion(
          selection: JobSelection(list.selector), user: list.user, state: StateBits(rawValue: list.state),
          after: list.after == 0 ? nil : JobID(list.after)))
    case .getJob(let get):
      self = .job(try Self.selection(get.selector))
    case .listTasks(let list):
      self = .tasks(
        TasksQuestion(
          job: try Self.selection(list.selector), block: BlockSelection(text: list.block), state: StateBits(rawValue: list.state),
          after: list.hasAfter_p ? TaskKey(list.after) : nil))
    case .getTask(let get):
      self = .task(try TaskPlace(get.selector, block: get.block, task: get.task))
    case .listRenders(let list):
      self = .renders(
        RendersQuestion(
          names: list.names, mask: try Self.pattern(list.mask), state: RenderState(rawValue: list.state),
          after: list.after == 0 ? nil : RenderID(list.after), pool: list.pool))
    case .listUsers:
      self = .users
    case .listPools:
      self = .pools
    case .listBranches:
      self = .branches
    case .explain(let explain):
      self = .explain(
        ExplainQuestion(
          job: try Self.selection(explain.selector), block: BlockSelection(text: explain.block),
          task: explain.task.isEmpty ? nil : try TaskPlace.number(explain.task)))
    case .getForecast(let get):
      self = .forecast(try Self.selection(get.selector))
    case .whatIf(let wire):
      guard wire.edits.count <= WhatIfQuestion.limit, wire.drained.count <= WhatIfQuestion.limit else {
        throw Failure(.usage, "more than \(WhatIfQuestion.limit) changes at once")
      }
      var edits: [EditRequest] = []
      for edit in wire.edits { edits.append(try Self.edit(edit)) }
      self = .whatIf(WhatIfQuestion(edits: edits, drained: wire.drained))
    case .listJournal(let list):
      self = .journal(
        JournalQuestion(
          object: list.object.isEmpty ? nil : list.object, before: list.before == 0 ? nil : list.before,
          limit: list.limit == 0 ? 100 : Int(min(list.limit, UInt32(Limits.rowsPerPage)))))
    case .getSystemJob(let get):
      self = .systemJob(
        SystemQuestion(
          block: try Self.systemBlock(get.block),
          limit: get.limit == 0 ? Limits.rowsPerPage : Int(min(get.limit, UInt32(Limits.rowsPerPage)))))
    case .listErrorHosts(let list):
      self = .errorHosts(
        ErrorHostsQuestion(
          place: ExplainQuestion(
            job: try Self.selection(list.selector), block: BlockSelection(text: list.block),
            task: list.task.isEmpty ? nil : try TaskPlace.number(list.task)),
          after: list.hasAfter ? ErrorHost(list.after) : nil))
    case .listEvents(let list):
      self = .events(
        EventsQuestion(
          object: try Self.eventObject(list.object),
          limit: list.limit == 0 ? Limits.rowsPerPage : Int(min(list.limit, UInt32(Limits.events)))))
    case .edit(let edit):
      self = .edit(try Self.edit(edit))
    case .orderNodes(let order):
      self = .order(try NodeOrder(order))
    case .operate(let operate):
      self = .operate(try Operation(operate))
    case .operateRenders(let operate):
      guard let kind = RenderOperation(rawValue: UInt8(truncatingIfNeeded: operate.kind)) else {
        throw Failure(.usage, "the server does not know this operation (is the client newer?)")
      }
      guard !operate.names.isEmpty else { throw Failure(.usage, "no renders are named") }
      self = .operateRenders(kind, names: operate.names)
    case .undo(let undo): self = .undo(undo.number == 0 ? nil : undo.number)
    case .listUndos: self = .undos
    case .selectRows(let select): self = .select(try RowsTopic(select))
    case .orderSelected(let wire):
      guard let order = wire.order else { throw Failure(.usage, "the server does not know this order (is the client newer?)") }
      self = .orderSelected(wire.selection, order)
    case .submit, .submitPart, .append, .raiseRole, .lowerRole, .backup, .restoreBegin, .restorePart, .restoreCommit:
      throw Failure(.usage, "it is no question to the farm")
    }
  }

  static func selection(_ wire: WireJobSelector) throws(Failure) -> JobSelection {
    guard let selection = JobSelection(wire) else { throw Failure(.usage, "no job is named") }
    return selection
  }

  /// - Throws: `Failure(.notFound)` that names those there are.
  private static func systemBlock(_ text: String) throws(Failure) -> SystemBlock? {
    if text.isEmpty { return nil }
    let found = SystemBlock.allCases.first { $0.name == text } ?? Int(text).flatMap(SystemBlock.init(rawValue:))
    guard let found else {
      let names = SystemBlock.allCases.map(\.name).joined(separator: ", ")
      throw Failure(.notFound, "the system job has no block \"\(text.prefix(64))\" (its blocks are \(names))")
    }
    return found
  }

  /// - Throws: `Failure(.usage)`.
  static func eventObject(_ text: String) throws(Failure) -> String {
    guard text.utf8.count <= Limits.nameBytes + 16 else { throw Failure(.usage, "no node has so long a name") }
    return text
  }

  private static func edit(_ wire: WireEdit) throws(Failure) -> EditRequest {
    let request = try EditRequest(wire)
    try EditCheck.check(request)
    return request
  }

  /// nil for an empty text: everything.
  static func pattern(_ text: String) throws(Failure) -> Pattern? {
    if text.isEmpty { return nil }
    do { return try Pattern(text) } catch { throw Failure(.usage, "\(error)") }
  }
}

extension TaskPlace {
  init(_ selector: WireJobSelector, block: String, task: String) throws(Failure) {
    self.init(job: try Question.selection(selector), block: BlockSelection(text: block), task: try Self.number(task))
  }

  /// A number, or a frame as `f25`.
  static func number(_ task: String) throws(Failure) -> Number {
    if let index = Int64(task), index >= 0 { return .index(index) }
    if task.first == "f", let frame = Int64(task.dropFirst()) { return .frame(frame) }
    throw Failure(.usage, "\"\(task.prefix(64))\" is no task (expected its number, or a frame as f25)")
  }
}
