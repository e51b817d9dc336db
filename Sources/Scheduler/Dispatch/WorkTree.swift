import Model

/// A branch, a user in a branch, or a job, as the order of work sees it.
struct WorkNode: Sendable {
  enum Owner: Sendable, Hashable {
    /// Places in `Farm.branches`, `Farm.people`, `Farm.jobs`.
    case branch(Int)
    case user(Int)
    case job(Int)
  }

  let owner: Owner
  /// -1: of the root, or taken out.
  var parent: Int
  /// Of demands with something to start here: a job's own, a branch's or user's from its queued children.
  var classes = BitSet()
  var children = ChildQueue()
  /// Its key in its parent's queue.
  var key = RankKey()
  var isQueued = false
  /// Whether its limits let it start something.
  var isOpen = true

  var says = NodeValues()

  // Of its subtree.
  var running: Int32 = 0
  var capacity: Int64 = 0
  /// The number of the start that it was given last.
  var solved: UInt64 = 0
  var rate = StartRate()
  var use = FadingUse()

  init(_ owner: Owner, parent: Int) {
    self.owner = owner
    self.parent = parent
  }
}

/// What a node's parameters say to the order of work: numbers only, looked at with every start.
struct NodeValues: Sendable, Hashable {
  var priority: UInt8 = 0
  var isPaused = false
  var maxRunning: Int32 = -1
  var maxPerHost: Int32 = -1
  var maxPerSecond: Int32 = -1
  var method = SolveMethod.order
  var need = SolveNeed.capacity

  init() {}

  init(priority: UInt8, isPaused: Bool, _ work: WorkParameters) {
    self.priority = priority
    self.isPaused = isPaused
    maxRunning = work.maxRunningTasks
    maxPerHost = work.maxRunningTasksPerHost
    maxPerSecond = work.maxTasksPerSecond
    method = work.solveMethod
    need = work.solveNeed
  }

  /// Whether its limits let it start something, as far as they do not depend on the render.
  func allow(running: Int32, rate: StartRate, _ now: Instant) -> Bool {
    if isPaused || priority == 0 || maxPerHost == 0 { return false }
    if maxRunning >= 0, running >= maxRunning { return false }
    return rate.allows(now, limit: maxPerSecond)
  }
}

/// Starts in the current second (`max_tasks_per_second`).
struct StartRate: Sendable {
  private var second: Int64 = 0
  private var starts: Int32 = 0

  mutating func start(_ now: Instant) {
    if second != now.seconds {
      second = now.seconds
      starts = 0
    }
    starts += 1
  }

  func allows(_ now: Instant, limit: Int32) -> Bool { limit < 0 || (limit > 0 && (second != now.seconds || starts < limit)) }
}

/// Branches, their users and their jobs, each node's children in the order in which they get renders.
struct WorkTree: Sendable {
  var nodes: [WorkNode] = []
  private var vacant: [Int] = []

  mutating func add(_ owner: WorkNode.Owner, parent: Int) -> Int {
    let node = WorkNode(owner, parent: parent)
    if let place = vacant.popLast() {
      nodes[place] = node
      return place
    }
    nodes.append(node)
    return nodes.count - 1
  }

  /// - Precondition: it is not queued and has no children.
  mutating func remove(_ node: Int) {
    precondition(!nodes[node].isQueued && nodes[node].children.isEmpty)
    nodes[node] = WorkNode(.job(-1), parent: -1)
    vacant.append(node)
  }

  /// Moves a queued node to where its key says now.
  mutating func rekey(_ node: Int, _ key: RankKey) {
    guard nodes[node].isQueued, nodes[node].key != key else { return }
    nodes[nodes[node].parent].children.move(nodes[node].key, to: key)
    nodes[node].key = key
  }
}
