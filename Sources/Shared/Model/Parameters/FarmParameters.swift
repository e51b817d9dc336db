/// What a pool says of its renders, or a render of itself; the nearest that says something counts (reference/afanasy.md
/// section 1.10).
public struct FarmParameters: Hashable, Sendable {
  /// Capacity of a render; -1: as the pool above says.
  public var capacityHost: Int32 = -1
  /// Tasks at once; -1: as the pool above says.
  public var maxTasksHost: Int32 = -1
  public var powerHost: Int32 = -1
  /// Empty: as the pool above says.
  public var propertiesHost = ""
  /// Services allowed.
  public var services: [String] = []
  public var servicesDisabled: [String] = []
  /// Shared by all renders of the subtree: licences. Only on pools.
  public var ticketsPool: [String: TicketCount] = [:]
  /// Each render has so many.
  public var ticketsHost: [String: TicketCount] = [:]

  public init() {}

  /// Of the root pool.
  public static let root: FarmParameters = {
    var root = FarmParameters()
    root.capacityHost = 1100
    root.maxTasksHost = 4
    return root
  }()
}

/// How many of a ticket there are.
public struct TicketCount: Hashable, Sendable {
  public var count: Int32
  /// Renders that may hold some at the same time; -1: any number.
  public var maxHosts: Int32
  public init(count: Int32, maxHosts: Int32 = -1) {
    self.count = count
    self.maxHosts = maxHosts
  }
}
