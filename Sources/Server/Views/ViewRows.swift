import Model

/// What a subscription is told: a snapshot of its window, or what changed in it.
struct ViewRows: Sendable {
  enum Rows: Sendable {
    case none
    case jobs([JobSummary])
    case blocks([BlockSummary])
    case tasks([TaskSummary])
    case renders([RenderSummary])
    case grid([GridRun], totalTasks: Int)
    case users([User])
    case tree([TreeRow])
    /// No blocks: they did not change.
    case system([SystemBlockSummary], [SystemTaskSummary])
    case render(RenderPageRows)
    case task(TaskPageRows)
  }

  struct User: Sendable {
    var summary: UserSummary
    var parameters: UserParameters
  }

  struct TreeRow: Sendable {
    enum Node: Sendable {
      case branch(BranchSummary)
      case job(JobSummary)
      case pool(PoolSummary)
      case render(RenderSummary)
    }
    /// 0: the root.
    var depth: Int
    var isOpen: Bool
    var node: Node
  }

  struct GridRun: Sendable, Hashable {
    var at: Int
    var letters: String
  }

  var subscription: UInt32
  var isSnapshot = false
  /// Rows of the whole list.
  var total = 0
  var first = 0
  var rows = Rows.none
  var failure: Failure?

  init(subscription: UInt32, isSnapshot: Bool = false, total: Int = 0, first: Int = 0, rows: Rows = .none, failure: Failure? = nil)
  {
    self.subscription = subscription
    self.isSnapshot = isSnapshot
    self.total = total
    self.first = first
    self.rows = rows
    self.failure = failure
  }
}
