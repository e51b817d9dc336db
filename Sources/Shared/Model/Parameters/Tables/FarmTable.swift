/// What pools and renders have alike: reference/afanasy.md section 1.10.
enum FarmTable {
  static let all: [Parameter<FarmParameters>] = [
    .number(
      "capacity_host", \.capacityHost, -1...Int64(Limits.capacity), "The capacity of a render. -1: as the pool above says."
    ).inherited,
    .number(
      "max_tasks_host", \.maxTasksHost, -1...Int64(Limits.tasksPerRender),
      "How many tasks a render runs at once. -1: as the pool above says."
    ).inherited,
    .number("power_host", \.powerHost, -1...1_000_000_000, "The power of a render, any number. -1: as the pool above says.")
      .inherited,
    .text(
      "properties_host", \.propertiesHost, .string(Limits.patternBytes), "Words about a render. Empty: as the pool above says."
    ).inherited,
    .strings("services", \.services, Limits.tickets * 10, "The services that may run here."),
    .strings("services_disabled", \.servicesDisabled, Limits.tickets * 10, "The services that may not run here."),
    .tickets("tickets_host", \.ticketsHost, "How much of each ticket a render has."),
  ]

  static let shared: [Parameter<FarmParameters>] = [
    .tickets("tickets_pool", \.ticketsPool, "How much of each ticket all renders of the subtree have together.")
  ]
}
