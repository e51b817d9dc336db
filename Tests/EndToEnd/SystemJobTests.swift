import Foundation
import TestSupport
import Testing

@Suite("the farm's own work", .serialized) struct SystemJobTests {
  private static func job(_ name: String, in folder: String, post: String = "", pre: String = "") -> String {
    """
    {"job": {"name": "\(name)", "command_post": "\(post)", "command_pre": "\(pre)", "blocks": [
      {"name": "b", "working_directory": "\(folder)", "command": "echo run >> \(name).ran", "tasks": [{"name": "t"}]}]}}
    """
  }

  /// On a busy machine too no render is given up whose command would then be run twice.
  private static let patient = ["REEVE_AF_RENDER_ZOMBIE_TIME": "600", "REEVE_AF_TASK_RECONNECT_TIMEOUT": "600"]

  private static func block(_ farm: TestFarm, _ name: String) throws -> [String: Any] {
    let document = try farm.node(["sysjob"])
    let blocks = document["blocks"] as? [[String: Any]] ?? []
    guard let found = blocks.first(where: { $0["name"] as? String == name }) else { throw NotObserved("no block \(name)") }
    return found
  }

  /// Commands that are not done.
  private static func pending(_ farm: TestFarm, _ name: String = "post_commands") throws -> Int {
    let row = try block(farm, name)
    return ["waiting", "ready", "running", "retrying"].reduce(0) { $0 + (row[$1] as? Int ?? 0) }
  }

