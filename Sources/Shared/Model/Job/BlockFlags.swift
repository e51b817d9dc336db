/// Block flag bits (reference/afanasy.md section 1.5).
public struct BlockFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public static let numeric = BlockFlags(rawValue: 1 << 0)
  public static let variableCapacity = BlockFlags(rawValue: 1 << 1)
  public static let multiHost = BlockFlags(rawValue: 1 << 2)
  public static let masterOnSlave = BlockFlags(rawValue: 1 << 3)
  public static let dependSubTask = BlockFlags(rawValue: 1 << 4)
  public static let skipThumbnails = BlockFlags(rawValue: 1 << 5)
  public static let skipExistingFiles = BlockFlags(rawValue: 1 << 6)
  public static let checkRenderedFiles = BlockFlags(rawValue: 1 << 7)
  public static let slaveLostIgnore = BlockFlags(rawValue: 1 << 8)
  public static let appendedTasks = BlockFlags(rawValue: 1 << 9)
  public static let suspendNewTasks = BlockFlags(rawValue: 1 << 10)
}
