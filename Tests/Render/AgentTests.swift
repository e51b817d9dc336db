import Foundation
import Model
import TestSupport
import Testing
import Wire

@testable import Render

/// A real agent before a fake server.
private final class Bench {
  let scratch: ScratchFolder
  let server: FakeServer
  private(set) var agent: Program

  init(_ arguments: [String] = []) throws {
    scratch = try ScratchFolder()
    server = try FakeServer(scratch: scratch)
    agent = try Self.launch(scratch, server, arguments)
  }

  deinit {
    agent.signal(SIGKILL)
    _ = try? agent.wait()
    for pid in keepers() { kill(pid, SIGKILL) }
    server.close()
  }

  private static func launch(_ scratch: ScratchFolder, _ server: FakeServer, _ arguments: [String]) throws -> Program {
    try Program(
      "reeve-render",
      ["--server", server.address, "--name", "r1", "--state", scratch.file("agent"), "--kill-grace", "0.3"] + arguments,
      scratch: scratch)
  }

  func restart(_ arguments: [String] = []) throws { agent = try Self.launch(scratch, server, arguments) }

  func keepers() -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { pid in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
      let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
      return line.contains(" keeper ") && line.contains(scratch.path)
    }
  }

  /// Accepts the registration and starts a task.
  func begin(_ lease: UInt64, _ command: String) {
    server.events {
      $0.blocks = [testBlock(command, numeric: false, directory: scratch.path)]
      $0.starts = [testStart(lease)]
    }
  }

  var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch.file("agent/runs")))?.sorted() ?? [] }
}

@Suite struct AgentTests {
  @Test("an agent registers with all that it is, says so, and gives signs of life with what it measures")
  func registration() throws {
    let bench = try Bench(["--capacity", "2000", "--max-tasks", "7", "nimby"])
    let register = try bench.server.registration()
    #expect(register.name == "r1")
    #expect(register.agent.count == 36)
    #expect(register.capacity == 2000 && register.maxTasks == 7)
    #expect(register.nimby == RenderState.nimby.rawValue)
    #expect(register.services.isEmpty, "none named: all")
    #expect(register.os.hasPrefix("unix linux "))
    #expect(register.resources.cpuCount > 0 && register.resources.memoryTotalMb > 0 && register.resources.diskTotalGb > 0)
    #expect(register.runs.isEmpty)
    bench.server.accept()
    #expect(try bench.agent.waitForLine("registered") == "reeve-render: r1 registered with \(bench.server.address)")
    _ = try bench.server.wait("a sign of life") { if case .alive = $0.content { true } else { nil } }
    let resources = try bench.server.wait("measurements") { $0.update.hasResources ? $0.update.resources : nil }
    #expect(resources.cpuCount == register.resources.cpuCount)
  }

