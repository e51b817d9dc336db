import Foundation
import Model
import TestSupport
import Testing

@testable import EventService

/// An event with these texts as the custom_data of its user and its job.
func event(
  _ names: [String] = ["JOB_DONE"], user: String = "", job: String = "", jobName: String = "film", description: String = ""
) throws -> EventDocument {
  let root: JSONObject = [
    "user": .object(["name": .string("ann"), "custom_data": .string(user)]),
    "job": .object([
      "name": .string(jobName), "id": .integer(14), "serial": .integer(7), "state": .string(" DON "),
      "description": .string(description), "custom_data": .string(job),
      "blocks": .array([
        .object([
          "name": .string("shot"), "service": .string("blender"), "p_percentage": .integer(100), "p_tasks_done": .integer(9),
          "p_tasks_error": .integer(1), "tasks_num": .integer(10), "environment": .object(["TOKEN": .string("hidden")]),
        ])
      ]),
    ]),
    "events": .array(names.map { .string($0) }),
  ]
  return try EventDocument(Array(JSONValue.object(root).text().utf8))
}

@Suite("The event service that is built in (section 6.3)")
struct EventPlannerTests {
  private func plan(_ event: EventDocument, folder: String = "/nowhere") -> EventPlanner.Plan {
    EventPlanner(
      program: "/usr/bin/reeve-render", programOptions: ["--config", "/etc/x.json"], folder: folder, senderHost: "farm.example"
    ).plan(event)
  }

  @Test("every method named gives a command, in the order in which they were named")
  func all() throws {
    let scratch = try ScratchFolder()
    try scratch.write("#!/bin/sh\n", to: "ring-bell", mode: 0o755)
    let plan = plan(
      try event(
        ["JOB_ERROR", "JOB_DONE"], user: #"{"emails": ["ann@example.org"], "webhooks": "https://hooks.example/a?b"}"#,
        job:
          #"{"events": {"JOB_DONE": {"methods": ["notify-send", "email", "ring-bell"]}, "JOB_ERROR": {"methods": ["webhook", "email"]}}}"#
      ), folder: scratch.path)
    #expect(plan.answer.commands.map(\.method) == ["webhook", "email", "notify-send", "ring-bell"])
    #expect(plan.answer.faults.isEmpty && plan.notes.isEmpty)
    let email = try #require(plan.answer.commands.first { $0.method == "email" })
    #expect(email.arguments == ["/usr/bin/reeve-render", "send-email", "--config", "/etc/x.json", "--", "ann@example.org"])
    #expect(email.input.contains("From: Reeve <noreply@farm.example>\r\n"))
    #expect(email.input.contains("Subject: JOB_ERROR, JOB_DONE - film\r\n"))
    let hook = try #require(plan.answer.commands.first)
    #expect(!hook.arguments.joined().contains("hooks.example"), "the address may be a secret")
    let payload = try JSONParser.parse(hook.input)
    #expect(payload["url"]?.string == "https://hooks.example/a?b")
    #expect(payload["payload"]?["events"] == .array([.string("JOB_ERROR"), .string("JOB_DONE")]))
    #expect(payload["payload"]?["job"]?["name"]?.string == "film")
    #expect(!hook.input.contains("custom_data") && !hook.input.contains("hidden"))
    let bell = try #require(plan.answer.commands.last)
    #expect(bell.arguments == [scratch.file("ring-bell"), "-jobname", "film", "-jobserial", "7"])
    #expect(bell.isGivenEvent)
  }

  @Test(
    "nothing asked for gives no command",
    arguments: [
      "", "{}", #"{"events": {}}"#, #"{"events": {"JOB_ERROR": {"methods": ["notify-send"]}}}"#,
      #"{"events": {"JOB_DONE": {"methods": []}}}"#,
      #"{"-events": {"JOB_DONE": {"methods": ["notify-send"]}}}"#, #"{"emails": ["a@b"]}"#,
    ])
  func nothing(_ data: String) throws {
    let plan = plan(try event(user: data))
    #expect(plan.answer == EventAnswer())
    #expect(plan.notes.isEmpty)
  }

