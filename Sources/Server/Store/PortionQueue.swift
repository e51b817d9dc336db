import Dispatch
import Model
import Scheduler
import Synchronization

/// From a thread that reads to one that takes: portions wait until they are taken, and the reader waits while enough do.
final class PortionQueue: Sendable {
  private struct State {
    var portions: [[StoreChange]] = []
    var isEnded = false
    var failure: StoreFailure?
    var isGivenUp = false
  }
  private let state = Mutex(State())
  /// One for each portion, and one for the end.
  private let filled = DispatchSemaphore(value: 0)
  /// One for each place that is free.
  private let free: DispatchSemaphore?

  /// - Parameter bound: portions that wait at most; nil: as many as come.
  init(bound: Int? = nil) { free = bound.map { DispatchSemaphore(value: $0) } }

  /// Waits for room.
  ///
  /// - Returns: false when nobody takes any more.
  @discardableResult
  func offer(_ portion: [StoreChange]) -> Bool {
    free?.wait()
    let isWanted = state.withLock { state in
      if state.isGivenUp { return false }
      state.portions.append(portion)
      return true
    }
    if isWanted { filled.signal() }
    return isWanted
  }

  /// No more come.
  func end(_ failure: StoreFailure?) {
    state.withLock { state in
      state.isEnded = true
      state.failure = failure
    }
    filled.signal()
  }

  /// Waits for a portion; nil: that was all.
  func take() throws(StoreFailure) -> [StoreChange]? {
    filled.wait()
    let (portion, failure) = state.withLock { state -> ([StoreChange]?, StoreFailure?) in
      if !state.portions.isEmpty { return (state.portions.removeFirst(), nil) }
      return (nil, state.failure)
    }
    if let portion {
      free?.signal()
      return portion
    }
    // The end stays the end, however often it is asked for.
    filled.signal()
    if let failure { throw failure }
    return nil
  }

  /// Nobody takes any more: the reader hears it with its next portion.
  func giveUp() {
    state.withLock { $0.isGivenUp = true }
    free?.signal()
  }
}
