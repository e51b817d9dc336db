public import Model

/// What the system job does.
extension Farm {
  /// Its blocks; empty before the farm listens. O(renders / 64).
  public func systemBlocks() -> [SystemBlockSummary] {
    guard let place = system.place else { return [] }
    return SystemBlock.allCases.map { kind in
      let block = jobs[place].blocks[kind.rawValue]
      let counts = blocks[block].counts
      let line = system.lines[kind.rawValue]
      var summary = SystemBlockSummary(block: kind, service: jobs[place].spec.blocks[kind.rawValue].service)
      summary.waiting = line.waiting
      summary.ready = Int(counts[.ready])
      summary.running = Int(counts.out)
      summary.retrying = Int(counts[.errorReady])
      summary.done = line.done
      summary.failed = line.failed
      var online = solver.classes[blocks[block].demand].renders
      online.formIntersection(solver.online)
      summary.renders = online.members.count
      return summary
    }
  }

  /// Its tasks by number, then the commands that wait to become tasks, in their order.
  public func systemTasks(_ kind: SystemBlock, limit: Int) -> [SystemTaskSummary] { systemTasks(kind, in: 0..<max(0, limit)) }

  /// Tasks and waiting commands.
  public func systemTaskCount(_ kind: SystemBlock) -> Int {
    system.place == nil ? 0 : system.lines[kind.rawValue].slots.count + system.lines[kind.rawValue].commands.count
  }

  /// Those of a range of places. O(tasks + rows).
  public func systemTasks(_ kind: SystemBlock, in range: Range<Int>) -> [SystemTaskSummary] {
    guard let place = system.place else { return [] }
    let block = jobs[place].blocks[kind.rawValue]
    let line = system.lines[kind.rawValue]
    var found: [SystemTaskSummary] = []
    for task in line.slots.keys.sorted().dropFirst(range.lowerBound).prefix(range.count) {
      guard let slot = line.slots[task] else { continue }
      let record = blocks[block].pages[task]
      found.append(
        SystemTaskSummary(
          command: slot.command, key: blocks[block].key(task), phase: blocks[block].phase(task), starts: record?.starts ?? 0,
          errors: record?.errors ?? 0,
          render: record.flatMap { renderPlaces[RenderID($0.render)] }.map { renders[$0].name } ?? "",
          reason: blocks[block].reasons[UInt32(task)] ?? ""))
    }
    let skipped = max(0, range.lowerBound - line.slots.count)
    for command in line.commands.dropFirst(skipped).prefix(range.count - found.count) {
      found.append(SystemTaskSummary(command: command))
    }
    return found
  }
}
