import ArgumentParser
import Model

struct LogCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Prints the output of a task.",
    discussion: "On a terminal control characters are made visible; into a file or a pipe goes every byte as it was written.")

  @Argument(help: "The job's number or name.")
  var job: String

  @Argument(help: "The block's number, from 0, or its name.")
  var block: String

  @Argument(help: "The task's number, from 0, or a frame as f25.")
  var task: String

  @Flag(name: .shortAndLong, help: "Goes on as the output grows, until the task ends.")
  var follow = false

  @Option(help: ArgumentHelp("The output of the task's first start, its second … (default: its last).", valueName: "n"))
  var start: Int32?

  @OptionGroup var global: GlobalOptions

  var inside: String? { "the output of a task is on its page: open the job, then l on the task" }

  func perform(_ call: Call) async throws -> Int32 {
    if let start, start < 1 { throw Failure(.usage, "--start: expected 1 or more, found \(start)") }
    let reader = LogReader(
      call: call, job: try JobTarget.selection(job), block: block, task: task, start: start ?? 0, follow: follow)
    try await reader.run()
    return 0
  }
}
