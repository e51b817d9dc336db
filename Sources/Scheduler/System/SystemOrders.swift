import Model

/// What people, and others that it works for, do to the system job.
extension Farm {
  /// Does to the system job what is otherwise done to it than to any job.
  ///
  /// - Returns: false: it is done as to any job.
  mutating func operateSystem(_ operation: Operation, _ outcome: inout OperationOutcome) throws(Failure) -> Bool {
    switch operation.kind {
    case .start, .pause, .stop, .resetErrorHosts, .restartRunning, .restartErrors: return false
    case .restart, .restartPause, .skip:
      guard let job = system.place else { return false }
      if operation.kind == .restartPause { _ = setOffline(job, true) }
      var dropped = 0
      for target in try targets(operation, in: job) { dropped += drop(target, withLine: operation.kind != .skip) }
      outcome.isDone = true
      outcome.changedTasks = Int32(clamping: dropped)
      outcome.message = dropped == 0 ? "nothing to drop" : "dropped \(number(dropped, "command"))"
      return true
    case .delete:
      throw Failure(.failed, "the system job cannot be deleted (reeve sysjob restart BLOCK drops what it has to do)")
    default: throw Failure(.failed, "\(operation.kind.word) is not for the system job")
    }
  }

  /// Drops the commands of some tasks, and those that wait in line if these are meant too.
  private mutating func drop(_ target: TaskTarget, withLine: Bool) -> Int {
    let block = target.block
    guard let kind = systemBlock(block) else { return 0 }
    var dropped = 0
    if withLine {
      while let command = system.lines[kind.rawValue].popFirst() {
        store(.deleteSystemCommand(command.number))
        if command.kind == .pre { preCommandEnded(command, succeeded: false, because: "it was dropped") }
        dropped += 1
      }
    }
    for task in system.lines[kind.rawValue].slots.keys.sorted() where target.ranges.contains(where: { $0.contains(task) }) {
      dropped += 1
      drop(task, block, kind)
    }
    return dropped
  }

  private mutating func drop(_ task: Int, _ block: Int, _ kind: SystemBlock) {
    if !blocks[block].base(task).isOut {
      free(task, block, kind, .dropped)
    } else if let run = runPlace(block, task) {
      requestStop(run, .skip)
    }
  }

  /// Nobody waits for these calls any more: the render is awake, or gone. One that is under way may end.
  mutating func dropWakes(of id: RenderID) { drop(.wakeOnLan) { $0.render == id } }

  /// A job that was refused takes its commands with it. What was to start of them was never sent.
  mutating func dropCommands(of id: JobID) {
    for kind in [SystemBlock.postCommands, .events] {
      guard let block = place(of: kind) else { continue }
      for task in system.lines[kind.rawValue].slots.keys.sorted() where system.lines[kind.rawValue].slots[task]?.command.job == id {
        guard let place = runPlace(block, task), let run = runs[place] else { continue }
        store(.deleteRun(run.lease))
        detach(place)
        index(run.render, isFreer: true)
        changed(.render(renders[run.render].id))
        free(task, block, kind, .dropped)
      }
      drop(kind) { $0.job == id }
    }
  }

  /// Drops the commands that are meant, in line and in slots, but for those that run.
  private mutating func drop(_ kind: SystemBlock, where isMeant: (SystemCommand) -> Bool) {
    guard let block = place(of: kind) else { return }
    for command in system.lines[kind.rawValue].removeAll(where: isMeant) { store(.deleteSystemCommand(command.number)) }
    for task in system.lines[kind.rawValue].slots.keys.sorted() where !blocks[block].base(task).isOut {
      if let command = system.lines[kind.rawValue].slots[task]?.command, isMeant(command) { free(task, block, kind, .dropped) }
    }
  }

  /// What of the system job and its blocks nobody may change.
  static func faultOfSystemEdit(_ changes: [Edit.Change], ofBlock: Bool) -> DocumentError? {
    let fixed =
      ofBlock
      ? [
        "name", "service", "flags", "command", "tasks_name", "working_directory", "files", "file_size_min", "file_size_max",
        "command_pre", "command_post", "sequential", "depend_mask", "tasks_depend_mask", "multihost_service",
        "multihost_max_wait", "multihost_service_wait", "capacity_coeff_min", "capacity_coeff_max",
      ]
      : [
        "user_name", "branch", "time_wait", "time_life", "depend_mask", "depend_mask_global", "ppa", "maintenance", "preempt",
        "command_pre", "command_post",
      ]
    guard let key = changes.map(\.key).first(where: fixed.contains) else { return nil }
    return DocumentError(
      key, key == "service" ? "the configuration says it (af_sysjob_…_service)" : "it is fixed for the system job")
  }
}
