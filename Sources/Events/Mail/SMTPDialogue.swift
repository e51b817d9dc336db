import FoundationEssentials

/// How TLS is used towards a mail server: the words of the setting `email_smtp_security`.
public enum MailSecurity: String, Sendable, CaseIterable {
  case none
  /// Where the server offers it, whoever it is: nobody on the way can listen unnoticed by accident.
  case starttls
  /// Always, and the server's certificate is checked.
  case required
  /// From the first byte, and the server's certificate is checked.
  case tls
}

/// A user of a mail server.
public struct MailLogin: Sendable {
  public var user: String
  public var password: String
  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }
}

/// The delivery of one message by SMTP (RFC 5321, 3207, 4954), as a state machine: what the server says goes in, what is to be done
/// comes out. It opens nothing and waits for nothing.
struct SMTPDialogue: Sendable {
  enum Action: Hashable, Sendable {
    case send([UInt8])
    /// Wants `encrypted` when it is done.
    case startTLS
    /// The server has the message; those recipients it did not want, each with its words.
    case delivered(refused: [String])
    case failed(String)
  }

  private enum Step {
    case greeting, hello, oldHello, startTLS, handshake, authPlain, authUser, authPassword, from, to(Int), data, body, over
  }

  private let message: OutgoingMessage
  private let sender: String
  private let recipients: [String]
  private let security: MailSecurity
  private let login: MailLogin?
  private let ownName: String
  private var isEncrypted: Bool
  private var step = Step.greeting
  private var reader = SMTPReply.Reader()
  private var extensions: [String: [String]] = [:]
  private var accepted = 0
  private var refused: [String] = []

  /// - Parameters:
  ///   - ownName: what this machine calls itself.
  init(
    message: OutgoingMessage, sender: String, recipients: [String], security: MailSecurity, login: MailLogin?, ownName: String
  ) {
    self.message = message
    self.sender = sender
    self.recipients = recipients
    // A password goes to nobody who has not shown who he is.
    self.security = login != nil && security == .starttls ? .required : security
    self.login = login
    self.ownName = ownName
    isEncrypted = security == .tls
  }

  /// Whether a certificate must be the server's own.
  var isVerified: Bool { security == .required || security == .tls }

  mutating func received(_ bytes: some Sequence<UInt8>) -> [Action] {
    reader.append(bytes)
    var actions: [Action] = []
    do throws(SMTPReply.Malformed) {
      while !isOver, let reply = try reader.next() { actions += answer(reply) }
    } catch {
      step = .over
      actions.append(.failed(error.description))
    }
    return actions
  }

  /// The connection is encrypted from now on: all that was said before counts for nothing.
  mutating func encrypted() -> [Action] {
    isEncrypted = true
    extensions = [:]
    step = .hello
    return [line("EHLO \(ownName)")]
  }

  var isOver: Bool { if case .over = step { true } else { false } }

  private func line(_ text: String) -> Action { .send(Array("\(text)\r\n".utf8)) }

  private mutating func fail(_ what: String, _ reply: SMTPReply) -> [Action] {
    step = .over
    return [line("QUIT"), .failed("\(what): the server says \"\(reply.text)\"")]
  }

  private mutating func fail(_ what: String) -> [Action] {
    step = .over
    return [line("QUIT"), .failed(what)]
  }

  private mutating func answer(_ reply: SMTPReply) -> [Action] {
    switch step {
    case .greeting:
      guard reply.code == 220 else { return fail("it takes no mail", reply) }
      step = .hello
      return [line("EHLO \(ownName)")]
    case .hello:
      if reply.code == 250 { return greeted(reply) }
      guard login == nil, isEncrypted || !isVerified else { return fail("it does not know EHLO", reply) }
      step = .oldHello
      return [line("HELO \(ownName)")]
    case .oldHello:
      guard reply.code == 250 else { return fail("it does not want to talk with us", reply) }
      return begin()
    case .startTLS:
      guard reply.code == 220 else {
        return isVerified ? fail("it does not begin TLS", reply) : begin()
      }
      // Whoever put words before the handshake wants them to be heard after it.
      guard reader.isEmpty else { return fail("it spoke on unencrypted after STARTTLS") }
      step = .handshake
      return [.startTLS]
    case .handshake: return []
    case .authPlain, .authPassword:
      guard reply.code == 235 else { return fail("it does not take the user and password", reply) }
      return begin()
    case .authUser:
      guard reply.code == 334, let login else { return fail("it does not take the user", reply) }
      if !isUserSent {
        isUserSent = true
        return [line(Self.base64(login.user))]
      }
      step = .authPassword
      return [line(Self.base64(login.password))]
    case .from:
      guard reply.code == 250 else { return fail("it does not take mail from \(sender)", reply) }
      return nextRecipient(0)
    case .to(let at):
      if reply.code == 250 || reply.code == 251 { accepted += 1 } else { refused.append("\(recipients[at]): \(reply.text)") }
      return nextRecipient(at + 1)
    case .data:
      guard reply.code == 354 else { return fail("it does not take the message", reply) }
      step = .body
      return [.send(message.stuffed)]
    case .body:
      guard reply.code == 250 else { return fail("it does not take the message", reply) }
      step = .over
      return [line("QUIT"), .delivered(refused: refused)]
    case .over: return []
    }
  }

  private var isUserSent = false

  private mutating func greeted(_ reply: SMTPReply) -> [Action] {
    for text in reply.lines.dropFirst() {
      let words = text.uppercased().split(separator: " ").map(String.init)
      if let name = words.first { extensions[name] = Array(words.dropFirst()) }
    }
    if !isEncrypted, security != .none, extensions["STARTTLS"] != nil {
      step = .startTLS
      return [line("STARTTLS")]
    }
    if !isEncrypted, isVerified {
      return fail("it does not offer STARTTLS, and email_smtp_security (or a user with a password) requires it")
    }
    guard let login else { return begin() }
    guard isEncrypted else { return fail("a password goes over TLS only: set email_smtp_security to starttls, required or tls") }
    let mechanisms = extensions["AUTH"] ?? []
    if mechanisms.contains("PLAIN") {
      step = .authPlain
      return [line("AUTH PLAIN \(Self.base64("\0\(login.user)\0\(login.password)"))")]
    }
    if mechanisms.contains("LOGIN") {
      step = .authUser
      return [line("AUTH LOGIN")]
    }
    return fail(
      "it offers no way to log in that is known here: PLAIN or LOGIN"
        + (mechanisms.isEmpty ? "" : " (but \(mechanisms.joined(separator: ", ")))"))
  }

  private mutating func begin() -> [Action] {
    step = .from
    return [line("MAIL FROM:<\(sender)>")]
  }

  private mutating func nextRecipient(_ at: Int) -> [Action] {
    if at < recipients.count {
      step = .to(at)
      return [line("RCPT TO:<\(recipients[at])>")]
    }
    guard accepted > 0 else { return fail("it takes mail for none of them: \(refused.joined(separator: "; "))") }
    step = .data
    return [line("DATA")]
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
