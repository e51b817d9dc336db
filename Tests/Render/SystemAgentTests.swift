import Foundation
import Model
import TestSupport
import Testing
import Wire

@testable import Render

/// A real agent that runs tasks of the system job for a fake server.
private final class SystemBench {
  let scratch: ScratchFolder
  let server: FakeServer
  let agent: Program

  init(settings: [String: JSONValue] = [:]) throws {
    scratch = try ScratchFolder()
    server = try FakeServer(scratch: scratch)
    let object = JSONObject(settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    let file = try scratch.write(JSONValue.object(object).text(), to: "settings.json")
    agent = try Program(
      "reeve-render",
      ["--server", server.address, "--name", "r1", "--state", scratch.file("agent"), "--kill-grace", "0.3", "--config", file],
      scratch: scratch)
    _ = try server.registration()
    server.accept()
  }

  deinit {
    agent.signal(SIGKILL)
    _ = try? agent.wait()
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for pid in all.compactMap({ pid_t($0) }) {
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { continue }
      let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
      if line.contains(" keeper "), line.contains(scratch.path) { kill(pid, SIGKILL) }
    }
    server.close()
  }

  func begin(_ lease: UInt64, _ kind: SystemCommand.Kind, _ command: String, directory: String = "", service: String = "postcmd") {
    server.events {
      var block = testBlock("", numeric: false)
      block.job = 1
      block.service = service
      $0.blocks = [block]
      var start = testStart(lease)
      start.job = 1
      start.system.kind = UInt32(kind.rawValue)
      start.system.command = command
      start.system.workingDirectory = directory
      $0.starts = [start]
    }
  }

  func outcome(_ lease: UInt64) throws -> RunOutcome? { RunOutcome(rawValue: UInt8(try server.finished(lease).outcome)) }
}

@Suite("An agent and the system job")
struct SystemAgentTests {
  @Test("runs a post-command in its directory; one that is not there is a clear failure")
  func post() throws {
    let bench = try SystemBench()
    let folder = try bench.scratch.folder("shot")
    try bench.scratch.write("", to: "shot/scene.blend")
    bench.begin(5, .post, "rm scene.blend && pwd", directory: folder)
    #expect(try bench.outcome(5) == .success)
    #expect(bench.server.text(5) == "\(folder)\n")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/scene.blend"))
    bench.begin(6, .post, "true", directory: "/no/such folder")
    #expect(try bench.outcome(6) == .failedToStart)
    #expect(try bench.server.finished(6).reason == "cannot enter the working directory /no/such folder: No such file or directory")
  }

  @Test("gives an event to its service on standard input, with the settings that it has itself")
  func event() throws {
    let scratch = try ScratchFolder()
    try scratch.write("#!/bin/sh\ncat >\"$0.heard\"\n", to: "keep", mode: 0o755)
    let bench = try SystemBench(settings: ["af_events_dir": .string(scratch.path)])
    let text = String(repeating: "x", count: 300_000)
    let json =
      #"{"user":{"custom_data":{"events":{"JOB_DONE":{"methods":["keep"]}}}},"job":{"name":"film","description":"\#(text)"},"events":["JOB_DONE"]}"#
    bench.begin(5, .event, json, service: "events")
    #expect(try bench.outcome(5) == .success, "\(bench.server.text(5))")
    #expect(scratch.read("keep.heard") == json)
    #expect(bench.server.text(5).contains("keep: done"))
    bench.begin(6, .event, #"{"user":{},"events":["JOB_DONE"]}"#, service: "events")
    #expect(try bench.outcome(6) == .success)
    #expect(bench.server.text(6).contains("nothing to do"))
    bench.begin(7, .event, "garbage", service: "events")
    #expect(try bench.outcome(7) == .exitStatus)
  }

  @Test("asks the service that the block names")
  func local() throws {
    let scratch = try ScratchFolder()
    try scratch.write(
      "#!/bin/sh\ncat >/dev/null\necho '{\"commands\":[{\"method\":\"mine\",\"arguments\":[\"echo\",\"of the house\"]}]}'\n",
      to: "events_local",
      mode: 0o755)
    let bench = try SystemBench(settings: ["af_events_dir": .string(scratch.path)])
    bench.begin(5, .event, #"{"events":["JOB_DONE"]}"#, service: "events_local")
    #expect(try bench.outcome(5) == .success)
    #expect(bench.server.text(5).contains("mine: of the house\n"))
  }

  @Test("wakes others by its own wolwake")
  func wake() throws {
    let sink = try PacketSink()
    let bench = try SystemBench()
    bench.begin(5, .wake, "wolwake --wake 020000000001 --broadcast 127.0.0.1 --port \(sink.port)", service: "wakeonlan")
    #expect(try bench.outcome(5) == .success)
    #expect(try observe("a packet") { sink.take().first }.prefix(7) == [255, 255, 255, 255, 255, 255, 2])
  }

  @Test("falls asleep by the command of its settings, and says when that fails")
  func sleep() throws {
    let scratch = try ScratchFolder()
    let script = try scratch.write("#!/bin/sh\necho \"$@\" >\"$0.args\"\necho good night\n", to: "zz", mode: 0o755)
    let bench = try SystemBench(settings: ["af_render_cmd_wolsleep": .string(script)])
    bench.server.events { $0.sleep = true }
    try bench.agent.waitForLine("good night", inErrors: true)
    #expect(scratch.read("zz.args")?.hasPrefix("--sleep ") == true)
    #expect(scratch.read("zz.args")?.contains("--hostname r1") == true)
    try scratch.write("#!/bin/sh\necho no rest\nexit 4\n", to: "zz", mode: 0o755)
    bench.server.events { $0.sleep = true }
    let line = try bench.agent.waitForLine("this machine does not fall asleep", inErrors: true)
    #expect(line.contains("the command ended with exit status 4"))
  }
}
