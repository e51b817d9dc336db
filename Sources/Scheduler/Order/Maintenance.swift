import Model

/// Maintenance jobs: each task runs only on the render whose name is the task's (reference/afanasy.md section 3.16).
extension Farm {
  /// What only the farm can check of a document.
  func checkParameters(_ spec: JobSpec) throws(Failure) {
    guard spec.parameters.maintenance else { return }
    if let index = spec.blocks.firstIndex(where: { $0.taskCount > Limits.renders }) {
      throw Failure(
        .failed, "blocks[\(index)]: a maintenance job has a task for each render, at most \(Limits.renders) in a block")
    }
  }

  /// Tasks of a maintenance job can start, or no longer: their renders suit the block, or no longer.
  mutating func namesChanged(_ block: Int) {
    guard !blocks[block].renamed.isEmpty else { return }
    let names = jobs[blocks[block].job].spec.blocks[Int(blocks[block].index.value)]
    let renders = Set(blocks[block].renamed.compactMap { renderNamePlaces[names.taskName($0)] }).sorted()
    blocks[block].renamed = []
    if !renders.isEmpty { ownRendersChanged(block, renders) }
  }

  /// Whether a job is one of maintenance, or the names of its tasks, changed: every render is asked anew.
  mutating func maintenanceChanged(_ job: Int) {
    nameTasks(job)
    let all = renders.indices.filter { !renders[$0].isGone }
    for block in jobs[job].blocks { ownRendersChanged(block, all) }
  }

  /// Learns the names of a job's tasks, or forgets them when it is no maintenance job.
  mutating func nameTasks(_ job: Int) {
    for (index, block) in jobs[job].blocks.enumerated() {
      guard jobs[job].spec.parameters.maintenance else {
        blocks[block].tasksByName = nil
        continue
      }
      var names: [String: [Int]] = [:]
      for task in 0..<blocks[block].count { names[jobs[job].spec.blocks[index].taskName(task), default: []].append(task) }
      blocks[block].tasksByName = names
    }
  }
}
