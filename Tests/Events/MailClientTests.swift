import Foundation
import Model
import TestSupport
import Testing

@testable import EventService

@Suite("Mail servers", .serialized)
struct MailClientTests {
  private func client(
    _ sink: MailSink, _ security: MailSecurity = .required, login: MailLogin? = nil, trusts: Bool = true, host: String = "localhost"
  ) -> SMTPClient {
    SMTPClient(
      host: host, port: sink.port, security: security, login: login, trustFile: trusts ? sink.trustFile : "", ownName: "r1.example")
  }

  private func send(_ client: SMTPClient, body: String = "one\n.\n..two\n", to recipients: [String] = ["ann@example.org"]) throws
    -> [String]
  {
    let message = try OutgoingMessage(Array("Subject: x\n\n\(body)".utf8), additions: [])
    return try client.send(message, from: "noreply@farm.example", to: recipients)
  }

  @Test("a message arrives as it was, over TLS, for all that it is for")
  func arrives() throws {
    let sink = try MailSink(scratch: ScratchFolder())
    #expect(try send(client(sink), to: ["ann@example.org", "bob@example.org"]) == [])
    let message = try #require(sink.messages.first)
    #expect(sink.messages.count == 1)
    #expect(message.from == "noreply@farm.example")
    #expect(message.recipients == ["ann@example.org", "bob@example.org"])
    #expect(message.text == "Subject: x\n\none\n.\n..two")
    #expect(message.isEncrypted)
    #expect(sink.lines.first == "EHLO r1.example")
  }

  @Test("a user logs in over TLS, by either way that the server offers", arguments: ["PLAIN", "LOGIN", "XOAUTH2 LOGIN PLAIN"])
  func login(_ mechanisms: String) throws {
    var rules = MailSink.Rules()
    rules.mechanisms = mechanisms.split(separator: " ").map(String.init)
    let sink = try MailSink(scratch: ScratchFolder(), rules: rules)
    let login = MailLogin(user: rules.user, password: rules.password)
    #expect(try send(client(sink, .starttls, login: login)) == [])
    #expect(sink.messages.first?.user == rules.user)
    let failure = #expect(throws: Failure.self) { try send(client(sink, login: MailLogin(user: "anna", password: "wrong"))) }
    #expect(failure?.message.contains("does not take the user and password: the server says \"535 5.7.8 wrong\"") == true)
    #expect(failure?.message.contains("wrong\"") == true)
    #expect(sink.messages.count == 1)
  }

