/// How a pattern of a host mask is read (reference/afanasy.md section 1.14).
public enum MaskType: String, Hashable, Sendable, CaseIterable {
  /// Parts divided by spaces; one of them begins the name.
  case find
  /// A regular expression on the whole name.
  case regex
}

/// In which order a node gives renders to its children (section 3.3).
public enum SolveMethod: String, Hashable, Sendable, CaseIterable {
  /// Most need first: `1.1^priority / (resources + 1)`.
  case priority = "solve_priority"
  /// Highest priority first, then the older one.
  case order = "solve_order"
}

/// Which resources count in a need (section 3.3).
public enum SolveNeed: String, Hashable, Sendable, CaseIterable {
  case capacity = "solve_capacity"
  case tasksNumber = "solve_tasksnum"
}

/// What jobs, users and branches have alike: how much, where and in which order their work may run (section 1.3).
public struct WorkParameters: Hashable, Sendable {
  /// Starts a second; -1: unlimited, 0: none.
  public var maxTasksPerSecond: Int32 = -1
  /// -1: unlimited, 0: none.
  public var maxRunningTasks: Int32 = -1
  public var maxRunningTasksPerHost: Int32 = -1
  /// Empty: every render.
  public var hostsMask = ""
  /// Empty: no render.
  public var hostsMaskExclude = ""
  /// nil: `find`; a job that says nothing takes its user's.
  public var hostsMaskType: MaskType?
  /// Found anywhere in the render's system name; empty: any.
  public var needOS = ""
  /// Found anywhere in the render's `properties_host`; empty: any.
  public var needProperties = ""
  /// At least; -1: any.
  public var needPower: Int32 = -1
  public var needMemoryMB: Int32 = -1
  public var needDiskGB: Int32 = -1
  /// Weights of pools by path, -100 to 100 (section 3.6).
  public var pools: [String: Int32] = [:]
  public var solveMethod: SolveMethod = .order
  public var solveNeed: SolveNeed = .capacity

  public init() {}

  /// Of a branch until somebody says otherwise.
  public static let branchDefault: WorkParameters = {
    var work = WorkParameters()
    work.solveMethod = .priority
    work.solveNeed = .tasksNumber
    return work
  }()
}
