import Model
import Wire

/// What a subscription shows.
enum Topic: Sendable {
  case jobs(JobsTopic)
  case blocks(JobID)
  case tasks(TasksTopic)
  case grid(GridTopic)
  case renders(RendersTopic)
  case log(LogTopic)
  case events(FeedTopic)
  case users(UsersTopic)
  case work(WorkTopic)
  case farm(FarmTopic)
  case heat(HeatTopic)
  case system(SystemBlock)
  case render(RenderID)
  case task(TaskKey)
  case serverLog(FeedTopic)
  case journal(FeedTopic)
}

struct JobsTopic: Sendable, Hashable {
  enum Order: Sendable {
    case id, name, user, priority, state, percent, running, ready, waiting, done, skipped, errors, blocks, created, started,
      finished
  }
  var user = ""
  var state: StateBits = []
  var mask: Pattern?
  var order = Order.id
  var isDescending = false
  /// Only these, ascending; empty: all.
  var ids: [JobID] = []
  var filter = RowFilter<JobField>()

  /// Whether all jobs are shown.
  var isWhole: Bool { user.isEmpty && state.isEmpty && mask == nil && ids.isEmpty && filter.isEmpty }
}

struct TasksTopic: Sendable, Hashable {
  var job: JobID
  /// nil: all.
  var block: BlockIndex?
  var state: StateBits = []
}

struct GridTopic: Sendable, Hashable {
  var job: JobID
  var block: BlockIndex
  /// A multiple of `perCell`.
  var first: Int
  /// At most 65536.
  var cells: Int
  var perCell: Int
}

struct RendersTopic: Sendable, Hashable {
  enum Order: Sendable { case name, state, load, memory, tasks, cpu, cores, gpu, capacity, priority, user, os }
  var state: RenderState = []
  var mask: Pattern?
  var order = Order.name
  var isDescending = false
  var filter = RowFilter<RenderField>()
}

struct UsersTopic: Sendable, Hashable {
  enum Order: Sendable { case name, jobs, running, priority }
  var mask: Pattern?
  var order = Order.name
  var isDescending = false
}

struct WorkTopic: Sendable, Hashable {
  var jobs: JobsTopic
  /// Paths of branches whose content is not shown.
  var closed: Set<String> = []
}

struct FarmTopic: Sendable, Hashable {
  var renders: RendersTopic
  /// Paths of pools whose content is not shown.
  var closed: Set<String> = []
}

struct HeatTopic: Sendable, Hashable {
  var renders: RendersTopic
  /// A multiple of `perCell`.
  var first: Int
  var cells: Int
  var perCell: Int
  /// Load instead of state.
  var isLoad: Bool
}

struct LogTopic: Sendable {
  var place: TaskPlace
  /// 0: the last.
  var start: Int32
  var offset: UInt64
  var isFollowed: Bool
}

/// Rows `first ..< first + count` of a list.
struct ViewWindow: Sendable, Hashable {
  var first: Int
  var count: Int

  init(first: Int, count: Int) {
    self.first = max(0, first)
    self.count = max(0, min(count, Limits.rowsPerWindow))
  }

  init(_ wire: WireWindow) {
    self.init(first: Int(min(wire.first, 1 << 40)), count: Int(wire.count))
  }

  func range(of total: Int) -> Range<Int> { min(first, total)..<min(first + count, total) }
}

extension Topic {
  /// Whether both are the same list, so that only the window differs.
  func isSameList(as other: Topic) -> Bool {
    switch (self, other) {
    case (.jobs(let a), .jobs(let b)): a == b
    case (.blocks(let a), .blocks(let b)): a == b
    case (.tasks(let a), .tasks(let b)): a == b
    case (.grid(let a), .grid(let b)): a == b
    case (.renders(let a), .renders(let b)): a == b
    case (.users(let a), .users(let b)): a == b
    case (.work(let a), .work(let b)): a == b
    case (.farm(let a), .farm(let b)): a == b
    case (.heat(let a), .heat(let b)): a == b
    case (.system(let a), .system(let b)): a == b
    case (.render(let a), .render(let b)): a == b
    case (.task(let a), .task(let b)): a == b
    default: false
    }
  }

  /// Cells of one grid.
  static let gridCells = 65_536

