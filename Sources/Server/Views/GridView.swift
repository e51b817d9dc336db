import Model
import Scheduler

/// A grid of cells, one letter each.
struct GridView: LiveView {
  private let subscription: UInt32
  private let topic: GridTopic
  private var letters: [Character] = []
  private var total = -1
  private var stale: Set<Int> = []
  private var needsAll = true
  private var isOver = false

  init(_ subscription: UInt32, _ topic: GridTopic) {
    self.subscription = subscription
    self.topic = topic
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    guard let tasks = dirt.tasks[topic.job] else { return }
    if tasks.blocks.contains(topic.block) { needsAll = true }
    // A job that is gone is told through its first block.
    if tasks.blocks.contains(BlockIndex(0)), farm.jobState(topic.job) == nil { needsAll = true }
    if needsAll { return }
    for key in tasks.tasks where key.block == topic.block {
      let place = Int(key.task.value) - topic.first
      guard place >= 0, place / topic.perCell < topic.cells else { continue }
      stale.insert(place / topic.perCell)
    }
  }

  /// What a grid shows stands in its topic.
  mutating func move(to window: ViewWindow) {
    needsAll = true
    total = -1
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    if isOver || (!needsAll && stale.isEmpty) { return nil }
    guard farm.block(topic.job, topic.block) != nil else {
      isOver = true
      let failure =
        farm.jobState(topic.job) == nil
        ? Failure.noSuchJob(topic.job) : Failure(.notFound, "job \(topic.job) has no block \(topic.block)")
      return ViewRows(subscription: subscription, isSnapshot: true, failure: failure)
    }
    let total = farm.taskCount(of: topic.job, block: topic.block, state: [])
    let isFirst = self.total < 0
    self.total = total
    let runs = needsAll ? all(farm, isFirst: isFirst) : some(farm)
    needsAll = false
    stale.removeAll()
    if runs.isEmpty && !isFirst { return nil }
    return ViewRows(
      subscription: subscription, isSnapshot: isFirst, total: total, first: topic.first, rows: .grid(runs, totalTasks: total))
  }

  private mutating func all(_ farm: Farm, isFirst: Bool) -> [ViewRows.GridRun] {
    let new = Array(
      farm.letters(job: topic.job, block: topic.block, first: topic.first, cells: topic.cells, perCell: topic.perCell))
    defer { letters = new }
    if isFirst || new.count != letters.count { return [ViewRows.GridRun(at: 0, letters: String(new))] }
    return Self.runs(new.indices.filter { new[$0] != letters[$0] }) { new[$0] }
  }

  private mutating func some(_ farm: Farm) -> [ViewRows.GridRun] {
    var changed: [Int] = []
    for cell in stale.sorted() where cell < letters.count {
      let text = farm.letters(
        job: topic.job, block: topic.block, first: topic.first + cell * topic.perCell, cells: 1, perCell: topic.perCell)
      guard let letter = text.first, letter != letters[cell] else { continue }
      letters[cell] = letter
      changed.append(cell)
    }
    return Self.runs(changed) { letters[$0] }
  }

  /// Neighbouring cells together.
  private static func runs(_ cells: [Int], letter: (Int) -> Character) -> [ViewRows.GridRun] {
    var runs: [ViewRows.GridRun] = []
    for cell in cells {
      if let last = runs.last, last.at + last.letters.count == cell {
        runs[runs.count - 1].letters.append(letter(cell))
      } else {
        runs.append(ViewRows.GridRun(at: cell, letters: String(letter(cell))))
      }
    }
    return runs
  }
}
