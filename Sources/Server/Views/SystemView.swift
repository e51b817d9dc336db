import Model
import Scheduler

/// The tasks of a block of the system job and the commands that wait to become tasks, with the counts of all blocks. A change costs
/// the tasks of the block and the rows of the window.
struct SystemView: LiveView {
  private let subscription: UInt32
  private let block: SystemBlock
  private var window: ViewWindow
  private var blocks: [SystemBlockSummary] = []
  private var rows: [SystemTaskSummary] = []
  private var total = -1
  private var isDirty = true

  init(_ subscription: UInt32, _ block: SystemBlock, _ window: ViewWindow) {
    self.subscription = subscription
    self.block = block
    self.window = window
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if dirt.jobs.contains(.system) || dirt.tasks[.system] != nil { isDirty = true }
  }

  mutating func move(to window: ViewWindow) {
    self.window = window
    isDirty = true
    total = -1
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    guard isDirty else { return nil }
    isDirty = false
    let isFirst = total < 0
    let oldTotal = total
    total = farm.systemTaskCount(block)
    let news = farm.systemTasks(block, in: window.range(of: total))
    let newBlocks = farm.systemBlocks()
    let all = isFirst || news.map(\.command.number) != rows.map(\.command.number)
    let changed = all ? news : zip(news, rows).filter { $0 != $1 }.map(\.0)
    let counts = all || newBlocks != blocks ? newBlocks : []
    if !all, changed.isEmpty, counts.isEmpty, total == oldTotal { return nil }
    rows = news
    blocks = newBlocks
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: total, first: window.first, rows: .system(counts, changed))
  }
}
