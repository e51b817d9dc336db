import ArgumentParser
import Model
import Wire

struct ExplainCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says why a job, a block or a task does not run, or why it does.",
    discussion: """
      Each line is a rule that holds it, in the order in which the rules apply, with the number of renders that it is the first to \
      exclude; '-' stands for a rule that holds whatever the render.
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
      let explanation = try await farm.explain(selection, block: block ?? "", task: task ?? "")
      if call.wantsJSON {
        call.show(ExplanationPresentation.json(explanation))
      } else {
        call.show(ExplanationPresentation.lines(explanation, width: call.out.columns, colours: call.wantsColours))
      }
    }
    return 0
  }
}
