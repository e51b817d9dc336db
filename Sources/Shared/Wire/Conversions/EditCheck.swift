public import Model

/// Looks at new values before the farm does, on nodes that nobody knows: a key that no node of the kind has and a value of the wrong
/// type or range are faults of who asks. What only the nodes themselves can say (a branch that is not there) the farm refuses.
public enum EditCheck {
  /// - Throws: `Failure(.usage)` that names the key and what was expected.
  public static func check(_ request: EditRequest) throws(Failure) {
    let changes = request.changes.filter { $0.manner == .set }.map { Edit.Change(key: $0.key, value: $0.value) }
    do throws(DocumentError) {
      switch request.target {
      case .jobs:
        var job = Self.job
        try Parameters.edit(&job, known(changes, Parameters.job))
      case .blocks:
        var job = Self.job
        // Which blocks there are to depend on, only the job knows.
        let (masks, others) = (changes.filter { dependencies.contains($0.key) }, changes.filter { !dependencies.contains($0.key) })
        try Parameters.edit(&job, block: 0, known(others, Parameters.block))
        for mask in masks {
          if let text = mask.value.string { do { _ = try Pattern(text) } catch { throw DocumentError(mask.key, "\(error)") } }
        }
      case .tasks:
        var job = Self.job
        try Parameters.edit(&job, block: 1, tasks: [0], known(changes, Parameters.task))
      case .renders:
        var render = RenderParameters()
        try Parameters.edit(&render, known(changes, Parameters.render))
      case .pools:
        var pool = PoolParameters()
        try Parameters.edit(&pool, known(changes, Parameters.pool))
      case .branches:
        var branch = BranchParameters()
        try Parameters.edit(&branch, known(changes, Parameters.branch))
      case .users:
        var user = UserParameters()
        try Parameters.edit(&user, known(changes, Parameters.user))
      }
    } catch {
      throw Failure(.usage, "\(error)")
    }
  }

  /// Without what stands beside the node's parameters (`nimby` of a render) and what is fixed: the farm answers for these.
  private static func known<Node>(_ changes: [Edit.Change], _ table: ParameterTable<Node>) -> [Edit.Change] {
    changes.filter { change in
      guard let parameter = table[change.key] ?? table[String(change.key.prefix { $0 != "." })] else { return true }
      return parameter.isInNode && parameter.isEditable
    }
  }

  private static let dependencies: Set<String> = ["depend_mask", "tasks_depend_mask"]

  /// One block of frames, one of a listed task.
  private static let job = JobSpec(
    name: "-", user: "-",
    blocks: [
      BlockSpec(name: "-1", work: .numeric(Frames(first: 1, last: 1, perTask: 1, increment: 1)), command: "-"),
      BlockSpec(name: "-2", work: .listed([TaskSpec(name: "-", command: "-")], framesPerTask: 1), command: "-"),
    ])
}
