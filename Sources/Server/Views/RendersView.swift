import Model
import Scheduler

/// A list of renders: filtered, ordered, a window of it.
struct RendersView: LiveView {
  private let subscription: UInt32
  private let topic: RendersTopic
  private var window: ViewWindow
  private var sorted = SortedRows<RenderID>()
  private var shown = WindowedIDs<RenderID>()
  private var unsorted: Unsorted<RenderID>

  init(_ subscription: UInt32, _ topic: RendersTopic, _ window: ViewWindow, _ farm: Farm, at now: Instant) {
    self.subscription = subscription
    self.topic = topic
    self.window = window
    unsorted = Unsorted(at: now)
    sorted.fill(farm.renderIDs()) { Self.key($0, topic, farm) }
  }

  static func key(_ id: RenderID, _ topic: RendersTopic, _ farm: Farm) -> SortedRows<RenderID>.Key? {
    guard let render = farm.render(id), topic.takes(render) else { return nil }
    // Equal ones by name.
    func key(_ number: Int64) -> SortedRows<RenderID>.Key { SortedRows.Key(number: number, text: render.name) }
    switch topic.order {
    case .name: return SortedRows.Key(text: render.name)
    case .state: return key(Int64(render.state.rawValue))
    case .load: return key(Int64(render.resources.loadHundredths.first ?? 0))
    case .memory: return key(render.resources.memoryTotalMB - render.resources.memoryFreeMB)
    case .tasks: return key(Int64(render.running.count))
    case .cpu: return key(Int64(render.resources.cpuPercent))
    case .cores: return key(Int64(render.resources.cpuCount))
    case .gpu: return key(Int64(render.resources.gpuPercent))
    case .capacity: return key(Int64(render.capacityUsed))
    case .priority: return key(Int64(render.priority))
    // No name of a user or of a system has a zero in it: it stands before every letter.
    case .user: return SortedRows.Key(text: "\(render.user)\0\(render.name)")
    case .os: return SortedRows.Key(text: "\(render.os)\0\(render.name)")
    }
  }

  mutating func take(_ dirt: Dirt, _ farm: Farm, at now: Instant) {
    if !dirt.renders.isEmpty {
      shown.mark(dirt.renders)
      unsorted.note(dirt.renders)
    }
    if let moved = unsorted.take(isStable: topic.order == .name, at: now) {
      sorted.update(moved) { Self.key($0, topic, farm) }
    }
  }

  var due: Instant? { unsorted.due }

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
  var isWhole: Bool { state.isEmpty && mask == nil && filter.isEmpty }

  func takes(_ render: RenderSummary) -> Bool {
    if !state.isEmpty, state.isDisjoint(with: render.state) { return false }
    if let mask, !mask.isFound(in: render.name) { return false }
    return filter.takes(render)
  }
}
