/// Keys of a branch: reference/afanasy.md section 1.13.
enum BranchTable {
  private static let own: [Parameter<BranchParameters>] = [
    Parameter.number("priority", \.priority, 0...255, "Branches of higher priority are served first. 0: never."),
    .flag("paused", \.isPaused, "Whether nothing in its subtree starts."),
    .flag("create_childs", \.createsChildren, "Whether a job may name a branch below that is not there yet."),
    .flag("solve_jobs", \.solvesJobs, "Whether its jobs stand side by side, whoever owns them; otherwise its users do."),
  ]

  static let table = ParameterTable(
    "branch", defaults: BranchParameters(), other: \BranchParameters.other,
    computed: [
      "id", "name", "parent", "time_creation", "time_empty", "branches_total", "jobs_total", "jobs_running", "jobs_done",
      "jobs_error", "jobs_ready", "tasks_ready", "tasks_error", "active_jobs", "active_users", "running_tasks_num",
      "running_capacity_total", "st", "state",
    ],
    own + WorkTable.all(\.work) + KeptKeys.all(\.other))
}
