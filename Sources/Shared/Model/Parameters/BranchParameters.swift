/// What a branch says (reference/afanasy.md section 1.13).
public struct BranchParameters: Hashable, Sendable {
  public var priority = Limits.defaultPriority
  public var work = WorkParameters.branchDefault
  public var isPaused = false
  /// A job may name a branch below that does not exist yet.
  public var createsChildren = false
  /// Jobs stand side by side, whoever owns them; false: users do.
  public var solvesJobs = false
  /// Kept keys that nothing acts on: annotation, custom_data, hidden.
  public var other = JSONObject()

  public init() {}

  /// Of `/`.
  public static let root: BranchParameters = {
    var root = BranchParameters()
    root.createsChildren = true
    root.solvesJobs = true
    return root
  }()
}
