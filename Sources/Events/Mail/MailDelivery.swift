import Glibc
public import Model
import Processes
import Text

/// One message on its way: by a mail server, or by a command that takes messages.
public struct MailDelivery {
  private let settings: EventSettings
  private let recipients: [String]
  private let sender: String
  private let message: OutgoingMessage
  private let environment: [String: String]

  /// - Throws: `Failure` for an address that is none, and for what is no message.
  public init(settings: EventSettings, recipients: [String], message: [UInt8], environment: [String: String]) throws(Failure) {
    for text in recipients where MailAddress(text) == nil {
      throw Failure(.usage, "\"\(Sanitize.line(text.prefix(200)))\" is no address of e-mail")
    }
    guard let sender = MailAddress("noreply@\(settings.senderHost)") else {
      throw Failure(.usage, "email_sender_address_host: \"\(Sanitize.line(settings.senderHost))\" is no host's name")
    }
    self.settings = settings
    self.recipients = recipients
    self.sender = sender.text
    self.environment = environment
    let number = (0..<4).map { _ in String(UInt32.random(in: 0...UInt32.max), radix: 36) }.joined()
    self.message = try OutgoingMessage(
      message,
      additions: [
        ("Date", Self.now()), ("Message-ID", "<\(number)@\(EventSettings.hostName)>"), ("From", sender.text),
        ("To", recipients.joined(separator: ",\r\n ")),
      ])
  }

  /// - Returns: what came of it, in lines.
  public func send() throws(Failure) -> [String] {
    if let words = settings.mailCommand { return try send(by: words) }
    let client = try settings.mailClient()
    let refused = try client.send(message, from: sender, to: recipients)
    let taken = recipients.count - refused.count
    return ["mail server \(client.host):\(client.port) has the message for \(taken) of \(recipients.count) addresses"]
      + refused.map { "warning: it does not want \(Sanitize.line($0))" }
  }

  private func send(by words: [String]) throws(Failure) -> [String] {
    var child = ChildProcess(arguments: words + recipients, environment: environment)
    // Programs on this machine take text as files have it.
    child.input = message.bytes.filter { $0 != 0x0d }
    child.timeoutMilliseconds = 50_000
    child.isJoined = true
    let outcome = try child.run()
    let said = Sanitize.line(String(decoding: outcome.output.prefix(500), as: UTF8.self))
    if let fault = outcome.fault(limitSeconds: 50) {
      throw Failure(.failed, "email_send_cmd: \(words[0]) \(fault)\(said.isEmpty ? "" : ": \(said)")")
    }
    return ["\(words[0]) has the message for \(recipients.count) addresses"] + (said.isEmpty ? [] : [said])
  }

  /// As mails write it: `Sun, 22 Nov 2026 08:30:00 +0000`.
  private static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = days[Int(parts.tm_wday) % 7]
    let month = months[Int(parts.tm_mon) % 12]
    return "\(day), \(two(parts.tm_mday)) \(month) \(1900 + Int(parts.tm_year)) \(two(parts.tm_hour)):\(two(parts.tm_min)):"
      + "\(two(parts.tm_sec)) +0000"
  }
}
