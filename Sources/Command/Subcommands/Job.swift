import ArgumentParser
import Model
import NIOCore
import Wire

struct JobCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Shows one job in full, with its blocks, when it is expected to be done, and what holds it.")

  @OptionGroup var target: JobTarget
  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    let selection = try target.selection()
    try await Farm.with(call) { farm in
      let answer = try await farm.job(selection)
      var detail = JobDetail(
        row: JobSummary(answer.row), blocks: answer.blocks.map(BlockSummary.init),
        document: (try? JSONParser.parse(answer.document)) ?? .null)
      if !detail.row.state.contains(.done) {
        // Beside what is asked for: a server that is busy, or too old to know, keeps nobody from seeing the job.
        let job = JobSelection.ids([detail.row.id])
        detail.explanation = try? await farm.explain(job)
        detail.forecast = try? await farm.forecast(job, timeout: Self.patience)
      }
      if call.wantsJSON {
        call.show(detail.json)
      } else {
        call.show(detail.lines(width: call.out.columns, colours: call.wantsColours, now: farm.now))
      }
      if answer.withoutTasks { call.say("the lists of tasks are too long to be shown (see 'reeve tasks')") }
    }
    return 0
  }

  /// A forecast of a great farm takes a while.
  private static let patience = TimeAmount.seconds(5)
}
