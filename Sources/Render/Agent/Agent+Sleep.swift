import Files
import Logging
import Model
import NIOPosix
import Processes

// Wake-on-LAN (reference/afanasy.md section 7): the server wants this machine to sleep.
extension Agent {
  /// Runs the command for it, and says what came of it. A machine that does not fall asleep goes on to report, by which the server
  /// knows.
  func fallAsleep() {
    guard !isFallingAsleep, !isLeaving else { return }
    isFallingAsleep = true
    let line = sleepLine(NetworkInterface.ofThisMachine())
    log.notice("the server lets this machine fall asleep: \(line)")
    var child = ChildProcess(
      arguments: [options.program, "sleep-task", "--"] + options.shell.arguments(line), environment: Places.environment())
    child.timeoutMilliseconds = Int64(SleepTaskCommand.timeoutSeconds + 10) * 1000
    child.isJoined = true
    // An agent that leaves meanwhile must not keep the machine awake.
    child.isBound = false
    Task {
      let said: [String]
      do {
        // Threads of its own, for it lasts as long as the night may.
        said = try await NIOThreadPool.singleton.runIfActive { [child] in
          let outcome = try child.run()
          let text = String(decoding: outcome.output, as: UTF8.self)
          let lines = text.split(separator: "\n").map(String.init)
          return outcome.ending == .timedOut ? lines + ["\(SleepTaskCommand.failed)it did not end"] : lines
        }
      } catch {
        said = ["\(SleepTaskCommand.failed)\(error)"]
      }
      self.sleepEnded(said)
    }
  }

  private func sleepEnded(_ said: [String]) {
    isFallingAsleep = false
    for line in said where !line.hasPrefix(SleepTaskCommand.failed) { log.notice("\(line)") }
    if let fault = said.last, fault.hasPrefix(SleepTaskCommand.failed) {
      log.error("this machine does not fall asleep: \(fault.dropFirst(SleepTaskCommand.failed.count)) (af_render_cmd_wolsleep)")
    }
  }

  /// The command with what Afanasy's gets: `--sleep --ip ADDRESS --hostname NAME MAC…`, the cards without colons.
  private func sleepLine(_ cards: [NetworkInterface]) -> String {
    var words = ["--sleep"]
    if let address = cards.lazy.flatMap(\.addresses).first(where: { !$0.contains(":") }) { words += ["--ip", address] }
    words += ["--hostname", options.name] + cards.map { $0.mac.replacing(":", with: "") }
    let command = OwnProgram.line(options.sleepCommand, word: "wolsleep", program: options.program)
    return ([command] + words.map(Shell.quoted)).joined(separator: " ")
  }
}
