import Crypto
import Foundation
import Model
import TestSupport
import Testing

@testable import EventService

@Suite("Webhooks", .serialized)
struct WebhookTests {
  private func client(_ sink: WebSink, secret: String = "") -> WebhookClient {
    var client = WebhookClient()
    client.secret = Array(secret.utf8)
    client.trustFile = sink.trustFile
    client.pauseMilliseconds = 5
    return client
  }

  private let body = Array(#"{"text":"ä"}"#.utf8)

  @Test("gets the JSON over TLS, with a signature that its receiver can check")
  func signed() throws {
    let sink = try WebSink(scratch: ScratchFolder(), isEncrypted: true)
    let line = try client(sink, secret: "of the house").post(body, to: WebhookAddress(sink.url("/hooks/a?b=c")))
    #expect(line == "https://localhost:\(sink.port) answers 200")
    let request = try #require(sink.requests.first)
    #expect(sink.requests.count == 1)
    #expect(request.method == "POST" && request.path == "/hooks/a?b=c")
    #expect(request.body == body)
    #expect(request.headers["content-type"] == "application/json; charset=utf-8")
    #expect(request.headers["host"] == "localhost:\(sink.port)")
    let given = try #require(request.headers["x-reeve-signature"])
    let code = HMAC<SHA256>.authenticationCode(for: request.body, using: SymmetricKey(data: Array("of the house".utf8)))
    #expect(given == "sha256=" + code.map { String(format: "%02x", $0) }.joined())
  }

  @Test("the signature is that of the standard (RFC 4231, case 2)")
  func vector() {
    #expect(
      WebhookClient.signature(of: Array("what do ya want for nothing?".utf8), secret: Array("Jefe".utf8))
        == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test("without a secret there is no signature")
  func unsigned() throws {
    let sink = try WebSink(scratch: ScratchFolder())
    _ = try client(sink).post(body, to: WebhookAddress(sink.url("/")))
    #expect(sink.requests.first?.headers["x-reeve-signature"] == nil)
  }

  @Test("a server in trouble is tried again, a bounded number of times")
  func retries() throws {
    let late = try WebSink(scratch: ScratchFolder(), answers: [.init(503), .init(500, text: "no\nidea"), .init(204)])
    var said: [String] = []
    let line = try client(late).post(body, to: WebhookAddress(late.url("/x"))) { said.append($0) }
    #expect(line.hasSuffix("answers 204 (try 3)"))
    #expect(said.count == 2 && said.last?.contains("it answers 500: no␊idea (try 2 of 4)") == true)
    let ill = try WebSink(scratch: ScratchFolder(), answers: [.init(503)])
    let failure = #expect(throws: Failure.self) { try client(ill).post(body, to: WebhookAddress(ill.url("/secret"))) }
    #expect(failure?.message == "http://localhost:\(ill.port): it answers 503 (try 4 of 4)")
    #expect(ill.requests.count == 4)
  }

  @Test("what will never be taken is not tried again", arguments: [400, 401, 404, 410, 303])
  func refused(_ status: Int) throws {
    let sink = try WebSink(scratch: ScratchFolder(), answers: [.init(status)])
    #expect(throws: Failure.self) { try client(sink).post(body, to: WebhookAddress(sink.url("/"))) }
    #expect(sink.requests.count == 1)
  }

  @Test("redirections are followed on the same host only")
  func redirected() throws {
    let other = try WebSink(scratch: ScratchFolder())
    let away = try WebSink(scratch: ScratchFolder(), answers: [.init(307, headers: ["Location": other.url("/stolen")])])
    let failure = #expect(throws: Failure.self) { try client(away, secret: "s").post(body, to: WebhookAddress(away.url("/"))) }
    #expect(failure?.message.contains("it redirects to http://localhost:\(other.port), which is not followed") == true)
    #expect(other.requests.isEmpty && away.requests.count == 1)
    let near = try WebSink(scratch: ScratchFolder(), answers: [.init(308, headers: ["Location": "/new"]), .init(200)])
    _ = try client(near).post(body, to: WebhookAddress(near.url("/old")))
    #expect(near.requests.map(\.path) == ["/old", "/new"])
    let round = try WebSink(scratch: ScratchFolder(), answers: [.init(307, headers: ["Location": "/again"])])
    #expect(throws: Failure.self) { try client(round).post(body, to: WebhookAddress(round.url("/"))) }
    #expect(round.requests.count == 4)
  }

  @Test("a server that is silent, not there or not trusted fails with the reason")
  func trouble() throws {
    let silent = try WebSink(scratch: ScratchFolder(), answers: [.silence])
    var hasty = client(silent)
    hasty.timeoutMilliseconds = 3000
    hasty.tries = 2
    let silence = #expect(throws: Failure.self) { try hasty.post(body, to: WebhookAddress(silent.url("/"))) }
    #expect(silence?.message.contains("did not answer within 3 s (try 2 of 2)") == true)
    let nobody = #expect(throws: Failure.self) { try hasty.post(body, to: WebhookAddress("http://127.0.0.1:1/")) }
    #expect(nobody?.message == "http://127.0.0.1:1: connection refused (try 2 of 2)")
    let strange = try WebSink(scratch: ScratchFolder(), isEncrypted: true)
    var careful = client(strange)
    careful.trustFile = ""
    careful.tries = 1
    #expect(throws: Failure.self) { try careful.post(body, to: WebhookAddress(strange.url("/"))) }
    #expect(strange.requests.isEmpty)
  }

  @Test("an answer without an end is not waited for")
  func long() throws {
    let sink = try WebSink(scratch: ScratchFolder(), answers: [.init(200, text: String(repeating: "x", count: 1 << 20))])
    #expect(try client(sink).post(body, to: WebhookAddress(sink.url("/"))).hasSuffix("answers 200"))
  }

  @Test(
    "an address is understood",
    arguments: [
      ("https://a.example", "https://a.example", "/"), ("HTTP://a.example:8080/x?y#z", "http://a.example:8080", "/x?y"),
      ("https://[::1]:444/x", "https://[::1]:444", "/x"), ("https://a.example:443?q", "https://a.example", "/?q"),
    ])
  func address(_ text: String, _ place: String, _ path: String) throws {
    let address = try WebhookAddress(text)
    #expect(address.place == place && address.path == path)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "a.example", "ftp://a.example/", "file:///etc/passwd", "https://", "https://u:p@a.example/", "https://a example/",
      "https://a.example:0/", "https://a.example:99999/", "https://a\r\nX: y/", "https://ä.example/", "https://[x]/",
      "https://a_b/",
      "https://a/" + String(repeating: "x", count: 2000),
    ])
  func badAddress(_ text: String) { #expect(throws: Failure.self) { try WebhookAddress(text) } }
}
