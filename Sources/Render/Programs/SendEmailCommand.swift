import ArgumentParser
import EventService
import Files
import Glibc
import Model

/// `reeve-render send-email`.
struct SendEmailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render send-email", abstract: "Sends the message on standard input, headers and text, by SMTP.",
    discussion: "The mail server, or another command, stands in the settings email_…; see reeve-config(5).")

  @Argument(help: ArgumentHelp("Whom to send it to.", valueName: "address"))
  var recipients: [String] = []

  @OptionGroup var settings: ProgramSettings

  static let recipientsLimit = 100

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGCHLD, SIG_DFL)
    guard !recipients.isEmpty else { throw ValidationError("no address given") }
    guard recipients.count <= Self.recipientsLimit else {
      throw ValidationError("more than \(Self.recipientsLimit) addresses given")
    }
    try saying("send-email") { () throws(Failure) in
      let settings = try self.settings.load()
      let delivery = try MailDelivery(
        settings: settings, recipients: recipients, message: try Input.read(limit: OutgoingMessage.limit),
        environment: Places.environment())
      for line in try delivery.send() { Say.line(line) }
    }
  }
}
