import DequeModule
import Model
import Scheduler

/// The last events of the farm, the oldest first, with rising numbers. At most `Limits.events`.
struct EventRing: Sendable {
  private var events: Deque<FarmEvent>
  /// The number of the last event that is not kept any more; 0: all are.
  private(set) var lastLost: UInt64 = 0

  /// - Parameter events: what the store kept.
  init(_ events: [FarmEvent] = []) {
    self.events = Deque(events.suffix(Limits.events))
    if events.count >= Limits.events, let first = self.events.first { lastLost = first.number - 1 }
  }

  mutating func append(_ event: FarmEvent) {
    if events.count >= Limits.events, let lost = events.popFirst() { lastLost = lost.number }
    events.append(event)
  }

  var count: Int { events.count }
  subscript(place: Int) -> FarmEvent { events[place] }

  /// They never were: the store could not keep them.
  mutating func withdraw(_ jobs: Set<JobID>) { events.removeAll { $0.job.map(jobs.contains) ?? false } }

  var lastNumber: UInt64 { events.last?.number ?? 0 }

  /// The place of the first event with a greater number.
  func place(after number: UInt64) -> Int {
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events[middle].number > number { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The last `count` of an object, or of all when it is empty; the oldest first.
  func last(_ count: Int, of object: String) -> [FarmEvent] {
    var found: [FarmEvent] = []
    for event in events.reversed() {
      if found.count == count { break }
      if object.isEmpty || event.object == object { found.append(event) }
    }
    return found.reversed()
  }
}
