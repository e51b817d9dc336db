import ArgumentParser
import Files
import Model
import Text
import Wire

/// The program `reeve`: arguments in, text and an exit code out.
public enum ReeveCommand {
  /// - Parameters:
  ///   - arguments: without the program's own name.
  ///   - environment: as of the process.
  /// - Returns: the exit code (interface.md): 0 done, 1 failed, 2 usage, 3 no server, 4 not permitted, 5 no such thing, 6 time-out.
  public static func run(arguments: [String], environment: [String: String] = Places.environment()) async -> Int32 {
    Signals.ignorePipe()
    let (leading, rest) = LeadingOptions.split(arguments)
    var what = ""
    do {
      let command = try parse(rest)
      what = type(of: command)._commandName
      let call = try Call(command.options(leading), environment: environment)
      return try await command.perform(call)
    } catch {
      let report = ErrorReport(error, during: what)
      report.show(asJSON: leading.wantsJSON || LeadingOptions.asksForJSON(rest))
      return report.exitCode
    }
  }

  /// - Throws: what the parser throws, help included, or `Failure(.usage)` when no command is named.
  static func parse(_ arguments: [String]) throws -> any FarmCommand {
    if let first = arguments.first, !first.hasPrefix("-"), first != "help", !Reeve.names.contains(first) {
      throw Failure(.usage, "there is no command \"\(first)\" (see 'reeve --help')")
    }
    var parsed = try Reeve.parseAsRoot(arguments)
    if let command = parsed as? any FarmCommand { return command }
    if parsed is Reeve { throw Failure(.usage, "no command is given (see 'reeve --help')") }
    // `help`: throws what is to be shown.
    try parsed.run()
    throw CleanExit.message("")
  }
}
