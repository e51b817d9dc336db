import Model

/// Tasks of one block that an operation means.
struct TaskTarget: Sendable {
  /// Place in `Farm.blocks`.
  let block: Int
  /// Ascending, apart from each other, not empty.
  let ranges: [Range<Int>]
  let isWholeBlock: Bool
}

extension Farm {
  /// The tasks that an operation means in a job.
  ///
  /// - Throws: `.notFound` when the job has no such block or none of the tasks.
  func targets(_ operation: Operation, in job: Int) throws(Failure) -> [TaskTarget] {
    let id = jobs[job].id
    var places = jobs[job].blocks
    if let selection = operation.block {
      guard let index = blockIndex(selection, of: id) else {
        switch selection {
        case .index(let index): throw Failure(.notFound, "it has no block \(index) (it has \(places.count), from 0)")
        case .name(let name): throw Failure(.notFound, "it has no block \"\(name)\"")
        }
      }
      places = [places[Int(index.value)]]
    }
    if operation.tasks.isEmpty {
      return places.map { TaskTarget(block: $0, ranges: [0..<blocks[$0].count], isWholeBlock: true) }
    }
    let found = places.compactMap { place -> TaskTarget? in
      let ranges = ranges(operation.tasks, in: blocks[place])
      return ranges.isEmpty ? nil : TaskTarget(block: place, ranges: ranges, isWholeBlock: ranges == [0..<blocks[place].count])
    }
    if found.isEmpty { throw Failure(.notFound, "it has none of these tasks") }
    return found
  }

  private func ranges(_ asked: [TaskRange], in block: Block) -> [Range<Int>] {
    let found = asked.compactMap { range -> Range<Int>? in
      if range.isFrames {
        return block.frames.tasks(holding: (range.first, range.last)).map { $0.lowerBound..<$0.upperBound + 1 }
      }
      let first = max(0, range.first)
      let last = min(Int64(block.count) - 1, range.last)
      return first <= last ? Int(first)..<Int(last) + 1 : nil
    }
    return merged(found)
  }

  /// Ascending and apart from each other.
  private func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  /// Adds the tasks that some tasks need, and those that these need (option `affect_depends`, section 3.11).
  func withNeeded(_ targets: [TaskTarget], in job: Int) -> [TaskTarget] {
    var found: [Int: [Range<Int>]] = [:]
    var open = targets.map { ($0.block, $0.ranges) }
    while let (block, ranges) = open.popLast() {
      let before = found[block] ?? []
      let after = merged(before + ranges)
      if after == before { continue }
      found[block] = after
      for need in jobs[job].blocks where blocks[need].dependents.contains(block) { open.append((need, [0..<blocks[need].count])) }
      for need in blocks[block].needs {
        let shift = blocks[block].frames.shift(to: blocks[need].frames)
        let needed = ranges.compactMap { range -> Range<Int>? in
          let first = blocks[block].frames.frames(of: range.lowerBound).first + shift
          let last = blocks[block].frames.frames(of: range.upperBound - 1).last + shift
          return blocks[need].frames.tasks(holding: (first, last)).map { $0.lowerBound..<$0.upperBound + 1 }
        }
        if !needed.isEmpty { open.append((need, needed)) }
      }
    }
    return jobs[job].blocks.compactMap { block in
      found[block].map { TaskTarget(block: block, ranges: $0, isWholeBlock: $0 == [0..<blocks[block].count]) }
    }
  }
}
