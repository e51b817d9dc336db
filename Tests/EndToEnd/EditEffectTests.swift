import Foundation
import Testing
import TestSupport

@Suite("what an edit does, at once") struct EditEffectTests {
  private static func job(_ name: String, user: String = "bob", _ job: String = "", block: String = "") -> String {
    """
    {"job": {"name": "\(name)", "user_name": "\(user)"\(job), "blocks": [
      {"name": "b", "command": "echo \(name)", "tasks": [{"name": "t"}]\(block)}]}}
    """
  }

  @Test("what waits for a mask, a ticket, a need, a limit, a moment or another job starts as soon as that is no more so")
  func starts() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    try farm.mustReeve(["branch", "create", "/film"])
    try farm.mustReeve(["pool", "create", "/farm"])
    try farm.mustReeve(["set", "pools", "/", "tickets_pool.NUKE=0", "services_disabled+=nuke"])
    try farm.submit(Self.job("first", user: "carl", #", "offline": true"#))

    /// What a job says, how its block goes on, what is set (`{job}` is its number), what is set before it comes.
    let cases: [(job: String, block: String, edit: [String], before: [String])] = [
      (#", "hosts_mask": "r2""#, "", ["jobs", "{job}", "hosts_mask=r1"], []),
      (#", "hosts_mask_exclude": "r""#, "", ["jobs", "{job}", "hosts_mask_exclude="], []),
      (#", "time_wait": 4102444800"#, "", ["jobs", "{job}", "time_wait=0"], []),
      (#", "max_running_tasks": 0"#, "", ["jobs", "{job}", "max_running_tasks=null"], []),
      (#", "priority": 0"#, "", ["jobs", "{job}", "priority=1"], []),
      (#", "pools": {"/": -100}"#, "", ["jobs", "{job}", "pools./=null"], []),
      (#", "depend_mask_global": "first""#, "", ["jobs", "{job}", "depend_mask_global="], []),
      (#", "need_properties": "cuda""#, "", ["renders", "r1", "properties_host=\"linux cuda\""], []),
      ("", #", "capacity": 5000"#, ["blocks", "{job}", "--block", "b", "capacity=500"], []),
      ("", #", "capacity": 4000"#, ["renders", "r1", "capacity_host=8000"], []),
      ("", #", "capacity": 8500"#, ["pools", "/", "capacity_host=9000"], ["renders", "r1", "capacity_host=null"]),
      ("", #", "need_power": 7"#, ["pools", "/", "power_host=7"], []),
      ("", #", "tickets": {"NUKE": 1}"#, ["pools", "/", "tickets_pool.NUKE=1"], []),
      ("", #", "tickets": {"NUKE": 2}"#, ["blocks", "{job}", "--all-blocks", "tickets.NUKE=1"], []),
      ("", #", "service": "nuke""#, ["pools", "/", "services_disabled-=nuke"], []),
      ("", #", "hosts_mask": "no""#, ["blocks", "{job}", "--block", "0", "hosts_mask="], []),
      ("", "", ["users", "bob", "max_running_tasks=null"], ["users", "bob", "max_running_tasks=0"]),
      ("", "", ["users", "bob", "paused=false"], ["users", "bob", "paused=true"]),
      (#", "branch": "/film""#, "", ["branches", "/film", "paused=false"], ["branches", "/film", "paused=true"]),
      (#", "branch": "/film""#, "", ["jobs", "{job}", "branch=/"], ["branches", "/film", "max_running_tasks=0"]),
      ("", "", ["renders", "r1", "NIMBY=false"], ["renders", "r1", "NIMBY=true"]),
      ("", "", ["renders", "r1", "pool=/"], ["pools", "/farm", "paused=true"]),
    ]
    for (number, reason) in cases.enumerated() {
      if !reason.before.isEmpty { try farm.mustReeve(["set"] + reason.before) }
      if reason.edit == ["renders", "r1", "pool=/"] { try farm.mustReeve(["set", "renders", "r1", "pool=/farm"]) }
      let job = try farm.submit(Self.job("w\(number)", reason.job, block: reason.block))
      let waiting = try farm.node(["job", job])
      #expect(waiting["tasks_done"] as? Int == 0 && waiting["running_tasks_num"] as? Int == 0, "\(reason)")
      let edit = reason.edit.map { $0.replacingOccurrences(of: "{job}", with: job) }
      let told = try farm.mustReeve(["set"] + edit)
      #expect(told.contains(" -> "), "\(told)")
      let wait = try farm.reeve(["wait", job, "--timeout", "600"])
      let why = wait.status == 0 ? "" : try farm.reeve(["explain", job]).output
      try #require(wait.status == 0, "\(edit): \(wait.errors)\(why)")
      #expect(try farm.mustReeve(["log", job, "0", "0"]) == "w\(number)")
    }
  }

  @Test("the job whose priority is raised has the next turn; a listed task runs what it was told last")
  func turn() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1", ["--max-tasks", "1"])
    let gate = try scratch.write("", to: "gate")
    let first = try farm.submit(
      Self.job("first").replacingOccurrences(of: "echo first", with: "while test -e \(gate); do sleep 0.05; done"))
    try observe("the first running") { try farm.states(first) == ["RUN"] }
    var jobs: [String] = []
    for name in ["second", "third"] {
      jobs.append(
        try farm.submit(Self.job(name).replacingOccurrences(of: "echo \(name)", with: "echo \(name) >>\(scratch.path)/order; echo"))
      )
    }
    try farm.mustReeve(["set", "jobs", jobs[1], "priority=100"])
    try farm.mustReeve(["set", "tasks", jobs[0], "--block", "b", "--tasks", "0", "command=\"told later\""])
    try FileManager.default.removeItem(atPath: gate)
    #expect(try farm.reeve(["wait", "--timeout", "600"] + jobs).status == 0)
    #expect(scratch.read("order") == "third\nsecond\n")
    #expect(try farm.mustReeve(["log", jobs[0], "0", "0"]) == "told later")
  }

  /// What each node is, as far as it can be set.
  private func everything(_ farm: TestFarm, _ job: String) throws -> [String: Any] {
    var all: [String: Any] = [:]
    for words in [["job", job], ["tasks", job], ["pools"], ["branches"], ["users"], ["render", "r1"], ["jobs", "--all"]] {
      all[words.joined(separator: " ")] = try farm.json(words)
    }
    return all
  }

  private static let measured: Set = [
    "host_resources", "time_update", "time_eta", "time_eta_early", "time_eta_late", "explanation",
  ]

  @Test("a value that cannot be is refused with its place, with an exit code, and changes nothing, nor do the good ones beside it")
  func refused() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    try farm.submit(Self.job("other", #", "offline": true, "depend_mask": "d""#))
    let job = try farm.submit(
      """
      {"job": {"name": "d", "user_name": "bob", "offline": true, "blocks": [
        {"name": "a", "command": "true", "tasks": [{"name": "t"}, {"name": "u"}]},
        {"name": "n", "depend_mask": "a", "command": "true", "frame_first": 1, "frame_last": 3}]}}
      """)
    let before = try everything(farm, job)
    let refused: [(words: [String], place: String)] = [
      (["set", "jobs", job, "annotation=x", "priority=256"], "priority: 256 is out of range (0 to 255)"),
      (["set", "jobs", job, "annotation=x", "priorty=5"], "did you mean \"priority\"?"),
      (["set", "jobs", job, "annotation=x", "priority=high"], "priority: expected a whole number"),
      (["set", "jobs", job, "annotation=x", "name=e"], "name: not editable"),
      (["set", "jobs", job, "annotation=x", "depend_mask=(("], "depend_mask: bad regular expression"),
      (["set", "jobs", job, "annotation=x", "depend_mask=other"], "wait for each other"),
      (["set", "jobs", job, "annotation=x", "hosts_mask_type=regex", "hosts_mask=(("], "hosts_mask: bad regular expression"),
      (["set", "jobs", job, "annotation=x", "branch=/none"], "there is no branch \"/none\""),
      (["set", "jobs", job, "annotation=x", "user_name=nobody"], "there is no user \"nobody\""),
      (["set", "jobs", job, "annotation=x", "time_wait=-1"], "time_wait: -1 is out of range"),
      (["set", "jobs", job, "annotation=x", "pools=5"], "pools: expected"),
      (["set", "blocks", job, "--block", "a", "command=x", "capacity=0"], "capacity"),
      (["set", "blocks", job, "--block", "a", "capacity=5", "tickets.NUKE=-1"], "tickets.NUKE"),
      (["set", "blocks", job, "--block", "a", "capacity=5", "depend_mask=n"], "wait for each other"),
      (["set", "blocks", job, "--block", "a", "capacity=5", "depend_mask=zz"], "depend_mask"),
      (["set", "blocks", job, "--block", "zz", "capacity=5"], "zz"),
      (["set", "tasks", job, "--block", "n", "--tasks", "0", "name=x"], "made from frames"),
      (["set", "tasks", job, "--block", "a", "--tasks", "0", "name=x", "command=5"], "command: expected a string"),
      (["set", "renders", "r1", "annotation=x", "capacity_host=-2"], "capacity_host: -2 is out of range"),
      (["set", "renders", "r1", "annotation=x", "pool=/none"], "there is no pool \"/none\""),
      (["set", "pools", "/", "annotation=x", "capacity_host=-1"], "the root pool has no pool above"),
      (["set", "pools", "/", "annotation=x", "pattern=r.*"], "the root pool takes all renders"),
      (["set", "pools", "/", "annotation=x", "tickets_pool.NUKE=many"], "tickets_pool.NUKE"),
      (["set", "branches", "/", "annotation=x", "solve_method=chance"], "solve_method: expected one of"),
      (["set", "users", "bob", "annotation=x", "errors_retries=256"], "errors_retries: 256 is out of range"),
      (["append", "--block", "n", job, "-"], "made from frames"),
      (["append", job, "-"], "blocks"),
      (["whatif", "--set", "job \(job) priority=256"], "priority: 256 is out of range"),
    ]
    for (words, place) in refused {
      let result = try farm.reeve(words, input: #"{"tasks": [{"name": "v"}]}"#)
      #expect(result.status == 1 || result.status == 2, "\(words): \(result)")
      #expect(result.errors.contains(place), "\(words): \(result.errors)")
      #expect(result.output.isEmpty, "\(words): \(result.output)")
      #expect(result.errors.split(separator: "\n").filter { !$0.contains("first met") }.count == 1, "\(words): \(result.errors)")
    }
    #expect(try farm.reeve(["set", "jobs", "99", "priority=5"]).status == 5)
    #expect(try farm.reeve(["set", "jobs", job]).status == 2)
    #expect(try farm.reeve(["set", "nodes", job, "priority=5"]).status == 2)
    #expect(try farm.reeve(["set", "jobs", "--mask", ".*", "priority=5"]).status == 2, "more than one node, and no --yes")
    let difference = firstDifference(before, try everything(farm, job), ignoring: Self.measured)
    #expect(difference == nil)
  }

  @Test("blocks and tasks that are appended to a job run as those before them; a block waits for those that were there")
  func appended() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let job = try farm.submit(Self.job("grows", #", "offline": true"#))
    #expect(
      try farm.mustReeve(["append", "--block", "b", job, "-"], input: #"{"tasks": [{"command": "two"}, {"name": "z"}]}"#) == "1")
    #expect(
      try farm.mustReeve(
        ["append", job, "-"],
        input: """
          {"blocks": [{"name": "sum", "depend_mask": "b", "command": "echo sum", "tasks": [{"name": "s"}]},
            {"name": "last", "depend_mask": "sum", "command": "echo @#@", "frame_first": 8, "frame_last": 9}]}
          """) == "1")
    #expect(try farm.states(job).suffix(3) == ["WDP", "WDP", "WDP"])
    try farm.mustReeve(["start", job])
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", job, "0", "1"]) == "grows two")
    #expect(try farm.mustReeve(["log", job, "1", "0"]) == "sum")
    #expect(try farm.mustReeve(["log", job, "2", "f9"]) == "9")
    // A job that is done goes on when something is appended.
    try farm.mustReeve(
      ["append", job, "-"], input: #"{"blocks": [{"name": "more", "command": "echo more", "tasks": [{"name": "t"}]}]}"#)
    #expect(try farm.reeve(["wait", job, "--timeout", "600"]).status == 0)
    #expect(try farm.mustReeve(["log", job, "3", "0"]) == "more")
    #expect(try farm.states(job) == Array(repeating: "DON", count: 7))
  }

  @Test("what if answers, and leaves every node as it was, and the journal without a line")
  func whatIf() throws {
    let farm = try TestFarm(scratch: ScratchFolder())
    try farm.startRender("r1")
    let done = try farm.submit(Self.job("done"))
    #expect(try farm.reeve(["wait", done, "--timeout", "600"]).status == 0)
    let job = try farm.submit(Self.job("waits", #", "hosts_mask": "r2", "branch": "/film""#, block: #", "capacity": 700"#))
    let before = try everything(farm, job)
    let journal = try farm.mustReeve(["journal"])
    for change in [
      "job \(job) priority=200 hosts_mask=", "block \(job) b capacity=500", "pool / tickets_pool.NUKE=1 capacity_host=9000",
      "branch /film priority=7", "user bob max_running_tasks=0", "render r1 capacity_host=5000",
    ] {
      let rows = try farm.rows(["whatif", "--all", "--set", change])
      #expect(rows.contains { "\($0["id"] ?? "")" == job }, "\(change): \(rows)")
    }
    // With the mask out of the way there is an end.
    let moved = try farm.rows(["whatif", "--set", "job \(job) hosts_mask="])
    #expect((moved.first?["after"] as? [String: Any])?["likely"] is String, "\(moved)")
    #expect(try farm.reeve(["whatif", "--drain", "r1"]).status == 0)
    let difference = firstDifference(before, try everything(farm, job), ignoring: Self.measured)
    #expect(difference == nil)
    #expect(try farm.mustReeve(["journal"]) == journal)
  }
}
