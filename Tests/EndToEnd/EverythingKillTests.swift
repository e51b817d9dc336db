import Foundation
import Testing
import TestSupport

@Suite("SIGKILL of a server that has everything", .serialized) struct EverythingKillTests {
  /// Keys of what is measured, or computed from what time it is: not of the state. When a render last began or ended a task is
  /// known to the server that saw it.
  private static let measured: Set = [
    "task_start_finish_time",
    "host_resources", "time_update", "time_register", "time_eta", "time_eta_early", "time_eta_late", "explanation", "per", "frm",
    "act",
  ]

  /// Commands that make a farm of everything that can be said. Long tasks run until `gate` is gone.
  private static func prepare(_ farm: TestFarm, _ gate: String) throws {
    func run(_ words: String...) throws { try farm.mustReeve(words) }
    try run("pool", "create", "/farm", "/farm/fast", "/desks", "/ill")
    try run("set", "pools", "/", "tickets_pool.NUKE=[40,0,0,5]", "max_tasks_host=16", "zombie_time=120", "annotation=all of them")
    try run(
      "set", "pools", "/farm", "pattern=r\\d+", "capacity_host=9000", "priority=120", "tickets_host.GPU=2",
      "services_disabled+=maya",
      "heartbeat_sec=2", "power_host=5", "properties_host=\"linux cuda\"")
    try run("set", "pools", "/farm/fast", "pattern=r2", "tickets_pool.NUKE=3", "custom_data=a: [1, 2]", "priority=151")
    try run(
      "set", "pools", "/desks", "pattern=desk.*", "new_nimby=true", "new_paused=true", "busy_cpu=40", "idle_mem=60",
      "idle_hddgb=7", "hidden=true", "services+=generic", "services+=blender")
    try run("set", "pools", "/ill", "pattern=s\\d+", "sick_errors_count=1", "max_tasks_host=3")
    for name in ["r1", "r2", "desk1", "s1"] { try farm.startRender(name) }
    try run(
      "set", "renders", "r1", "priority=111", "annotation=the first", "tickets_host.GPU=3", "services_disabled+=nuke", "hidden=true"
    )
    try run("set", "renders", "desk1", "custom_data=x", "capacity_host=1234", "max_tasks_host=2")
    try run("branch", "create", "/film/shot", "/old", "/byorder")
    try run(
      "set", "branches", "/film", "priority=120", "max_running_tasks=300", "max_tasks_per_second=500", "annotation=the film",
      "pools./desks=-7")
    try run(
      "set", "branches", "/film/shot", "create_childs=false", "solve_jobs=true", "need_os=linux", "max_running_tasks_per_host=20")
    try run("set", "branches", "/", "annotation=all jobs")
    try run("set", "branches", "/old", "paused=true", "hosts_mask=r1", "solve_need=solve_capacity")
    try run("set", "branches", "/byorder", "solve_method=solve_order", "hosts_mask_type=regex", "hosts_mask_exclude=x.*")

    let long = "while test -e \(gate); do sleep 0.2; done"
    // The system job's own limit is a minute: what is to run when the server comes back must not end before.
    try run("set", "blocks", "1", "--block", "post_commands", "task_max_run_time=3600")
    func submit(_ name: String, user: String, _ job: String, _ blocks: String...) throws -> String {
      try farm.submit(
        #"{"job": {"name": "\#(name)", "user_name": "\#(user)"\#(job), "blocks": [\#(blocks.joined(separator: ", "))]}}"#)
    }
    _ = try submit(
      "frames", user: "ann",
      """
      , "branch": "/film/shot", "priority": 130, "project": "film", "department": "light", "host_name": "ws7",
      "description": "a long one", "folders": {"out": "/p/out"}, "custom_data": "{}", "hidden": true, "time_life": 900000,
      "max_running_tasks": 5, "max_tasks_per_second": 50, "need_memory": 1, "pools": {"/farm": 20, "/desks": -100}, "preempt": true
      """,
      """
      {"name": "f", "frame_first": -5, "frame_last": 200, "frames_per_task": 3, "frames_inc": 2, "sequential": 10,
        "command": "\(long); echo @#@ @####@", "tasks_name": "part @#@", "capacity": 100, "capacity_coeff_min": 2,
        "capacity_coeff_max": 3, "max_running_tasks": 2, "max_running_tasks_per_host": 1, "tickets": {"NUKE": 1, "NONE": 2},
        "environment": {"A": "1"}, "need_power": 2, "need_properties": "cuda", "need_cpu_cores": 1, "errors_retries": 7,
        "task_max_run_time": 90000, "task_min_run_time": 1, "task_progress_change_timeout": 80000, "file_size_min": 3,
        "parser_coeff": 3, "working_directory": "/tmp", "files": ["/tmp/none.@####@"]}
      """)
    _ = try submit(
      "chain", user: "ann", #", "branch": "/film/shot""#,
      #"{"name": "a", "flags": 16, "frame_first": 1, "frame_last": 3, "command": "\#(long)", "capacity": 100}"#,
      #"{"name": "b", "depend_mask": "a", "command": "true", "tasks": [{"name": "t", "environment": {"B": "2"}}]}"#,
      #"{"name": "c", "tasks_depend_mask": "a", "frame_first": 1, "frame_last": 3, "command": "true"}"#)
    _ = try submit(
      "later", user: "carl", #", "time_wait": 4102444800"#, #"{"name": "b", "command": "true", "tasks": [{"name": "t"}]}"#)
    _ = try submit(
      "after", user: "ann", #", "depend_mask": "cha.*", "depend_mask_global": "lat.*", "priority": 200"#,
      #"{"name": "b", "command": "true", "tasks": [{"name": "t"}]}"#)
    _ = try submit(
      "preview", user: "carl", #", "ppa": true, "hosts_mask": "r1""#,
      #"{"name": "p", "sequential": 5, "frame_first": 1, "frame_last": 12, "command": "true", "capacity": 50}"#)
    let mixed = try submit(
      "mixed", user: "carl", #", "hosts_mask": "r1 r2""#,
      """
      {"name": "m", "command": "@#@", "capacity": 50, "errors_retries": 1, "errors_avoid_host": 0, "errors_task_same_host": 0,
        "tasks": [{"name": "good", "command": "true"}, {"name": "bad", "command": "false"},
        {"name": "skipped", "command": "\(long)"},
        {"name": "suspended", "command": "\(long)"}, {"name": "taken for done", "command": "\(long)"},
        {"name": "runs", "command": "\(long)"}]}
      """,
      """
      {"name": "avoids", "command": "false", "capacity": 50, "tasks": [{"name": "t"}], "hosts_mask": "r1", "errors_retries": 9,
        "errors_avoid_host": 1}
      """,
      """
      {"name": "tasks avoid", "command": "false", "capacity": 50, "tasks": [{"name": "t"}], "hosts_mask": "r2", "errors_retries": 9,
        "errors_task_same_host": 1, "errors_forgive_time": 90000}
      """
    )
    try run("skip", mixed, "--block", "m", "--tasks", "2")
    try run("suspend", mixed, "--block", "m", "--tasks", "3")
    try run("done", mixed, "--block", "m", "--tasks", "4")
    let tried = try submit(
      "tried", user: "bob", #", "offline": true, "try_this_blocks_num": [0], "try_this_tasks_num": [8], "ignorenimby": true"#,
      #"{"name": "b", "frame_first": 1, "frame_last": 30, "command": "true", "sequential": -1}"#)
    try run("try-next", tried, "--block", "b", "--tasks", "5,3")
    _ = try submit(
      "care", user: "bob", #", "maintenance": true, "ignorepaused": true, "time_wait": 4102444800"#,
      #"{"name": "b", "command": "true", "tasks": [{"name": "r1"}, {"name": "r2"}]}"#)
    _ = try submit(
      "together", user: "ann", #", "annotation": "two hosts""#,
      """
      {"name": "b", "multihost_min": 1, "multihost_max": 1, "command": "\(long); true @AF_HOSTS@", "capacity": 300,
        "tasks": [{"name": "t"}]}
      """
    )
    _ = try submit(
      "too many", user: "ann", "",
      """
      {"name": "b", "flags": 12, "multihost_min": 9, "multihost_max": 20, "multihost_max_wait": 9, "multihost_service": "x",
        "multihost_service_wait": 3, "command": "true", "tasks": [{"name": "t"}]}
      """
    )
    _ = try submit(
      "prepared", user: "dora", #", "command_pre": "\#(long)", "command_post": "true""#,
      #"{"name": "b", "command_pre": "\#(long)", "command_post": "true", "command": "true", "tasks": [{"name": "t"}]}"#)
    _ = try submit(
      "makes ill", user: "dora", #", "hosts_mask": "s1""#,
      #"{"name": "b", "command": "false", "capacity": 50, "errors_retries": 0, "tasks": [{"name": "t"}]}"#)
    let grown = try submit(
      "grown", user: "dora", #", "branch": "/old/deeper/still""#, #"{"name": "l", "command": "true", "tasks": [{"name": "t"}]}"#)
    try farm.mustReeve(
      ["append", "--block", "l", grown, "-"], input: #"{"tasks": [{"name": "u", "command": "x"}, {"name": "v"}]}"#)
    try farm.mustReeve(
      ["append", grown, "-"],
      input: #"{"blocks": [{"name": "n", "command": "true", "frame_first": 1, "frame_last": 5, "capacity": 7}]}"#)
    try run("set", "jobs", grown, "priority=33", "annotation=grown", "pools./farm=5", "need_hdd=1", "depend_mask=none.*")
    try run("set", "blocks", grown, "--block", "n", "capacity=77", "tickets.NUKE=2", "hosts_mask=r2", "errors_retries=2")
    try run("set", "tasks", grown, "--block", "l", "--tasks", "1", "name=renamed", "command=\"y\"")
    let gone = try submit(
      "gone", user: "dora", "", #"{"name": "b", "command": "true", "hosts_mask": "x", "tasks": [{"name": "t"}]}"#)
    try run("delete", "--yes", gone)
    try run(
      "set", "users", "ann", "priority=105", "max_running_tasks=90", "errors_retries=4", "jobs_life_time=800000", "annotation=a")
    try run(
      "set", "users", "bob", "paused=true", "hosts_mask=r", "hosts_mask_type=find", "solve_method=solve_priority", "pools./ill=-100"
    )
    try run("set", "users", "dora", "errors_avoid_host=9", "errors_task_same_host=8", "errors_forgive_time=77", "hidden=true")
  }

  /// All that can be asked about a farm: by the words behind `reeve`.
  private static func everything(_ farm: TestFarm) throws -> [String: Any] {
    var all: [String: Any] = [:]
    func ask(_ words: [String]) throws { all[words.joined(separator: " ")] = try farm.json(words) }
    /// While a task runs, its `tdn` is when it was last heard of.
    func askTasks(_ job: String) throws {
      all["tasks \(job)"] = try farm.rows(["tasks", job]).map {
        $0["state"] as? String == "RUN" ? $0.filter { $0.key != "tdn" } : $0
      }
    }
    for list in [["jobs", "--all"], ["renders"], ["pools"], ["branches"], ["users"], ["journal", "--limit", "1000"]] {
      try ask(list)
    }
    for job in try farm.rows(["jobs", "--all"]) {
      try ask(["job", "\(job["id"] ?? "")"])
      try askTasks("\(job["id"] ?? "")")
    }
    for (one, many) in [("render", "renders"), ("pool", "pools"), ("branch", "branches"), ("user", "users")] {
      for node in try farm.rows([many]) { try ask([one, "\(node["name"] ?? "")"]) }
    }
    return all
  }

  /// The states of all tasks of a farm, by the names of their jobs.
  private static func states(_ farm: TestFarm) throws -> [String: [String]] {
    var all: [String: [String]] = [:]
    for job in try farm.rows(["jobs", "--all"]) { all["\(job["name"] ?? "")"] = try farm.states("\(job["id"] ?? "")") }
    return all
  }

  @Test("what is loaded is what was there, key by key, of every node; what ran goes on and is not run again")
  func everyKey() throws {
    let scratch = try ScratchFolder()
    // Nothing goes back on the queue because the machine that runs the tests is slow.
    let patience = try scratch.write(#"{"af_task_reconnect_timeout": 3600, "af_render_zombie_time": 3600}"#, to: "patience.json")
    let farm = try TestFarm(scratch: scratch, serverArguments: ["--config", patience])
    let gate = try scratch.write("", to: "gate")
    try Self.prepare(farm, gate)
    // Until all that ends has ended, and all that is to run runs.
    var seen: [String: [String]] = [:]
    try observe("a quiet farm", seen: { "\(seen)" }) {
      seen = try Self.states(farm)
      let sick = try farm.rows(["renders"]).contains { "\($0["state"] ?? "")".contains("SIC") }
      return sick && seen["frames"]?.filter { $0 == "RUN" }.count == 2 && seen["chain"]?.filter { $0 == "RUN" }.count == 3
        && seen["together"] == ["RUN"] && seen["preview"]?.filter { $0 == "DON" }.count == 4 && seen["mixed"]?.first == "DON"
        && seen["mixed"]?[1].contains("ERR") == true && seen["mixed"]?[5] == "RUN" && seen["mixed"]?[6].contains("RER") == true
        && seen["mixed"]?[7].contains("RER") == true && seen["makes ill"]?[0].contains("ERR") == true
    }
    let before = try Self.everything(farm)
    #expect(firstDifference(before, try Self.everything(farm), ignoring: Self.measured) == nil, "the farm was not quiet")

    for round in 1...2 {
      try farm.killServer()
      try farm.restartServer()
      // Agents come back one after the other; until then their tasks are awaited.
      var difference: String?
      try observe("the same farm after kill \(round)", limit: 300, seen: { difference ?? "" }) {
        difference = firstDifference(before, try Self.everything(farm), ignoring: Self.measured)
        return difference == nil
      }
    }

    try FileManager.default.removeItem(atPath: gate)
    try observe("the chain done", seen: { "\((try? Self.states(farm)) ?? [:])" }) {
      try Self.states(farm)["chain"]?.allSatisfy { $0 == "DON" } == true
    }
    let chain = try #require(try farm.rows(["jobs", "--all"]).first { $0["name"] as? String == "chain" }?["id"])
    #expect(try farm.rows(["tasks", "\(chain)"]).allSatisfy { $0["str"] as? Int == 1 })
  }

  /// A series of commands, one after the other; of them so many were acknowledged, and at most one more was begun.
  private final class Lane {
    let words: (Int) -> (arguments: [String], input: String?)
    var acknowledged: [String] = []
    var program: Program?

    init(_ words: @escaping (Int) -> (arguments: [String], input: String?)) { self.words = words }

    /// Begins the next command when there is none, or takes its answer.
    func step(_ farm: TestFarm) throws {
      guard let program else {
        let next = words(acknowledged.count)
        self.program = try farm.startReeve(next.arguments, input: next.input)
        return
      }
      guard let status = program.exitStatus else { return }
      if status == 0 { acknowledged.append(program.output.trimmingCharacters(in: .whitespacesAndNewlines)) }
      self.program = nil
    }
  }

  @Test("a kill at a random moment under load: all that was answered is there", arguments: [UInt64(3)])
  func underLoad(seed: UInt64) throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    for name in ["r1", "r2"] { try farm.startRender(name) }
    _ = try farm.submit(
      """
      {"job": {"name": "load", "user_name": "load", "blocks": [
        {"name": "b", "capacity": 300, "frame_first": 1, "frame_last": 20000, "command": "true"}]}}
      """
    )
    let witness = try farm.submit(
      """
      {"job": {"name": "witness", "user_name": "ann", "offline": true, "blocks": [
        {"name": "numeric", "frame_first": 0, "frame_last": 999, "command": "true"},
        {"name": "listed", "command": "true", "tasks": [{"name": "t"}]}]}}
      """)
    let doomed = try (0..<12).map { try farm.mustReeve(["run", "--paused", "--name", "doomed \($0)", "--", "true"]) }
    let lanes = [
      "submit": Lane {
        (["run", "--paused", "--name", "new \($0)", "--priority", "\($0 % 200)", "--frames", "1-9", "--", "true"], nil)
      },
      "job": Lane { (["set", "jobs", witness, "annotation=\"\($0 + 1)\""], nil) },
      "block": Lane { (["set", "blocks", witness, "--block", "numeric", "capacity=\($0 + 1)"], nil) },
      "pool": Lane { (["set", "pools", "/", "tickets_pool.T=\($0 + 1)"], nil) },
      "user": Lane { (["set", "users", "ann", "max_running_tasks=\($0 + 1)"], nil) },
      "skip": Lane { (["skip", witness, "--block", "numeric", "--tasks", "\($0)"], nil) },
      "append": Lane { (["append", "--block", "listed", witness, "-"], #"{"tasks": [{"name": "a\#($0)"}]}"#) },
      "delete": Lane { (["delete", "--yes", doomed[min($0, doomed.count - 1)]], nil) },
    ]
    func count(_ lane: String) -> Int { lanes[lane]?.acknowledged.count ?? 0 }
    var random = SeededGenerator(seed: seed)
    for round in 1...3 {
      let before = lanes.mapValues(\.acknowledged.count)
      // Each has had an answer or two, then at any moment.
      try observe("answers", every: 5) { () -> Bool? in
        for lane in lanes.values { try lane.step(farm) }
        return lanes.allSatisfy { $1.acknowledged.count > before[$0] ?? 0 || ($0 == "delete" && round > 1) } ? true : nil
      }
      let end = Date().addingTimeInterval(Double.random(in: 0...1, using: &random))
      while Date() < end {
        for lane in lanes.values { try lane.step(farm) }
        poll(nil, 0, 2)
      }
      try farm.killServer()
      for lane in lanes.values {
        try lane.program?.wait()
        try lane.step(farm)
        lane.program = nil
      }
      try farm.restartServer()

      func near(_ value: Any?, _ lane: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let value = (value as? Int) ?? Int("\(value ?? "")") ?? 0
        let least = count(lane)
        #expect(
          least <= value && value <= least + round, "\(lane): \(least) acknowledged, \(value) there", sourceLocation: sourceLocation
        )
      }
      let job = try farm.node(["job", witness])
      let blocks = job["blocks"] as? [[String: Any]] ?? []
      near(job["annotation"], "job")
      if count("block") > 0 { near(blocks.first?["capacity"], "block") }
      near((try farm.node(["pool", "/"])["tickets_pool"] as? [String: Any])?["T"], "pool")
      if count("user") > 0 { near(try farm.node(["user", "ann"])["max_running_tasks"], "user") }
      near(job["tasks_skipped"], "skip")
      near((blocks.last?["tasks_num"] as? Int ?? 0) - 1, "append")
      let jobs = try farm.rows(["jobs", "--all"])
      let names = Dictionary(jobs.map { ("\($0["id"] ?? "")", $0["name"] as? String ?? "") }) { $1 }
      for (number, id) in (lanes["submit"]?.acknowledged ?? []).enumerated() {
        // With a number behind it when the one before was submitted, but not answered.
        let name = names[id] ?? "none"
        #expect(name == "new \(number)" || name.hasPrefix("new \(number)-"), "job \(id), which is number \(number): \(name)")
      }
      for id in doomed.prefix(count("delete")) { #expect(names[id] == nil, "job \(id) was deleted") }
    }
    let all = lanes.mapValues(\.acknowledged.count)
    #expect(all.values.allSatisfy { $0 > 0 }, "nothing was tried: \(all)")
    // The load was never lost: what is done stays done, and goes on.
    let load = try farm.rows(["jobs", "--all"]).first { $0["name"] as? String == "load" }
    let done = try #require(load?["tasks_done"] as? Int)
    try observe("the load going on") {
      try farm.rows(["jobs", "--all"]).first { $0["name"] as? String == "load" }?["tasks_done"] as? Int ?? 0 > done
    }
  }
}
