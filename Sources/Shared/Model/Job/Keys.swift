/// Keys of a job in a submission: reference/afanasy.md sections 1.2 to 1.4 and 4.7.
public enum JobKeys {
  public static let all: [KeyRule] = [
    KeyRule("name", .string(Limits.nameBytes), .enforced),
    KeyRule("user_name", .string(Limits.nameBytes), .enforced),
    KeyRule("host_name", .string(Limits.nameBytes), .kept),
    KeyRule("priority", .integer(0...255), .enforced),
    KeyRule("offline", .bool, .enforced),
    KeyRule("blocks", .special, .enforced),
    KeyRule("description", .string(Limits.textBytes), .kept),
    KeyRule("annotation", .string(Limits.textBytes), .kept),
    KeyRule("custom_data", .string(Limits.textBytes), .kept),
    KeyRule("project", .string(Limits.nameBytes), .kept),
    KeyRule("department", .string(Limits.nameBytes), .kept),
    KeyRule("folders", .stringMap, .kept),
    KeyRule("hidden", .bool, .kept),
    KeyRule("branch", .string(Limits.textBytes), .later),
    KeyRule("pools", .integerMap(-100...100), .later),
    KeyRule("max_running_tasks", .integer(-1...1_000_000), .later),
    KeyRule("max_running_tasks_per_host", .integer(-1...10_000), .later),
    KeyRule("max_tasks_per_second", .integer(-1...10_000), .later),
    KeyRule("hosts_mask", .string(Limits.patternBytes), .later),
    KeyRule("hosts_mask_exclude", .string(Limits.patternBytes), .later),
    KeyRule("hosts_mask_type", .word(["find", "regex"]), .later),
    KeyRule("need_os", .string(Limits.patternBytes), .later),
    KeyRule("need_properties", .string(Limits.patternBytes), .later),
    KeyRule("need_power", .integer(-1...1_000_000_000), .later),
    KeyRule("need_memory", .integer(-1...1_000_000_000), .later),
    KeyRule("need_hdd", .integer(-1...1_000_000_000), .later),
    KeyRule("time_wait", .integer(0...253_402_300_799), .later),
    KeyRule("time_life", .integer(-1...4_000_000_000), .later),
    KeyRule("depend_mask", .pattern, .later),
    KeyRule("depend_mask_global", .pattern, .later),
    KeyRule("ppa", .bool, .later),
    KeyRule("maintenance", .bool, .later),
    KeyRule("ignorenimby", .bool, .later),
    KeyRule("ignorepaused", .bool, .later),
    KeyRule("try_this_tasks_num", .special, .later),
    KeyRule("try_this_blocks_num", .special, .later),
    KeyRule("command_pre", .string(Limits.commandBytes), .later),
    KeyRule("command_post", .string(Limits.commandBytes), .later),
    KeyRule("solve_method", .word(["solve_priority", "solve_order"]), .later),
    KeyRule("solve_need", .word(["solve_capacity", "solve_tasksnum"]), .later),
    KeyRule("id", .special, .computed), KeyRule("serial", .special, .computed), KeyRule("st", .special, .computed),
    KeyRule("state", .special, .computed), KeyRule("time_creation", .special, .computed),
    KeyRule("time_started", .special, .computed), KeyRule("time_done", .special, .computed),
    KeyRule("user_list_order", .special, .computed), KeyRule("thumb_path", .special, .computed),
    KeyRule("report", .special, .computed), KeyRule("locked", .special, .computed), KeyRule("srv_info", .special, .computed),
    KeyRule("tasks_ready", .special, .computed), KeyRule("tasks_error", .special, .computed),
    KeyRule("running_tasks_num", .special, .computed), KeyRule("running_capacity_total", .special, .computed),
    KeyRule("running_services", .special, .computed),
    // What `reeve job --json` shows besides: it can be submitted again.
    KeyRule("blocks_num", .special, .computed), KeyRule("tasks_num", .special, .computed),
    KeyRule("tasks_done", .special, .computed), KeyRule("tasks_skipped", .special, .computed),
    KeyRule("tasks_error_ready", .special, .computed), KeyRule("tasks_waitdep", .special, .computed),
    KeyRule("tasks_waitrec", .special, .computed), KeyRule("tasks_suspended", .special, .computed),
    KeyRule("tasks_warning", .special, .computed), KeyRule("p_percentage", .special, .computed),
    KeyRule("p_progressbar", .special, .computed),
  ]
}

