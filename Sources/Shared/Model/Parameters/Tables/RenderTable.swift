/// Keys of a render: reference/afanasy.md sections 1.10 and 1.11.
enum RenderTable {
  private static let own: [Parameter<RenderParameters>] = [
    Parameter.number("priority", \.priority, 0...255, "Renders of higher priority get tasks first. 0: none."),
    .path("pool", \.pool, "The pool in which it stands."),
    // Of the render's state.
    .special(
      "user_name", .string(Limits.nameBytes), access: .editable, "Whose machine it is: whose tasks run on it while it is nimby."),
    .special("nimby", .bool, access: .editable, "Whether only its user's tasks run on it. False: those of all, NIMBY or not."),
    .special("NIMBY", .bool, access: .editable, "Whether no tasks run on it. False: those of all, nimby or not."),
    .special("paused", .bool, access: .editable, "Whether no tasks start on it."),
  ]

  static let table = ParameterTable(
    "render", defaults: RenderParameters(), other: \RenderParameters.other,
    computed: [
      "id", "name", "st", "state", "os", "engine", "address", "netifs", "capacity_used", "task_start_finish_time", "idle_time",
      "busy_time", "wol_operation_time", "tasks", "tasks_percents", "host_resources", "running_services", "time_register",
      "time_launch", "time_update",
    ],
    own + FarmTable.all.map { $0.part(of: \.farm) } + KeptKeys.all(\.other))
}
