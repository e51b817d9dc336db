import Model
import Scheduler

/// One subscription's view of the farm: told what changed, asked for what its screen needs.
///
/// Between two askings changes only mark rows; a view that is not asked for a while (its console is slow) gathers at most its
/// window, and the newest state wins.
protocol LiveView: Sendable {
  /// Takes what changed.
  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant)
  /// Shows another part of the same list, all of it anew.
  mutating func move(to window: ViewWindow)
  /// Shows something else of the same rows, if that needs no list anew.
  mutating func turn(into topic: Topic) -> Bool
  /// What the screen does not know yet; nil: nothing.
  mutating func rows(_ farm: Farm) -> ViewRows?
  /// The same for those that show more than the farm knows.
  mutating func rows(_ farm: Farm, _ memory: NodeMemory) -> ViewRows?
  /// Renders and tasks of which it wants to hear.
  var nodes: Set<NodeID> { get }
  /// When it wants to be asked although nothing happens.
  var due: Instant? { get }
}

extension LiveView {
  var due: Instant? { nil }
  var nodes: Set<NodeID> { [] }
  mutating func rows(_ farm: Farm, _ memory: NodeMemory) -> ViewRows? { rows(farm) }
  mutating func turn(into topic: Topic) -> Bool { false }
}

/// A window on a sorted list of ids: what it showed last, and what of that is not up to date.
struct WindowedIDs<ID: Hashable & Comparable & Sendable>: Sendable {
  private(set) var shown: [ID] = []
  private var isShown: Set<ID> = []
  private var stale: Set<ID> = []
  private var total = -1
  private var needsAll = true

  mutating func mark(_ ids: some Collection<ID>) {
    if needsAll || isShown.isEmpty { return }
    for id in ids where isShown.contains(id) { stale.insert(id) }
  }

  mutating func markAll() { needsAll = true }

  enum Step {
    case nothing
    case snapshot([ID])
    case delta([ID])
  }

  /// Compares with what is in the window now.
  mutating func step(_ ids: [ID], total: Int) -> Step {
    if needsAll || ids != shown {
      shown = ids
      isShown = Set(ids)
      stale.removeAll()
      needsAll = false
      self.total = total
      return .snapshot(ids)
    }
    if stale.isEmpty && total == self.total { return .nothing }
    self.total = total
    let changed = shown.filter(stale.contains)
    stale.removeAll()
    return .delta(changed)
  }
}

/// Rows are sorted anew, or looked for anew, at most so often in orders that change with the rows.
let resortTime = Span.seconds(1)

/// What changed since a list was last sorted. In orders that change with the rows it waits for `resortTime`: rows would jump about
/// under the eyes.
struct Unsorted<ID: Hashable & Sendable>: Sendable {
  private(set) var ids: Set<ID> = []
  private var lastSort: Instant

  init(at now: Instant) { lastSort = now }

  mutating func note(_ ids: some Sequence<ID>) { self.ids.formUnion(ids) }

  /// What is to be sorted now; nil: nothing, or not yet.
  ///
  /// - Parameter isStable: the order changes with nothing but the rows that come and go.
  mutating func take(isStable: Bool, at now: Instant) -> Set<ID>? {
    guard !ids.isEmpty, isStable || now - lastSort >= resortTime else { return nil }
    lastSort = now
    defer { ids.removeAll() }
    return ids
  }

  /// When what waits is to be sorted.
  var due: Instant? { ids.isEmpty ? nil : lastSort + resortTime }
}
