import Model
import Scheduler

/// The renders of a list as cells of a letter each. A render that changes costs its cell.
struct HeatView: LiveView {
  private let subscription: UInt32
  private let topic: HeatTopic
  private var sorted = SortedRows<RenderID>()
  private var letters: [Character] = []
  private var total = -1
  private var changed: Set<RenderID> = []
  private var unsorted: Unsorted<RenderID>
  private var needsAll = true

  init(_ subscription: UInt32, _ topic: HeatTopic, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    unsorted = Unsorted(at: now)
    sorted.fill(farm.renderIDs()) { RendersView.key($0, topic.renders, farm) }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    changed.formUnion(dirt.renders)
    unsorted.note(dirt.renders)
    if let moved = unsorted.take(isStable: topic.renders.order == .name, at: now) {
      if sorted.update(moved, key: { RendersView.key($0, topic.renders, farm) }) { needsAll = true }
    }
  }

  var due: Instant? { unsorted.due }

  /// What it shows stands in its topic.
  mutating func move(to window: ViewWindow) {
    needsAll = true
    total = -1
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    if !needsAll, changed.isEmpty { return nil }
    let isFirst = total < 0
    let before = total
    total = sorted.count
    let cells = min(topic.cells, max(0, (total - topic.first + topic.perCell - 1) / topic.perCell))
    var stale: [Int]
    if needsAll {
      stale = Array(0..<cells)
    } else {
      stale = Set(
        changed.compactMap { id in
          sorted.place(of: id).flatMap { place in
            let cell = (place - topic.first) / topic.perCell
            return place >= topic.first && cell < cells ? cell : nil
          }
        }
      ).sorted()
    }
    needsAll = false
    changed = []
    let isWhole = isFirst || cells != letters.count
    if isWhole {
      letters = Array(repeating: " ", count: cells)
      stale = Array(0..<cells)
    }
    var runs: [ViewRows.GridRun] = []
    for cell in stale {
      let letter = letter(cell, farm)
      guard isWhole || letters[cell] != letter else { continue }
      letters[cell] = letter
      if let last = runs.last, last.at + last.letters.utf8.count == cell {
        runs[runs.count - 1].letters.append(letter)
      } else {
        runs.append(ViewRows.GridRun(at: cell, letters: String(letter)))
      }
    }
    if runs.isEmpty, !isWhole, before == total { return nil }
    return ViewRows(
      subscription: subscription, isSnapshot: isWhole, total: total, first: topic.first, rows: .grid(runs, totalTasks: total))
  }

  /// Of several renders the one that needs somebody most, or the busiest.
  private func letter(_ cell: Int, _ farm: Farm) -> Character {
    let start = topic.first + cell * topic.perCell
    let range = start..<min(start + topic.perCell, sorted.count)
    let ids = sorted.ids(range, isDescending: topic.renders.isDescending)
    let highest = ids.compactMap { farm.render($0).map(self.rank) }.max() ?? 0
    return (topic.isLoad ? Self.loads : Self.states)[highest]
  }

  /// The later the more important.
  private static let states: [Character] = Array("zoinpbs")
  private static let loads: [Character] = Array("o0123456789")

  private func rank(_ render: RenderSummary) -> Int {
    if topic.isLoad {
      return render.state.contains(.online) ? 1 + min(9, max(0, Int(render.resources.cpuPercent) / 10)) : 0
    }
    let state = render.state
    if !state.isDisjoint(with: [.wolFalling, .wolSleeping, .wolWaking]) { return 0 }
    if !state.contains(.online) { return 1 }
    if state.contains(.sick) { return 6 }
    if state.contains(.busy) { return 5 }
    if state.contains(.paused) { return 4 }
    return state.isDisjoint(with: [.nimby, .NIMBY]) ? 2 : 3
  }
}
