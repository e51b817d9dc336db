import ArgumentParser
import Glibc

/// What `main.swift` calls.
public enum RenderProgram {
  /// What the program is besides an agent, by the first word.
  static let programs: [String: any ParsableCommand.Type] = [
    KeeperCommand.configuration.commandName ?? "keeper": KeeperCommand.self,
    "wolsleep": SleepCommand.self,
    "wolwake": WakeCommand.self,
    "event-service": EventServiceCommand.self,
    "run-event": RunEventCommand.self,
    "send-email": SendEmailCommand.self,
    "send-webhook": SendWebhookCommand.self,
    "sleep-task": SleepTaskCommand.self,
  ]

  public static func run() -> Never {
    let arguments = Array(CommandLine.arguments.dropFirst())
    // The rest of the agent's words are its own.
    if let word = arguments.first, let program = programs[word] { run(program, Array(arguments.dropFirst())) }
    run(RenderCommand.self, arguments)
  }

  private static func run(_ command: (some ParsableCommand).Type, _ arguments: [String]) -> Never {
    do {
      var command = try command.parseAsRoot(arguments)
      try command.run()
      exit(0)
    } catch {
      let code = command.exitCode(for: error)
      let text = command.fullMessage(for: error)
      if !text.isEmpty { _ = (text + "\n").withCString { write(code == .success ? 1 : 2, $0, strlen($0)) } }
      // The exit code of wrong usage is 2 in all of our programs.
      exit(code == .validationFailure ? 2 : code.rawValue)
    }
  }
}
