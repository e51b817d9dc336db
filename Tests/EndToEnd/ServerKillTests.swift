import Foundation
import Testing
import TestSupport

@Suite("the server is killed", .serialized) struct ServerKillTests {
  /// Every start of a frame leaves a line: what was begun twice shows.
  private static func job(in folder: String, frames: Int) -> String {
    """
    {"job": {"name": "survivor", "blocks": [
      {"name": "frames", "frame_first": 1, "frame_last": \(frames), "capacity": 200, "working_directory": "\(folder)",
       "command": "echo begun >> frame.@#@; sleep 0.4; echo ended >> frame.@#@"},
      {"name": "sum", "depend_mask": "frames", "tasks": [{"name": "count"}], "capacity": 200, "working_directory": "\(folder)",
       "command": "cat frame.* | wc -l > sum"}]}}
    """
  }

  @Test("ten kills at random moments: the job ends done and no frame is run twice", arguments: [UInt64(1)])
  func tenKills(seed: UInt64) throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("frames")
    let farm = try TestFarm(scratch: scratch)
    for name in ["r1", "r2", "r3"] { try farm.startRender(name) }
    let frames = 60
    let id = try farm.mustReeve(["submit", "-"], input: Self.job(in: folder, frames: frames))
    var random = SeededGenerator(seed: seed)
    for _ in 0..<10 {
      poll(nil, 0, Int32.random(in: 50...900, using: &random))
      try farm.killServer()
      try farm.restartServer()
    }
    let wait = try farm.reeve(["wait", id, "--timeout", "600"], limit: 660)
    #expect(wait.status == 0, "\(wait.errors)")
    // A start that was recorded and never sent, the server being killed in between, may be counted: no frame may begin by it.
    for frame in 1...frames {
      #expect(scratch.read("frames/frame.\(frame)") == "begun\nended\n", "frame \(frame)")
    }
    #expect(scratch.read("frames/sum")?.trimmingCharacters(in: .whitespacesAndNewlines) == "\(2 * frames)")
  }

  @Test("a server that was asked to end ends with 0 and the next one knows everything")
  func termination() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    let id = try farm.mustReeve(["run", "--paused", "--name", "kept", "--frames", "1-10", "--", "true"])
    let before = try farm.mustReeve(["jobs", "--json"])
    farm.server.signal(SIGTERM)
    #expect(try farm.server.wait(limit: 120) == 0)
    try farm.restartServer()
    #expect(try farm.mustReeve(["jobs", "--json"]) == before)
    #expect(!id.isEmpty)
  }

  @Test("a second server on the same state ends with 1 and names the first one's pid")
  func secondServer() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    let second = try Program("reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.file("server")], scratch: scratch)
    #expect(try second.wait() == 1)
    #expect(second.errors.contains("\(farm.server.pid)"), "\(second.errors)")
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
