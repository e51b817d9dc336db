import ArgumentParser
import Model
import Text

/// What is said of an error, and the exit code that goes with it.
struct ErrorReport {
  let exitCode: Int32
  /// For standard output when all is well (help, version), else the error's sentence.
  let text: String

  /// - Parameter what: the command that failed; empty when it is not known which.
  init(_ error: any Error, during what: String) {
    switch error {
    case let failure as Failure:
      exitCode = Int32(failure.code.rawValue)
      text = what.isEmpty ? failure.message : "\(what): \(failure.message)"
    case is CancellationError:
      exitCode = Int32(FailureCode.failed.rawValue)
      text = "interrupted"
    default:
      if Reeve.exitCode(for: error).isSuccess {
        exitCode = 0
        text = Reeve.fullMessage(for: error)
      } else {
        let (message, hint) = Self.usage(Reeve.fullMessage(for: error), Reeve.message(for: error))
        // Where there is no usage to show, it was not the parser that threw.
        exitCode = Int32((hint.isEmpty ? FailureCode.failed : .usage).rawValue)
        text = (what.isEmpty ? "" : "\(what): ") + message + hint
      }
    }
  }

  /// One line: the message, and where to read more.
  private static func usage(_ full: String, _ message: String) -> (message: String, hint: String) {
    var line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    if let first = line.first { line.replaceSubrange(...line.startIndex, with: first.lowercased()) }
    guard let see = full.split(whereSeparator: \.isNewline).last(where: { $0.contains("See '") }),
      let from = see.firstIndex(of: "'"), let to = see.lastIndex(of: "'"), from < to
    else { return (line, "") }
    return (line, " (see \(see[from...to]))")
  }

  var json: JSONValue {
    .object(["error": .object(["code": .integer(Int64(exitCode)), "message": .string(text)])])
  }

  /// One line, whatever stands in the message: parts of it come from other people's jobs.
  var line: String { "reeve: \(Sanitize.line(text.split(whereSeparator: \.isNewline).joined(separator: " ")))" }

  func show(asJSON: Bool) {
    if exitCode == 0 {
      if !text.isEmpty { StandardStream.output.write(text.hasSuffix("\n") ? text : text + "\n") }
    } else {
      StandardStream.error.write((asJSON ? json.text() : line) + "\n")
    }
  }
}
