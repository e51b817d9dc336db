import Console
import Synchronization

/// Where the network leaves what happened, for the UI thread to take all at once.
///
/// Bounded: while a terminal does not take a frame (a stalled ssh), the UI thread stands still and events gather here. Beyond
/// `capacity` news of views are dropped, and the model is told, which asks for all that it shows anew.
final class Inbox: Sendable {
  /// In events.
  static let capacity = 4096

  private struct State {
    var events: [ConsoleEvent] = []
    var isOverrun = false
  }
  private let state = Mutex(State())
  /// Whoever takes them.
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void = { UIThread.shared.wake() }) { self.wake = wake }

  /// From any thread. Wakes whoever takes them once for as many events as it finds.
  func push(_ event: ConsoleEvent) {
    let wasEmpty = state.withLock { state in
      let wasEmpty = state.events.isEmpty && !state.isOverrun
      if state.events.count >= Self.capacity, event.isNewsOfView {
        if !state.isOverrun {
          state.isOverrun = true
          state.events.removeAll(where: \.isNewsOfView)
        }
        return wasEmpty
      }
      if state.isOverrun, event.isNewsOfView { return wasEmpty }
      state.events.append(event)
      return wasEmpty
    }
    if wasEmpty { wake() }
  }

  func take() -> [ConsoleEvent] {
    state.withLock { state in
      let all = state.events + (state.isOverrun ? [.missed] : [])
      state = State()
      return all
    }
  }
}

extension ConsoleEvent {
  fileprivate var isNewsOfView: Bool {
    switch self {
    case .view, .log: true
    default: false
    }
  }
}
