/// How a kind of command is run and how its output is read (reference/afanasy.md Appendix B): one file in `services/`.
struct Service: Hashable, Sendable {
  var name: String
  var description = ""
  /// Wraps the command: `@COMMAND@` stands for it. Empty: the command as it is. Without `@COMMAND@` it is all that is run: what the
  /// slaves of multi-host tasks do (section 3.15).
  var command = ""
  /// Added to the environment of its tasks; stronger than the block's and the task's.
  var environment: [String: String] = [:]
  /// Exit statuses that count as success.
  var successExitCodes: Set<Int32> = [0]
  /// In the order in which they are tried.
  var rules: [ParserRule] = []

  /// Takes no task's command: only for slaves.
  var hasOwnCommand: Bool { !command.isEmpty && !command.contains("@COMMAND@") }

  /// Runs anything and reads nothing but the marks that every parser knows.
  static let generic = Service(name: "generic", description: "Any command.")

  /// What every render has, whatever its folder of services; a file of the same name says more.
  static let builtIn: [String: Service] = Dictionary(
    uniqueKeysWithValues: [
      generic, Service(name: "postcmd", description: "Post-commands of deleted jobs, by the system job."),
      Service(name: "events", description: "What custom_data asks for on events, by the system job."),
      Service(name: "wakeonlan", description: "Wakes renders that sleep, by the system job."),
    ].map { ($0.name, $0) })
}
