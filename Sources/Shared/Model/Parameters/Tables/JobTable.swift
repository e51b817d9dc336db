/// Keys of a job: reference/afanasy.md sections 1.2 to 1.4 and 4.7.
enum JobTable {
  private static let atSubmission = ParameterAccess.submitted(reason: "it is what the job was submitted with")

  private static let identity: [Parameter<JobSpec>] = [
    Parameter.text("name", \.name, .string(Limits.nameBytes), access: atSubmission, "What people call the job.").alwaysWritten,
    Parameter.text("user_name", \.user, .string(Limits.nameBytes), "Whose job it is.").alwaysWritten,
    Parameter.number("priority", \.priority, 0...255, "Jobs of higher priority are served first. 0: never.").alwaysWritten,
    .flag("offline", \.isOffline, "Whether the job is paused."),
    .special(
      "blocks", .special("list of 1 to \(Limits.blocksPerJob) objects"),
      access: .submitted(reason: "blocks are appended, or edited one by one"), "The job's blocks."),
    .path("branch", \.parameters.branch, "The branch in which it stands."),
  ]

  private static let when: [Parameter<JobSpec>] = [
    Parameter("time_wait", .integer(0...253_402_300_799), unit: "s", "Not before this time, in seconds since 1970. 0: at once.") {
      .integer($0.parameters.timeWait.seconds)
    } set: {
      $0.parameters.timeWait = Instant(seconds: $1.integer ?? 0)
    },
    .number(
      "time_life", \.parameters.timeLife, -1...Int64(Int32.max), unit: "s",
      "How long after its submission the job is deleted, in whatever state. -1: as its user says; 0: never."
    ).inherited,
    .text(
      "depend_mask", \.parameters.dependMask, .pattern, "The other jobs of the same user that must be done before. Empty: none."),
    .text(
      "depend_mask_global", \.parameters.dependMaskGlobal, .pattern,
      "The other jobs, whoever owns them, that must be done before. Empty: none."),
    .flag(
      "ppa", \.parameters.previewApproval,
      "Whether the job stops after the frames that its blocks' sequential puts first, until this is unset."),
    .flag("maintenance", \.parameters.maintenance, "Whether each task runs only on the render that has the task's name."),
    .flag("ignorenimby", \.parameters.ignoreNimby, "Whether it runs on renders that are nimby or NIMBY too."),
    .flag("ignorepaused", \.parameters.ignorePaused, "Whether it runs on renders that are paused too."),
    .flag(
      "preempt", \.parameters.preempt, "Whether it may stop tasks of jobs of lower priority when no render is free."),
  ]

  private static let rest: [Parameter<JobSpec>] = [
    .text(
      "command_pre", \.parameters.commandPre, .string(Limits.commandBytes),
      "A command that runs on the farm before the job begins; the job waits for it."),
    .text(
      "command_post", \.parameters.commandPost, .string(Limits.commandBytes),
      "A command that runs on the farm when the job is deleted."),
    Parameter(
      "try_this_blocks_num", .integers(0...Int64(Limits.blocksPerJob - 1), tries), "The blocks of the tasks to be tried first.",
      access: .submitted(reason: "tasks are tried first by the order try-next")
    ) {
      .array($0.parameters.tryNext.map { .integer(Int64($0.block.value)) })
    } set: {
      fill(&$0, $1) { $0.block = BlockIndex(UInt16(clamping: $1)) }
    },
    Parameter(
      "try_this_tasks_num", .integers(0...Int64(Limits.tasksPerBlock - 1), tries),
      "The tasks to be tried first, each in its block.",
      access: .submitted(reason: "tasks are tried first by the order try-next")
    ) {
      .array($0.parameters.tryNext.map { .integer(Int64($0.task.value)) })
    } set: {
      fill(&$0, $1) { $0.task = TaskIndex(UInt32(clamping: $1)) }
    },
  ]

  /// Tasks to be tried first.
  private static let tries = 10_000

  /// Two lists that run side by side: the longer one says how many there are.
  private static func fill(_ job: inout JobSpec, _ value: JSONValue, _ set: (inout TryNext, Int64) -> Void) {
    for (index, value) in (value.array ?? []).enumerated() {
      if index == job.parameters.tryNext.count {
        job.parameters.tryNext.append(TryNext(block: BlockIndex(0), task: TaskIndex(0)))
      }
      set(&job.parameters.tryNext[index], value.integer ?? 0)
    }
  }

  private static let kept: [Parameter<JobSpec>] = [
    .kept("host_name", .string(Limits.nameBytes), in: \.other, access: atSubmission, "The machine it was submitted from."),
    .kept("description", .string(Limits.textBytes), in: \.other, "For people."),
    .kept("annotation", .string(Limits.textBytes), in: \.other, "For people, shown in lists."),
    .kept("custom_data", .string(Limits.textBytes), in: \.other, "For programs."),
    .kept("project", .string(Limits.nameBytes), in: \.other, access: atSubmission, "Where the job belongs."),
    .kept("department", .string(Limits.nameBytes), in: \.other, access: atSubmission, "Where the job belongs."),
    .kept("folders", .stringMap, in: \.other, "Folders of interest, by label."),
    .kept("hidden", .bool, in: \.other, "Whether the job is of little interest."),
  ]

  /// What a job has in common with users and branches, but for what only these can do.
  private static let work: [Parameter<JobSpec>] = {
    var work: [Parameter<JobSpec>] = WorkTable.all(\.parameters.work)
    for index in work.indices where work[index].key.hasPrefix("solve_") {
      work[index].access = .withoutEffect(reason: "a job has no nodes to give renders to")
    }
    return work
  }()

  static let table = ParameterTable(
    "job", defaults: JobSpec(name: "", user: "", blocks: []), other: \JobSpec.other, required: ["name", "user_name"],
    computed: [
      "id", "serial", "st", "state", "time_creation", "time_started", "time_done", "user_list_order", "thumb_path", "report",
      "locked", "srv_info", "tasks_ready", "tasks_error", "running_tasks_num", "running_capacity_total", "running_services",
      // What `reeve job --json` shows besides: it can be submitted again.
      "blocks_num", "tasks_num", "tasks_done", "tasks_skipped", "tasks_error_ready", "tasks_waitdep", "tasks_waitrec",
      "tasks_suspended", "tasks_warning", "p_percentage", "p_progressbar", "time_eta", "time_eta_early", "time_eta_late",
      "explanation",
    ],
    identity + work + when + rest + kept)
}
