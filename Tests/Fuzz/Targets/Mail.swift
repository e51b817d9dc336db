import Model

@testable import EventService

extension FuzzTarget {
  /// What a mail server answers, and a message that somebody wants sent.
  static let mail = FuzzTarget("mail") { bytes in
    var input = FuzzInput(bytes)
    let kind = input.byte()
    let cut = Int(input.byte()) + 1
    let body = input.part()
    let text = body.isEmpty ? Array("Subject: a\n\nb\n".utf8) : body
    guard let message = try? OutgoingMessage(text, additions: [("From", "ann@example.org")]) else { return }
    demand(!message.stuffed.starts(with: [0x2e, 0x0d, 0x0a]), "a message does not end before its end")
    let securities: [MailSecurity] = [.none, .starttls, .required, .tls]
    var dialogue = SMTPDialogue(
      message: message, sender: "ann@example.org", recipients: ["bob@example.org", "cy@example.org"],
      security: securities[Int(kind % 4)], login: kind & 4 == 0 ? nil : MailLogin(user: "u", password: "secret"), ownName: "here")
    let answers = input.rest()
    var isEncrypted = kind % 4 == 3
    for start in stride(from: 0, to: answers.count, by: cut) {
      for action in dialogue.received(answers[start..<min(start + cut, answers.count)]) {
        switch action {
        case .send(let line):
          if !isEncrypted { demand(!line.contains(Array("c2VjcmV0".utf8)), "no password goes over a line that is open") }
        case .startTLS:
          isEncrypted = true
          _ = dialogue.encrypted()
        case .delivered(let refused): demand(refused.count < 2, "what nobody took is not delivered")
        case .failed(let why): demand(why.utf8.count < 8192, "what failed is said in short")
        }
      }
    }
  }

  /// An event as the server tells it, what `custom_data` asks for, and what another event service answers.
  static let events = FuzzTarget("events", longest: 8192) { bytes in
    let planner = EventPlanner(program: "/bin/reeve-render", folder: "/nonexistent", senderHost: "example.org")
    if let document = try? EventDocument(bytes) {
      let plan = planner.plan(document)
      for fault in plan.answer.faults + plan.notes { demand(fault.utf8.count < 1 << 20, "a fault is said in short") }
      for command in plan.answer.commands { demand(!command.arguments.isEmpty, "a command has a program") }
      let text = EventText(document, events: document.names)
      demand(!text.subject.contains("\n") && !text.summary.contains("\n"), "a subject is one line")
    }
    _ = try? EventAnswer(bytes)
    _ = try? WebhookAddress(String(decoding: bytes, as: UTF8.self))
  }
}

extension [UInt8] {
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: part) }
  }
}
