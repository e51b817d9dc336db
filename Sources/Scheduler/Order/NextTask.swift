import Model

extension Farm {
  /// Whether a block has something that may start now, on a render that suits it.
  func startableNow(_ block: Int) -> Bool {
    guard blocks[block].waitsFor == 0 else { return false }
    guard isStartable(blocks[block].job), blocks[block].counts.startable > 0 else { return false }
    return blocks[block].isPreviewOnly ? blocks[block].hasStartable : true
  }

  /// Whether a job's tasks may start at all. It is asked for one thing after the other: to ask the job as a whole would copy it, with
  /// every start.
  func isStartable(_ job: Int) -> Bool {
    if jobs[job].isOffline || jobs[job].waitsForTime || jobs[job].priority == 0 || jobs[job].heldBy > 0 { return false }
    return jobs[job].preCommands == .none && !jobs[job].isDeleted
  }

  /// The task that a block gives to a render next: what was asked to be tried first, then by `sequential` (reference/afanasy.md
  /// section 3.8). A task that avoids the render stands in nobody's way.
  ///
  /// - Returns: nil when no task of the block suits this render.
  func nextTask(_ block: Int, on render: Int) -> Int? {
    let avoiding = blocks[block].errorHosts.tasksAvoiding(render)
    if let names = blocks[block].tasksByName {
      // Section 3.16: a task runs on the render of its name only.
      return names[renders[render].name]?.first { blocks[block].startable.contains($0) && !avoiding.contains($0) }
    }
    return blocks[block].nextTask(without: avoiding)
  }

  /// Whether a task that could start may do so on this render, whatever its place in the order.
  func mayRun(_ block: Int, _ task: Int, on render: Int) -> Bool {
    if blocks[block].errorHosts.tasksAvoiding(render).contains(task) { return false }
    return blocks[block].tasksByName.map { $0[renders[render].name]?.contains(task) ?? false } ?? true
  }

  /// Whether a block had too many errors on a render (section 3.12).
  func blockAvoids(_ block: Int, _ render: Int) -> Bool { blocks[block].errorHosts.isAvoided(render) }
}
