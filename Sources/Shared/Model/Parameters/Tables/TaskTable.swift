/// Keys of a task of a listed block: reference/afanasy.md section 1.6.
enum TaskTable {
  static let table = ParameterTable(
    "task", defaults: TaskSpec(name: ""), other: nil,
    [
      Parameter.text("name", \TaskSpec.name, .string(Limits.nameBytes), "What the task is called.").alwaysWritten,
      .text("command", \.command, .string(Limits.commandBytes), "The task's own part of the command line."),
      .stringMap("environment", \.environment, "Added to the block's, and stronger."),
      .strings("files", \.files, Limits.filesPerBlock, "The files that it writes: patterns with the block's."),
    ])
}