  @Test("a task runs: output before result, gone without a trace when acknowledged")
  func task() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    bench.begin(5, "echo one; echo PROGRESS: 50%; exit 2")
    let finished = try bench.server.finished(5)
    #expect(RunOutcome(rawValue: UInt8(finished.outcome)) == .exitStatus)
    #expect(finished.exitCode == 2 && finished.start == 1)
    #expect(finished.key.job == 14 && finished.key.block == 2)
    #expect(bench.server.text(5) == "one\nPROGRESS: 50%\n")
    let order = bench.server.frames.compactMap { frame -> String? in
      if case .output(let output) = frame.content, !output.live { return "output" }
      return frame.update.runs.contains { if case .finished = $0.content { true } else { false } } ? "result" : nil
    }
    #expect(order == ["output", "result"])
    #expect(bench.files == ["5.exit", "5.head"])
    bench.server.events { $0.acknowledged = [5] }
    try observe("an empty folder") { bench.files.isEmpty }
  }

  @Test("while the server is away a task goes on; its result is told at every registration until it is acknowledged")
  func away() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    let gate = bench.scratch.file("gate")
    bench.begin(5, "echo begin; while ! test -e \(gate); do sleep 0.02; done; echo end")
    _ = try bench.server.started(5)
    bench.server.close()
    try bench.scratch.write("", to: "gate")
    try observe("the result on disk") { bench.files.contains("5.exit") }
    for _ in 0..<2 {
      bench.server.forgetFrames()
      try bench.server.open()
      #expect(try bench.server.registration().runs.map(\.lease) == [5])
      bench.server.accept(keep: [5])
      #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(5).outcome)) == .success)
      #expect(bench.server.text(5) == "begin\nend\n")
      bench.server.close()
    }
    try bench.server.open()
    bench.server.forgetFrames()
    _ = try bench.server.registration()
    bench.server.accept(keep: [5])
    bench.server.events { $0.acknowledged = [5] }
    try observe("an empty folder") { bench.files.isEmpty }
  }

  @Test("a name that is refused at the first registration ends the agent with the reason")
  func refused() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    var refusal = WireRefusal()
    refusal.code = 1
    refusal.message = "render \"r1\" is already online from 10.0.0.7"
    bench.server.send(.refusal(refusal))
    #expect(try bench.agent.wait() == 1)
    #expect(bench.agent.errors.contains("reeve-render: render \"r1\" is already online from 10.0.0.7"))
    #expect(!bench.agent.errors.contains("keeper"))
    try observe("the keeper's leaving") { bench.keepers().isEmpty }
  }

  @Test("once it was accepted a refusal is no reason to give up")
  func refusedLater() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    try bench.agent.waitForLine("registered")
    bench.server.close()
    bench.server.forgetFrames()
    try bench.server.open()
    _ = try bench.server.registration()
    bench.server.forgetFrames()
    bench.server.send(.refusal(WireRefusal()))
    bench.server.close()
    try bench.server.open()
    _ = try bench.server.registration()
    #expect(bench.agent.exitStatus == nil)
  }

  @Test(
    "killed or asked to leave, an agent's successor finds the same process and delivers the whole log",
    arguments: [SIGKILL, SIGTERM])
  func successor(_ signal: Int32) throws {
    let bench = try Bench()
    let first = try bench.server.registration()
    bench.server.accept()
    let gate = bench.scratch.file("gate")
    bench.begin(5, "echo $$; while ! test -e \(gate); do sleep 0.02; done; echo end")
    let pid = try bench.server.started(5)
    bench.agent.signal(signal)
    #expect(try bench.agent.wait() == (signal == SIGTERM ? 0 : 128 + SIGKILL))
    if signal == SIGTERM {
      #expect(try bench.server.wait("its farewell") { $0.update.leaving ? !$0.update.ejected : nil })
    }
    #expect(isAlive(pid))
    bench.server.forgetFrames()
    try bench.restart()
    let second = try bench.server.registration()
    #expect(second.agent == first.agent)
    #expect(second.runs.map(\.lease) == [5])
    bench.server.accept(keep: [5])
    #expect(isAlive(pid))
    try bench.scratch.write("", to: "gate")
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(5).outcome)) == .success)
    #expect(bench.server.text(5) == "\(pid)\nend\n")
  }

  @Test("told to eject, an agent ends its tasks before it leaves")
  func eject() throws {
    let bench = try Bench(["--eject"])
    _ = try bench.server.registration()
    bench.server.accept()
    bench.begin(5, "trap '' TERM; while :; do sleep 0.05; done")
    let pid = try bench.server.started(5)
    bench.agent.signal(SIGTERM)
    #expect(try bench.agent.wait() == 0)
    #expect(!isAlive(pid))
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(5).outcome)) == .stopped)
    #expect(try bench.server.wait("its farewell") { $0.update.leaving ? $0.update.ejected : nil })
  }

  @Test("a run that the server does not keep is stopped and forgotten")
  func notKept() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    bench.begin(5, "sleep 1000")
    let pid = try bench.server.started(5)
    bench.server.close()
    bench.server.forgetFrames()
    try bench.server.open()
    #expect(try bench.server.registration().runs.map(\.lease) == [5])
    bench.server.accept(keep: [])
    try observe("its end") { !isAlive(pid) }
    try observe("an empty folder") { bench.files.isEmpty }
    #expect(!bench.server.frames.contains { !$0.update.runs.isEmpty })
  }

  @Test("output is streamed to whoever listens while the task runs")
  func live() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    let gate = bench.scratch.file("gate")
    bench.begin(5, "echo one; while ! test -e \(gate); do sleep 0.02; done; echo two; sleep 1000")
    _ = try bench.server.started(5)
    bench.server.events {
      var listen = WireListen()
      listen.lease = 5
      $0.listens = [listen]
    }
    try observe("the first line") { bench.server.text(5, live: true) == "one\n" }
    try bench.scratch.write("", to: "gate")
    try observe("the second line") { bench.server.text(5, live: true) == "one\ntwo\n" }
    bench.server.events { $0.stops = [5] }
    _ = try bench.server.finished(5)
    #expect(bench.server.text(5) == "one\ntwo\n")
  }

  @Test("a keeper that is killed loses its tasks but not their output, and the agent goes on with another")
  func keeperKilled() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    bench.begin(5, "echo so far; sleep 1000")
    let pid = try bench.server.started(5)
    try observe("its output on disk") { bench.scratch.read("agent/runs/5.head") == "so far\n" }
    let keeper = try #require(bench.keepers().first)
    kill(keeper, SIGKILL)
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(5).outcome)) == .lost)
    #expect(
      bench.server.text(5) == "so far\nreeve-render: the keeper of the render's tasks was killed, and the task with it\n")
    try observe("the task's end") { !isAlive(pid) }
    bench.server.events { $0.acknowledged = [5] }
    try observe("an empty folder") { bench.files.isEmpty }
    bench.server.events {
      $0.starts = [testStart(6)]
    }
    bench.server.events { $0.stops = [6] }
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(6).outcome)) == .stopped)
  }

  @Test("3.14: a task whose files are all there is skipped, one whose file is missing afterwards is an error that names it")
  func files() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    var block = testBlock("printf 12345 >out.@##@", numeric: true, directory: bench.scratch.path)
    block.framesPerTask = 1
    block.framesInc = 1
    block.flags = UInt32(BlockFlags([.skipExistingFiles, .checkRenderedFiles]).rawValue)
    block.files = ["out.@##@"]
    block.fileSizeMin = 3
    func run(_ lease: UInt64, _ block: WireBlockDefinition) throws -> WireRunFinished {
      bench.server.events {
        $0.blocks = [block]
        $0.starts = [testStart(lease, task: 6)]
      }
      return try bench.server.finished(lease)
    }
    func outcome(_ finished: WireRunFinished) -> RunOutcome? { RunOutcome(rawValue: UInt8(finished.outcome)) }
    #expect(outcome(try run(1, block)) == .success)
    #expect(bench.scratch.read("out.07") == "12345")
    #expect(outcome(try run(2, block)) == .skipped)
    #expect(bench.server.text(2) == "reeve-render: not run: its result file is there already\n")
    block.fileSizeMin = 6
    let small = try run(3, block)
    #expect(outcome(small) == .badFiles)
    #expect(small.reason == "the result file \(bench.scratch.file("out.07")) has 5 bytes, at least 6 are expected")
    block.files.append("log.@#@")
    #expect(try run(4, block).reason.hasPrefix("the result file"))
    block.fileSizeMin = -1
    #expect(try run(5, block).reason == "the result file \(bench.scratch.file("log.7")) is missing")
  }

  @Test("files are looked for by the next agent too, when the one that started the task is gone")
  func filesAfterRestart() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    let gate = bench.scratch.file("gate")
    var block = testBlock("while ! test -e \(gate); do sleep 0.02; done", numeric: false, directory: bench.scratch.path)
    block.flags = UInt32(BlockFlags.checkRenderedFiles.rawValue)
    block.files = ["never"]
    bench.server.events {
      $0.blocks = [block]
      $0.starts = [testStart(5)]
    }
    _ = try bench.server.started(5)
    bench.agent.signal(SIGKILL)
    try bench.agent.wait()
    bench.server.forgetFrames()
    try bench.restart()
    _ = try bench.server.registration()
    bench.server.accept(keep: [5])
    try bench.scratch.write("", to: "gate")
    #expect(try bench.server.finished(5).reason == "the result file \(bench.scratch.file("never")) is missing")
  }

  @Test("3.15: a slave runs its service until it is stopped, the master is given its hosts")
  func multiHost() throws {
    let scratch = try ScratchFolder()
    let services = try scratch.folder("services")
    try scratch.write("name: generic\n", to: "services/generic.yaml")
    try scratch.write(
      "name: hold\ncommand: 'echo holding $AF_HOST_NUMBER; exec sleep 1000'\nparser:\n  activity: ['^holding (.*)']\n",
      to: "services/hold.yaml")
    let bench = try Bench(["--services", services])
    _ = try bench.server.registration()
    bench.server.accept()
    var block = testBlock("echo @AF_HOSTS@ $AF_HOSTS", numeric: false, directory: bench.scratch.path)
    block.multihostService = "hold"
    bench.server.events {
      $0.blocks = [block]
      var slave = testStart(6)
      slave.hostNumber = 1
      $0.starts = [slave]
    }
    let pid = try bench.server.started(6)
    bench.server.events {
      var master = testStart(5)
      master.hosts = ["r2", "r3"]
      $0.starts = [master]
    }
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(5).outcome)) == .success)
    #expect(bench.server.text(5) == "-H r2,r3 r2,r3\n")
    let progress = try bench.server.wait("what the slave says") { frame in
      frame.update.runs.first { $0.lease == 6 && $0.progress.activity == "1" }
    }
    #expect(progress.lease == 6)
    #expect(isAlive(pid))
    bench.server.events { $0.stops = [6] }
    #expect(RunOutcome(rawValue: UInt8(try bench.server.finished(6).outcome)) == .stopped)
    let output = try bench.server.wait("its output") { frame -> WireRunOutput? in
      if case .output(let output) = frame.content, output.lease == 6 { output } else { nil }
    }
    #expect(output.hostNumber == 1)
  }

  @Test("memory of a running task is told with the machine's")
  func memory() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    bench.begin(5, "x=$(head -c 50000000 /dev/zero | tr '\\0' x); sleep 1000; echo ${#x}")
    _ = try bench.server.started(5)
    let told = try bench.server.wait("50 MB") { frame -> WireRenderUpdate? in
      frame.update.runs.contains { $0.lease == 5 && $0.progress.memoryMb >= 47 } ? frame.update : nil
    }
    #expect(told.hasResources, "in one frame")
  }

  @Test("the pool's rules are kept from the moment they come")
  func configured() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    var accepted = WireRenderAccepted()
    accepted.heartbeatSeconds = 1000
    accepted.resourcesSeconds = 1000
    bench.server.send(.accepted(accepted))
    try bench.agent.waitForLine("registered")
    bench.server.forgetFrames()
    bench.server.events {
      $0.configure.heartbeat = 1
      $0.configure.resources = 1
      $0.configure.zombie = 3
    }
    _ = try bench.server.wait("a sign of life") { if case .alive = $0.content { true } else { nil } }
    _ = try bench.server.wait("measurements") { $0.update.hasResources ? true : nil }
    #expect(bench.agent.exitStatus == nil)
  }

  @Test("1.12: without a task for exit_no_task_time an agent says goodbye and leaves; a task in time keeps it")
  func exitNoTask() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    bench.server.accept()
    bench.server.events {
      $0.blocks = [testBlock("sleep 1.5", numeric: false, directory: bench.scratch.path)]
      $0.starts = [testStart(5)]
      $0.configure.heartbeat = 1
      $0.configure.resources = 1
      $0.configure.exitNoTask = 1
    }
    // It has a task for longer than it would stay without.
    _ = try bench.server.finished(5)
    #expect(bench.agent.exitStatus == nil)
    bench.server.events { $0.acknowledged = [5] }
    #expect(try bench.agent.wait() == 0)
    #expect(bench.agent.output.contains("reeve-render: r1 had no task for 1 s (exit_no_task_time of its pool): leaving"))
    #expect(bench.server.frames.contains { $0.update.leaving && $0.update.ejected })
    try observe("the keeper's leaving") { bench.keepers().isEmpty }
  }

  @Test("a second agent on the same state directory names the first")
  func second() throws {
    let bench = try Bench()
    _ = try bench.server.registration()
    let other = try Program(
      "reeve-render", ["--server", bench.server.address, "--state", bench.scratch.file("agent")], scratch: bench.scratch)
    #expect(try other.wait() == 1)
    #expect(other.errors.contains("process \(bench.agent.pid)"))
  }

  struct Usage: Sendable {
    let arguments: [String]
    let status: Int32
    let error: String
  }

  @Test(
    "wrong words on the command line are told",
    arguments: [
      Usage(arguments: ["--capacity", "0"], status: 2, error: "--capacity: expected 1 to"),
      Usage(arguments: ["Nimby"], status: 2, error: "'Nimby' is invalid"),
      Usage(arguments: ["--server", "host:port"], status: 2, error: "\"port\" is no port"),
      Usage(arguments: ["--config", "/nonexistent.json"], status: 1, error: "/nonexistent.json: no such file"),
      Usage(arguments: ["--services", "/nonexistent"], status: 1, error: "cannot read the services in /nonexistent"),
      Usage(arguments: ["--state", "/dev/null/x"], status: 1, error: "/dev/null"),
    ])
  func usage(_ example: Usage) throws {
    let scratch = try ScratchFolder()
    let program = try Program(
      "reeve-render",
      ["--state", scratch.file("agent")].filter { _ in !example.arguments.contains("--state") } + example.arguments,
      scratch: scratch)
    #expect(try program.wait() == example.status)
    #expect(program.errors.contains(example.error), "\(program.errors)")
  }

  @Test("waits double up to ten seconds, each at a random point of its span; who loses its server begins with a second")
  func backoff() {
    var random = SystemRandomNumberGenerator()
    var largest = [Int64](repeating: 0, count: 9)
    var smallest = [Int64](repeating: .max, count: 9)
    var afterLoss: Int64 = 0
    for _ in 0..<2000 {
      var backoff = Backoff()
      for place in 0..<9 {
        let wait = backoff.next(using: &random)
        largest[place] = max(largest[place], wait)
        smallest[place] = min(smallest[place], wait)
      }
      backoff.reset()
      afterLoss = max(afterLoss, backoff.next(using: &random))
    }
    #expect(afterLoss <= 1000 && afterLoss > 900)
    for (place, span) in [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].enumerated() as EnumeratedSequence<[Int64]> {
      #expect(largest[place] <= span && largest[place] > span * 9 / 10)
      #expect(smallest[place] < span / 10)
    }
  }
}
