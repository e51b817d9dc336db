import ArgumentParser
import Files
import Glibc
import Model
import Processes

/// `reeve-render sleep-task`: runs the command that puts the machine to sleep, and says what came of it. A process of its own, since
/// an agent does not wait for its children.
struct SleepTaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render sleep-task", abstract: "Runs a command that puts this machine to sleep. Started by the agent itself."
  )

  @Argument var words: [String]

  /// What its last line begins with when the machine did not go to sleep.
  static let failed = "failed: "
  static let timeoutSeconds = 120

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGCHLD, SIG_DFL)
    var child = ChildProcess(arguments: words, environment: Places.environment())
    child.timeoutMilliseconds = Int64(Self.timeoutSeconds) * 1000
    child.isJoined = true
    do throws(Failure) {
      let outcome = try child.run()
      let lines = String(decoding: outcome.output.suffix(2000), as: UTF8.self).split(separator: "\n")
      for line in lines { Say.line(Say.plain(String(line))) }
      if let fault = outcome.fault(limitSeconds: Self.timeoutSeconds) { Say.line("\(Self.failed)the command \(fault)") }
    } catch {
      Say.line("\(Self.failed)\(error)")
    }
  }
}
