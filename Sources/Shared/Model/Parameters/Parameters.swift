/// All that can be said of nodes, and the one way in which people change it.
///
/// `edit` sets values of a node and nothing else. What follows from it is its caller's: that a job's new user or branch exists
/// and the job stands there, that a render's new pool exists. Keys of a render that are not `isInNode` (`user_name`, `nimby`,
/// `NIMBY`, `paused`) are checked by `Parameters.render.checked(_:)` and set by the caller.
///
/// An edit that throws has changed nothing. Several changes in one call are checked when all are made: a mask and its type may
/// change together.
public enum Parameters {
  public static var job: ParameterTable<JobSpec> { JobTable.table }
  public static var block: ParameterTable<BlockSpec> { BlockTable.table }
  /// Of a listed block.
  public static var task: ParameterTable<TaskSpec> { TaskTable.table }
  public static var user: ParameterTable<UserParameters> { UserTable.table }
  public static var branch: ParameterTable<BranchParameters> { BranchTable.table }
  public static var pool: ParameterTable<PoolParameters> { PoolTable.table }
  public static var render: ParameterTable<RenderParameters> { RenderTable.table }

  /// A value before and after; null for a member of a map that is not there.
  public typealias Changed = (old: JSONValue, new: JSONValue)

  // MARK: Jobs

  /// - Throws: `DocumentError` whose path is the key (or that of a block, where its mask does not fit).
  @discardableResult
  public static func edit(_ job: inout JobSpec, _ changes: [Edit.Change]) throws(DocumentError) -> [Changed] {
    var edited = job
    let changed = try make(&edited, changes, Parameters.job, edited: JobTable.table.defaults)
    guard !edited.user.isEmpty else { throw DocumentError("user_name", "expected a user's name") }
    try checkMasks(edited)
    job = edited
    return changed
  }

  @discardableResult
  public static func edit(_ job: inout JobSpec, _ change: Edit.Change) throws(DocumentError) -> Changed {
    try edit(&job, [change])[0]
  }

  /// Changes one block of a job.
  @discardableResult
  public static func edit(_ job: inout JobSpec, block: Int, _ changes: [Edit.Change]) throws(DocumentError) -> [Changed] {
    guard let changed = try edit(&job, blocks: [block], changes).first else { throw DocumentError("", "there is no such block") }
    return changed
  }

  @discardableResult
  public static func edit(_ job: inout JobSpec, block: Int, _ change: Edit.Change) throws(DocumentError) -> Changed {
    try edit(&job, block: block, [change])[0]
  }

  /// Changes several blocks of a job in the same way, all or none: their names and dependencies are checked when all are changed.
  ///
  /// - Returns: for each block, in the order of `blocks`, what each change did.
  @discardableResult
  public static func edit(
    _ job: inout JobSpec, blocks: [Int], _ changes: [Edit.Change]
  ) throws(DocumentError) -> [[Changed]] {
    var edited = job
    var all: [[Changed]] = []
    for index in blocks {
      guard edited.blocks.indices.contains(index) else { throw DocumentError("", "the job has no block \(index)") }
      var block = edited.blocks[index]
      all.append(try make(&block, changes, Parameters.block, edited: BlockTable.table.defaults))
      if changes.contains(where: { $0.key.hasPrefix("capacity_coeff_") }) {
        let isVariable = block.parameters.capacityCoeffMin > 0 || block.parameters.capacityCoeffMax > 0
        if isVariable { block.flags.insert(.variableCapacity) } else { block.flags.remove(.variableCapacity) }
      }
      if block.service.isEmpty { block.service = "generic" }
      try block.check(path: "", withTasks: changes.contains { $0.key == "command" })
      try checkMasks(of: block, as: edited.parameters.work.hostsMaskType, path: "")
      edited.blocks[index] = block
    }
    if changes.contains(where: { ["name", "depend_mask", "tasks_depend_mask"].contains($0.key) }) {
      _ = try BlockDependencies(edited.blocks)
    }
    job = edited
    return all
  }

