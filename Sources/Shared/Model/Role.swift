/// How much somebody may do on the farm. Each may what the one before may.
public enum Role: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// Sees everything, changes what is their own.
  case user
  /// Any job, the system job, sleeping and waking renders.
  case superUser
  /// Pools, services, tickets, users, servers.
  case administrator

  public static func < (one: Role, other: Role) -> Bool { one.rawValue < other.rawValue }

  /// For people.
  public var word: String {
    switch self {
    case .user: "user"
    case .superUser: "super user"
    case .administrator: "administrator"
    }
  }
}
