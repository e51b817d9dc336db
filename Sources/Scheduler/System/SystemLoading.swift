import Model

/// The system job of a farm that is loaded.
extension Farm {
  /// The job as the settings are now, with as many slots as are in use, and every command where it was.
  mutating func loadSystem(_ stored: StoredJob, _ commands: [StoredSystemCommand]) {
    let most = commands.compactMap { $0.task.map { Int($0.value) + 1 } }.max() ?? 0
    let spec = systemSpec(stored.spec, tasks: max(Int(settings.systemTasksMax), min(most, 1 << 16)))
    if spec != stored.spec { repairs.append(.store(.putJobParameters(.system, spec))) }
    let user = userPlace(SystemJob.user)
    if !people[user].isStored {
      people[user].isStored = true
      repairs.append(.store(.putUser(people[user].stored)))
    }
    var job = Job(
      id: .system, spec: spec, user: user, priority: stored.state.priority, isOffline: stored.state.isOffline, blocks: [],
      created: stored.state.created)
    job.started = stored.state.started
    putSystem(job)
    for entry in commands.sorted(by: { $0.command.number < $1.command.number }) {
      let kind = entry.command.kind.block
      guard let block = place(of: kind) else { continue }
      if let task = entry.task.map({ Int($0.value) }), task < blocks[block].count, system.lines[kind.rawValue].slots[task] == nil {
        take(entry.command, task, block, kind)
      } else {
        system.lines[kind.rawValue].append(entry.command)
      }
      if entry.command.kind == .pre, let job = entry.command.job.flatMap({ jobPlaces[$0] }) { jobs[job].preCommandsLeft += 1 }
    }
  }

  /// Whether a task or run of the system job that was stored still belongs to a command.
  func isKnown(_ key: TaskKey) -> Bool {
    guard key.job == .system, let kind = SystemBlock(rawValue: Int(key.block.value)), system.place != nil else { return true }
    return system.lines[kind.rawValue].slots[Int(key.task.value)] != nil
  }

  /// After its tasks and runs were loaded: what had ended, or was dropped while it ran, goes.
  mutating func settleLoadedSystem() {
    guard let place = system.place else { return }
    for kind in SystemBlock.allCases {
      let block = jobs[place].blocks[kind.rawValue]
      for task in system.lines[kind.rawValue].slots.keys.sorted() {
        let ending: SystemEnding? =
          switch blocks[block].base(task) {
          case .done: .done
          case .skipped: .dropped
          case .error: .failed
          default: nil
          }
        if let ending { free(task, block, kind, ending) }
      }
    }
  }
}