  /// Changes tasks of a listed block, all or none.
  ///
  /// - Returns: for each task, in the order of `tasks`, what each change did.
  @discardableResult
  public static func edit(
    _ job: inout JobSpec, block: Int, tasks: [Int], _ changes: [Edit.Change]
  ) throws(DocumentError) -> [[Changed]] {
    try edit(&job, block: block, tasks: tasks) { _ in changes }
  }

  /// The same with changes of each task's own.
  @discardableResult
  public static func edit(
    _ job: inout JobSpec, block: Int, tasks: [Int], each changes: (Int) -> [Edit.Change]
  ) throws(DocumentError) -> [[Changed]] {
    guard job.blocks.indices.contains(block) else { throw DocumentError("", "the job has no block \(block)") }
    guard case .listed(var list, let perTask) = job.blocks[block].work else {
      throw DocumentError("", "the tasks of \"\(job.blocks[block].name)\" are made from frames: edit the block")
    }
    let hasCommand = !job.blocks[block].command.isBlank
    if let missing = tasks.first(where: { !list.indices.contains($0) }) {
      throw DocumentError("", "the block has no task \(missing)")
    }
    var all: [[Changed]] = []
    all.reserveCapacity(tasks.count)
    try list.update(tasks) { task throws(DocumentError) in
      all.append(try make(&task, changes(tasks[all.count]), Parameters.task, edited: TaskTable.table.defaults))
      guard hasCommand || !task.command.isBlank else {
        throw DocumentError("command", "neither the task nor its block would have a command")
      }
    }
    job.blocks[block].work = .listed(list, framesPerTask: perTask)
    return all
  }

  // MARK: Other nodes

  /// - Parameter defaults: what null restores: the farm's settings for new users.
  @discardableResult
  public static func edit(
    _ user: inout UserParameters, _ changes: [Edit.Change], defaults: UserParameters = UserParameters()
  ) throws(DocumentError) -> [Changed] {
    var edited = user
    let changed = try make(&edited, changes, Parameters.user, edited: defaults)
    try checkMasks(edited.work, as: edited.work.hostsMaskType, path: "")
    user = edited
    return changed
  }

  /// - Parameter isRoot: null restores what the root of the tree says.
  @discardableResult
  public static func edit(
    _ branch: inout BranchParameters, _ changes: [Edit.Change], isRoot: Bool = false
  ) throws(DocumentError) -> [Changed] {
    var edited = branch
    let changed = try make(&edited, changes, Parameters.branch, edited: isRoot ? .root : BranchParameters())
    try checkMasks(edited.work, as: edited.work.hostsMaskType, path: "")
    branch = edited
    return changed
  }

  /// - Parameter isRoot: null restores what the root of the tree says; its capacity and number of tasks cannot be asked of a pool
  ///   above.
  @discardableResult
  public static func edit(
    _ pool: inout PoolParameters, _ changes: [Edit.Change], isRoot: Bool = false
  ) throws(DocumentError) -> [Changed] {
    var edited = pool
    let changed = try make(&edited, changes, Parameters.pool, edited: isRoot ? .root : PoolParameters())
    if isRoot {
      let above = "the root pool has no pool above to ask: 0 or more"
      if edited.farm.capacityHost < 0 { throw DocumentError("capacity_host", above) }
      if edited.farm.maxTasksHost < 0 { throw DocumentError("max_tasks_host", above) }
      if !edited.pattern.isEmpty { throw DocumentError("pattern", "the root pool takes all renders that no other pool takes") }
    }
    pool = edited
    return changed
  }

  @discardableResult
  public static func edit(
    _ render: inout RenderParameters, _ changes: [Edit.Change]
  ) throws(DocumentError) -> [Changed] {
    try make(&render, changes, Parameters.render, edited: RenderParameters())
  }

