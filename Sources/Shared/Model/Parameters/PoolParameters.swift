/// What a pool says (reference/afanasy.md section 1.12). Times in seconds; what is -1 is asked of the pool above.
public struct PoolParameters: Hashable, Sendable {
  public var priority = Limits.defaultPriority
  /// Renders with matching names are put here when they first come; empty: none.
  public var pattern = ""
  public var isPaused = false
  /// New renders begin as NIMBY.
  public var newNimby = false
  public var newPaused = false
  public var heartbeatSec: Int32 = -1
  /// Heartbeats between two measurements.
  public var resourcesUpdatePeriod: Int32 = -1
  public var zombieTime: Int32 = -1
  /// A render that had no task for so long leaves.
  public var exitNoTaskTime: Int32 = -1
  public var noTaskEventTime: Int32 = -1
  public var overloadEventTime: Int32 = -1
  /// Users whose tasks failed in a row on a render, after which it is sick.
  public var sickErrorsCount: Int32 = -1
  public var idleWolsleepTime: Int32 = -1
  public var idleFreeTime: Int32 = -1
  public var busyNimbyTime: Int32 = -1
  /// Below all of these a render is idle; above any of these, busy (section 3.13).
  public var idle = LoadLimits()
  public var busy = LoadLimits()
  public var farm = FarmParameters()
  /// Kept keys that nothing acts on: annotation, custom_data, hidden.
  public var other = JSONObject()

  public init() {}

  /// Of `/`.
  public static let root: PoolParameters = {
    var root = PoolParameters()
    root.farm = .root
    return root
  }()
}

/// Loads of a machine; -1: not looked at.
public struct LoadLimits: Hashable, Sendable {
  public var cpuPercent: Int32 = -1
  public var memoryPercent: Int32 = -1
  public var swapPercent: Int32 = -1
  /// Free.
  public var diskFreeGB: Int32 = -1
  public var diskBusyPercent: Int32 = -1
  /// Received and sent together, MB a second.
  public var netMBps: Int32 = -1

  public init() {}
  public var isOff: Bool { self == LoadLimits() }
}
