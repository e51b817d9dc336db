import Model

/// Moments at which something has to be looked at again, soonest first (a binary heap).
///
/// A moment is never taken back: whoever is looked at knows whether it is due. Owners see to it that a thousand heartbeats leave
/// one entry.
struct Timers: Sendable {
  private struct Entry {
    var at: Instant
    var owner: Int32
    static func < (a: Entry, b: Entry) -> Bool { a.at == b.at ? a.owner < b.owner : a.at < b.at }
  }
  private var heap: [Entry] = []

  var next: Instant? { heap.first?.at }

  mutating func add(_ at: Instant, owner: Int) {
    heap.append(Entry(at: at, owner: Int32(owner)))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the soonest one whose moment has come.
  mutating func popDue(_ now: Instant) -> (at: Instant, owner: Int)? {
    guard let first = heap.first, first.at <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] { least = child }
        if least == parent { break }
        heap.swapAt(least, parent)
        parent = least
      }
    }
    return (first.at, Int(first.owner))
  }
}
