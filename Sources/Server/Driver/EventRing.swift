import DequeModule
import Model

/// The last events of the farm, the oldest first, with rising numbers. At most `Limits.events`.
struct EventRing {
  private(set) var events: Deque<FarmEvent>

  init(_ events: [FarmEvent] = []) { self.events = Deque(events.suffix(Limits.events)) }

  mutating func append(_ event: FarmEvent) {
    if events.count >= Limits.events { events.removeFirst() }
    events.append(event)
  }
}
