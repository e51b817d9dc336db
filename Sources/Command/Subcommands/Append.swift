import ArgumentParser
import Model
import Text
import Wire

struct AppendCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Adds blocks to a job, or tasks to one of its blocks.",
    discussion: """
      The file holds {"blocks": […]}, or with --block {"tasks": […]}, as they stand in a job; see reeve-job(5). Prints the number of \
      the first new block or task.
      """)

  @Argument(help: ArgumentHelp("The job's number or name.", valueName: "job"))
  var job: String

  @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"), completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "Adds tasks to this block, by its number, from 0, or its name.")
  var block: String?

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { true }

  func perform(_ call: Call) async throws -> Int32 {
    let selection = try JobTarget.selection(job)
    if let block, block.isEmpty { throw Failure(.usage, "--block: expected a block's number or name, found nothing") }
    let document = try DocumentFile.read(file)
    try await Farm.with(call) { farm in
      let added = try await farm.append(document, to: selection, block: block.flatMap { BlockSelection(text: $0) })
      for warning in added.warnings { call.say("warning: \(warning)") }
      if call.wantsJSON {
        call.show(
          .object([
            "id": .integer(Int64(added.job)), "first": .integer(Int64(clamping: added.first)),
            "count": .integer(Int64(clamping: added.count)), "warnings": .array(added.warnings.map(JSONValue.string)),
          ]))
      } else {
        call.out.write("\(added.first)\n")
      }
    }
    return 0
  }
}
