import Model

extension Farm {
  /// Lets the blocks of a job wait for each other as their masks say now: who waits for whom is found out anew. O(waiting tasks).
  mutating func rewire(_ job: Int, _ dependencies: BlockDependencies) {
    let places = jobs[job].blocks
    for block in places {
      change(block) {
        $0.releaseWaiting()
        $0.waitsFor = 0
      }
      blocks[block].needs = []
      blocks[block].dependents = []
      blocks[block].taskDependents = []
    }
    wire(places, dependencies)
    settleWaits(job)
    for block in places { changed(.block(blocks[block].id, blocks[block].index)) }
  }

  /// Lets blocks know whom they wait for, and who waits for them.
  mutating func wire(_ places: [Int], _ dependencies: BlockDependencies) {
    for (index, block) in places.enumerated() {
      change(block) { $0.waitsFor = dependencies.whole[index].count }
      blocks[block].needs = dependencies.perTask[index].map { places[$0] }
      for need in dependencies.whole[index] { blocks[places[need]].dependents.append(block) }
      for need in dependencies.perTask[index] { blocks[places[need]].taskDependents.append(block) }
    }
  }
}

extension Block {
  /// Lets all go on that wait for tasks of other blocks.
  mutating func releaseWaiting() {
    var from = 0
    while let task = waiting.next(from: from) {
      from = task + 1
      let base = base(task)
      move(task, to: base, standing: base)
    }
  }
}
