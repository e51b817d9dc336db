import Glibc
import Model
import Text

/// Asks before something that cannot be undone.
enum Confirmation {
  /// - Parameter yes: `--yes` was given: nothing is asked.
  /// - Throws: `Failure(.usage)` when there is nobody to ask.
  static func requireTerminal(yes: Bool, _ call: Call) throws {
    guard yes || call.connection != nil || (isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1) else {
      throw Failure(.usage, "it asks first, and there is no terminal to ask on (give --yes)")
    }
  }

  /// `Delete 3 jobs: 5 "a", 6 "b", 7 "c"? [y/N] `, with ten names at most.
  static func question(_ verb: String, jobs: [JobSummary]) -> String {
    let named = jobs.prefix(10).map { "\($0.id) \"\(Width.cut(Sanitize.line($0.name), to: 60))\"" }.joined(separator: ", ")
    let more = jobs.count > 10 ? " and \(jobs.count - 10) more" : ""
    return "\(verb) \(Format.count(jobs.count, "job")): \(named)\(more)? [y/N] "
  }

  /// `Change 3 nodes: job 5 "a", pool /farm, …? [y/N] `, with ten at most.
  static func question(_ verb: String, nodes: [String]) -> String {
    let named = nodes.prefix(10).map { Width.cut(Sanitize.line($0), to: 60) }.joined(separator: ", ")
    let more = nodes.count > 10 ? " and \(nodes.count - 10) more" : ""
    return "\(verb) \(Format.count(nodes.count, "node")): \(named)\(more)? [y/N] "
  }

  /// Anything but `y` or `yes` is a no.
  ///
  /// - Throws: `ConfirmationNeeded` inside another program, which asks itself.
  static func ask(_ question: String, _ call: Call) throws -> Bool {
    if call.connection != nil {
      if call.isConfirmed { return true }
      throw ConfirmationNeeded(question: question.hasSuffix(" [y/N] ") ? String(question.dropLast(7)) : question)
    }
    StandardStream.error.write(question)
    guard let answer = readLine() else {
      StandardStream.error.write("\n")
      return false
    }
    return ["y", "yes"].contains(answer.filter { !$0.isWhitespace }.lowercased())
  }
}

/// A command wants to ask, and has nobody whom it could.
struct ConfirmationNeeded: Error {
  var question: String
}
