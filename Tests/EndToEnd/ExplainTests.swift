import Foundation
import Testing
import TestSupport

@Suite("reeve explain") struct ExplainTests {
  /// A line of an explanation as it must be. `{job}` stands for the explained job's number, `{holder}` for that of the one that
  /// runs.
  private struct Line {
    var key: String
    var node: String
    var text: String
    /// nil: it holds whatever the render.
    var renders: Int?
  }

  /// A reason to wait, alone on the farm: made, explained, taken away again.
  private struct Case {
    var name: String
    var user = "bob"
    /// Further keys of the job.
    var job = ""
    var blocks = #"{"name": "b", "command": "true", "tasks": [{"name": "t"}]}"#
    /// What is done before, and after.
    var before: [[String]] = []
    var after: [[String]] = []
    /// Behind the job's number: a block, a task.
    var place: [String] = []
    var verdict: String
    var lines: [Line]

    /// One block with one task that is done at once when it may run.
    static func block(_ keys: String) -> String { #"{"name": "b", "tasks": [{"name": "t"}], "command": "true", \#(keys)}"# }
    /// One block with one task that fails.
    static func failing(_ keys: String) -> String { #"{"name": "b", "tasks": [{"name": "t"}], "command": "false", \#(keys)}"# }
  }

  private static let waits = "1 task waits for a render"
  private static let chain = """
    {"name": "a", "command": "true", "hosts_mask": "nowhere", "tasks": [{"name": "t"}, {"name": "u"}]},
    {"name": "b", "depend_mask": "a", "command": "true", "tasks": [{"name": "t"}]},
    {"name": "c", "tasks_depend_mask": "a", "command": "true", "tasks": [{"name": "t"}, {"name": "u"}]}
    """

  /// The farm: r1, on which a job of ann's runs and holds the only NUKE; r2 and gpu1, both free.
  private static let cases: [Case] = [
    Case(
      name: "the job is paused", job: #", "offline": true"#, verdict: "held: the job is paused (reeve start {job})",
      lines: [Line(key: "offline", node: "job {job}", text: "the job is paused (reeve start {job})")]),
    Case(
      name: "its moment has not come", job: #", "time_wait": 4102444800"#, verdict: "held: it waits until 2100-01-01T00:00:00Z",
      lines: [Line(key: "time_wait", node: "job {job}", text: "it waits until 2100-01-01T00:00:00Z")]),
    Case(
      name: "another job of the user", user: "ann", job: #", "depend_mask": "hold.*""#,
      verdict: "held: it waits for job {holder} \"holder\"",
      lines: [Line(key: "depend_mask", node: "job {job}", text: "it waits for job {holder} \"holder\"")]),
    Case(
      name: "another user's job", job: #", "depend_mask_global": "hold.*""#, verdict: "held: it waits for job {holder} \"holder\"",
      lines: [Line(key: "depend_mask_global", node: "job {job}", text: "it waits for job {holder} \"holder\"")]),
    Case(
      name: "another block", blocks: chain, place: ["b"], verdict: "1 task waits for others",
      lines: [Line(key: "depend_mask", node: "block b", text: "it waits for block \"a\" (2 to do)")]),
    Case(
      name: "the task with the same frame", blocks: chain, place: ["c", "1"], verdict: "waits for others",
      lines: [Line(key: "tasks_depend_mask", node: "block c", text: "it waits for task 1 of block \"a\"")]),
    Case(
      name: "no render has such a name", job: #", "hosts_mask": "nothing""#, verdict: waits,
      lines: [Line(key: "hosts_mask", node: "job {job}", text: "not matched by \"nothing\" (find)", renders: 3)]),
    Case(
      name: "no render has the service", blocks: Case.block(#""service": "nuke""#), verdict: waits,
      lines: [Line(key: "service", node: "block b", text: "lack service nuke", renders: 3)]),
    Case(
      name: "the one render that is meant is busy", job: #", "hosts_mask": "r1""#, blocks: Case.block(#""capacity": 1100"#),
      verdict: waits,
      lines: [
        Line(key: "hosts_mask", node: "job {job}", text: "not matched by \"r1\" (find)", renders: 2),
        Line(key: "capacity", node: "block b", text: "busy: less than 1100 capacity free", renders: 1),
      ]),
    Case(
      name: "all renders are too small", blocks: Case.block(#""capacity": 5000"#), verdict: waits,
      lines: [Line(key: "capacity", node: "block b", text: "too small: a task takes 5000 capacity", renders: 3)]),
    Case(
      name: "the render takes nobody's tasks", job: #", "hosts_mask": "gpu""#, before: [["render-do", "NIMBY", "gpu1"]],
      after: [["render-do", "free", "gpu1"]], verdict: waits,
      lines: [
        Line(key: "NIMBY", node: "farm", text: "NIMBY: take no tasks (reeve render-do free)", renders: 1),
        Line(key: "hosts_mask", node: "job {job}", text: "not matched by \"gpu\" (find)", renders: 2),
      ]),
    Case(
      name: "the renders take their own users' tasks", job: #", "hosts_mask_exclude": "gpu""#,
      before: [["render-do", "nimby", "r1", "r2"]], after: [["render-do", "free", "r1", "r2"]], verdict: waits,
      lines: [
        Line(key: "nimby", node: "farm", text: "nimby: take only their users' tasks (reeve render-do free)", renders: 2),
        Line(key: "hosts_mask_exclude", node: "job {job}", text: "excluded by \"gpu\" (find)", renders: 1),
      ]),
    Case(
      name: "the ticket is held", blocks: Case.block(#""tickets": {"NUKE": 1}"#), verdict: waits,
      lines: [Line(key: "tickets", node: "pool /", text: "lack ticket NUKE (1 of 1 in use by job {holder})", renders: 3)]),
    Case(
      name: "the user runs as much as she may", user: "ann", before: [["set", "users", "ann", "max_running_tasks=1"]],
      after: [["set", "users", "ann", "max_running_tasks=null"]], verdict: "held: 1 of at most 1 task run already",
      lines: [Line(key: "max_running_tasks", node: "user ann", text: "1 of at most 1 task run already")]),
    Case(
      name: "no render has the memory", blocks: Case.block(#""need_memory": 900000000"#), verdict: waits,
      lines: [
        Line(
          key: "need_memory", node: "block b", text: "have less than 900000000 MB of memory free and not reserved", renders: 3)
      ]),
    Case(
      name: "the pool is paused", before: [["set", "pools", "/", "paused=true"]], after: [["set", "pools", "/", "paused=false"]],
      verdict: waits,
      lines: [Line(key: "paused", node: "pool /", text: "in a pool that is paused or of priority 0", renders: 3)]),
    Case(
      name: "the branch is paused", job: #", "branch": "/film""#, before: [["set", "branches", "/film", "paused=true"]],
      verdict: "held: the branch is paused (reeve set branches /film paused=false)",
      lines: [
        Line(key: "paused", node: "branch /film", text: "the branch is paused (reeve set branches /film paused=false)")
      ]),
    Case(
      name: "its pools forbid all", job: #", "pools": {"/": -100}"#, verdict: waits,
      lines: [Line(key: "pools", node: "job {job}", text: "in pools that its pools map forbids", renders: 3)]),
    Case(
      name: "there are not so many renders", blocks: Case.block(#""multihost_min": 5, "multihost_max": 5"#), verdict: waits,
      lines: [
        Line(key: "multihost_min", node: "block b", text: "a task wants 6 hosts; 3 renders online could be any of them")
      ]),
    Case(
      name: "the block failed there", job: #", "hosts_mask": "r2""#,
      blocks: Case.failing(#""errors_retries": 9, "errors_avoid_host": 1, "errors_task_same_host": 0"#), verdict: waits,
      lines: [
        Line(key: "hosts_mask", node: "job {job}", text: "not matched by \"r2\" (find)", renders: 2),
        Line(
          key: "errors_avoid_host", node: "block b", text: "avoided for the block's errors there (reeve reset-error-hosts {job})",
          renders: 1),
      ]),
    Case(
      name: "the task failed there", job: #", "hosts_mask": "r2""#,
      blocks: Case.failing(#""errors_retries": 9, "errors_avoid_host": 0, "errors_task_same_host": 1"#), verdict: waits,
      lines: [
        Line(key: "hosts_mask", node: "job {job}", text: "not matched by \"r2\" (find)", renders: 2),
        Line(
          key: "errors_task_same_host", node: "block b",
          text: "avoided by the tasks that failed there (reeve reset-error-hosts {job})", renders: 1),
      ]),
    Case(
      name: "the preview waits for approval", job: #", "ppa": true"#,
      blocks: #"{"name": "b", "sequential": 5, "frame_first": 1, "frame_last": 10, "command": "true"}"#,
      verdict: "7 tasks wait for a render",
      lines: [
        Line(
          key: "ppa", node: "block b", text: "its preview is done and waits for approval (reeve set jobs {job} ppa=false)")
      ]),
    Case(
      name: "priority 0", job: #", "priority": 0"#, verdict: "held: priority 0 keeps it from running",
      lines: [Line(key: "priority", node: "job {job}", text: "priority 0 keeps it from running")]),
  ]

  @Test("each reason to wait is told by its rule, with whose it is and how many renders it excludes")
  func reasons() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    for name in ["r1", "r2", "gpu1"] { try farm.startRender(name) }
    try farm.mustReeve(["set", "pools", "/", "tickets_pool.NUKE=1", "services_disabled+=nuke"])
    try farm.mustReeve(["branch", "create", "/film"])
    let gate = try scratch.write("", to: "gate")
    let holder = try farm.submit(
      """
      {"job": {"name": "holder", "user_name": "ann", "blocks": [{"name": "b", "capacity": 100, "tickets": {"NUKE": 1},
        "hosts_mask": "r1", "command": "while test -e \(gate); do sleep 0.1; done", "tasks": [{"name": "t"}]}]}}
      """)
    try observe("the holder running") { try farm.states(holder) == ["RUN"] }

    for reason in Self.cases {
      for command in reason.before { try farm.mustReeve(command) }
      let job = try farm.submit(
        #"{"job": {"name": "waits", "user_name": "\#(reason.user)"\#(reason.job), "blocks": [\#(reason.blocks)]}}"#)
      func filled(_ text: String) -> String {
        text.replacingOccurrences(of: "{job}", with: job).replacingOccurrences(of: "{holder}", with: holder)
      }
      let expected: [NSDictionary] = reason.lines.map {
        [
          "key": filled($0.key), "node": filled($0.node), "text": filled($0.text),
          "renders": $0.renders.map { $0 as NSNumber } ?? NSNull(),
        ]
      }
      var seen: [String: Any] = [:]
      // What must fail first, or render its preview, takes its time.
      try observe(reason.name, limit: 120, seen: { "expected \(filled(reason.verdict)): \(expected)\nfound \(seen)" }) {
        seen = try farm.node(["explain", job] + reason.place)
        return seen["verdict"] as? String == filled(reason.verdict) && seen["rules"] as? [NSDictionary] == expected
      }
      let text = try farm.mustReeve(["explain", job] + reason.place)
      for line in reason.lines { #expect(text.contains(filled(line.text)), "\(reason.name): \(text)") }
      try farm.mustReeve(["delete", "--yes", job])
      for command in reason.after { try farm.mustReeve(command) }
    }
  }

  @Test("of what runs it says where, and since what the last task started; of what is done that it is")
  func running() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1", ["--max-tasks", "1"])
    let gate = try scratch.write("", to: "gate")
    let job = try farm.mustReeve(["run", "--frames", "1-2", "--", "while test -e \(gate); do sleep 0.1; done"])
    try observe("the first task running") { try farm.states(job) == ["RUN", "RDY"] }
    let whole = try farm.node(["explain", job])
    #expect((whole["verdict"] as? String)?.hasPrefix("1 task runs; the last started at ") == true, "\(whole)")
    #expect((whole["verdict"] as? String)?.contains(" on r1, since ") == true, "\(whole)")
    let rules = whole["rules"] as? [[String: Any]] ?? []
    #expect(rules.count == 1 && rules.first?["renders"] as? Int == 1, "\(whole)")
    #expect(try farm.node(["explain", job, "0", "0"])["verdict"] as? String == "runs on r1")
    #expect(try farm.node(["explain", job, "0", "1"])["verdict"] as? String == "waits for a render")
    try FileManager.default.removeItem(atPath: gate)
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try farm.node(["explain", job])["verdict"] as? String == "is done")
    #expect(try farm.node(["explain", job, "0", "1"])["verdict"] as? String == "is done, by r1")
    #expect(try farm.reeve(["explain", "99"]).status == 5)
    #expect(try farm.reeve(["explain", job, "7"]).status == 5)
  }
}
