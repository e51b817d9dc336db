import Foundation
import Glibc
import TestSupport
import Testing

@Suite("the flight recorder, with real programs", .serialized) struct FlightRecorderTests {
  private static func replay(_ scratch: ScratchFolder, _ arguments: [String]) throws -> String {
    let program = try Program("reeve-server", ["--replay", scratch.file("server")] + arguments, scratch: scratch)
    let status = try program.wait()
    guard status == 0 else { throw NotObserved("replay ended with \(status): \(program.errors)") }
    return program.output
  }

  private static func now() -> String {
    let format = ISO8601DateFormatter()
    format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return format.string(from: Date())
  }

  @Test("a list is shown as it was, of a server that runs and of one that was killed")
  func timeTravel() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let gate = scratch.file("gate")
    let id = try farm.mustReeve(
      ["run", "--name", "film", "--frames", "1-3", "--", "while [ ! -e '\(gate)' ]; do sleep 0.05; done"])
    _ = try observe("a running task") { try farm.mustReeve(["tasks", id]).contains("RUN") ? true : nil }
    let tasks = try farm.mustReeve(["tasks", id, "--state", "run", "--json"])
    let running = tasks.components(separatedBy: "\"RUN\"").count - 1
    let moment = Self.now()
    try Data().write(to: URL(fileURLWithPath: gate))
    _ = try farm.reeve(["wait", id, "--timeout", "300"], limit: 360)
    try farm.mustReeve(["delete", "--yes", id])

    // While the server runs, without disturbing it.
    let then = try observe("the recording of that moment") {
      let text = try Self.replay(scratch, ["--until", moment, "--tasks", id])
      return text.contains("RUN") ? text : nil
    }
    #expect(then.components(separatedBy: " RUN ").count - 1 == running, "\(then)\n\(tasks)")
    #expect(try Self.replay(scratch, ["--until", moment, "--jobs"]).contains("film"))
    let renders = try Self.replay(scratch, ["--until", moment, "--renders"])
    #expect(renders.contains("r1") && renders.contains("ONL"), "\(renders)")
    _ = try observe("the end of the recording") {
      try Self.replay(scratch, ["--jobs", "--json"]).contains("film") ? nil : true
    }

    // What was taken down survives a kill, and the next server goes on in a segment of its own.
    try farm.killServer()
    try farm.restartServer()
    #expect(try Self.replay(scratch, ["--until", moment, "--jobs"]).contains("film"))
    try farm.mustReeve(["run", "--paused", "--name", "after", "--", "true"])
    _ = try observe("the job that came after") { try Self.replay(scratch, ["--jobs"]).contains("after") ? true : nil }

    let early = try Program(
      "reeve-server", ["--replay", scratch.file("server"), "--until", "-2d"], scratch: scratch)
    #expect(try early.wait() == 5)
    let wrong = try Program("reeve-server", ["--replay", scratch.file("server"), "--until", "yesterday"], scratch: scratch)
    #expect(try wrong.wait() == 2)
  }

  @Test("it is off by the setting")
  func off() throws {
    let scratch = try ScratchFolder()
    let config = try scratch.write("{\"af_recorder_size\": 0}", to: "config.json")
    let farm = try TestFarm(scratch: scratch, serverArguments: ["--config", config])
    try farm.mustReeve(["run", "--paused", "--", "true"])
    #expect(!FileManager.default.fileExists(atPath: scratch.file("server/recorder")))
    let replay = try Program("reeve-server", ["--replay", scratch.file("server")], scratch: scratch)
    #expect(try replay.wait() == 5)
    #expect(replay.errors.contains("no recording"), "\(replay.errors)")
  }
}
