/// Keys of a block: reference/afanasy.md sections 1.5 and 4.7.
enum BlockTable {
  private static let frames = ParameterAccess.submitted(reason: "the frames of a block are those it was submitted with")
  private static let atSubmission = ParameterAccess.submitted(reason: "it is what the block was submitted with")

  private static let identity: [Parameter<BlockSpec>] = [
    Parameter.text("name", \.name, .string(Limits.nameBytes), "What the block is called, also by the masks of other blocks.")
      .alwaysWritten,
    Parameter.text("service", \.service, .string(Limits.nameBytes), "How its commands are run and their output is read.")
      .alwaysWritten,
    .text("parser", \.parser, .string(Limits.nameBytes), "The service by whose rules the output is read. Empty: that of service."),
    Parameter.number(
      "capacity", \.capacity, 1...Int64(Limits.capacity), "How much of a render's capacity a task takes while it runs."
    )
    .alwaysWritten,
    Parameter("flags", .integer(0...2047), "Afanasy's flags, added up.", access: atSubmission) {
      .integer(Int64($0.flags.rawValue))
    } set: {
      // What other keys said of single flags stays.
      $0.flags.formUnion(BlockFlags(rawValue: UInt16(clamping: $1.integer ?? 0)))
    }.alwaysWritten,
    Parameter("depend_sub_task", .bool, "The flag 16 by name.", access: atSubmission) {
      .bool($0.flags.contains(.dependSubTask))
    } set: {
      if $1.isTrue { $0.flags.insert(.dependSubTask) }
    },
    .special(
      "frame_first", .integer(-1_000_000_000...1_000_000_000), access: frames, "The first frame of a numeric block."),
    .special(
      "frame_last", .integer(-1_000_000_000...1_000_000_000), access: frames, "The last frame of a numeric block."),
    .special("frames_per_task", .integer(-10_000...1_000_000_000), access: frames, "How many frames are one task."),
    .special("frames_inc", .integer(1...1_000_000_000), access: frames, "The step from one frame to the next."),
    .special(
      "tasks", .special("list of objects"), access: .submitted(reason: "tasks are appended, or edited one by one"),
      "The tasks of a listed block."),
  ]

  private static let commands: [Parameter<BlockSpec>] = [
    .text("tasks_name", \.tasksName, .string(Limits.nameBytes), "The names of its tasks, a pattern."),
    .text("command", \.command, .string(Limits.commandBytes), "The command line, a pattern."),
    .text(
      "working_directory", \.workingDirectory, .string(Limits.textBytes),
      "Where the command runs. Empty: a folder of the task's own."),
    .stringMap("environment", \.environment, "Added to the environment of its tasks."),
    .strings("files", \.files, Limits.filesPerBlock, "The files that its tasks write, patterns."),
    .number("file_size_min", \.parameters.fileSizeMin, -1...Int64.max, unit: "bytes", "The least size of a good file. -1: any."),
    .number("file_size_max", \.parameters.fileSizeMax, -1...Int64.max, unit: "bytes", "The greatest size of a good file. -1: any."),
    .text(
      "command_pre", \.parameters.commandPre, .string(Limits.commandBytes),
      "A command that runs on the farm before the job begins; the job waits for it."),
    .text(
      "command_post", \.parameters.commandPost, .string(Limits.commandBytes),
      "A command that runs on the farm when the job is deleted."),
    .number("parser_coeff", \.parameters.parserCoeff, 1...1_000_000, "A number for the parser."),
  ]

  private static let order: [Parameter<BlockSpec>] = [
    .number(
      "sequential", \.parameters.sequential, -1_000_000...1_000_000,
      "The order of its tasks. 1: as they stand; -1: backwards; 0: first, last, middle, quarters; N: the first, the last, then every Nth."
    ),
    .text("depend_mask", \.dependMask, .pattern, "The blocks that must be done before this one begins."),
    .text("tasks_depend_mask", \.tasksDependMask, .pattern, "The blocks of which this one needs the same frames."),
    .number(
      "max_running_tasks", \.parameters.maxRunningTasks, -1...1_000_000, "How many tasks may run at once. -1: any number; 0: none."),
    .number(
      "max_running_tasks_per_host", \.parameters.maxRunningTasksPerHost, -1...10_000,
      "How many tasks may run at once on one render. -1: any number; 0: none."),
  ]

  private static let errors: [Parameter<BlockSpec>] = [
    .number("errors_retries", \.errorsRetries, -1...127, "How often a failed task is tried again by itself. -1: as the user says."),
    .number(
      "errors_avoid_host", \.parameters.errorsAvoidHost, -1...127,
      "After so many errors on a render the block avoids it. 0: never; -1: as the user says."),
    .number(
      "errors_task_same_host", \.parameters.errorsTaskSameHost, -1...127,
      "After so many of its errors on a render a task avoids it. 0: never; -1: as the user says."),
    .number(
      "errors_forgive_time", \.parameters.errorsForgiveTime, -1...1_000_000_000, unit: "s",
      "After so long a render's errors are forgiven. 0: never; -1: as the user says."),
    .number(
      "task_max_run_time", \.parameters.taskMaxRunTime, 0...1_000_000_000, unit: "s",
      "A task that runs longer is stopped, an error. 0: any time."),
    .number(
      "task_min_run_time", \.parameters.taskMinRunTime, 0...1_000_000_000, unit: "s",
      "A task that is done sooner is an error. 0: any time."),
    .number(
      "task_progress_change_timeout", \.parameters.taskProgressChangeTimeout, -1...1_000_000_000, unit: "s",
      "A task that makes no progress for so long is stopped, an error. 0: any time; -1: as the farm says."),
  ]

