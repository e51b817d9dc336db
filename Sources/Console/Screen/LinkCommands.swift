import Command
import Console
import Model
import Wire

/// The commands of `reeve`, over the console's own connection: whoever is at the console is who gives them.
extension ServerLink {
  func command(_ number: RequestNumber, _ command: TypedCommand, isReadOnly: Bool, isUnicode: Bool) {
    Task { [inbox] in
      guard let connection else { return inbox.push(.commandDone(number, .failed("no connection to the server"))) }
      let host = EmbeddedCommand.Host(
        connection: connection, address: address, user: user, knownServers: knownServers, isReadOnly: isReadOnly,
        isUnicode: isUnicode)
      let outcome = await EmbeddedCommand.run(
        command.line, host, columns: command.columns, isConfirmed: command.isConfirmed)
      inbox.push(.commandDone(number, CommandOutcome(outcome)))
    }
  }
}

extension CommandOutcome {
  fileprivate init(_ outcome: EmbeddedCommand.Outcome) {
    switch outcome {
    case .printed(let lines): self = .printed(lines)
    case .done(let lines, let complaints): self = .done(lines, complaints: complaints)
    case .asks(let question): self = .asks(question)
    case .failed(let reason): self = .failed(reason)
    }
  }
}
