import Dispatch
import Synchronization

/// Things that arrive one by one, and tests that wait for one of them.
final class Inbox<Thing: Sendable>: Sendable {
  struct NothingCame: Error, CustomStringConvertible {
    let description: String
  }

  private struct Waiter: Sendable {
    let number: Int
    let offer: @Sendable ([Thing]) -> Bool
    let giveUp: @Sendable () -> Void
  }
  private struct State {
    var things: [Thing] = []
    var waiters: [Waiter] = []
    var numbers = 0
  }
  private let state = Mutex(State())

  var all: [Thing] { state.withLock { $0.things } }

  func add(_ thing: Thing) {
    state.withLock { state in
      state.things.append(thing)
      let things = state.things
      state.waiters.removeAll { $0.offer(things) }
    }
  }

  /// The first that was found in what came so far, or comes.
  ///
  /// - Parameter seconds: many, since tests that wait for processes keep the few threads on which actors run.
  func first<Found: Sendable>(
    _ what: String, seconds: Int = 600, _ find: @escaping @Sendable ([Thing]) -> Found?
  ) async throws -> Found {
    try await withCheckedThrowingContinuation { continuation in
      let number = state.withLock { state -> Int? in
        if let found = find(state.things) {
          continuation.resume(returning: found)
          return nil
        }
        state.numbers += 1
        state.waiters.append(
          Waiter(
            number: state.numbers,
            offer: { things in
              guard let found = find(things) else { return false }
              continuation.resume(returning: found)
              return true
            }, giveUp: { continuation.resume(throwing: NothingCame(description: "did not come within \(seconds) s: \(what)")) }))
        return state.numbers
      }
      guard let number else { return }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
        self.state.withLock { state in
          guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return }
          state.waiters.remove(at: index).giveUp()
        }
      }
    }
  }
}
