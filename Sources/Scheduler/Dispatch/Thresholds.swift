import Model

/// Which classes want more of something than there is: of capacity, memory, disk, a ticket. O(log n) to ask.
struct Thresholds: Sendable {
  /// Different wants, ascending, each with the classes that want as much or more.
  private var wants: [(amount: Int32, classes: BitSet)] = []

  var isEmpty: Bool { wants.isEmpty }
  /// All classes that want any.
  var wanting: BitSet? { wants.first?.classes }

  /// Notes that a class wants so much; nothing to note when it wants none.
  mutating func add(_ demandClass: Int, _ amount: Int32) {
    guard amount > 0 else { return }
    let place = index(above: amount - 1)
    if place == wants.count || wants[place].amount != amount {
      wants.insert((amount, place < wants.count ? wants[place].classes : BitSet()), at: place)
    }
    for lower in 0...place { wants[lower].classes.insert(demandClass) }
  }

  mutating func remove(_ demandClass: Int) {
    for place in wants.indices { wants[place].classes.remove(demandClass) }
    wants.removeAll { $0.classes.isEmpty }
  }

  /// The place of the least want that is greater than this; `wants.count`: none.
  func index(above amount: Int32) -> Int {
    var low = 0
    var high = wants.count
    while low < high {
      let middle = (low + high) >> 1
      if wants[middle].amount > amount { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The classes that want more than this.
  func beyond(_ amount: Int32) -> BitSet? {
    let place = index(above: amount)
    return place < wants.count ? wants[place].classes : nil
  }
}
