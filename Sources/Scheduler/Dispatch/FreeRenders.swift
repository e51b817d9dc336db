import Model

/// A render with a free slot, ordered among those of equal pools that run as many tasks (section 3.5): more free capacity, higher
/// priority, longest without a start or end of a task, larger capacity, more tasks at once, name.
struct FreeRender: Comparable, Sendable {
  private let key: UInt64
  private let touched: Int64
  private let size: UInt64
  private let label: UInt64
  /// Place in `Farm.renders`.
  let render: Int32

  @inline(__always)
  init(render: Int, _ values: Render) {
    key = UInt64(UInt32.max - UInt32(max(0, values.freeCapacity))) << 8 | UInt64(255 - values.parameters.priority)
    touched = values.lastTask.microseconds
    size = UInt64(UInt32.max - UInt32(values.capacity)) << 32 | UInt64(UInt32.max - UInt32(values.maxTasks))
    label = values.label
    self.render = Int32(render)
  }

  var freeCapacity: Int32 { Int32(UInt32.max - UInt32(key >> 8)) }

  static func < (a: FreeRender, b: FreeRender) -> Bool {
    if a.key != b.key { return a.key < b.key }
    if a.touched != b.touched { return a.touched < b.touched }
    if a.size != b.size { return a.size < b.size }
    return a.label < b.label
  }
  static func == (a: FreeRender, b: FreeRender) -> Bool { a.label == b.label && a.key == b.key && a.touched == b.touched }
}

/// Where a render stands in the index of free ones.
struct FreePlace: Sendable {
  var pool: Int
  var running: Int
  /// nimby, NIMBY or paused: most work passes by.
  var isShut: Bool
  var entry: FreeRender
}

/// The free renders of one pool, by the number of tasks that they run: few lists, each in its own order.
struct FreePool: Sendable {
  var open: [SortedChunks<FreeRender>] = []
  var shut: [SortedChunks<FreeRender>] = []
  var count = 0

  mutating func insert(_ place: FreePlace) {
    count += 1
    if place.isShut { Self.insert(place, &shut) } else { Self.insert(place, &open) }
  }

  private static func insert(_ place: FreePlace, _ lists: inout [SortedChunks<FreeRender>]) {
    while lists.count <= place.running { lists.append(SortedChunks()) }
    lists[place.running].insert(place.entry)
  }

  mutating func remove(_ place: FreePlace) {
    count -= 1
    if place.isShut { shut[place.running].remove(place.entry) } else { open[place.running].remove(place.entry) }
  }
}
