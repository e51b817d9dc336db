import ArgumentParser
import Model

struct SubmitCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Submits a job and prints its number.",
    discussion: "The file holds a job in Afanasy's format: {\"job\": {…}} in JSON, see reeve-job(5).")

  @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"), completion: .file(extensions: ["json"]))
  var file: String

  @Flag(help: "Submits it paused, whatever the document says.")
  var paused = false

  @Flag(help: "Waits until the job is done or has failed, as 'reeve wait' does.")
  var wait = false

  @OptionGroup var global: GlobalOptions

  var changesTheFarm: Bool { true }
  var inside: String? { wait ? "--wait would keep you waiting: the list of jobs shows how it goes on" : nil }

  func perform(_ call: Call) async throws -> Int32 {
    let document = try DocumentFile.read(file)
    return try await Submission.perform(document, paused: paused, wait: wait, call)
  }
}
