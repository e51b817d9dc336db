public import Model
import Processes
import Text

/// The work of one task of the system job's block `events`: asks the event service what is to be done, and does it.
public struct EventRun {
  /// What the built-in service is called.
  public static let builtIn = "events"
  private static let shownGarbage = 200
  private static let shownOutput = 4000

  let service: String
  /// Path of this program, and what it is given to have the same settings.
  let program: String
  let programOptions: [String]
  /// Where other services are.
  let folder: String
  let environment: [String: String]
  let timeoutSeconds: Int
  let stopDescriptor: Int32
  let say: (String) -> Void

  /// - Parameters:
  ///   - timeoutSeconds: for the service, and for each command.
  ///   - stopDescriptor: readable when this program is to end; -1: never.
  ///   - say: prints a line.
  public init(
    service: String, program: String, programOptions: [String], folder: String, environment: [String: String], timeoutSeconds: Int,
    stopDescriptor: Int32 = -1, say: @escaping (String) -> Void
  ) {
    self.service = service
    self.program = program
    self.programOptions = programOptions
    self.folder = folder
    self.environment = environment
    self.timeoutSeconds = timeoutSeconds
    self.stopDescriptor = stopDescriptor
    self.say = say
  }

  public enum Outcome: Hashable, Sendable {
    case done, nothingToDo, failed, stopped
    /// Something was done and something failed: to do all of it again would do some of it twice.
    case partly
  }

  /// With what `run-event` ends then, so that its task is not tried again.
  public static let partlyStatus: Int32 = 3

  /// - Parameter event: the JSON, as it came.
  /// - Throws: `Failure` when it is no event, or its service fails; nothing was executed then.
  public func run(_ event: [UInt8]) throws(Failure) -> Outcome {
    let document = try EventDocument(event)
    say("event: \(EventText(document, events: document.names).subject)")
    guard let answer = try ask(event) else { return .stopped }
    for fault in answer.faults { say("error: \(Sanitize.line(fault.prefix(1000)))") }
    var hasFailed = !answer.faults.isEmpty
    if answer.commands.isEmpty, !hasFailed {
      say("nothing to do: nobody's custom_data asks for anything on this event")
      return .nothingToDo
    }
    var isDone = false
    for command in answer.commands {
      switch execute(command, event) {
      case .done, .nothingToDo: isDone = true
      case .failed, .partly: hasFailed = true
      case .stopped: return isDone ? .partly : .stopped
      }
    }
    if isDone, hasFailed { say("not tried again: what is done already would be done twice") }
    return hasFailed ? isDone ? .partly : .failed : .done
  }

  private func child(_ arguments: [String], _ input: [UInt8]) -> ChildProcess {
    var child = ChildProcess(arguments: arguments, environment: environment, input: input)
    child.timeoutMilliseconds = Int64(timeoutSeconds) * 1000
    child.stopDescriptor = stopDescriptor
    return child
  }

  /// - Returns: nil when this program is to end.
  private func ask(_ event: [UInt8]) throws(Failure) -> EventAnswer? {
    var arguments = [program, "event-service"] + programOptions
    if service != Self.builtIn { arguments = [try EventExecutable.find(service, in: folder).get()] }
    var child = child(arguments, event)
    child.keptBytes = EventAnswer.limit
    let outcome = try child.run()
    for line in shown(outcome.errors) { say(line) }
    func failed(_ why: String) -> Failure {
      let text = Sanitize.line(String(decoding: outcome.output.prefix(Self.shownGarbage), as: UTF8.self))
      return Failure(
        .failed, "the event service \(Sanitize.line(service)) \(why)" + (text.isEmpty ? "" : "; its answer begins with: \(text)"))
    }
    if outcome.ending == .stopped { return nil }
    if let fault = outcome.fault(limitSeconds: timeoutSeconds) { throw failed(fault) }
    guard !outcome.isCut else { throw failed("answers with more than \(EventAnswer.limit) bytes") }
    do throws(Failure) { return try EventAnswer(outcome.output) } catch {
      throw failed("answers what cannot be understood: \(error)")
    }
  }

  private func execute(_ command: EventCommand, _ event: [UInt8]) -> Outcome {
    let method = Sanitize.line(command.method.prefix(100))
    say("\(method): \(Sanitize.line(command.arguments.joined(separator: " ").prefix(500)))")
    var child = child(command.arguments, command.isGivenEvent ? event : Array(command.input.utf8))
    child.environment.merge(command.environment) { _, new in new }
    child.isJoined = true
    let outcome: ChildProcess.Outcome
    do throws(Failure) { outcome = try child.run() } catch {
      say("\(method): failed: \(error)")
      return .failed
    }
    for line in shown(outcome.output) { say("\(method): \(line)") }
    if outcome.ending == .stopped { return .stopped }
    if let fault = outcome.fault(limitSeconds: timeoutSeconds) {
      say("\(method): failed: it \(fault)")
      return .failed
    }
    say("\(method): done")
    return .done
  }

  /// The end of what a program printed, in lines.
  private func shown(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes.suffix(Self.shownOutput), as: UTF8.self)
    let lines = text.split(separator: "\n").map { Sanitize.line($0.prefix(1000)) }
    return (bytes.count > Self.shownOutput ? ["(the beginning is cut)"] : []) + lines
  }
}
