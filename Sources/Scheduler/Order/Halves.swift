/// Repeated halving (`sequential` 0): after the first and the last task the middle, then the quarters, the eighths…
///
/// With `m` the last task's number, halving `k` has the tasks `j * m / 2^k`, rounded down, for odd `j`. Every task but the first
/// and the last belongs to exactly one halving, the earliest that meets it; there it is kept as number `j / 2`, so that all sets
/// together take about two bits a task.
struct Halves: Sendable {
  private let last: Int
  /// From the first halving (`k` 1) on.
  private var levels: [BitTree] = []

  init(count: Int, startable: BitTree) {
    last = max(0, count - 1)
    guard last > 1 else { return }
    while 1 << levels.count < last { levels.append(BitTree(bound: 1 << levels.count)) }
    if startable.isEmpty { return }
    if startable.nextAbsent(from: 0) == nil {
      // All of them: the tasks of all halvings but the last are different ones.
      for level in 0..<levels.count - 1 { levels[level] = BitTree(bound: 1 << level, filled: true) }
      for half in 0..<1 << (levels.count - 1) {
        // The last halving meets tasks again that an earlier one met just before or behind.
        let task = task(level: levels.count - 1, half)
        if task != point(2 * half), task != point(2 * half + 2) { levels[levels.count - 1].insert(half) }
      }
    } else {
      var task = 0
      while let next = startable.next(from: task) {
        set(next, isStartable: true)
        task = next + 1
      }
    }
  }

  private func task(level: Int, _ half: Int) -> Int { ((2 * half + 1) * last) >> (level + 1) }

  /// The task that number `j` of the last halving meets.
  private func point(_ j: Int) -> Int { (j * last) >> levels.count }

  /// Where a task is kept; nil: it is the first or the last one.
  private func place(of task: Int) -> (level: Int, half: Int)? {
    guard task > 0, task < last else { return nil }
    // The numbers of the last halving that meet this task, one or two: at most 2^24 times 10^7, which fits. The rounder one came
    // up in an earlier halving: with each halving fewer a number has lost a zero at its end.
    let first = ((task << levels.count) + last - 1) / last
    let end = (((task + 1) << levels.count) + last - 1) / last
    var best = first
    for other in first..<end where other.trailingZeroBitCount > best.trailingZeroBitCount { best = other }
    let zeros = best.trailingZeroBitCount
    return (levels.count - 1 - zeros, best >> (zeros + 1))
  }

  mutating func set(_ task: Int, isStartable: Bool) {
    guard let place = place(of: task) else { return }
    if isStartable { levels[place.level].insert(place.half) } else { levels[place.level].remove(place.half) }
  }

  /// - Parameter avoiding: tasks that must not be given; those that stand before the one found are gone through.
  func next(without avoiding: SparseBits) -> Int? {
    for level in levels.indices where !levels[level].isEmpty {
      var from = 0
      while let half = levels[level].next(from: from) {
        let task = task(level: level, half)
        if !avoiding.contains(task) { return task }
        from = half + 1
      }
    }
    return nil
  }
}