  @Test("a password goes to nobody without TLS, nor to whom we do not trust")
  func passwordKept() throws {
    var rules = MailSink.Rules()
    rules.mechanisms = ["PLAIN"]
    let login = MailLogin(user: rules.user, password: rules.password)
    let trusted = try MailSink(scratch: ScratchFolder(), rules: rules)
    #expect(throws: Failure.self) { try send(client(trusted, .none, login: login)) }
    #expect(throws: Failure.self) { try send(client(trusted, .starttls, login: login, trusts: false)) }
    rules.hasTLS = false
    let plain = try MailSink(scratch: ScratchFolder(), rules: rules)
    let failure = #expect(throws: Failure.self) { try send(client(plain, .starttls, login: login)) }
    #expect(failure?.message.contains("does not offer STARTTLS") == true)
    for sink in [trusted, plain] { #expect(!sink.lines.contains { $0.hasPrefix("AUTH") }) }
  }

  @Test("TLS from the first byte")
  func implicit() throws {
    var rules = MailSink.Rules()
    rules.isTLSFirst = true
    let sink = try MailSink(scratch: ScratchFolder(), rules: rules)
    #expect(try send(client(sink, .tls)) == [])
    #expect(sink.messages.first?.isEncrypted == true)
  }

  @Test("without security nothing is encrypted; where it is only offered anybody's certificate will do")
  func security() throws {
    let sink = try MailSink(scratch: ScratchFolder())
    #expect(try send(client(sink, .none)) == [])
    #expect(try send(client(sink, .starttls, trusts: false)) == [])
    #expect(sink.messages.map(\.isEncrypted) == [false, true])
    let failure = #expect(throws: Failure.self) { try send(client(sink, .required, trusts: false)) }
    #expect(failure?.message.contains("TLS failed") == true)
    // The certificate is for the name.
    #expect(throws: Failure.self) { try send(client(sink, .required, host: "127.0.0.1")) }
    var rules = MailSink.Rules()
    rules.hasTLS = false
    let plain = try MailSink(scratch: ScratchFolder(), rules: rules)
    #expect(try send(client(plain, .starttls)) == [])
    #expect(throws: Failure.self) { try send(client(plain, .required)) }
  }

  @Test("who is not wanted is named with the server's words; the others get the message")
  func refused() throws {
    var rules = MailSink.Rules()
    rules.refused = ["nobody@example.org"]
    let sink = try MailSink(scratch: ScratchFolder(), rules: rules)
    let refused = try send(client(sink), to: ["nobody@example.org", "ann@example.org"])
    #expect(refused == ["nobody@example.org: 550 5.1.1 <nobody@example.org>: nobody of that name"])
    #expect(sink.messages.map(\.recipients) == [["ann@example.org"]])
    let failure = #expect(throws: Failure.self) { try send(client(sink), to: ["nobody@example.org"]) }
    #expect(failure?.message.contains("it takes mail for none of them: nobody@example.org: 550 5.1.1") == true)
  }

  @Test("what the server does not take, and a server that is silent or not there, is said with its name")
  func trouble() throws {
    var rules = MailSink.Rules()
    rules.messageRefusal = "552 5.3.4 too big for me"
    let full = try MailSink(scratch: ScratchFolder(), rules: rules)
    let refusal = #expect(throws: Failure.self) { try send(client(full)) }
    #expect(
      refusal?.message
        == "mail server localhost:\(full.port): it does not take the message: the server says \"552 5.3.4 too big for me\"")
    rules.isSilent = true
    let silent = try MailSink(scratch: ScratchFolder(), rules: rules)
    var patient = client(silent)
    patient.timeoutSeconds = 8
    let silence = #expect(throws: Failure.self) { try send(patient) }
    #expect(silence?.message.contains("did not take the message within 8 s") == true)
    let nobody = SMTPClient(host: "127.0.0.1", port: 1, security: .none, login: nil, trustFile: "", ownName: "x")
    #expect(#expect(throws: Failure.self) { try send(nobody) }?.message == "mail server 127.0.0.1:1: connection refused")
  }

  @Test("replies of several lines are one; what is no reply ends the dialogue")
  func replies() throws {
    var reader = SMTPReply.Reader()
    reader.append("250-a\r\n250-b".utf8)
    #expect(try reader.next() == nil)
    reader.append(" c\r\n250 d\r\n354\r\n".utf8)
    #expect(try reader.next() == SMTPReply(code: 250, lines: ["a", "b c", "d"]))
    #expect(try reader.next() == SMTPReply(code: 354, lines: [""]))
    #expect(reader.isEmpty)
    for text in ["HTTP/1.1 400\r\n", "250-a\r\n251 b\r\n", "99 a\r\n", "\r\n", String(repeating: "2", count: 5000)] {
      var reader = SMTPReply.Reader()
      reader.append(text.utf8)
      #expect(throws: SMTPReply.Malformed.self) { try reader.next() }
    }
  }

  @Test("words that come unencrypted behind the leave to begin TLS end it")
  func injection() throws {
    let message = try OutgoingMessage([], additions: [])
    var dialogue = SMTPDialogue(
      message: message, sender: "a@b", recipients: ["c@d"], security: .required, login: nil, ownName: "x")
    _ = dialogue.received("220 x\r\n".utf8)
    #expect(dialogue.received("250-x\r\n250 STARTTLS\r\n".utf8) == [.send(Array("STARTTLS\r\n".utf8))])
    let actions = dialogue.received("220 go\r\n250 evil\r\n".utf8)
    #expect(actions.contains { if case .failed = $0 { true } else { false } })
    #expect(!actions.contains(.startTLS))
  }
}
