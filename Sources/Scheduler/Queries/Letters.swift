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
    var text: [UInt8] = []
    var from = first
    while from < count, text.count < cells {
      let to = perCell < count - from ? from + perCell : count
      text.append(blocks[place].letter(from..<to).ascii)
      from = to
    }
    return String(decoding: text, as: UTF8.self)
  }

  func progressBar(_ job: Job) -> String {
    let columns = 128
    let total = Int(job.counts.total)
    guard total > 0 else { return "" }
    var text: [UInt8] = []
    text.reserveCapacity(columns)
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
        best = max(best, blocks[place].letter(range))
        start += blocks[place].count
        other += 1
      }
      text.append(best.ascii)
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension StateLetter {
  fileprivate var ascii: UInt8 { letter.asciiValue ?? 0x20 }
}

extension Block {
  /// The most important letter of some tasks.
  func letter(_ range: Range<Int>) -> StateLetter {
    if range.isEmpty { return .nothing }
    let waits = waitsFor > 0
    // Most blocks are all of one kind, most of the time.
    if counts[.ready] == count, tryNext.isEmpty { return waits ? .waitDependency : .ready }
    if counts[.done] == count, counts.warning == 0 { return .done }
    if waitingReconnect.meets(range) { return .waitReconnect }
    if failed.meets(range) { return .error }
    if !waits, errorReady.meets(range) { return .errorReady }
    if running.meets(range) { return running.meets(warned, in: range) ? .runningWarning : .running }
    if waiting.meets(range) { return .waitDependency }
    if startable.meets(range) {
      if waits { return .waitDependency }
      return tryNext.contains { range.contains($0) && startable.contains($0) } ? .tryNext : .ready
    }
    if meetsDoneWithWarning(range) { return .doneWarning }
    if skipped.meets(range) { return .skipped }
    if suspended.meets(range) { return .suspended }
    return .done
  }

  private func meetsDoneWithWarning(_ range: Range<Int>) -> Bool {
    var from = range.lowerBound
    while let task = warned.next(from: from), task < range.upperBound {
      if !unfinished.contains(task), !skipped.contains(task) { return true }
      from = task + 1
    }
    return false
  }
}
