/// What jobs, users and branches have alike (reference/afanasy.md section 1.3).
enum WorkTable {
  static let limits: [Parameter<WorkParameters>] = [
    .number(
      "max_tasks_per_second", \.maxTasksPerSecond, -1...10_000, "How many tasks may start in a second. -1: any number; 0: none."),
    .number("max_running_tasks", \.maxRunningTasks, -1...1_000_000, "How many tasks may run at once. -1: any number; 0: none."),
    .number(
      "max_running_tasks_per_host", \.maxRunningTasksPerHost, -1...10_000,
      "How many tasks may run at once on one render. -1: any number; 0: none."),
  ]

  static let renders: [Parameter<WorkParameters>] = [
    .text("hosts_mask", \.hostsMask, .mask, "The renders on which tasks may run. Empty: all."),
    .text("hosts_mask_exclude", \.hostsMaskExclude, .mask, "The renders on which no task may run. Empty: none."),
    .optionalWord("hosts_mask_type", \.hostsMaskType, "How host masks are read.").inherited,
    .text(
      "need_os", \.needOS, .string(Limits.patternBytes), "What the render's system must be: a part of its description. Empty: any."),
    .text(
      "need_properties", \.needProperties, .string(Limits.patternBytes),
      "What must stand in the render's properties. Empty: anything."),
    .number("need_power", \.needPower, -1...1_000_000_000, "The power that a render must have. -1: any."),
    .number("need_memory", \.needMemoryMB, -1...1_000_000_000, unit: "MB", "The memory that must be free on a render. -1: any."),
    .number("need_hdd", \.needDiskGB, -1...1_000_000_000, unit: "GB", "The disk that must be free on a render. -1: any."),
    .numberMap(
      "pools", \.pools, .weights(-100...100),
      "Pools by path or by a part of it, with how much they are preferred. -100: never there; 100: only there."),
  ]

  static let solving: [Parameter<WorkParameters>] = [
    .word("solve_method", \.solveMethod, "In which order renders are given to what is below: by need, or by priority and age."),
    .word("solve_need", \.solveNeed, "What counts as used in a need: the capacity of running tasks, or their number."),
  ]

  static func all<Node: Sendable>(_ place: Place<Node, WorkParameters>) -> [Parameter<Node>] {
    (limits + renders + solving).map { $0.part(of: place) }
  }
}
