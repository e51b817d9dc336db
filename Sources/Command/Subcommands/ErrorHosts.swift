import ArgumentParser
import Model

struct ErrorHostsCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "error-hosts",
    abstract: "Shows on which renders tasks of a job failed, and which of them it avoids.",
    discussion: """
      A line without a task counts the errors of all of its block's tasks on a render. 'reeve reset-error-hosts' forgives them all \
      at once.
      """)

  @Argument(help: "The job's number or name.")
  var job: String

  @Argument(help: "The block's number, from 0, or its name.")
  var block: String?

  @Argument(help: "The task's number, from 0, or a frame as f25.")
  var task: String?

  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    let selection = try JobTarget.selection(job)
    try await Farm.with(call) { farm in
      var list = ListWriter(call, key: "error_hosts")
      try await farm.errorHosts(selection, block: block ?? "", task: task ?? "") { rows in
        list.page(ErrorHostPresentation.table(rows), rows.map(ErrorHostPresentation.json))
      }
      list.finish()
    }
    return 0
  }
}