  private static func make<Node>(
    _ node: inout Node, _ changes: [Edit.Change], _ table: ParameterTable<Node>, edited defaults: Node
  ) throws(DocumentError) -> [Changed] {
    var edited = node
    var all: [Changed] = []
    for change in changes { all.append(try table.edit(&edited, change, restoring: defaults)) }
    node = edited
    return all
  }

  // MARK: Host masks

  /// Whether the host masks of a job and its blocks compile, which the job's `hosts_mask_type` governs (section 1.3).
  ///
  /// - Parameter inherited: of a job that says nothing: its user's.
  public static func checkMasks(_ job: JobSpec, inherited: MaskType? = nil) throws(DocumentError) {
    let type = job.parameters.work.hostsMaskType ?? inherited
    guard type == .regex else { return }
    try checkMasks(job.parameters.work, as: type, path: "")
    for (index, block) in job.blocks.enumerated() { try checkMasks(of: block, as: type, path: "blocks[\(index)].") }
  }

  private static func checkMasks(_ work: WorkParameters, as type: MaskType?, path: String) throws(DocumentError) {
    guard type == .regex else { return }
    try KeyRule.checkPattern(work.hostsMask, "\(path)hosts_mask")
    try KeyRule.checkPattern(work.hostsMaskExclude, "\(path)hosts_mask_exclude")
  }

  private static func checkMasks(of block: BlockSpec, as type: MaskType?, path: String) throws(DocumentError) {
    guard type == .regex else { return }
    try KeyRule.checkPattern(block.parameters.hostsMask, "\(path)hosts_mask")
    try KeyRule.checkPattern(block.parameters.hostsMaskExclude, "\(path)hosts_mask_exclude")
  }
}

extension BlockSpec {
  /// Sets what some values say of others: coefficients make the capacity variable, a number of hosts makes a task multi-host.
  mutating func complete() {
    if parameters.capacityCoeffMin > 0 || parameters.capacityCoeffMax > 0 { flags.insert(.variableCapacity) }
    if parameters.multihostMin > 0 || parameters.multihostMax > 0 {
      flags.insert(.multiHost)
      if parameters.multihostMin == 0 { parameters.multihostMin = 1 }
      if parameters.multihostMax == 0 { parameters.multihostMax = parameters.multihostMin }
    }
  }

  /// What its values must have in common.
  ///
  /// - Parameter withTasks: each task too, of which there may be millions.
  func check(path: String, withTasks: Bool = true) throws(DocumentError) {
    func place(_ key: String) -> String { path.isEmpty ? key : path + "." + key }
    guard !name.isEmpty else { throw DocumentError(place("name"), "expected the block's name, a string that is not empty") }
    let own = parameters
    if own.capacityCoeffMax > 0, own.capacityCoeffMin > own.capacityCoeffMax {
      throw DocumentError(
        place("capacity_coeff_max"), "\(own.capacityCoeffMax) is less than capacity_coeff_min \(own.capacityCoeffMin)")
    }
    if own.fileSizeMax >= 0, own.fileSizeMin > own.fileSizeMax {
      throw DocumentError(place("file_size_max"), "\(own.fileSizeMax) is less than file_size_min \(own.fileSizeMin)")
    }
    if case .listed(_, let perTask) = work, perTask == 0 {
      throw DocumentError(place("frames_per_task"), "expected a number other than 0")
    }
    if flags.contains(.multiHost) {
      guard own.multihostMin > 0 else { throw DocumentError(place("multihost_min"), "expected 1 or more in a multi-host block") }
      guard own.multihostMax >= own.multihostMin else {
        throw DocumentError(place("multihost_max"), "\(own.multihostMax) is less than multihost_min \(own.multihostMin)")
      }
    }
    guard command.isBlank else { return }
    switch work {
    case .numeric: throw DocumentError(place("command"), "expected a command for the frames of this block")
    case .listed(let tasks, _):
      guard withTasks, let task = tasks.firstWithoutCommand else { return }
      throw DocumentError(place("tasks[\(task)].command"), "neither the task nor its block has a command")
    }
  }
}
