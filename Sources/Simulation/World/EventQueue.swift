import Model

/// What is to happen, in the order of time; at the same moment, in the order in which it was put in.
struct EventQueue<Event> {
  private struct Entry {
    var at: Instant
    var number: UInt64
    /// In `events`.
    var place: Int

    static func < (a: Entry, b: Entry) -> Bool { (a.at, a.number) < (b.at, b.number) }
  }

  private var heap: [Entry] = []
  private var events: [Event?] = []
  private var vacant: [Int] = []
  private var count: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }

  mutating func add(_ event: Event, at moment: Instant) {
    let place: Int
    if let free = vacant.popLast() {
      events[free] = event
      place = free
    } else {
      place = events.count
      events.append(event)
    }
    count += 1
    heap.append(Entry(at: moment, number: count, place: place))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (at: Instant, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    guard let event = events[first.place] else { return nil }
    events[first.place] = nil
    vacant.append(first.place)
    return (first.at, event)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = 2 * parent + 1
      guard least < heap.count else { return }
      if least + 1 < heap.count, heap[least + 1] < heap[least] { least += 1 }
      guard heap[least] < heap[parent] else { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }
}
