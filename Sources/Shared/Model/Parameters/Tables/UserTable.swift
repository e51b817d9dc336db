/// Keys of a user: reference/afanasy.md section 1.13.
enum UserTable {
  private static let own: [Parameter<UserParameters>] = [
    Parameter.number("priority", \.priority, 0...255, "Users of higher priority are served first. 0: never."),
    .flag("paused", \.isPaused, "Whether nothing of the user's starts."),
    .number("errors_retries", \.errorsRetries, 0...255, "How often a failed task is tried again by itself."),
    .number("errors_avoid_host", \.errorsAvoidHost, 0...255, "After so many errors on a render a block avoids it. 0: never."),
    .number(
      "errors_task_same_host", \.errorsTaskSameHost, 0...255, "After so many of its errors on a render a task avoids it. 0: never."),
    .number(
      "errors_forgive_time", \.errorsForgiveTime, 0...1_000_000_000, unit: "s",
      "After so long a render's errors are forgiven. 0: never."),
    .number(
      "jobs_life_time", \.jobsLifeTime, 0...Int64(Int32.max), unit: "s",
      "How long after their submission jobs are deleted, in whatever state. 0: never."),
  ]

  static let table = ParameterTable(
    "user", defaults: UserParameters(), other: \UserParameters.other,
    computed: [
      "id", "name", "host_name", "time_register", "time_activity", "jobs_num", "running_jobs_num", "running_tasks_num",
      "running_capacity_total", "st", "state",
    ],
    own + WorkTable.all(\.work) + KeptKeys.all(\.other))
}

/// Keys of all nodes on which nothing acts (section 1.2).
enum KeptKeys {
  static func all<Node: Sendable>(_ place: Place<Node, JSONObject>) -> [Parameter<Node>] {
    [
      .kept("annotation", .string(Limits.textBytes), in: place, "For people, shown in lists."),
      .kept("custom_data", .string(Limits.textBytes), in: place, "For programs."),
      .kept("hidden", .bool, in: place, "Whether it is of little interest."),
    ]
  }
}
