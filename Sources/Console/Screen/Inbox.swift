import Console
import Synchronization

/// Where the network leaves what happened, for the UI thread to take all at once.
final class Inbox: Sendable {
  private let events = Mutex<[ConsoleEvent]>([])

  /// From any thread. Wakes the UI thread once for as many events as it finds.
  func push(_ event: ConsoleEvent) {
    let wasEmpty = events.withLock { events in
      events.append(event)
      return events.count == 1
    }
    if wasEmpty { UIThread.shared.wake() }
  }

  func take() -> [ConsoleEvent] {
    events.withLock { events in
      let all = events
      events = []
      return all
    }
  }
}