/// Keys of a block: sections 1.5 and 4.7.
public enum BlockKeys {
  public static let all: [KeyRule] = [
    KeyRule("name", .string(Limits.nameBytes), .enforced),
    KeyRule("service", .string(Limits.nameBytes), .enforced),
    KeyRule("parser", .string(Limits.nameBytes), .enforced),
    KeyRule("flags", .integer(0...2047), .enforced),
    KeyRule("frame_first", .integer(-1_000_000_000...1_000_000_000), .enforced),
    KeyRule("frame_last", .integer(-1_000_000_000...1_000_000_000), .enforced),
    KeyRule("frames_per_task", .integer(-10_000...1_000_000_000), .enforced),
    KeyRule("frames_inc", .integer(1...1_000_000_000), .enforced),
    KeyRule("tasks", .special, .enforced),
    KeyRule("tasks_name", .string(Limits.nameBytes), .enforced),
    KeyRule("command", .string(Limits.commandBytes), .enforced),
    KeyRule("working_directory", .string(Limits.textBytes), .enforced),
    KeyRule("files", .strings(Limits.filesPerBlock), .kept),
    KeyRule("environment", .stringMap, .enforced),
    KeyRule("capacity", .integer(1...Int64(Limits.capacity)), .enforced),
    KeyRule("errors_retries", .integer(-1...127), .enforced),
    KeyRule("depend_mask", .pattern, .enforced),
    KeyRule("tasks_depend_mask", .pattern, .enforced),
    KeyRule("custom_data", .string(Limits.textBytes), .kept),
    KeyRule("sequential", .integer(-1_000_000...1_000_000), .later),
    KeyRule("max_running_tasks", .integer(-1...1_000_000), .later),
    KeyRule("max_running_tasks_per_host", .integer(-1...10_000), .later),
    KeyRule("task_max_run_time", .integer(0...1_000_000_000), .later),
    KeyRule("task_min_run_time", .integer(0...1_000_000_000), .later),
    KeyRule("task_progress_change_timeout", .integer(-1...1_000_000_000), .later),
    KeyRule("need_memory", .integer(-1...1_000_000_000), .later),
    KeyRule("need_gpu_mem_mb", .integer(-1...1_000_000_000), .later),
    KeyRule("need_cpu_freq_mgz", .integer(-1...1_000_000_000), .later),
    KeyRule("need_cpu_cores", .integer(-1...1_000_000_000), .later),
    KeyRule("need_cpu_freq_cores", .integer(-1...1_000_000_000), .later),
    KeyRule("need_hdd", .integer(-1...1_000_000_000), .later),
    KeyRule("need_power", .integer(-1...1_000_000_000), .later),
    KeyRule("need_properties", .string(Limits.patternBytes), .later),
    KeyRule("hosts_mask", .string(Limits.patternBytes), .later),
    KeyRule("hosts_mask_exclude", .string(Limits.patternBytes), .later),
    KeyRule("errors_avoid_host", .integer(-1...127), .later),
    KeyRule("errors_task_same_host", .integer(-1...127), .later),
    KeyRule("errors_forgive_time", .integer(-1...1_000_000_000), .later),
    KeyRule("file_size_min", .integer(-1...Int64.max), .later),
    KeyRule("file_size_max", .integer(-1...Int64.max), .later),
    KeyRule("capacity_coeff_min", .integer(0...1_000_000), .later),
    KeyRule("capacity_coeff_max", .integer(0...1_000_000), .later),
    KeyRule("multihost_min", .integer(0...127), .later),
    KeyRule("multihost_max", .integer(0...127), .later),
    KeyRule("multihost_max_wait", .integer(0...65535), .later),
    KeyRule("multihost_service_wait", .integer(0...65535), .later),
    KeyRule("multihost_service", .string(Limits.nameBytes), .later),
    KeyRule("parser_coeff", .integer(1...1_000_000), .later),
    KeyRule("command_pre", .string(Limits.commandBytes), .later),
    KeyRule("command_post", .string(Limits.commandBytes), .later),
    KeyRule("tickets", .integerMap(0...1_000_000), .later),
    KeyRule("depend_sub_task", .bool, .later),
    KeyRule("tasks_num", .special, .computed), KeyRule("block_num", .special, .computed),
    KeyRule("job_id", .special, .computed), KeyRule("st", .special, .computed), KeyRule("state", .special, .computed),
    KeyRule("srv_info", .special, .computed), KeyRule("time_started", .special, .computed),
    KeyRule("time_done", .special, .computed),
    KeyRule("running_tasks_counter", .special, .computed), KeyRule("running_capacity_total", .special, .computed),
    KeyRule("p_percentage", .special, .computed), KeyRule("p_error_hosts", .special, .computed),
    KeyRule("p_avoid_hosts", .special, .computed), KeyRule("p_tasks_ready", .special, .computed),
    KeyRule("p_tasks_done", .special, .computed), KeyRule("p_tasks_error", .special, .computed),
    KeyRule("p_tasks_skipped", .special, .computed), KeyRule("p_tasks_warning", .special, .computed),
    KeyRule("p_tasks_waitrec", .special, .computed), KeyRule("p_tasks_waitdep", .special, .computed),
    KeyRule("p_tasks_suspended", .special, .computed), KeyRule("p_tasks_run_time_min", .special, .computed),
    KeyRule("p_tasks_run_time_max", .special, .computed), KeyRule("p_tasks_run_time_sum", .special, .computed),
    KeyRule("p_progressbar", .special, .computed), KeyRule("p_errors", .special, .computed),
  ]
}

/// Keys of a listed task: section 1.6.
public enum TaskKeys {
  public static let all: [KeyRule] = [
    KeyRule("name", .string(Limits.nameBytes), .enforced),
    KeyRule("command", .string(Limits.commandBytes), .enforced),
    KeyRule("files", .strings(Limits.filesPerBlock), .kept),
    KeyRule("environment", .stringMap, .enforced),
  ]
}

/// Block flag bits (section 1.5).
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
