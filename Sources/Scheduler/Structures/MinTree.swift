/// Numbers in places, of which the smallest among the first so many places is known in O(log n).
struct MinTree: Sendable {
  /// Node `i` has the children `2i` and `2i + 1`; the leaves are the second half.
  private var nodes: [UInt64]
  private let leaves: Int

  /// - Parameter values: `.max` says that there is nothing in a place.
  init(_ values: [UInt64]) {
    var leaves = 1
    while leaves < values.count { leaves *= 2 }
    self.leaves = leaves
    nodes = Array(repeating: .max, count: 2 * leaves)
    for (place, value) in values.enumerated() { nodes[leaves + place] = value }
    for node in stride(from: leaves - 1, to: 0, by: -1) { nodes[node] = min(nodes[2 * node], nodes[2 * node + 1]) }
  }

  mutating func set(_ place: Int, _ value: UInt64) {
    var node = leaves + place
    nodes[node] = value
    while node > 1 {
      node /= 2
      let least = min(nodes[2 * node], nodes[2 * node + 1])
      if nodes[node] == least { return }
      nodes[node] = least
    }
  }

  /// The place of the smallest number among the first `count` places; nil when there is none.
  func least(first count: Int) -> Int? {
    var best = UInt64.max
    var bestNode = 0
    var low = leaves
    var high = leaves + min(count, leaves)
    while low < high {
      if low & 1 == 1 {
        if nodes[low] < best { (best, bestNode) = (nodes[low], low) }
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        if nodes[high] < best { (best, bestNode) = (nodes[high], high) }
      }
      low /= 2
      high /= 2
    }
    if bestNode == 0 { return nil }
    while bestNode < leaves { bestNode = nodes[2 * bestNode] == best ? 2 * bestNode : 2 * bestNode + 1 }
    return bestNode - leaves
  }
}
