/// A command of `reeve` that the command line takes, as its own help has it.
public struct ReeveWord: Hashable, Sendable {
  public var name: String
  /// What it does, in a sentence.
  public var abstract: String
  /// `--mask`, `--json`…
  public var options: [String]
  public init(name: String, abstract: String = "", options: [String] = []) {
    self.name = name
    self.abstract = abstract
    self.options = options
  }
}

/// A command of `reeve` as it was typed.
public struct TypedCommand: Hashable, Sendable {
  public var line: String
  /// How wide what it prints may be.
  public var columns: Int
  /// It asked, and the person said yes.
  public var isConfirmed: Bool
}

/// What came of a command.
public enum CommandOutcome: Hashable, Sendable {
  /// It shows something.
  case printed([String])
  /// It changed something, and says what; then what could not be done.
  case done([String], complaints: [String])
  /// It wants a yes before it does anything.
  case asks(String)
  case failed(String)
}
