import Foundation

/// Something that was waited for did not come.
public struct NotObserved: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Looks again and again until a condition holds: the one way in which tests wait.
///
/// - Parameter limit: seconds after which the wait has failed; generous, since the machine may be busy.
/// - Throws: `NotObserved` with what was last seen.
@discardableResult
public func observe<Value>(
  _ what: String, limit: Double = 180, every milliseconds: Int32 = 20, seen: () -> String = { "" }, _ look: () throws -> Value?
) throws -> Value {
  let deadline = Date().addingTimeInterval(limit)
  while true {
    if let value = try look() { return value }
    guard Date() < deadline else { throw NotObserved("not observed within \(Int(limit)) s: \(what)\n\(seen())") }
    poll(nil, 0, milliseconds)
  }
}

/// The same for a plain condition.
public func observe(_ what: String, limit: Double = 180, seen: () -> String = { "" }, until condition: () throws -> Bool) throws {
  try observe(what, limit: limit, seen: seen) { try condition() ? true : nil }
}
