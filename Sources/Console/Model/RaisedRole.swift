public import Model

/// What the person may do, as the server said last: a user's rights, until a password raises them.
struct RaisedRole: Hashable, Sendable {
  var role = Role.user
  /// Without a request for so long it ends.
  var idle = Span.seconds(0)
  /// When it ends unless something is asked before.
  var end = Instant.never
  /// A password is being looked at.
  var isAsked = false

  var isRaised: Bool { role != .user }

  /// The last minute is counted down.
  static let lastMinute = Span.seconds(60)
}

/// A role that a password gave.
public struct RoleGrant: Hashable, Sendable {
  public var role: Role
  /// Without a request for so long it ends.
  public var idle: Span
  public init(role: Role, idle: Span) {
    self.role = role
    self.idle = idle
  }
}

/// What was typed where nothing is shown. It is written nowhere, not by a mistake either.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  public let bytes: [UInt8]
  init(_ text: String) { bytes = Array(text.utf8) }
  public var description: String { "(a secret)" }
  public var debugDescription: String { description }
}
