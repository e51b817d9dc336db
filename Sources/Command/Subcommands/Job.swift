import ArgumentParser
import Model
import Wire

struct JobCommand: GlobalCommand {
  static let configuration = CommandConfiguration(commandName: "job", abstract: "Shows one job in full, with its blocks.")

  @OptionGroup var target: JobTarget
  @OptionGroup var global: GlobalOptions

  func perform(_ call: Call) async throws -> Int32 {
    let selection = try target.selection()
    try await Farm.with(call) { farm in
      let answer = try await farm.job(selection)
      let detail = JobDetail(
        row: JobSummary(answer.row), blocks: answer.blocks.map(BlockSummary.init),
        document: (try? JSONParser.parse(answer.document)) ?? .null)
      if call.wantsJSON {
        call.show(detail.json)
      } else {
        call.show(detail.lines(width: call.out.columns, colours: call.wantsColours, now: farm.now))
      }
    }
    return 0
  }
}