  /// - Throws: `Failure(.usage)` that says what cannot be understood.
  init(_ wire: WireSubscribe) throws(Failure) {
    switch wire.topic {
    case .jobs(let view): self = .jobs(try JobsTopic(view))
    case .blocks(let view):
      self = .blocks(JobID(view.job))
    case .tasks(let view):
      self = .tasks(
        TasksTopic(
          job: JobID(view.job), block: UInt16(exactly: view.block).map { BlockIndex($0) }, state: StateBits(rawValue: view.state)))
    case .grid(let view):
      guard let block = UInt16(exactly: view.block), view.perCell > 0, view.perCell <= Limits.tasksPerBlock,
        view.cells <= Self.gridCells, view.first <= Limits.tasksPerBlock
      else { throw Failure(.usage, "a grid has at most \(Self.gridCells) cells of one task or more each") }
      self = .grid(
        GridTopic(
          job: JobID(view.job), block: BlockIndex(block), first: Int(view.first), cells: Int(view.cells), perCell: Int(view.perCell)
        ))
    case .renders(let view): self = .renders(try RendersTopic(view))
    case .log(let view):
      self = .log(
        LogTopic(
          place: try TaskPlace(view.selector, block: view.block, task: view.task), start: max(0, view.start), offset: view.offset,
          isFollowed: view.follow))
    case .events(let view):
      self = .events(
        FeedTopic(after: view.after, last: min(Int(view.last), Limits.events), object: try Question.eventObject(view.object)))
    case .users(let view):
      let order: UsersTopic.Order =
        switch view.order {
        case .jobs: .jobs
        case .running: .running
        case .priority: .priority
        default: .name
        }
      self = .users(UsersTopic(mask: try Question.pattern(view.mask), order: order, isDescending: view.descending))
    case .work(let view): self = .work(WorkTopic(jobs: try JobsTopic(view.jobs), closed: try Self.closed(view.closed)))
    case .farm(let view): self = .farm(FarmTopic(renders: try RendersTopic(view.renders), closed: try Self.closed(view.closed)))
    case .heat(let view):
      guard view.perCell > 0, view.perCell <= Limits.renders, view.cells <= Self.gridCells, view.first <= Limits.renders else {
        throw Failure(.usage, "a map has at most \(Self.gridCells) cells of one render or more each")
      }
      self = .heat(
        HeatTopic(
          renders: try RendersTopic(view.renders), first: Int(view.first), cells: Int(view.cells), perCell: Int(view.perCell),
          isLoad: view.load))
    case .system(let view):
      guard let block = SystemBlock(rawValue: Int(view.block)) else {
        throw Failure(.usage, "the system job has no block \(view.block)")
      }
      self = .system(block)
    case .render(let view): self = .render(RenderID(view.render))
    case .task(let view):
      guard UInt16(exactly: view.task.block) != nil else {
        throw Failure(.usage, "no job has a block \(view.task.block)")
      }
      self = .task(TaskKey(view.task))
    case .serverLog(let view): self = .serverLog(FeedTopic(after: view.after, last: min(Int(view.last), Limits.serverLines)))
    case .journal(let view): self = .journal(FeedTopic(after: view.after, last: min(Int(view.last), Limits.journalRows)))
    case nil:
      throw Failure(.usage, "the server does not know this view (is the client newer?)")
    }
  }
}

extension Topic {
  /// - Throws: `Failure(.usage)`.
  private static func closed(_ paths: [String]) throws(Failure) -> Set<String> {
    guard paths.count <= Limits.closedNodes, paths.allSatisfy({ $0.utf8.count <= Limits.nameBytes }) else {
      throw Failure(.usage, "more than \(Limits.closedNodes) nodes are closed, or a path is longer than \(Limits.nameBytes) bytes")
    }
    return Set(paths)
  }
}

extension JobsTopic {
  /// - Throws: `Failure(.usage)`.
  init(_ view: WireJobsView) throws(Failure) {
    let order: Order =
      switch view.order {
      case .name: .name
      case .user: .user
      case .priority: .priority
      case .state: .state
      case .percent: .percent
      case .running: .running
      case .ready: .ready
      case .waiting: .waiting
      case .done: .done
      case .skipped: .skipped
      case .errors: .errors
      case .blocks: .blocks
      case .created: .created
      case .started: .started
      case .finished: .finished
      default: .id
      }
    guard view.ids.count <= 100_000 else { throw Failure(.usage, "more than 100000 jobs are named") }
    self.init(
      user: view.user, state: StateBits(rawValue: view.state), mask: try Question.pattern(view.mask), order: order,
      isDescending: view.descending, ids: Set(view.ids).sorted().map(JobID.init), filter: try RowFilter(view.terms))
  }
}

extension RendersTopic {
  /// - Throws: `Failure(.usage)`.
  init(_ view: WireRendersView) throws(Failure) {
    let order: Order =
      switch view.order {
      case .state: .state
      case .load: .load
      case .memory: .memory
      case .tasks: .tasks
      case .cpu: .cpu
      case .cores: .cores
      case .gpu: .gpu
      case .capacity: .capacity
      case .priority: .priority
      case .user: .user
      case .os: .os
      default: .name
      }
    self.init(
      state: RenderState(rawValue: view.state), mask: try Question.pattern(view.mask), order: order, isDescending: view.descending,
      filter: try RowFilter(view.terms))
  }
}
