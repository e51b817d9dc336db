import Dispatch

/// Looks again and again until a condition holds, without keeping a thread of the others.
///
/// - Parameter seconds: many, since tests that wait for processes keep the few threads on which actors run.
func eventually(_ what: String, seconds: Double = 600, _ condition: @escaping @Sendable () -> Bool) async throws {
  let deadline = DispatchTime.now() + seconds
  while !condition() {
    guard DispatchTime.now() < deadline else { throw NeverSeen(description: "not seen within \(Int(seconds)) s: \(what)") }
    await withCheckedContinuation { done in
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(10)) { done.resume() }
    }
  }
}

struct NeverSeen: Error, CustomStringConvertible {
  let description: String
}
