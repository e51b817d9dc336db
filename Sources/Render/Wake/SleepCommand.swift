import ArgumentParser
import Model

/// `reeve-render wolsleep`.
struct SleepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render wolsleep", abstract: "Suspends this machine to memory, by systemd where it runs, else by the kernel."
  )

  // What Afanasy's commands are given; a machine that sleeps needs none of it.
  @Argument(help: .hidden) var addresses: [String] = []
  @Flag(help: .hidden) var sleep = false
  @Option(help: .hidden) var ip: String?
  @Option(help: .hidden) var hostname: String?

  /// Another file than the kernel's, without systemd: for trying it out.
  @Option(help: .hidden) var stateFile: String?

  func run() throws {
    var sleeping = Sleeping()
    if let stateFile {
      sleeping.stateFile = stateFile
      sleeping.systemctl = []
    }
    do throws(Failure) {
      Say.line(try sleeping.sleep())
    } catch {
      Say.error("wolsleep: \(error)")
      throw ExitCode(1)
    }
  }
}
