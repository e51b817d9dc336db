import Foundation
import Glibc
import Testing
import TestSupport

/// What an operator sees when the disk or the clock fails, and that nothing is lost.
@Suite("faults of the disk and the clock", .serialized) struct StoreFaultTests {
  private static func command(_ folder: String, _ gate: String = "") -> String {
    "echo @#@ >>\(folder)/ran; \(gate.isEmpty ? "true" : "while test -e \(gate); do sleep 0.1; done")"
  }

  /// How often each frame was run.
  private static func runs(_ scratch: ScratchFolder) -> [Substring: Int] {
    Dictionary((scratch.read("ran") ?? "").split(separator: "\n").map { ($0, 1) }, uniquingKeysWith: +)
  }

  @Test(
    "a full disk: submits are refused with the reason, what runs goes on and is done when there is room, once",
    .enabled(if: geteuid() == 0, "mounting a small file system takes root"))
  func fullDisk() throws {
    let scratch = try ScratchFolder()
    let disk = try scratch.folder("server")
    guard mount("tmpfs", disk, "tmpfs", 0, "size=24m,mode=700") == 0 else {
      throw NotObserved("tmpfs: \(String(cString: strerror(errno)))")
    }
    let detach: Int32 = 2  // MNT_DETACH
    defer { umount2(disk, detach) }
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let gate = try scratch.write("", to: "gate")
    let job = try farm.submit(
      """
      {"job": {"name": "full", "blocks": [{"name": "b", "frame_first": 1, "frame_last": 12, "capacity": 300,
        "command": "\(Self.command(scratch.path, gate))"}]}}
      """)
    try observe("running tasks") { Self.runs(scratch).count == 3 }
    // Every byte that is left.
    let filler = open(disk + "/filler", O_WRONLY | O_CREAT, 0o600)
    let zeros = [UInt8](repeating: 0, count: 4096)
    for size in [4096, 64, 1] { while write(filler, zeros, size) > 0 {} }
    close(filler)
    // A job so big that no page that is still free takes it.
    let long = String(repeating: "x", count: 60_000)
    let refused = try farm.reeve(["run", "--name", "refused", "--", "echo \(long)"])
    #expect(refused.status == 1 && refused.errors.contains("disk full"), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1)
    try farm.server.waitForLine("the store failed: disk full", inErrors: true)
    try FileManager.default.removeItem(atPath: gate)
    // It asks again by itself, and says so.
    unlink(disk + "/filler")
    try farm.server.waitForLine("the store is well again", inErrors: true)
    let later = try farm.mustReeve(["run", "--name", "later", "--", "true"])
    #expect(try farm.reeve(["wait", job, later, "--timeout", "600"], limit: 660).status == 0)
    try farm.killServer()
    try farm.restartServer()
    #expect(try farm.states(job).allSatisfy { $0 == "DON" })
    #expect(Self.runs(scratch).count == 12 && Self.runs(scratch).values.allSatisfy { $0 == 1 }, "\(Self.runs(scratch))")
    #expect(try farm.rows(["jobs", "--all"]).compactMap { $0["name"] as? String }.sorted() == ["full", "later"])
  }

  @Test(
    "a store that is damaged in part: the rest goes on, what is lost is told, the damaged file is kept, --check-store tells more")
  func damaged() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let gate = try scratch.write("", to: "gate")
    let runs = try farm.submit(
      """
      {"job": {"name": "runs", "blocks": [{"name": "b", "frame_first": 1, "frame_last": 2, "capacity": 300,
        "command": "\(Self.command(scratch.path, gate))"}]}}
      """)
    // Documents of 3,000 bytes: one to a page.
    for number in 1...20 {
      _ = try farm.mustReeve(
        ["run", "--paused", "--name", "waits \(number)", "--", "echo mark\(number)mark \(String(repeating: "y", count: 3000))"])
    }
    try observe("running tasks") { Self.runs(scratch).count == 2 }
    farm.server.signal(SIGTERM)
    #expect(try farm.server.wait() == 0)
    let store = scratch.file("server/reeve.sqlite")
    #expect(try Self.check(farm, store).status == 0)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: store))
    let mark = try #require(bytes.range(of: Data("mark7mark".utf8))).lowerBound
    bytes.replaceSubrange(mark / 4096 * 4096..<(mark / 4096 + 1) * 4096, with: Data(repeating: 0x77, count: 4096))
    try bytes.write(to: URL(fileURLWithPath: store))
    let damage = try Self.check(farm, store)
    #expect(damage.status == 1 && damage.output.contains("damaged:"), "\(damage.output)")

    try farm.restartServer()
    try farm.server.waitForLine("could be read of it is in its place", inErrors: true)
    let names = try farm.rows(["jobs", "--all"]).compactMap { $0["name"] as? String }
    #expect(names.contains("runs") && names.count >= 18 && !names.contains("waits 7"), "\(names)")
    let kept = try FileManager.default.contentsOfDirectory(atPath: scratch.file("server")).filter { $0.contains(".damaged-") }
    #expect(!kept.isEmpty)
    // What ran went on.
    try FileManager.default.removeItem(atPath: gate)
    #expect(try farm.reeve(["wait", runs, "--timeout", "600"], limit: 660).status == 0)
    #expect(Self.runs(scratch) == ["1": 1, "2": 1])
    let after = try Self.check(farm, store)
    #expect(after.status == 0 && after.output.contains("set aside:"), "\(after.output)")
    // New jobs have numbers that nobody had.
    let old = Set(try farm.rows(["jobs", "--all"]).map { "\($0["id"] ?? "")" })
    #expect(!old.contains(try farm.mustReeve(["run", "--paused", "--", "true"])))
  }

  private static func check(_ farm: TestFarm, _ store: String) throws -> (status: Int32, output: String) {
    let program = try Program(
      "reeve-server", ["--check-store", "--state", farm.scratch.file("server")], scratch: farm.scratch)
    return (try program.wait(), program.output + program.errors)
  }

  @Test("the clock jumps by a day: nothing is given back or run twice, and it is told", arguments: [86_400, -86_400] as [Int64])
  func clockJump(_ jump: Int64) throws {
    let scratch = try ScratchFolder()
    let clock = try ShiftedClock(scratch)
    let gate = try scratch.write("", to: "gate")
    let farm = try TestFarm(scratch: scratch, environment: clock.environment)
    try farm.startRender("r1")
    let job = try farm.submit(
      """
      {"job": {"name": "clock", "blocks": [{"name": "b", "frame_first": 1, "frame_last": 6, "capacity": 300,
        "command": "\(Self.command(scratch.path, gate))"}]}}
      """)
    try observe("running tasks") { Self.runs(scratch).count == 3 }
    try clock.set(jump)
    let word = jump > 0 ? "forward" : "back"
    let line = try farm.server.waitForLine("this machine's clock was set \(word) by", inErrors: true)
    #expect(line.contains("until the server is started anew"))
    // Whoever asks meanwhile is answered, and it is still the same three.
    for _ in 0..<5 { #expect(try farm.states(job).filter { $0 == "RUN" }.count == 3) }
    // A server that starts by the new clock takes the farm over.
    try farm.killServer()
    try farm.restartServer()
    try FileManager.default.removeItem(atPath: gate)
    let wait = try farm.reeve(["wait", job, "--timeout", "600"], limit: 660)
    #expect(wait.status == 0, "\(wait.errors)")
    #expect(Self.runs(scratch).count == 6 && Self.runs(scratch).values.allSatisfy { $0 == 1 }, "\(Self.runs(scratch))")
  }
}
