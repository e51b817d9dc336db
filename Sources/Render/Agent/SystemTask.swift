import EventService
import Model
import Wire

// Tasks of the system job (reference/afanasy.md section 5): what they run comes with each start, not from their block.
extension TaskPlan {
  /// The event that its service reads on standard input; nil: it reads nothing.
  func input(_ start: WireRunStart) -> [UInt8]? {
    start.hasSystem && start.system.systemKind == .event ? Array(start.system.command.utf8) : nil
  }

  static func directory(_ start: WireRunStart, of block: WireBlockDefinition) -> String {
    start.hasSystem ? start.system.workingDirectory : block.workingDirectory
  }

  func systemArguments(
    _ system: WireSystemCommand, of block: WireBlockDefinition, service: Service
  ) throws(StartFailure) -> [String] {
    guard let kind = system.systemKind else {
      throw StartFailure("this render is too old for it: it does not know what a command of kind \(system.kind) is")
    }
    if service.hasOwnCommand {
      throw StartFailure(
        "its service \"\(service.name)\" runs a command of its own, without @COMMAND@: it is one for multihost_service")
    }
    var line: String
    switch kind {
    case .event:
      let words = [program, "run-event", "--service", block.service] + programOptions
      // No shell sees it, unless the service's file wants one.
      if service.command.isEmpty { return words }
      line = words.map(Shell.quoted).joined(separator: " ")
    case .post, .pre: line = paths.mapped(system.command)
    case .wake: line = OwnProgram.line(system.command, word: "wolwake", program: program)
    }
    guard !line.allSatisfy(\.isWhitespace) else { throw StartFailure("its command is empty") }
    if !service.command.isEmpty { line = service.command.replacing("@COMMAND@", with: line) }
    return shell.arguments(line)
  }
}

extension WireSystemCommand {
  fileprivate var systemKind: SystemCommand.Kind? { UInt8(exactly: kind).flatMap { SystemCommand.Kind(rawValue: $0) } }
}

extension OwnProgram {
  /// A command line in which the given first word means what this program is when it is called with it.
  static func line(_ text: String, word: String, program: String) -> String {
    let text = text.drop(while: \.isWhitespace)
    guard text.hasPrefix(word), text.dropFirst(word.count).first?.isWhitespace ?? true else { return String(text) }
    return Shell.quoted(program) + " " + text
  }
}
