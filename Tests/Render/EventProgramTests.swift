import Foundation
import Model
import TestSupport
import Testing

@Suite("run-event, as the agent starts it")
struct EventProgramTests {
  private let scratch: ScratchFolder
  init() throws { scratch = try ScratchFolder() }

  private func run(
    _ arguments: [String], settings: JSONObject = JSONObject(), event: JSONValue, program word: String = "run-event"
  ) throws -> (status: Int32, output: String, errors: String) {
    var settings = settings
    if settings["af_events_dir"] == nil { settings["af_events_dir"] = .string(try scratch.folder("events")) }
    let file = try scratch.write(JSONValue.object(settings).text(), to: "settings.json")
    let program = try Program(
      "reeve-render", [word, "--config", file] + arguments, scratch: scratch,
      environment: ["PATH": "\(scratch.path):/usr/bin:/bin"], input: event.text())
    return (try program.wait(limit: 120), program.output, program.errors)
  }

  private func event(_ name: String = "JOB_DONE", jobName: String = "film", methods: [String], _ data: JSONObject = JSONObject())
    -> JSONValue
  {
    var user = data
    user["-note"] = .string("x")
    let job: JSONObject = ["events": .object([name: .object(["methods": .array(methods.map { .string($0) })])])]
    return .object([
      "user": .object(["name": .string("ann"), "custom_data": .string(JSONValue.object(user).text())]),
      "job": .object(["name": .string(jobName), "serial": .integer(3), "custom_data": .string(JSONValue.object(job).text())]),
      "events": .array([.string(name)]),
    ])
  }

  private func mail(_ sink: MailSink, _ more: JSONObject = JSONObject()) -> JSONObject {
    var settings: JSONObject = [
      "email_smtp_server": .string("localhost"), "email_smtp_port": .integer(Int64(sink.port)),
      "events_trust_file": .string(sink.trustFile), "email_smtp_security": .string("required"),
      "email_sender_address_host": .string("farm.example"),
    ]
    for (key, value) in more.members { settings[key] = value }
    return settings
  }

  @Test("a message, a webhook, a notice and an executable of the house, all of one event")
  func several() throws {
    var rules = MailSink.Rules()
    rules.mechanisms = ["PLAIN"]
    let mailSink = try MailSink(scratch: scratch, rules: rules)
    let webSink = try WebSink(scratch: scratch)
    try scratch.write("#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.args\"\n", to: "notify-send", mode: 0o755)
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.args\"\ncat >\"$0.heard\"\n", to: "events/bell", mode: 0o755)
    let given = event(
      methods: ["email", "webhook", "notify-send", "bell"],
      ["emails": .array([.string("ann@example.org")]), "webhooks": .array([.object(["url": .string(webSink.url("/T0/secret"))])])])
    let result = try run(
      [],
      settings: mail(
        mailSink,
        [
          "email_smtp_user": .string(rules.user),
          "email_smtp_password_file": .string(try scratch.write("\(rules.password)\n", to: "password", mode: 0o600)),
          "webhook_secret_file": .string(try scratch.write("of the house\n", to: "secret", mode: 0o600)),
        ]), event: given)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let message = try #require(mailSink.messages.first)
    #expect(mailSink.messages.count == 1 && message.isEncrypted && message.user == rules.user)
    #expect(message.recipients == ["ann@example.org"] && message.from == "noreply@farm.example")
    #expect(message.text.contains("\nSubject: JOB_DONE - film\n") && message.text.contains("\nJob: film\n"))
    #expect(message.text.contains("\nDate: ") || message.text.hasPrefix("Date: "))
    let request = try #require(webSink.requests.first)
    #expect(webSink.requests.count == 1 && request.path == "/T0/secret")
    #expect(request.headers["x-reeve-signature"]?.hasPrefix("sha256=") == true)
    #expect(try JSONParser.parse(request.body)["job"]?["name"]?.string == "film")
    #expect(scratch.read("notify-send.args")?.contains("\nJOB_DONE - film\n") == true)
    #expect(scratch.read("events/bell.args") == "-jobname\nfilm\n-jobserial\n3\n")
    #expect(scratch.read("events/bell.heard") == given.text())
    for method in ["email", "webhook", "notify-send", "bell"] { #expect(result.output.contains("\n\(method): done\n")) }
    for secret in ["T0/secret", rules.password, "of the house"] { #expect(!(result.output + result.errors).contains(secret)) }
  }

  @Test("a name full of quotes, newlines and substitutions is data to everybody")
  func hostile() throws {
    let sink = try MailSink(scratch: scratch)
    let name =
      "x'\"; touch \(scratch.file("pwned"))\n$(touch \(scratch.file("pwned")))`touch \(scratch.file("pwned"))`\r\nBcc: eve@example.org"
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\nprintf '%s' \"$2\" >\"$0.name\"\n", to: "events/bell", mode: 0o755)
    let result = try run(
      [], settings: mail(sink),
      event: event(jobName: name, methods: ["bell", "email"], ["emails": .array([.string("ann@example.org")])]))
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(scratch.read("events/bell.name") == name)
    #expect(!FileManager.default.fileExists(atPath: scratch.file("pwned")))
    #expect(sink.messages.map(\.recipients) == [["ann@example.org"]])
    #expect(sink.messages.first?.text.components(separatedBy: "\n").contains { $0.hasPrefix("Bcc") } == false)
  }

