import ArgumentParser
import CPosix
import EventService
import Files
import Glibc
import Model

/// `reeve-render run-event`: what the agent starts for a task of the system job's block `events`.
struct RunEventCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render run-event", abstract: "Asks an event service what is to be done on an event, and does it.",
    discussion: "Reads the event as JSON on standard input. Started by the agent, and by people who try out their event service.")

  @Option(help: ArgumentHelp("The service: events is built in, others are executables in af_events_dir.", valueName: "name"))
  var service = EventRun.builtIn

  @OptionGroup var settings: ProgramSettings

  @Option(help: ArgumentHelp("Seconds for the service, and for each command.", valueName: "seconds"))
  var timeout = 60

  func validate() throws {
    guard (1...3600).contains(timeout) else { throw ValidationError("--timeout: expected 1 to 3600 seconds") }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    // Who starts it may not wait for children, and that is inherited.
    signal(SIGCHLD, SIG_DFL)
    let wanted = [SIGTERM, SIGINT]
    let stop = cposix_signal_descriptor(wanted, Int32(wanted.count))
    var outcome = EventRun.Outcome.failed
    try saying("run-event") { () throws(Failure) in
      let settings = try self.settings.load()
      let run = EventRun(
        service: service, program: OwnProgram.path, programOptions: self.settings.words, folder: settings.folder,
        environment: Places.environment(), timeoutSeconds: timeout, stopDescriptor: stop >= 0 ? stop : -1, say: { Say.line($0) })
      outcome = try run.run(Input.read(limit: EventDocument.limit))
    }
    switch outcome {
    case .done, .nothingToDo: break
    case .failed: throw ExitCode(1)
    case .partly: throw ExitCode(EventRun.partlyStatus)
    case .stopped:
      Say.line("stopped")
      throw ExitCode(128 + SIGTERM)
    }
  }
}
