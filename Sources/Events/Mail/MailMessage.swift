/// A message of plain text (RFC 5322), but for its date and number, which whoever sends it adds.
struct MailMessage: Sendable {
  /// With its headers; lines end as in the Internet.
  let text: String

  init(from: MailAddress?, to recipients: [MailAddress], subject: String, body: String) {
    var lines: [String] = []
    if let from { lines.append("From: Reeve <\(from)>") }
    // Folded: one address a line.
    lines.append("To: \(recipients.map(\.text).joined(separator: ",\r\n "))")
    lines.append("Subject: \(HeaderText.encoded(subject))")
    lines += [
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable", "", QuotedPrintable.encoded(body),
    ]
    text = lines.joined(separator: "\r\n")
  }
}
