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
        let task = task(level: levels.count - 1, half)
        if task > 0, task < last, let place = place(of: task), place.level == levels.count - 1 {
          levels[place.level].insert(place.half)
        }
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

  /// Where a task is kept; nil: it is the first or the last one.
  private func place(of task: Int) -> (level: Int, half: Int)? {
    guard task > 0, task < last else { return nil }
    for level in levels.indices {
      // The numbers j with j * last / 2^(level + 1) rounded down to this task: at most 2^24 times 10^7, which fits.
      let first = ((task << (level + 1)) + last - 1) / last
      let end = (((task + 1) << (level + 1)) + last - 1) / last
      let odd = first | 1
      if odd < end { return (level, odd >> 1) }
    }
    preconditionFailure("the last halving meets every task")
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