  @Test("the same method of several events, or named twice, is one command")
  func once() throws {
    let data = #"{"events": {"A": {"methods": ["notify-send", "notify-send"]}, "B": {"methods": "notify-send"}}}"#
    let plan = plan(try event(["A", "B", "C"], user: data))
    #expect(plan.answer.commands.map { $0.arguments.dropFirst(3) } == [["A, B - film", "job film, DON"]])
  }

  @Test("one's malformed custom_data is noted, and the others' asks go on")
  func malformed() throws {
    let plan = plan(try event(user: #"{"emails": ["#, job: #"{"events": {"JOB_DONE": {"methods": ["notify-send"]}}}"#))
    #expect(plan.answer.commands.count == 1)
    #expect(plan.notes.count == 1)
    #expect(plan.notes.first?.hasPrefix(#"the custom_data of user "ann" is left out, it is not JSON: line 1, column 13: "#) == true)
  }

  @Test(
    "a method's name is never a path",
    arguments: ["../ring-bell", "/bin/sh", ".hidden", "a/b", "", "-rf", "$(id)", "ring bell", "ring-bell\n", "..", "sub"])
  func names(_ name: String) throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("events")
    try scratch.write("#!/bin/sh\n", to: "ring-bell", mode: 0o755)
    _ = try scratch.folder("events/sub")
    try scratch.write("#!/bin/sh\n", to: "events/.hidden", mode: 0o755)
    let data: JSONObject = ["events": .object(["JOB_DONE": .object(["methods": .array([.string(name)])])])]
    let plan = plan(try event(user: JSONValue.object(data).text()), folder: folder)
    #expect(plan.answer.commands.isEmpty)
    #expect(plan.answer.faults.count == 1)
  }

  @Test("a file that cannot be executed is no method")
  func plainFile() throws {
    let scratch = try ScratchFolder()
    try scratch.write("echo", to: "list.txt")
    let plan = plan(try event(user: #"{"events": {"JOB_DONE": {"methods": ["list.txt"]}}}"#), folder: scratch.path)
    #expect(plan.answer.faults.first?.contains(#"there is no executable "list.txt" in \#(scratch.path)"#) == true)
  }

  @Test("what is no address, and an address named twice, is left out; without any there is no message")
  func addresses() throws {
    let methods = #""events": {"JOB_DONE": {"methods": ["email"]}}"#
    let some = plan(
      try event(user: #"{\#(methods), "emails": ["a@b.c", "a@b.c", "x y@b.c", "a@b.c\r\nBcc: e@f.g", "-oQ/tmp@b.c", "d@e.f"]}"#))
    #expect(some.answer.commands.first?.arguments.suffix(2) == ["a@b.c", "d@e.f"])
    #expect(some.answer.commands.first?.arguments.count == 7)
    #expect(some.notes.count == 3)
    let none = plan(try event(user: #"{\#(methods), "emails": ["nobody"]}"#))
    #expect(none.answer == EventAnswer())
    #expect(none.notes.last == #"no email: "emails" names no address"#)
    #expect(plan(try event(user: "{\(methods)}")).notes == [#"no email: "emails" names no address"#])
    #expect(plan(try event(user: #"{\#(methods), "emails": [1]}"#)).notes == ["emails: expected a list of addresses"])
  }

  @Test("a webhook's address that cannot be used is noted without what may be a secret in it")
  func badHooks() throws {
    let plan = plan(
      try event(
        user:
          #"{"events": {"JOB_DONE": {"methods": ["webhook"]}}, "webhooks": ["ftp://x/secret", {"url": "http://a b/secret"}, {}]}"#))
    #expect(plan.answer == EventAnswer())
    #expect(plan.notes.count == 4)
    #expect(!plan.notes.joined().contains("secret"))
  }

  @Test("a hostile name is data in every message")
  func hostile() throws {
    let name = "a\r\nBcc: eve@example.org\r\n\r\n\"; $(touch /tmp/pwned) `id` \u{1b}[2J\u{2028}'--"
    let data = #"{"events": {"JOB_DONE": {"methods": ["email", "notify-send"]}}, "emails": ["ann@example.org"]}"#
    let plan = plan(try event(user: data, jobName: name, description: "one\n.\ntwo"))
    let email = try #require(plan.answer.commands.first)
    let head = email.input.prefix(upTo: try #require(email.input.firstRange(of: "\r\n\r\n")).lowerBound)
    let lines = head.components(separatedBy: "\r\n")
    #expect(!lines.contains { $0.lowercased().hasPrefix("bcc") })
    #expect(lines.allSatisfy { line in line.utf8.count <= 76 && line.utf8.allSatisfy { (0x20..<0x7f).contains($0) } })
    #expect(!email.input.contains("\u{1b}"))
    #expect(!email.input.contains("\r\n.\r\n"))
    let notice = try #require(plan.answer.commands.last)
    #expect(notice.arguments.count == 5 && notice.arguments[2] == "--")
    #expect(notice.arguments[3].unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x2028 })
    #expect(notice.arguments[3].contains("$(touch /tmp/pwned)"))
  }

  @Test("an event of a render says which, in what state, and what it measured")
  func render() throws {
    let event = try EventDocument(
      Array(
        #"""
        {"render": {"name": "r07", "state": "ONL", "custom_data": "{\"events\": {\"RENDER_SICK\": {\"methods\": [\"notify-send\"]}}}"},
         "host_resources": {"cpu_num": 16, "mem_free_mb": 12, "cpu_loadavg": [1, 2], "gpu": "x"}, "pools": [{"name": "/"}],
         "user": {"name": "afadmin"}, "job": {"name": "afanasy"}, "events": ["RENDER_SICK"]}
        """#.utf8))
    let text = EventText(event, events: ["RENDER_SICK"])
    #expect(text.subject == "RENDER_SICK - r07")
    #expect(text.summary == "render r07, ONL")
    #expect(text.body.contains("Render: r07\nState: ONL\nResources:\n  cpu_num: 16\n  mem_free_mb: 12\n  gpu: x\n"))
    #expect(!text.body.contains("afanasy"))
    #expect(plan(event).answer.commands.count == 1)
  }

  @Test("the page of a job has its state, its blocks and how far they are")
  func page() throws {
    let text = EventText(try event(description: "two\nlines"), events: ["JOB_DONE"])
    #expect(
      text.body == """
        Events: JOB_DONE

        Job: film (14)
        State: DON
        Description: two␊lines
        Blocks:
          shot (blender): 100%, 9 of 10 tasks done, 1 with errors
        User: ann

        --\u{20}
        Reeve

        """)
  }

  @Test("an answer is read as it was written")
  func answer() throws {
    let answer = EventAnswer(
      commands: [
        EventCommand(method: "a", arguments: ["/bin/a", "x\n\"$y"], input: "ä\u{0}", environment: ["A": "1", "B": "="]),
        EventCommand(method: "b", arguments: ["b"], isGivenEvent: true),
      ], faults: ["no"])
    #expect(try EventAnswer(Array(answer.text().utf8)) == answer)
  }

  @Test(
    "an answer that is none is refused with its place",
    arguments: [
      ("", "not JSON: line 1, column 1"), ("[]", "expected an object"), ("{}", "commands: expected a list"),
      (#"{"commands": [1]}"#, "commands[0]: expected an object"),
      (#"{"commands": [{"method": "x"}]}"#, "commands[0].arguments: expected a program"),
      (#"{"commands": [{"arguments": ["a"]}, {"arguments": "rm -rf"}]}"#, "commands[1].arguments: expected a list"),
      (#"{"commands": [{"arguments": ["a\u0000"]}]}"#, "commands[0].arguments"),
      (#"{"commands": [{"arguments": ["a"], "shell": true}]}"#, #"unknown key "shell""#),
      (#"{"commands": [{"arguments": ["a"], "environment": {"A=B": "1"}}]}"#, "commands[0].environment.A=B"),
    ])
  func badAnswer(_ text: String, _ why: String) {
    let failure = #expect(throws: Failure.self) { try EventAnswer(Array(text.utf8)) }
    #expect(failure?.message.contains(why) == true)
  }
}
