import DequeModule

/// The last things that happened, each about one node or two, and quickly found by node. Costs nothing but memory while nobody
/// looks: adding is O(1), the last `n` of a node are O(n).
struct ChainedRing<Value: Sendable>: Sendable {
  private struct Link: Sendable {
    var node: NodeID
    /// The number of the entry before it that is about the same node; 0: there was none.
    var before: UInt64
  }

  private struct Entry: Sendable {
    var value: Value
    var first: Link
    var second: Link?
  }

  /// Entries that are kept at most.
  let capacity: Int
  private var entries: Deque<Entry> = []
  /// The number of `entries[0]`; they count from 1.
  private var oldest: UInt64 = 1
  /// The number of the last entry about a node.
  private var newest: [NodeID: UInt64] = [:]

  init(capacity: Int) { self.capacity = capacity }

  /// The number of the last entry of all; 0: there was none.
  var last: UInt64 { oldest + UInt64(entries.count) - 1 }
  var count: Int { entries.count }

  mutating func append(_ value: Value, of node: NodeID, and other: NodeID? = nil) {
    if entries.count >= capacity { drop() }
    let number = last + 1
    let first = Link(node: node, before: newest.updateValue(number, forKey: node) ?? 0)
    let second = other.map { Link(node: $0, before: newest.updateValue(number, forKey: $0) ?? 0) }
    entries.append(Entry(value: value, first: first, second: second))
  }

  private mutating func drop() {
    guard let entry = entries.popFirst() else { return }
    for link in [entry.first, entry.second].compactMap({ $0 }) where newest[link.node] == oldest { newest[link.node] = nil }
    oldest += 1
  }

  /// The last `count` about a node with greater numbers than `after`; the oldest first.
  func last(_ count: Int, of node: NodeID, after: UInt64 = 0) -> [Value] {
    var found: [Value] = []
    var number = newest[node] ?? 0
    while number > after, number >= oldest, found.count < count {
      let entry = entries[Int(number - oldest)]
      found.append(entry.value)
      number = entry.first.node == node ? entry.first.before : entry.second?.before ?? 0
    }
    return found.reversed()
  }
}
