public import Model

/// Progress bars and grids: one letter for a range of tasks, the most important one in it (reference/afanasy.md section 2.4).
///
/// A letter is found by asking each set of tasks whether it meets the range, so that a bar costs 128 times a few O(log n), for ten
/// million tasks as for ten.
extension Farm {
  /// A grid's letters: cell `i` stands for `perCell` tasks from `first + i * perCell` on. Shorter than `cells` where the tasks end.
  public func letters(job: JobID, block: BlockIndex, first: Int, cells: Int, perCell: Int) -> String {
    guard let place = blockPlace(job, block), first >= 0, cells > 0, perCell > 0 else { return "" }
    let count = blocks[place].count
    var text = ""
    var from = first
    for _ in 0..<cells {
      guard from < count else { break }
      let to = perCell < count - from ? from + perCell : count
      text.append(letter(place, from..<to).letter)
      from = to
    }
    return text
  }

  func progressBar(_ job: Job) -> String {
    let columns = 128
    let total = Int(job.counts.total)
    guard total > 0 else { return "" }
    var text = ""
    // The block in which the column begins, and the first task of it among all of the job.
    var block = 0
    var offset = 0
    for column in 0..<columns {
      let from = column * total / columns
      let to = max(from + 1, (column + 1) * total / columns)
      while block + 1 < job.blocks.count, offset + blocks[job.blocks[block]].count <= from {
        offset += blocks[job.blocks[block]].count
        block += 1
      }
      var best = StateLetter.nothing
      var other = block
      var start = offset
      while other < job.blocks.count, start < to {
        let place = job.blocks[other]
        let range = max(0, from - start)..<min(blocks[place].count, to - start)
        best = max(best, letter(place, range))
        start += blocks[place].count
        other += 1
      }
      text.append(best.letter)
    }
    return text
  }

  /// The most important letter of some tasks.
  func letter(_ place: Int, _ range: Range<Int>) -> StateLetter {
    if range.isEmpty { return .nothing }
    let waits = blocks[place].waitsFor > 0
    if blocks[place].waitingReconnect.meets(range) { return .waitReconnect }
    if blocks[place].failed.meets(range) { return .error }
    if !waits, blocks[place].errorReady.meets(range) { return .errorReady }
    if blocks[place].running.meets(range) {
      return meetsBoth(blocks[place].running, blocks[place].warned, range) ? .runningWarning : .running
    }
    if blocks[place].waiting.meets(range) { return .waitDependency }
    if blocks[place].startable.meets(range) { return waits ? .waitDependency : .ready }
    if meetsDone(blocks[place].warned, place, range) { return .doneWarning }
    if blocks[place].skipped.meets(range) { return .skipped }
    if blocks[place].suspended.meets(range) { return .suspended }
    return .done
  }

  private func meetsBoth(_ few: BitTree, _ others: BitTree, _ range: Range<Int>) -> Bool {
    var from = range.lowerBound
    while let task = few.next(from: from), task < range.upperBound {
      if others.contains(task) { return true }
      guard let next = others.next(from: task) else { return false }
      from = next
    }
    return false
  }

  /// Whether one of these tasks is done.
  private func meetsDone(_ some: BitTree, _ place: Int, _ range: Range<Int>) -> Bool {
    var from = range.lowerBound
    while let task = some.next(from: from), task < range.upperBound {
      if !blocks[place].unfinished.contains(task), !blocks[place].skipped.contains(task) { return true }
      from = task + 1
    }
    return false
  }
}
