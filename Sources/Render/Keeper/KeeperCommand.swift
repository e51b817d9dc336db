import ArgumentParser
import Files
import Glibc

/// `reeve-render keeper`: started by the agent, not by people.
struct KeeperCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keeper", abstract: "Keeps an agent's tasks. Started by reeve-render itself.")

  @Option(help: "The agent's state directory, absolute.")
  var state: String

  /// On the main thread, without concurrency: the kernel kills the tasks when the thread ends that started them.
  func run() throws {
    do {
      try Keeper(KeeperFolder(state)).run()
    } catch {
      let line = "reeve-render keeper: \(error)\n"
      _ = line.withCString { write(2, $0, strlen($0)) }
      throw ExitCode(1)
    }
  }
}
