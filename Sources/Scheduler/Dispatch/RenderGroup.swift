import Model

/// Renders that are alike in what they may run: they offer the same services, to the same people.
struct RenderGroup: Sendable {
  /// Ascending places in `Solver.services`; empty: all services.
  let services: [Int32]
  /// Whose tasks only; nil: everybody's.
  let nimbyUser: Int?
  /// Those with a free slot, by the number of tasks that they run: few lists, each in its own order.
  var free: [SortedChunks<FreeRender>] = []

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
