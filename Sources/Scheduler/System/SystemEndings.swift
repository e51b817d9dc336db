import Model

/// How tasks of the system job end: done, tried again, or given up.
extension Farm {
  /// A task of the system job does not run any more, or grew old. What has ended for good goes.
  ///
  /// - Parameter result: of the run that has just ended, if one has.
  mutating func systemTaskSettled(_ block: Int, _ task: Int, _ result: RunResult? = nil) {
    guard let kind = systemBlock(block), let slot = system.lines[kind.rawValue].slots[task] else { return }
    let phase = blocks[block].base(task)
    if let result, phase == .errorReady || phase == .error { tellFailure(slot.command, block, task, result) }
    switch phase {
    case .done: free(task, block, kind, .done)
    // An event that asked for nothing, or what somebody dropped while it ran.
    case .skipped: free(task, block, kind, result?.outcome == .skipped ? .done : .dropped)
    case .error:
      giveUp(slot.command, block, task, "its retries are used up")
      free(task, block, kind, .failed)
    case .errorReady, .ready:
      guard slot.isOld else { return }
      giveUp(slot.command, block, task, "it is older than \(settings.systemTaskLife.seconds) s")
      free(task, block, kind, .failed)
    case .running, .waitingReconnect, .suspended, .waitingDependency: return
    }
  }

  /// How a command leaves its slot.
  enum SystemEnding { case done, failed, dropped }

  private mutating func giveUp(_ command: SystemCommand, _ block: Int, _ task: Int, _ why: String) {
    let text = "task \(blocks[block].key(task)) given up, since \(why): \(Self.text(command))"
    log(.error, .job(.system), text)
    journal("jobs error", "job 1", text)
  }

  private mutating func tellFailure(_ command: SystemCommand, _ block: Int, _ task: Int, _ result: RunResult) {
    let output = result.output.isEmpty ? "" : "\noutput:\n\(result.output)"
    let reason = blocks[block].reasons[UInt32(task)] ?? "failed"
    journal("tasks error", "job 1", "task \(blocks[block].key(task)): \(reason): \(Self.text(command))\(output)")
  }

  /// Whose it is and what it is, for logs: an event's data is not part of it.
  static func text(_ command: SystemCommand) -> String {
    let what = command.kind == .event ? command.taskName : String(command.text.prefix(2000))
    return "\(command.user), \(command.jobName): \(what)"
  }

  /// The slot is free again, and the command is forgotten.
  mutating func free(_ task: Int, _ block: Int, _ kind: SystemBlock, _ ending: SystemEnding) {
    guard var slot = system.lines[kind.rawValue].slots.removeValue(forKey: task) else { return }
    timers.cancel(&slot.timer)
    system.lines[kind.rawValue].bytes -= slot.command.size
    let key = blocks[block].key(task)
    switch ending {
    case .done:
      system.lines[kind.rawValue].done += 1
      // Events have a list of their own.
      if kind != .events { journal("tasks done", "job 1", "task \(key) done: \(Self.text(slot.command))") }
    case .failed: system.lines[kind.rawValue].failed += 1
    case .dropped: break
    }
    store(.deleteSystemCommand(slot.command.number))
    store(.deleteTask(key))
    _ = resetErrorHosts(block, tasks: [task..<task + 1])
    change(block) {
      $0.setErrors(task, 0)
      $0.setFlags(task, [])
      $0.reasons[UInt32(task)] = nil
    }
    move(block, task, to: .skipped)
    change(block) { $0.forget(task) }
    blocks[block].ages?[task] = nil
    changed(.task(key))
    changed(.job(.system))
    if slot.command.kind == .pre { preCommandEnded(slot.command, succeeded: ending == .done) }
  }

  /// A task of it has been a task for long. It is old when it was tried meanwhile: as in Afanasy, whose tasks are made when a render
  /// takes them.
  mutating func systemLifeIsOver(_ block: Int, _ task: Int) {
    guard let kind = systemBlock(block), system.lines[kind.rawValue].slots[task] != nil else { return }
    system.lines[kind.rawValue].slots[task]?.timer = nil
    // What was never tried is not given up: the farm was too busy, or nothing could start.
    guard blocks[block].pages[task]?.starts ?? 0 > 0, takesCommands(block) else {
      system.lines[kind.rawValue].slots[task]?.timer = timers.add(
        now + settings.systemTaskLife, .systemLife(block: block, task: task))
      return
    }
    system.lines[kind.rawValue].slots[task]?.isOld = true
    systemTaskSettled(block, task)
  }
}
