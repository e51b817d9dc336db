public import Model

/// A user as a list shows it, with what somebody set on it.
public struct UserRow: Sendable, Hashable {
  public var summary: UserSummary
  /// Afanasy's keys; what is not in it is as it is by default.
  public var parameters: JSONObject
  public init(summary: UserSummary, parameters: JSONObject) {
    self.summary = summary
    self.parameters = parameters
  }
}

extension UserRow: ListRow {
  var rowID: String { summary.name }
  var rowName: String { summary.name }
}

/// A row of the tree of work or of the farm.
public struct TreeRow: Sendable, Hashable {
  public enum Node: Sendable, Hashable {
    case branch(BranchSummary)
    case job(JobSummary)
    case pool(PoolSummary)
    case render(RenderSummary)
  }
  /// 0: the root.
  public var depth: Int
  /// Its content is shown below it.
  public var isOpen: Bool
  public var node: Node
  /// Of branches and pools: what somebody set.
  public var parameters: JSONObject
  public init(depth: Int, isOpen: Bool, node: Node, parameters: JSONObject = JSONObject()) {
    self.depth = depth
    self.isOpen = isOpen
    self.node = node
    self.parameters = parameters
  }

  /// Of a branch or a pool.
  var path: String? {
    switch node {
    case .branch(let row): row.path
    case .pool(let row): row.path
    case .job, .render: nil
    }
  }
  var job: JobSummary? { if case .job(let row) = node { row } else { nil } }
  var render: RenderSummary? { if case .render(let row) = node { row } else { nil } }
}

extension TreeRow: ListRow {
  enum RowID: Hashable, Sendable {
    case branch(String)
    case job(JobID)
    case pool(String)
    case render(RenderID)
  }
  var rowID: RowID {
    switch node {
    case .branch(let row): .branch(row.path)
    case .job(let row): .job(row.id)
    case .pool(let row): .pool(row.path)
    case .render(let row): .render(row.id)
    }
  }
  var rowName: String {
    switch node {
    case .branch(let row): row.path
    case .job(let row): row.name
    case .pool(let row): row.path
    case .render(let row): row.name
    }
  }
  func isFound(by search: Search) -> Bool { search.isFound(in: rowName) || search.isFound(in: job?.user ?? "") }
}

extension SystemTaskSummary: ListRow {
  var rowID: UInt64 { command.number }
  var rowName: String { command.text }
  func isFound(by search: Search) -> Bool {
    [command.text, command.jobName, command.user, render].contains { search.isFound(in: $0) }
  }
}

/// Something that happened on the farm.
public struct EventRow: Sendable, Hashable {
  public var number: UInt64
  public var time: Instant
  /// As the server calls it, known to this program or not.
  public var name: String
  /// `job 14`, `render r01`.
  public var object: String
  public var user: String
  public var info: String
  /// The event service was asked.
  public var isSent: Bool
  public init(number: UInt64, time: Instant, name: String, object: String, user: String, info: String, isSent: Bool) {
    self.number = number
    self.time = time
    self.name = name
    self.object = object
    self.user = user
    self.info = info
    self.isSent = isSent
  }
}

extension EventRow: FeedRow {
  var rowID: UInt64 { number }
  var rowName: String { "\(name) \(object)" }
  var line: String { "\(name) \(object) \(user) \(info)" }
  var isTrouble: Bool {
    switch EventName(rawValue: name) {
    case .jobError, .renderSick, .renderOverload, .renderWakeFailed, .renderZombie: true
    case .jobCreated, .jobDone, .jobDeleted, .renderNoTask, nil: false
    }
  }
}

/// A line of the server's own log.
public struct ServerLine: Sendable, Hashable {
  public var number: UInt64
  public var time: Instant
  /// `notice`, `error`…
  public var level: String
  public var text: String
  public init(number: UInt64, time: Instant, level: String, text: String) {
    self.number = number
    self.time = time
    self.level = level
    self.text = text
  }
}

extension ServerLine: FeedRow {
  var rowID: UInt64 { number }
  var rowName: String { text }
  var object: String { "" }
  var line: String { "\(level) \(text)" }
  var isTrouble: Bool { ["warning", "error", "critical"].contains(level) }
}

extension JournalEntry: FeedRow {
  var rowID: UInt64 { number }
  var rowName: String { "\(type) \(object)" }
  var line: String { "\(subject) \(type) \(object) \(info)" }
  var isTrouble: Bool { ["error", "sick", "circle"].contains { type.hasSuffix(" \($0)") } }
}
