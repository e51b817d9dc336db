import Crypto
import Foundation
import TestSupport
import Testing

@Suite("events", .serialized) struct EventTests {
  private static func job(_ name: String, command: String, hook: String) throws -> String {
    let data: [String: Any] = [
      "events": ["JOB_DONE": ["methods": ["email", "webhook"]], "JOB_ERROR": ["methods": ["email", "webhook"]]], "webhooks": [hook],
    ]
    let block: [String: Any] = ["name": "b", "command": command, "errors_retries": 0, "tasks": [["name": "t"]]]
    let job: [String: Any] = [
      "name": name, "user_name": "ann",
      "custom_data": String(decoding: try JSONSerialization.data(withJSONObject: data), as: UTF8.self),
      "blocks": [block],
    ]
    return String(decoding: try JSONSerialization.data(withJSONObject: ["job": job]), as: UTF8.self)
  }

  @Test("section 6: the mail server and the web hook that a job names get one message when it is done and one when it fails")
  func messages() throws {
    let scratch = try ScratchFolder()
    let mails = try MailSink(scratch: scratch)
    let hooks = try WebSink(scratch: scratch, isEncrypted: true)
    let secret = "the secret of the hooks"
    try scratch.write(secret, to: "secret", mode: 0o600)
    let authorities = try [mails.trustFile, hooks.trustFile].map { try String(contentsOfFile: $0, encoding: .utf8) }
    try scratch.write(authorities.joined(separator: "\n"), to: "authorities.pem")
    let settings = try scratch.write(
      """
      {"email_smtp_server": "localhost", "email_smtp_port": \(mails.port), "email_smtp_security": "required",
       "email_sender_address_host": "farm.example", "events_trust_file": "\(scratch.file("authorities.pem"))",
       "webhook_secret_file": "\(scratch.file("secret"))"}
      """, to: "render.json")
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1", ["--config", settings, "--capacity", "10000"])

    // The job names the methods, its user the address.
    let fine = try farm.submit(try Self.job("fine $(reboot) \"film\"\n", command: "true", hook: hooks.url("/hook?of=ann")))
    try farm.mustReeve(["set", "users", "ann", #"custom_data="{\"emails\": [\"ann@example.org\"]}""#])
    let second = try farm.submit(try Self.job("fine too", command: "true", hook: hooks.url("/hook?of=ann")))
    let broken = try farm.submit(try Self.job("broken", command: "false", hook: hooks.url("/hook?of=ann")))
    #expect(try farm.reeve(["wait", fine, second, "--timeout", "600"]).status == 0)
    #expect(try farm.reeve(["wait", broken, "--timeout", "600"]).status == 1)
    func subject(_ message: MailSink.Message) -> String {
      message.text.split(separator: "\n").first { $0.hasPrefix("Subject: ") }.map(String.init) ?? ""
    }
    let seen = {
      "mails: \(mails.messages.map(\.text)), hooks: \(hooks.requests.map(\.text)), "
        + "log: \((try? farm.mustReeve(["sysjob", "log"])) ?? ""), \((try? farm.mustReeve(["sysjob", "--block", "events"])) ?? "")"
    }
    try observe("the events' ends", seen: seen) {
      let document = try farm.node(["sysjob"])
      let row = (document["blocks"] as? [[String: Any]] ?? []).first { $0["name"] as? String == "events" } ?? [:]
      return row["done"] as? Int ?? 0 >= 3 && ["waiting", "ready", "running", "retrying"].allSatisfy { row[$0] as? Int == 0 }
    }
    let sent = mails.messages.filter { subject($0).contains("fine too") || subject($0).contains("broken") }
    #expect(sent.count == 2, "\(seen())")
    #expect(sent.filter { subject($0).contains("JOB_DONE") && subject($0).contains("fine too") }.count == 1, "\(seen())")
    #expect(sent.filter { subject($0).contains("JOB_ERROR") && subject($0).contains("broken") }.count == 1, "\(seen())")
    #expect(sent.allSatisfy { $0.isEncrypted && $0.recipients == ["ann@example.org"] && $0.from == "noreply@farm.example" })

    #expect(hooks.requests.count == 3, "\(seen())")
    for request in hooks.requests {
      #expect(request.method == "POST" && request.path == "/hook?of=ann")
      let code = HMAC<SHA256>.authenticationCode(for: request.body, using: SymmetricKey(data: Data(secret.utf8)))
      let hex = code.map { String(format: "%02x", $0) }.joined()
      #expect(request.headers["x-reeve-signature"] == "sha256=\(hex)")
    }
    // A name is data, whatever is in it.
    #expect(hooks.requests.contains { $0.text.contains(#"fine $(reboot) \"film\"\n"#) }, "\(seen())")
  }

  @Test("reeve events --follow shows each event once and in order, over a restart of the server")
  func follow() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch, environment: ["REEVE_AF_RENDER_ZOMBIE_TIME": "600"])
    try farm.startRender("r1", ["--capacity", "10000"])
    let before = try farm.mustReeve(["run", "--name", "before", "--wait", "--", "true"])
    let reader = try farm.startReeve(["events", "--follow", "--json"])
    try reader.waitForLine("\"job \(before)")
    let first = try farm.mustReeve(["run", "--name", "first", "--", "true"])
    #expect(try farm.reeve(["wait", first, "--timeout", "600"]).status == 0)
    try observe("the first job's end", seen: { reader.output }) { Self.events(reader, of: first).contains("JOB_DONE") }
    try farm.killServer()
    try farm.restartServer()
    let second = try farm.mustReeve(["run", "--name", "second", "--retries", "0", "--", "false"])
    try observe("the second job's error", seen: { reader.output + reader.errors }) {
      Self.events(reader, of: second).contains("JOB_ERROR")
    }
    try farm.mustReeve(["delete", "--yes", second])
    try observe("its deletion", seen: { reader.output }) { Self.events(reader, of: second).contains("JOB_DELETED") }
    reader.signal(SIGTERM)
    try reader.wait()
    #expect(Self.events(reader, of: before) == ["JOB_CREATED", "JOB_DONE"])
    #expect(Self.events(reader, of: first) == ["JOB_CREATED", "JOB_DONE"])
    #expect(Self.events(reader, of: second) == ["JOB_CREATED", "JOB_ERROR", "JOB_DELETED"])
    let numbers = Self.rows(reader).compactMap { $0["number"] as? Int }
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)

    // The same from the list, and of one job alone.
    let kept = try farm.rows(["events"])
    #expect(kept.compactMap { $0["number"] as? Int }.prefix(numbers.count) == numbers[...])
    #expect(try farm.rows(["events", "--job", second]).compactMap { $0["name"] as? String } == Self.events(reader, of: second))
    #expect(try farm.rows(["events", "--limit", "1"]).count == 1)
  }

  private static func rows(_ reader: Program) -> [[String: Any]] {
    reader.output.split(separator: "\n").compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
  }

  private static func events(_ reader: Program, of job: String) -> [String] {
    rows(reader).filter { $0["object"] as? String == "job \(job)" }.compactMap { $0["name"] as? String }
  }
}
