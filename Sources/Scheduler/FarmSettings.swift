public import Model

/// What the configuration says to the scheduler. Defaults are Afanasy's (section 10.2).
public struct FarmSettings: Sendable, Hashable {
  /// `af_priority`
  public var priority: UInt8 = Limits.defaultPriority
  /// `af_task_error_retries`: tries after the first, for users who say nothing else.
  public var errorRetries: Int8 = 3
  /// A render whose last sign is older is offline (root pool's `zombie_time`).
  public var zombieTime: Span = .seconds(16)
  /// `af_task_reconnect_timeout`: so long may a run's render stay away: since its last sign of life, or since the server listens
  /// again. Copernicus' two minutes, not Afanasy's 30 s.
  public var reconnectTimeout: Span = .seconds(120)
  // For users who say nothing else.
  /// `af_errors_avoid_host`, `af_task_errors_same_host`, in errors; 0: never.
  public var errorsAvoidHost: UInt8 = 3
  public var errorsTaskSameHost: UInt8 = 3
  /// `af_errors_forgivetime`, `af_jobs_life_time`; 0: never.
  public var errorsForgiveTime: Span = .seconds(18_000)
  public var jobsLifeTime: Span = .seconds(0)
  /// `af_task_progress_change_timeout`; nil: off.
  public var taskProgressChangeTimeout: Span?
  /// `af_max_running_tasks`, `af_max_run_tasks_per_host` of new users; -1: unlimited.
  public var maxRunningTasks: Int32 = -1
  public var maxRunningTasksPerHost: Int32 = -1
  /// `af_fairshare_halflife`; nil: past use counts for nothing.
  public var fairshareHalflife: Span?
  /// Between a render's signs of life, and between its measurements, where no pool says otherwise.
  public var heartbeat: Span = .seconds(4)
  public var resourcesTime: Span = .seconds(10)
  /// `af_render_default_capacity`, `af_render_default_max_tasks`: of the root pool until somebody sets them.
  public var renderCapacity: Int32 = 1100
  public var renderMaxTasks: Int32 = 4
  // The system job (section 5).
  /// `af_sysjob_tasksmax`: tasks of one of its blocks that are ready or run at once; further commands wait.
  public var systemTasksMax: Int32 = 1000
  /// `af_sysjob_tasklife`: a task of it that is older and does not run is given up.
  public var systemTaskLife: Span = .seconds(1800)
  /// By `SystemBlock`.
  public var systemServices = ["postcmd", "events", "wakeonlan"]
  // Wake-on-LAN (section 7).
  /// `af_render_cmd_wolwake`; the addresses of the machine come behind.
  public var wakeCommand = "wolwake"
  /// `af_wol_wake_timeout`: a render that was woken has so long to come.
  public var wakeTimeout: Span = .seconds(300)
  /// A render that was put to sleep and still reports after so long did not fall asleep: it is online again.
  public var wolFallTimeout: Span = .seconds(120)
  /// `af_wolwake_interval`: between the wakes of two renders.
  public var wakeInterval: Span = .seconds(10)
  /// `af_undo_grace`: so long an order of a person can be undone, and a deletion is not final; 0: never.
  public var undoGrace: Span = .seconds(30)
  // `af_render_overflow_mem`, `_swap`, `_hdd`: free per cent at or below which a render is overloaded; -1: off.
  public var overflowMemory: Int32 = -1
  public var overflowSwap: Int32 = -1
  public var overflowDisk: Int32 = -1
  public init() {}

  /// What the root pool says until somebody says otherwise.
  var rootPool: PoolParameters {
    var root = PoolParameters.root
    root.farm.capacityHost = renderCapacity
    root.farm.maxTasksHost = renderMaxTasks
    return root
  }

  /// What a user's node says until somebody says otherwise.
  var newUser: UserParameters {
    var user = UserParameters()
    user.work.maxRunningTasks = maxRunningTasks
    user.work.maxRunningTasksPerHost = maxRunningTasksPerHost
    user.errorsRetries = UInt8(clamping: errorRetries)
    user.errorsAvoidHost = errorsAvoidHost
    user.errorsTaskSameHost = errorsTaskSameHost
    user.errorsForgiveTime = Int32(clamping: errorsForgiveTime.seconds)
    user.jobsLifeTime = Int32(clamping: jobsLifeTime.seconds)
    return user
  }
}
