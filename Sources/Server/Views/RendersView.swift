import Model
import Scheduler

/// A list of renders: filtered, ordered, a window of it.
struct RendersView: LiveView {
  private let subscription: UInt32
  private let topic: RendersTopic
  private var window: ViewWindow
  private var sorted = SortedRows<RenderID>()
  private var shown = WindowedIDs<RenderID>()
  private var unsorted: Set<RenderID> = []
  private var lastSort: Instant

  init(_ subscription: UInt32, _ topic: RendersTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    lastSort = now
    sorted.fill(farm.renderIDs()) { Self.key($0, topic, farm) }
  }

  static func key(_ id: RenderID, _ topic: RendersTopic, _ farm: Farm) -> SortedRows<RenderID>.Key? {
    guard let render = farm.render(id), topic.takes(render) else { return nil }
    // Equal ones by name.
    switch topic.order {
    case .name: return SortedRows.Key(text: render.name)
    case .state: return SortedRows.Key(number: Int64(render.state.rawValue), text: render.name)
    case .load: return SortedRows.Key(number: Int64(render.resources.cpuPercent), text: render.name)
    case .memory: return SortedRows.Key(number: render.resources.memoryTotalMB - render.resources.memoryFreeMB, text: render.name)
    case .tasks: return SortedRows.Key(number: Int64(render.running.count), text: render.name)
    }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if !dirt.renders.isEmpty {
      shown.mark(dirt.renders)
      unsorted.formUnion(dirt.renders)
    }
    guard !unsorted.isEmpty, topic.order == .name || now - lastSort >= resortTime else { return }
    sorted.update(unsorted) { Self.key($0, topic, farm) }
    unsorted.removeAll()
    lastSort = now
  }

  var due: Instant? { unsorted.isEmpty ? nil : lastSort + resortTime }

  mutating func move(to window: ViewWindow) {
    self.window = window
    shown.markAll()
  }

  mutating func rows(_ farm: Farm) -> ViewRows? {
    let ids = sorted.ids(window.range(of: sorted.count), isDescending: topic.isDescending)
    let (all, wanted): (Bool, [RenderID])
    switch shown.step(ids, total: sorted.count) {
    case .nothing: return nil
    case .snapshot(let some): (all, wanted) = (true, some)
    case .delta(let some): (all, wanted) = (false, some)
    }
    return ViewRows(
      subscription: subscription, isSnapshot: all, total: sorted.count, first: window.first,
      rows: .renders(wanted.compactMap { farm.render($0) }))
  }
}

extension RendersTopic {
  /// Whether all renders are shown.
  var isWhole: Bool { state.isEmpty && mask == nil }

  func takes(_ render: RenderSummary) -> Bool {
    if !state.isEmpty, state.isDisjoint(with: render.state) { return false }
    if let mask { return mask.isFound(in: render.name) }
    return true
  }
}