  @Test("one method that fails fails the task, and the others are done: not to be tried again, by status 3")
  func oneFails() throws {
    let web = try WebSink(scratch: scratch, answers: [.init(404, text: "gone")])
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\necho ringing\n", to: "events/bell", mode: 0o755)
    let result = try run(
      [], event: event(methods: ["webhook", "no-such", "bell"], ["webhooks": .string(web.url("/x"))]))
    #expect(result.status == 3)
    #expect(result.output.contains("it answers 404: gone"))
    #expect(result.output.contains("webhook: failed: it ended with exit status 1"))
    #expect(result.output.contains("error: there is no executable \"no-such\""))
    #expect(result.output.contains("bell: ringing\nbell: done"))
  }

  @Test("a service that hangs is killed with what it started, and what it said is shown")
  func hangs() throws {
    _ = try scratch.folder("events")
    try scratch.write(
      "#!/bin/sh\necho thinking >&2\nprintf '{\"comm'\nsleep 1000 & echo $! >\"$0.pid\"\ntrap '' TERM\nwait\n", to: "events/slow",
      mode: 0o755)
    let result = try run(["--service", "slow", "--timeout", "10"], event: event(methods: []))
    #expect(result.status == 1)
    #expect(result.output.contains("thinking"))
    #expect(
      result.errors.contains(#"the event service slow did not end within 10 s and was killed; its answer begins with: {"comm"#))
    let pid = try #require(Int32(scratch.read("events/slow.pid")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""))
    try observe("the end of what it started") {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
      return text.contains(") Z ")
    }
  }

  @Test("a command that hangs is killed, and the next one has its turn")
  func hangingCommand() throws {
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\necho begun\nsleep 1000\n", to: "events/slow", mode: 0o755)
    try scratch.write("#!/bin/sh\necho ringing\n", to: "events/bell", mode: 0o755)
    let result = try run(["--timeout", "20"], event: event(methods: ["slow", "bell"]))
    #expect(result.status == 3)
    #expect(result.output.contains("slow: begun\nslow: failed: it did not end within 20 s and was killed\n"))
    #expect(result.output.contains("bell: ringing\nbell: done"))
  }

  @Test(
    "garbage from a service is an error that shows its beginning",
    arguments: [
      ("echo '<html>oh no'", "answers what cannot be understood: not JSON: line 1, column 1"),
      ("echo '{\"commands\": 1}'", "answers what cannot be understood: commands: expected a list"),
      ("echo dying; exit 7", "ended with exit status 7; its answer begins with: dying"),
      ("kill -SEGV $$", "was killed by signal 11"),
      ("head -c 3000000 /dev/zero | tr '\\0' x", "answers with more than 1048576 bytes"),
      ("printf '\\033[2Jx'", "its answer begins with: ␛[2Jx"), ("true", "not JSON"),
    ])
  func garbage(_ script: String, _ message: String) throws {
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\ncat >/dev/null\n\(script)\n", to: "events/odd", mode: 0o755)
    let result = try run(["--service", "odd"], event: event(methods: []))
    #expect(result.status == 1)
    #expect(result.errors.contains("the event service odd "))
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("nothing asked for is nothing done, and not an error")
  func nothing() throws {
    let result = try run([], event: event(methods: []))
    #expect(result.status == 0)
    #expect(result.output.contains("nothing to do"))
  }

  @Test("malformed custom_data is told with whose it is and where, and the others' is heeded")
  func malformed() throws {
    let given: JSONValue = .object([
      "user": .object(["name": .string("ann"), "custom_data": .string("{\n oops")]),
      "job": .object(["name": .string("film"), "custom_data": .string("{}")]), "events": .array([.string("JOB_DONE")]),
    ])
    let result = try run([], event: given)
    #expect(result.status == 0)
    #expect(result.output.contains(#"note: the custom_data of user "ann" is left out, it is not JSON: line 2, column 2: "#))
  }

  @Test("a service's name is never a path", arguments: ["../odd", "/bin/true", ".x"])
  func serviceNames(_ name: String) throws {
    let result = try run(["--service", name], event: event(methods: []))
    #expect(result.status == 2)
    #expect(result.errors.contains("cannot be an executable's name"))
  }

  @Test("a command of the house may take the messages instead of a mail server")
  func sendmail() throws {
    let script = try scratch.write(
      "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.args\"\ncat >\"$0.heard\"\n", to: "sendmail", mode: 0o755)
    let given = event(methods: ["email"], ["emails": .array([.string("ann@example.org"), .string("bob@example.org")])])
    let result = try run([], settings: ["email_send_cmd": .string("\(script) -i --")], event: given)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(scratch.read("sendmail.args") == "-i\n--\nann@example.org\nbob@example.org\n")
    #expect(scratch.read("sendmail.heard")?.contains("\nTo: ann@example.org,\n bob@example.org\n") == true)
    try scratch.write("#!/bin/sh\necho queue full\nexit 75\n", to: "sendmail", mode: 0o755)
    let failed = try run([], settings: ["email_send_cmd": .string("\(script) -i --")], event: given)
    #expect(failed.status == 1 && failed.output.contains("ended with exit status 75: queue full"))
  }

  @Test("a password that others may read is not used")
  func openSecret() throws {
    let sink = try MailSink(scratch: scratch)
    let file = try scratch.write("x", to: "password", mode: 0o644)
    let result = try run(
      [], settings: mail(sink, ["email_smtp_user": .string("anna"), "email_smtp_password_file": .string(file)]),
      event: event(methods: ["email"], ["emails": .string("ann@example.org")]))
    #expect(result.status == 1)
    #expect(result.output.contains("email_smtp_password_file: others than its owner may read \(file) (chmod 600 \(file))"))
    #expect(sink.lines.isEmpty)
  }

  @Test("SIGTERM ends it and what it waits for")
  func stopped() throws {
    _ = try scratch.folder("events")
    try scratch.write("#!/bin/sh\nsleep 1000 & echo $! >\"$0.pid\"\nwait\n", to: "events/slow", mode: 0o755)
    let file = try scratch.write(#"{"af_events_dir": "\#(scratch.file("events"))"}"#, to: "settings.json")
    let program = try Program(
      "reeve-render", ["run-event", "--config", file, "--service", "slow"], scratch: scratch, input: event(methods: []).text())
    let pid = try observe("its service's child") {
      scratch.read("events/slow.pid").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    program.signal(SIGTERM)
    #expect(try program.wait() == 143)
    try observe("the end of what the service started") {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
      return text.contains(") Z ")
    }
  }
}