  private static let renders: [Parameter<BlockSpec>] = [
    .text("hosts_mask", \.parameters.hostsMask, .mask, "The renders on which its tasks may run. Empty: all."),
    .text(
      "hosts_mask_exclude", \.parameters.hostsMaskExclude, .mask, "The renders on which none of its tasks may run. Empty: none."),
    .number(
      "need_memory", \.parameters.needMemoryMB, -1...1_000_000_000, unit: "MB",
      "The memory that a task needs: it must be free, and is reserved. -1: any."),
    .number(
      "need_gpu_mem_mb", \.parameters.needGPUMemoryMB, -1...1_000_000_000, unit: "MB",
      "The graphics memory that must be free on a render. -1: any."),
    .number(
      "need_cpu_freq_mgz", \.parameters.needCPUMHz, -1...1_000_000_000, unit: "MHz",
      "The frequency of a render's processor. -1: any."),
    .number("need_cpu_cores", \.parameters.needCPUCores, -1...1_000_000_000, "The processors of a render. -1: any."),
    .number(
      "need_cpu_freq_cores", \.parameters.needCPUMHzCores, -1...1_000_000_000, unit: "MHz",
      "The processors of a render multiplied by their frequency. -1: any."),
    .number(
      "need_hdd", \.parameters.needDiskGB, -1...1_000_000_000, unit: "GB",
      "The disk that a task needs: it must be free, and is reserved. -1: any."),
    .number("need_power", \.parameters.needPower, -1...1_000_000_000, "The power that a render must have. -1: any."),
    .text(
      "need_properties", \.parameters.needProperties, .string(Limits.patternBytes),
      "What must stand in the render's properties. Empty: anything."),
    .flag("ignorenimby", \.parameters.ignoreNimby, "Whether it runs on renders that are nimby or NIMBY too."),
    .flag("ignorepaused", \.parameters.ignorePaused, "Whether it runs on renders that are paused too."),
    .numberMap(
      "tickets", \.parameters.tickets, .integerMap(0...1_000_000), "How much of each ticket a task takes while it runs."),
    .number(
      "capacity_coeff_min", \.parameters.capacityCoeffMin, 0...1_000_000,
      "A task takes the capacity at least so many times. 0: once."),
    .number(
      "capacity_coeff_max", \.parameters.capacityCoeffMax, 0...1_000_000,
      "A task takes the capacity at most so many times, where it is free. 0: once."),
  ]

  private static let multihost: [Parameter<BlockSpec>] = [
    .number(
      "multihost_min", \.parameters.multihostMin, 0...hosts, access: atSubmission,
      "A task runs on at least so many renders at once. 0: on one."),
    .number(
      "multihost_max", \.parameters.multihostMax, 0...hosts, access: atSubmission,
      "A task runs on at most so many renders at once. 0: on one."),
    .number(
      "multihost_max_wait", \.parameters.multihostMaxWait, 0...65535, unit: "s",
      "How long a task waits for more renders than the least number."),
    .number(
      "multihost_service_wait", \.parameters.multihostServiceWait, 0...65535, unit: "s",
      "How long after the slaves' service the master starts."),
    .text(
      "multihost_service", \.parameters.multihostService, .string(Limits.nameBytes),
      "The service that runs on the slaves. Empty: none."),
  ]
  private static let hosts = Int64(Limits.multihostHosts)

  private static let kept: [Parameter<BlockSpec>] = [
    .kept("custom_data", .string(Limits.textBytes), in: \.other, "For programs.")
  ]

  static let table = ParameterTable(
    "block", defaults: BlockSpec(name: "", work: .listed([], framesPerTask: 1)), other: \BlockSpec.other, required: ["name"],
    computed: [
      "tasks_num", "block_num", "job_id", "st", "state", "srv_info", "time_started", "time_done", "running_tasks_counter",
      "running_capacity_total", "p_percentage", "p_error_hosts", "p_avoid_hosts", "p_tasks_ready", "p_tasks_done", "p_tasks_error",
      "p_tasks_skipped", "p_tasks_warning", "p_tasks_waitrec", "p_tasks_waitdep", "p_tasks_suspended", "p_tasks_run_time_min",
      "p_tasks_run_time_max", "p_tasks_run_time_sum", "p_progressbar", "p_errors",
    ],
    identity + commands + order + errors + renders + multihost + kept)
}
