/// What a block says of where, when and how its tasks run, beyond what `BlockSpec` names itself (reference/afanasy.md section 1.5).
public struct BlockParameters: Hashable, Sendable {
  /// Order of its tasks (section 3.8).
  public var sequential: Int64 = 1
  /// -1: unlimited, 0: none.
  public var maxRunningTasks: Int32 = -1
  public var maxRunningTasksPerHost: Int32 = -1
  /// Seconds; 0: no limit.
  public var taskMaxRunTime: Int32 = 0
  public var taskMinRunTime: Int32 = 0
  /// Seconds without progress after which a task is an error; 0: off, -1: `af_task_progress_change_timeout`.
  public var taskProgressChangeTimeout: Int32 = -1
  // At least so much of a render; -1: any.
  public var needMemoryMB: Int32 = -1
  public var needGPUMemoryMB: Int32 = -1
  public var needCPUMHz: Int32 = -1
  public var needCPUCores: Int32 = -1
  public var needCPUMHzCores: Int32 = -1
  public var needDiskGB: Int32 = -1
  public var needPower: Int32 = -1
  public var needProperties = ""
  public var hostsMask = ""
  public var hostsMaskExclude = ""
  // -1: as the user says.
  public var errorsAvoidHost: Int8 = -1
  public var errorsTaskSameHost: Int8 = -1
  /// Seconds; 0: never forgiven.
  public var errorsForgiveTime: Int32 = -1
  /// Bytes a result file has at least and at most; -1: any.
  public var fileSizeMin: Int64 = -1
  public var fileSizeMax: Int64 = -1
  /// A task takes `capacity` times a number between these; 0: once (section 3.9).
  public var capacityCoeffMin: Int32 = 0
  public var capacityCoeffMax: Int32 = 0
  /// Hosts of one task; 0: not multi-host (section 3.15).
  public var multihostMin: Int8 = 0
  public var multihostMax: Int8 = 0
  /// Seconds to wait for more hosts once there are enough.
  public var multihostMaxWait: UInt16 = 0
  /// Seconds between the start of the slaves' service and that of the master.
  public var multihostServiceWait: UInt16 = 0
  /// Service of the slaves; empty: nothing runs on them.
  public var multihostService = ""
  public var parserCoeff: Int32 = 1
  /// It runs on renders that are nimby or NIMBY too, and on paused ones, whatever its job says.
  public var ignoreNimby = false
  public var ignorePaused = false
  public var commandPre = ""
  public var commandPost = ""
  /// How much of each ticket a task takes, 1 or more.
  public var tickets: [String: Int32] = [:]

  public init() {}
}
