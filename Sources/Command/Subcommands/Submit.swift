import ArgumentParser
import Files
import Glibc
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

  func perform(_ call: Call) async throws -> Int32 {
    let document = try Self.read(file)
    return try await Submission.perform(document, paused: paused, wait: wait, call)
  }

  private static func read(_ file: String) throws -> [UInt8] {
    let name = file == "-" ? "standard input" : file
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.failed, "cannot read \(name): \(String(cString: strerror(errno)))") }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var document: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.failed, "cannot read \(name): \(String(cString: strerror(errno)))") }
      if count == 0 { return document }
      document += buffer[..<count]
      guard document.count <= Limits.documentBytes else {
        throw Failure(.failed, "\(name) is longer than \(Limits.documentBytes >> 20) MiB (split the job into several)")
      }
    }
  }
}
