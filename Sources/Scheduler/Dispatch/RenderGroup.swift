import Model

/// Renders that are alike in what they may run: they offer the same services, to the same people.
struct RenderGroup: Sendable {
  /// Ascending places in `Solver.services`; empty: all services.
  let services: [Int32]
  /// Whose tasks only; nil: everybody's.
  let nimbyUser: Int?
  /// Those with a free slot, by the number of tasks that they run: few lists, each in its own order.
  var free: [SortedChunks<FreeRender>] = []

  /// The lanes that it serves, by capacity, and the ranks of their first blocks in the same order.
  private var lanes: [(lane: Int, capacity: Int32)] = []
  private var ranks = MinTree([])
  private var lanePlaces: [Int: Int] = [:]

  init(services: [Int32], nimbyUser: Int?) {
    self.services = services
    self.nimbyUser = nimbyUser
  }

  func offers(_ service: Int32) -> Bool { services.isEmpty || services.contains(service) }

  /// The best render with so much free capacity, and how many tasks it runs: fewest running tasks first (section 3.5).
  ///
  /// Each list begins with the most free capacity, so that its first render says for all of them whether the task fits.
  func best(capacity: Int32) -> (render: FreeRender, running: Int)? {
    for running in free.indices {
      if let first = free[running].first, first.freeCapacity >= capacity { return (first, running) }
    }
    return nil
  }
}

extension RenderGroup {
  /// Takes lanes in, with the ranks of their first blocks: all at once, since it is O(lanes).
  mutating func serve(_ added: [(lane: Int, capacity: Int32)], rank: (Int) -> UInt64) {
    lanes += added
    lanes.sort { ($0.capacity, $0.lane) < ($1.capacity, $1.lane) }
    for (place, lane) in lanes.enumerated() { lanePlaces[lane.lane] = place }
    ranks = MinTree(lanes.map { rank($0.lane) })
  }

  /// A lane has another first block.
  mutating func setRank(_ rank: UInt64, lane: Int) {
    if let place = lanePlaces[lane] { ranks.set(place, rank) }
  }

  /// The lane with the first block in order among those that a render with so much free capacity can serve.
  func firstLane(capacity: Int32) -> Int? {
    var low = 0
    var high = lanes.count
    while low < high {
      let middle = (low + high) / 2
      if lanes[middle].capacity <= capacity { low = middle + 1 } else { high = middle }
    }
    return ranks.least(first: low).map { lanes[$0].lane }
  }
}

/// A render with a free slot, ordered among those that run as many tasks: more free capacity, higher priority, name.
struct FreeRender: Comparable, Sendable {
  private let key: UInt64
  private let label: UInt64
  /// Place in `Farm.renders`.
  let render: Int32

  /// - Parameter label: orders as the name does.
  init(render: Int, freeCapacity: Int32, priority: UInt8, label: UInt64) {
    key = UInt64(UInt32.max - UInt32(freeCapacity)) << 8 | UInt64(255 - priority)
    self.label = label
    self.render = Int32(render)
  }

  var freeCapacity: Int32 { Int32(UInt32.max - UInt32(key >> 8)) }

  static func < (a: FreeRender, b: FreeRender) -> Bool { a.key == b.key ? a.label < b.label : a.key < b.key }
  static func == (a: FreeRender, b: FreeRender) -> Bool { a.key == b.key && a.label == b.label }
}

/// Where a render stands in the index of free renders.
struct FreePlace: Sendable {
  var group: Int
  var running: Int
  var entry: FreeRender
}
