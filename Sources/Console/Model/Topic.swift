public import Model

/// Which jobs a list shows, and in what order. The server filters and sorts; the console never holds more than a window.
public struct JobsQuery: Hashable, Sendable {
  public enum Order: String, Hashable, Sendable, CaseIterable {
    case id, name, user, priority, state, percent, running, ready, waiting, done, skipped, errors, blocks, created, started,
      finished
  }
  /// Empty: of all users.
  public var user = ""
  /// Any of these; empty: all.
  public var state: StateBits = []
  /// Regular expression, found anywhere in the name; empty: all.
  public var mask = ""
  public var order = Order.id
  public var isDescending = false
  /// Only these; empty: all.
  public var ids: [JobID] = []
  /// What must hold besides.
  public var terms: [FilterTerm] = []
  public init() {}

  /// Whether it leaves jobs out.
  var isFilter: Bool { !user.isEmpty || !state.isEmpty || !mask.isEmpty || !terms.isEmpty }
}

/// Which renders a list shows, and in what order.
public struct RendersQuery: Hashable, Sendable {
  public enum Order: String, Hashable, Sendable, CaseIterable {
    case name, state, load, memory, tasks, cpu, cores, gpu, capacity, priority, user, os
  }
  public var state: RenderState = []
  public var mask = ""
  public var order = Order.name
  public var isDescending = false
  public var terms: [FilterTerm] = []
  public init() {}

  var isFilter: Bool { !state.isEmpty || !mask.isEmpty || !terms.isEmpty }
}

/// Which tasks of a job a list shows; they come in the order of their numbers.
public struct TasksQuery: Hashable, Sendable {
  public var job: JobID
  /// nil: of all blocks.
  public var block: BlockIndex?
  public var state: StateBits = []

  public init(job: JobID, block: BlockIndex?, state: StateBits = []) {
    self.job = job
    self.block = block
    self.state = state
  }
}

/// The cells that stand for a block's tasks.
public struct GridQuery: Hashable, Sendable {
  public var job: JobID
  public var block: BlockIndex
  /// First task; a multiple of `perCell`.
  public var first: Int
  public var cells: Int
  /// Tasks that one cell stands for, from 1.
  public var perCell: Int
}

extension GridQuery {
  var range: CellRange { CellRange(first: first, cells: cells, perCell: perCell) }
}

/// Which users a list shows, and in what order.
public struct UsersQuery: Hashable, Sendable {
  public enum Order: String, Hashable, Sendable, CaseIterable { case name, jobs, running, priority }
  public var mask = ""
  public var order = Order.name
  public var isDescending = false
  public init() {}

  var isFilter: Bool { !mask.isEmpty }
}

/// The tree of branches: which jobs in which order, and what is closed.
public struct WorkQuery: Hashable, Sendable {
  public var jobs: JobsQuery
  public var closed: Set<String>
}

/// The tree of pools likewise.
public struct FarmQuery: Hashable, Sendable {
  public var renders: RendersQuery
  public var closed: Set<String>
}

/// The cells that stand for the renders of a list.
public struct HeatQuery: Hashable, Sendable {
  public var renders: RendersQuery
  /// A multiple of `perCell`.
  public var first: Int
  public var cells: Int
  public var perCell: Int
  /// Load instead of state.
  public var isLoad: Bool
  var range: CellRange { CellRange(first: first, cells: cells, perCell: perCell) }
}

/// Events, or lines of the log or of the journal, after this one; 0: the last ones that are kept.
public struct EventsQuery: Hashable, Sendable {
  public var after: UInt64
  public var last: Int
}

/// The output of a run of a task.
public struct LogQuery: Hashable, Sendable {
  public var task: TaskKey
  /// Which start; 0: the last.
  public var start: Int32
  /// First byte that is wanted.
  public var offset: UInt64
}

/// What a subscription shows.
public enum Topic: Hashable, Sendable {
  case jobs(JobsQuery)
  case blocks(JobID)
  case tasks(TasksQuery)
  case grid(GridQuery)
  case renders(RendersQuery)
  case log(LogQuery)
  case users(UsersQuery)
  case work(WorkQuery)
  case farm(FarmQuery)
  case heat(HeatQuery)
  case system(SystemBlock)
  case events(EventsQuery)
  case render(RenderID)
  case task(TaskKey)
  /// The server's own log.
  case serverLog(EventsQuery)
  case journal(EventsQuery)

  /// Whether a subscription to this can be turned into one to `other` in place. Only where each row that may still be under way
  /// for the old one carries its own id; otherwise a late one would be taken for the new one's.
  func canBecome(_ other: Topic) -> Bool {
    switch (self, other) {
    case (.jobs, .jobs), (.renders, .renders), (.users, .users), (.work, .work), (.farm, .farm): true
    case (.tasks(let a), .tasks(let b)): a.job == b.job && a.block == b.block
    default: false
    }
  }
}

/// Rows `first` to `first + count - 1` of a list.
public struct Window: Hashable, Sendable {
  public var first: Int
  public var count: Int
  public init(first: Int, count: Int) {
    self.first = first
    self.count = count
  }

  func covers(_ range: Range<Int>) -> Bool { range.lowerBound >= first && range.upperBound <= first + count }
}

/// The console's own number for a subscription; never used again for something else.
public typealias SubscriptionNumber = UInt32
