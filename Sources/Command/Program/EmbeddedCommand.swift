import ArgumentParser
public import Identity
import Model
public import Wire

/// The commands of `reeve` inside another program, over its connection: parsed and carried out by the same code.
public enum EmbeddedCommand {
  /// What came of a command.
  public enum Outcome: Hashable, Sendable {
    /// It shows something.
    case printed([String])
    /// It changed something, and says what; lines that say what could not be done come behind.
    case done([String], complaints: [String])
    /// It wants a yes before it does anything.
    case asks(String)
    case failed(String)
  }

  /// What the commands need of the program that they are in.
  public struct Host: Sendable {
    var connection: ServerConnection
    var address: ServerAddress
    var user: String
    var knownServers: KnownServers
    /// Nothing that changes the farm can be done.
    var isReadOnly: Bool
    var isUnicode: Bool

    public init(
      connection: ServerConnection, address: ServerAddress, user: String, knownServers: KnownServers, isReadOnly: Bool,
      isUnicode: Bool
    ) {
      self.connection = connection
      self.address = address
      self.user = user
      self.knownServers = knownServers
      self.isReadOnly = isReadOnly
      self.isUnicode = isUnicode
    }
  }

  /// Why options that stand for the program's own cannot be given here.
  static func refusal(of options: LeadingOptions) -> String? {
    if options.isSuper { return "--super is for a new program: here ! asks for the password" }
    guard options.server == nil, options.user == nil, options.config.isEmpty else {
      return "--server, --user and --config are for a new program: this one has its server and its user"
    }
    return nil
  }

  /// - Parameters:
  ///   - line: as it would be typed behind `reeve`; quotes keep blanks.
  ///   - columns: how wide what it prints may be.
  ///   - isConfirmed: the person has said yes to what it asked.
  public static func run(_ line: String, _ host: Host, columns: Int, isConfirmed: Bool) async -> Outcome {
    let (out, error) = (TextCollector(columns: columns), TextCollector(columns: columns))
    var what = ""
    do {
      let command = try parse(line)
      what = type(of: command)._commandName
      if let reason = command.inside { return .failed("\(what): \(reason)") }
      if host.isReadOnly, command.changesTheFarm { return .failed("nothing can be changed: started with --read-only") }
      let options = command.options(LeadingOptions())
      if let reason = refusal(of: options) { return .failed("\(what): \(reason)") }
      let call = Call(
        over: host.connection, at: host.address, user: host.user, knownServers: host.knownServers, wantsJSON: options.wantsJSON,
        out: out, error: error, isUnicode: host.isUnicode, isConfirmed: isConfirmed)
      _ = try await command.perform(call)
      if command.changesTheFarm { return .done(out.lines, complaints: error.lines) }
      return .printed(out.lines + error.lines)
    } catch let question as ConfirmationNeeded {
      return .asks(question.question)
    } catch {
      let report = ErrorReport(error, during: what)
      // Help.
      if report.exitCode == 0 {
        return .printed(report.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      }
      return .failed(report.text)
    }
  }

  static func parse(_ line: String) throws -> any FarmCommand {
    let words = try EditSyntax.words(line)
    // There is nothing to be read from: the terminal is the program's.
    if words.contains("-") { throw Failure(.usage, "standard input is not to be had here: name a file") }
    return try ReeveCommand.parse(words)
  }
}

extension EmbeddedCommand {
  /// A command as its help has it.
  public struct Word: Hashable, Sendable {
    public var name: String
    public var abstract: String
    /// `--mask`, `--json`…
    public var options: [String]
  }

  /// All commands, those too that say here that they are for a shell.
  public static var words: [Word] {
    let commands = (try? JSONParser.parse(Reeve._dumpHelp()))?["command"]?["subcommands"]?.array ?? []
    return commands.compactMap { command in
      guard let name = command["commandName"]?.string, name != "help" else { return nil }
      let options = (command["arguments"]?.array ?? []).flatMap { argument in
        (argument["names"]?.array ?? []).filter { $0["kind"]?.string == "long" }.compactMap { $0["name"]?.string.map { "--\($0)" } }
      }
      return Word(
        name: name, abstract: command["abstract"]?.string ?? "", options: options.filter { !notInside.contains($0) })
    }
  }

  private static let notInside: Set<String> = ["--server", "--user", "--config", "--wait", "--follow", "--yes", "--version"]
}
