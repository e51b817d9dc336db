/// Keys of a pool: reference/afanasy.md sections 1.10 and 1.12.
enum PoolTable {
  private static let own: [Parameter<PoolParameters>] = [
    Parameter.number("priority", \.priority, 0...255, "Renders in pools of higher priority get tasks first. 0: none."),
    .text(
      "pattern", \.pattern, .pattern, "New renders with matching names are put here, whatever the case of letters. Empty: none."),
    .flag("paused", \.isPaused, "Whether nothing starts in its subtree."),
    .flag("new_nimby", \.newNimby, "Whether new renders begin as NIMBY."),
    .flag("new_paused", \.newPaused, "Whether new renders begin paused."),
  ]

  private static let times: [Parameter<PoolParameters>] = [
    .number(
      "heartbeat_sec", \.heartbeatSec, -1...86_400, unit: "s",
      "From one sign of life of a render to the next. -1: as the pool above says."
    ).inherited,
    .number(
      "resources_update_period", \.resourcesUpdatePeriod, -1...86_400, unit: "heartbeats",
      "From one measurement of a render's resources to the next. -1: as the pool above says."
    ).inherited,
    .number(
      "zombie_time", \.zombieTime, -1...86_400, unit: "s",
      "After so long without a sign of life a render is offline. -1: as the pool above says."
    ).inherited,
    .number(
      "exit_no_task_time", \.exitNoTaskTime, -1...1_000_000_000, unit: "s",
      "After so long without a task a render's agent ends. -1: as the pool above says."
    ).inherited,
    .number(
      "no_task_event_time", \.noTaskEventTime, -1...1_000_000_000, unit: "s",
      "After so long without a task there is an event. -1: as the pool above says."
    ).inherited,
    .number(
      "overload_event_time", \.overloadEventTime, -1...1_000_000_000, unit: "s",
      "After so long without memory or disk there is an event. -1: as the pool above says."
    ).inherited,
    .number(
      "sick_errors_count", \.sickErrorsCount, -1...1_000_000,
      "When tasks of so many users fail one after the other, a render is sick. -1: as the pool above says."
    ).inherited,
    .number(
      "idle_wolsleep_time", \.idleWolsleepTime, -1...1_000_000_000, unit: "s",
      "A render that is idle for so long is put to sleep. -1: as the pool above says."
    ).inherited,
    .number(
      "idle_free_time", \.idleFreeTime, -1...1_000_000_000, unit: "s",
      "A render that is idle for so long is freed of nimby and NIMBY. -1: as the pool above says."
    ).inherited,
    .number(
      "busy_nimby_time", \.busyNimbyTime, -1...1_000_000_000, unit: "s",
      "A render that is busy without tasks for so long becomes NIMBY. -1: as the pool above says."
    ).inherited,
  ]

  private static func loads(
    _ prefix: String, _ place: Place<PoolParameters, LoadLimits>, _ what: String
  ) -> [Parameter<PoolParameters>] {
    let all: [Parameter<LoadLimits>] = [
      .number("cpu", \.cpuPercent, -1...100, unit: "%", "The processors' load \(what). -1: not looked at."),
      .number("mem", \.memoryPercent, -1...100, unit: "%", "The used memory \(what). -1: not looked at."),
      .number("swp", \.swapPercent, -1...100, unit: "%", "The used swap \(what). -1: not looked at."),
      .number("hddgb", \.diskFreeGB, -1...1_000_000_000, unit: "GB", "The free disk \(what). -1: not looked at."),
      .number("hddio", \.diskBusyPercent, -1...100, unit: "%", "The disks' load \(what). -1: not looked at."),
      .number("netmbs", \.netMBps, -1...1_000_000_000, unit: "MB/s", "The network's load \(what). -1: not looked at."),
    ]
    return all.map { $0.part(of: place, key: prefix + $0.key) }
  }

  private static let load =
    loads("idle_", \.idle, "at which a render is still idle") + loads("busy_", \.busy, "from which a render is busy")

  static let table = ParameterTable(
    "pool", defaults: PoolParameters(), other: \PoolParameters.other,
    computed: [
      "id", "name", "parent", "time_creation", "pools_total", "renders_total", "renders_busy", "renders_ready", "renders_online",
      "renders_offline", "renders_nimby", "renders_paused", "renders_sick", "run_tasks", "run_capacity", "task_start_finish_time",
      "running_services", "st", "state",
    ],
    own + times + load + (FarmTable.all + FarmTable.shared).map { $0.part(of: \.farm) } + KeptKeys.all(\.other))
}
