/// How a kind of command is run and how its output is read (reference/afanasy.md Appendix B): one file in `services/`.
struct Service: Hashable, Sendable {
  var name: String
  var description = ""
  /// Wraps the command: `@COMMAND@` stands for it. Empty: the command as it is.
  var command = ""
  /// Added to the environment of its tasks; stronger than the block's and the task's.
  var environment: [String: String] = [:]
  /// Exit statuses that count as success.
  var successExitCodes: Set<Int32> = [0]
  /// In the order in which they are tried.
  var rules: [ParserRule] = []

  /// Runs anything and reads nothing but the marks that every parser knows.
  static let generic = Service(name: "generic", description: "Any command.")
}
