import Foundation
import Model
import Testing

@testable import EventService

@Suite("The text of a message")
struct MailTextTests {
  @Test(
    "an address is one word that no protocol misreads",
    arguments: [
      ("ann@example.org", true), ("a.b+c@x", true), ("o'neil@a-b.example", true), ("", false), ("@", false), ("a@", false),
      ("@b", false), ("a@b@c", false), ("a b@c", false), ("a@b c", false), ("<a@b>", false), ("a@b>", false), ("a,b@c", false),
      ("a@b\n", false), ("-f@b", false), (".a@b", false), ("a..b@c", false), ("a.@c", false), ("ä@b", false), ("a@b..c", false),
      ("a@-b", false), ("\"a\"@b", false), (String(repeating: "a", count: 65) + "@b", false),
    ])
  func addresses(_ text: String, _ isGood: Bool) { #expect((MailAddress(text) != nil) == isGood) }

  @Test("a plain subject stays as it is, any other becomes words that decode to it")
  func subject() throws {
    #expect(HeaderText.encoded("JOB_DONE - film 3") == "JOB_DONE - film 3")
    for text in ["Größe", "ä\nb", "=?UTF-8?B?eA==?=", String(repeating: "long ", count: 30), "日本語のとても長い名前のジョブがここにありますよ", "👩‍👩‍👧‍👦 x"] {
      let lines = HeaderText.encoded(text).components(separatedBy: "\r\n ")
      var bytes: [UInt8] = []
      for line in lines {
        #expect(line.utf8.count <= 75)
        let inner = try #require(line.hasPrefix("=?UTF-8?B?") && line.hasSuffix("?=") ? line.dropFirst(10).dropLast(2) : nil)
        let part = try #require(Data(base64Encoded: String(inner)))
        #expect(String(validating: part, as: UTF8.self) != nil, "no character is cut in two")
        bytes += part
      }
      #expect(String(decoding: bytes, as: UTF8.self) == text.replacing("\n", with: " "))
    }
  }

  @Test("a body is printable, with short lines, and decodes to what it was")
  func body() throws {
    for text in [
      "", "plain\n", "a = b\n", "ends with a space \nx", "Größe 日本\n.\n", String(repeating: "x", count: 500), "a\r\nb\t\n",
    ] {
      let encoded = QuotedPrintable.encoded(text)
      #expect(encoded.utf8.allSatisfy { (0x20..<0x7f).contains($0) || $0 == 0x0d || $0 == 0x0a })
      #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.count <= 76 && !$0.hasSuffix(" ") })
      #expect(Self.decoded(encoded) == text.replacing("\r\n", with: "\n"))
    }
  }

  private static func decoded(_ text: String) -> String {
    let whole = text.replacing("=\r\n", with: "").replacing("\r\n", with: "\n")
    var bytes: [UInt8] = []
    var rest = Array(whole.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x3d, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("what is missing in a message's head is added, and its lines end as in the Internet")
  func outgoing() throws {
    let message = try OutgoingMessage(
      Array("Subject: a\n b\nX: y\r\n\r\none\n.two\r\nthree".utf8), additions: [("Date", "today"), ("Subject", "none")])
    #expect(
      String(decoding: message.bytes, as: UTF8.self) == "Date: today\r\nSubject: a\r\n b\r\nX: y\r\n\r\none\r\n.two\r\nthree\r\n")
    #expect(String(decoding: message.stuffed, as: UTF8.self).hasSuffix("one\r\n..two\r\nthree\r\n.\r\n"))
    let bare = try OutgoingMessage([], additions: [("A", "b")])
    #expect(String(decoding: bare.stuffed, as: UTF8.self) == "A: b\r\n\r\n.\r\n")
  }

  @Test(
    "what is no head is refused with its line",
    arguments: [
      ("no header\n\n", 1), ("A: b\nno\n\n", 2), (" a: b\n\n", 1), ("A: b\rBcc: x\n\n", 1), (": x\n\n", 1), ("Ä: x\n\n", 1),
    ])
  func badHead(_ text: String, _ line: Int) {
    let failure = #expect(throws: Failure.self) { try OutgoingMessage(Array(text.utf8), additions: []) }
    #expect(failure?.message.hasPrefix("line \(line) of the message is no header") == true)
  }
}