  @Test("section 5: a job's command runs when the job is deleted, and the system job's log names it with user and job")
  func postCommand() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let precious = try scratch.write("frames", to: "work/precious")
    let id = try farm.submit(Self.job("film", in: folder, post: "rm precious"))
    #expect(try farm.reeve(["wait", id, "--timeout", "600"]).status == 0)
    #expect(FileManager.default.fileExists(atPath: precious))
    try farm.mustReeve(["delete", "--yes", id])
    try observe("the file gone") { !FileManager.default.fileExists(atPath: precious) }
    try observe("its end in the log", seen: { (try? farm.mustReeve(["sysjob", "log"])) ?? "" }) {
      try farm.mustReeve(["sysjob", "log"]).contains("film: rm precious")
    }
    #expect(try farm.reeve(["delete", "--yes", "1"]).errors.contains("cannot be deleted"))
    #expect(try !farm.rows(["jobs", "--all"]).contains { $0["id"] as? Int == 1 })
    #expect(try farm.mustReeve(["job", "1"]).contains("post_commands"))
  }

  @Test("a server that is killed between a job's deletion and its command, and again while it runs, has it run once")
  func once() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try TestFarm(scratch: scratch, environment: Self.patient)
    let post = "echo begun >> log; while ! test -e go; do sleep 0.05; done; echo ended >> log"
    let id = try farm.submit(Self.job("film", in: folder, post: post))
    try farm.mustReeve(["delete", "--yes", id])
    #expect(try Self.pending(farm) == 1)
    #expect(try farm.reeve(["sysjob"]).errors.contains("no render is online that offers the service \"postcmd\""))
    try farm.killServer()
    try farm.restartServer()
    #expect(try Self.pending(farm) == 1)
    try farm.startRender("r1")
    try observe("its begin") { scratch.read("work/log") == "begun\n" }
    try farm.killServer()
    try scratch.write("", to: "work/go")
    try observe("its end while no server is there") { scratch.read("work/log") == "begun\nended\n" }
    try farm.restartServer()
    try observe("nothing to do any more") { try Self.pending(farm) == 0 }
    try farm.killServer()
    try farm.restartServer()
    #expect(try Self.pending(farm) == 0)
    // What comes behind it would run after it.
    let next = try farm.submit(Self.job("next", in: folder, post: "echo next >> log"))
    try farm.mustReeve(["delete", "--yes", next])
    try observe("the next command") { scratch.read("work/log")?.hasSuffix("next\n") == true }
    #expect(scratch.read("work/log") == "begun\nended\nnext\n")
  }

  @Test("5000 jobs deleted at once: never more than af_sysjob_tasksmax tasks, and every command runs once, over a restart")
  func many() async throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try TestFarm(scratch: scratch, environment: Self.patient.merging(["REEVE_AF_SYSJOB_TASKSMAX": "100"]) { $1 })
    let jobs = 5000
    try await farm.submitAll((0..<jobs).map { Self.job("film\($0)", in: folder, post: "echo \($0) >> log") })
    #expect(try farm.mustReeve(["delete", "--yes", "--mask", "film.*"]).split(separator: "\n").count == jobs)
    #expect(try Self.pending(farm) == jobs)

    for name in ["r1", "r2", "r3"] { try farm.startRender(name, ["--capacity", "100000", "--max-tasks", "8"]) }
    func ran() -> Int { scratch.read("work/log")?.utf8.count { $0 == 0x0A } ?? 0 }
    func tasks() throws -> Int {
      let row = try Self.block(farm, "post_commands")
      return ["ready", "running", "retrying"].reduce(0) { $0 + (row[$1] as? Int ?? 0) }
    }
    var most = 0
    var wasKilled = false
    try observe("all commands done", limit: 1800, seen: { "\(ran()) ran; \(farm.server.errors.suffix(1000))" }) {
      most = max(most, try tasks())
      if !wasKilled, ran() > jobs / 3 {
        wasKilled = true
        #expect(try Self.pending(farm) > 100)
        try farm.killServer()
        try farm.restartServer()
      }
      return try Self.pending(farm) == 0
    }
    #expect(wasKilled && most > 0 && most <= 100, "\(most) tasks at once")
    let numbers = (scratch.read("work/log") ?? "").split(separator: "\n").compactMap { Int($0) }
    #expect(numbers.count == jobs && Set(numbers) == Set(0..<jobs))
  }

  @Test("a job waits for its command_pre; when that fails for good it is paused and says why, and starting it tries again")
  func preCommands() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try TestFarm(scratch: scratch)
    let good = try farm.submit(Self.job("good", in: folder, pre: "echo pre >> good.ran"))
    let bad = try farm.submit(Self.job("bad", in: folder, pre: "test -e allowed"))
    #expect(try farm.mustReeve(["explain", good]).contains("it waits for 1 pre-command"))
    // Once, and not ten times: what is set is kept over a restart.
    try farm.mustReeve(["set", "blocks", "1", "--block", "post_commands", "errors_retries=0"])
    try farm.killServer()
    try farm.restartServer()
    try farm.startRender("r1")
    #expect(try farm.reeve(["wait", good, "--timeout", "600"]).status == 0)
    #expect(scratch.read("work/good.ran") == "pre\nrun\n")
    try observe("the bad one paused", seen: { (try? farm.mustReeve(["explain", bad])) ?? "" }) {
      try farm.mustReeve(["explain", bad]).contains("a pre-command of it failed")
    }
    #expect(scratch.read("work/bad.ran") == nil)
    #expect(try farm.mustReeve(["sysjob", "log"]).contains("bad: test -e allowed"))
    try scratch.write("", to: "work/allowed")
    try farm.mustReeve(["start", bad])
    #expect(try farm.reeve(["wait", bad, "--timeout", "600"]).status == 0)
    #expect(scratch.read("work/bad.ran") == "run\n")
  }

  @Test("restarting a block asks with the number of its commands, and drops them")
  func drop() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("work")
    let farm = try TestFarm(scratch: scratch)
    for name in ["a", "b", "c"] {
      let id = try farm.submit(Self.job(name, in: folder, post: "echo \(name) >> log"))
      try farm.mustReeve(["delete", "--yes", id])
    }
    let refused = try farm.reeve(["sysjob", "restart", "post_commands"])
    #expect(refused.status == 2 && refused.errors.contains("--yes"))
    #expect(try Self.pending(farm) == 3)
    #expect(try farm.mustReeve(["sysjob", "--block", "post_commands"]).contains("echo b >> log"))
    #expect(try farm.mustReeve(["sysjob", "restart", "--yes", "post_commands"]).contains("dropped 3 commands"))
    #expect(try Self.pending(farm) == 0)
    try farm.startRender("r1")
    let last = try farm.submit(Self.job("d", in: folder, post: "echo d >> log"))
    try farm.mustReeve(["delete", "--yes", last])
    try observe("the one that came behind") { scratch.read("work/log") == "d\n" }
  }
}
