import ArgumentParser
import EventService
import Glibc
import Model

/// `reeve-render send-webhook`.
struct SendWebhookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reeve-render send-webhook", abstract: "Posts JSON to a webhook.",
    discussion: """
      Reads an object on standard input: "url", the webhook's address, which is often a secret, and "payload", what it gets. \
      With webhook_secret_file set the payload is signed; see reeve-events(7).
      """)

  @OptionGroup var settings: ProgramSettings

  /// Milliseconds before the second try: for trying it out.
  @Option(help: .hidden) var pause: Int64?

  private static let inputLimit = 2 << 20

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    try saying("send-webhook") { () throws(Failure) in
      var client = try settings.load().webhookClient()
      if let pause { client.pauseMilliseconds = max(1, min(10_000, pause)) }
      let bytes = try Input.read(limit: Self.inputLimit)
      let input: JSONValue
      do throws(JSONSyntaxError) { input = try JSONParser.parse(bytes) } catch {
        throw Failure(.usage, "standard input is not JSON: \(error)")
      }
      guard let url = input["url"]?.string, let payload = input["payload"] else {
        throw Failure(.usage, "expected an object with \"url\" and \"payload\" on standard input")
      }
      let line = try client.post(Array(payload.text().utf8), to: WebhookAddress(url)) { Say.line($0) }
      Say.line(line)
    }
  }
}
