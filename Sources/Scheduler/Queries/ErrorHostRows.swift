public import Model

/// On which renders blocks and tasks failed, and which of them they avoid (reference/afanasy.md sections 1.5 and 3.12: `p_error_hosts`,
/// `p_avoid_hosts`, `get_error_hosts`).
extension Farm {
  /// A page of a job's error hosts: by block, then by the renders' names, each with the block's errors before those of its tasks.
  ///
  /// - Parameters:
  ///   - block: nil: all blocks.
  ///   - task: only this task of the block, and the block's own rows for the renders on which it failed; nil: all.
  ///   - after: only what comes after this row.
  /// - Returns: at most `limit` rows, and whether more follow. O(e log e) for e errors of the blocks asked for.
  public func errorHosts(
    of id: JobID, block: BlockIndex? = nil, task: TaskIndex? = nil, after: ErrorHost? = nil, limit: Int
  ) -> (rows: [ErrorHost], more: Bool) {
    guard let job = found(id) else { return ([], false) }
    var rows: [ErrorHost] = []
    for (index, place) in job.blocks.enumerated() where block.map({ Int($0.value) == index }) ?? true {
      if let after, Int(after.block.value) > index { continue }
      let all = errorHosts(place, task.map { Int($0.value) })
      for row in all {
        if let after, after.block == row.block, !Self.isBefore(after, row) { continue }
        if rows.count >= limit { return (rows, true) }
        rows.append(row)
      }
    }
    return (rows, false)
  }

  private func errorHosts(_ block: Int, _ task: Int?) -> [ErrorHost] {
    let hosts = blocks[block].errorHosts
    if hosts.isEmpty { return [] }
    let forgiveness = errorPolicy(block).forgiveness
    var rows: [ErrorHost] = []
    for (place, errors) in hosts.all {
      if let task {
        guard place.task == task || place.task == nil && hosts.all[ErrorHosts.Place(task: task, render: place.render)] != nil else {
          continue
        }
      }
      let avoids = place.task.map { hosts.tasksAvoiding(place.render).contains($0) } ?? hosts.isAvoided(place.render)
      rows.append(
        ErrorHost(
          block: blocks[block].index, task: place.task.map { TaskIndex($0) }, render: renders[place.render].id,
          name: renders[place.render].name, errors: errors.count, isAvoided: avoids, last: errors.last,
          forgiven: forgiveness.map { errors.last + $0 } ?? .never))
    }
    return rows.sorted(by: Self.isBefore)
  }

  /// In the order of a page.
  private static func isBefore(_ a: ErrorHost, _ b: ErrorHost) -> Bool {
    (a.block, a.name, a.task.map { Int($0.value) } ?? -1) < (b.block, b.name, b.task.map { Int($0.value) } ?? -1)
  }
}
