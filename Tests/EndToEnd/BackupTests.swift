import Foundation
import Glibc
import TestSupport
import Testing

@Suite("backup and restore", .serialized) struct BackupTests {
  /// Every start of a frame leaves a line: what was begun twice shows.
  private static func job(in folder: String, frames: Int) -> String {
    """
    {"job": {"name": "film", "blocks": [
      {"name": "frames", "frame_first": 1, "frame_last": \(frames), "capacity": 200, "working_directory": "\(folder)",
       "command": "echo begun >> frame.@#@; sleep 0.2; echo ended >> frame.@#@"}]}}
    """
  }

  private static func rows(_ farm: TestFarm, _ arguments: [String], _ key: String) throws -> [[String: Any]] {
    let text = try farm.mustReeve(arguments + ["--json"])
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return object?[key] as? [[String: Any]] ?? []
  }

  private static func done(_ farm: TestFarm, _ job: String) throws -> Set<Int> {
    Set(
      try rows(farm, ["tasks", job], "tasks").filter { ($0["state"] as? String)?.contains("DON") == true }
        .compactMap { $0["number"] as? Int ?? $0["task"] as? Int ?? $0["task_num"] as? Int })
  }

  @Test(
    "a farm at work is backed up and restored: as it was then, nothing that was done then is run again, and nothing is thrown away")
  func wholeWay() throws {
    let scratch = try ScratchFolder()
    let folder = try scratch.folder("frames")
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let frames = 80
    let id = try farm.mustReeve(["submit", "-"], input: Self.job(in: folder, frames: frames))
    try farm.mustReeve(["run", "--paused", "--name", "still", "--frames", "1-10", "--", "true"])
    let some = try observe("some frames done") {
      let done = try Self.done(farm, id)
      return done.count >= 5 ? done : nil
    }
    let file = scratch.file("farm.backup")
    let said = try farm.mustReeve(["backup", file])
    #expect(said.hasPrefix("\(file): ") && said.contains("2 jobs"), "\(said)")
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)

    // It goes on, and more is acknowledged.
    let later = try farm.mustReeve(["run", "--name", "later", "--", "true"])
    _ = try observe("more frames done") { try Self.done(farm, id).count > some.count + 3 ? true : nil }
    try farm.mustReeve(["delete", "--yes", "still"])

    let before = farm.port
    let restored = try farm.reeve(["restore", file])
    #expect(restored.status == 2, "without a terminal and without --yes: \(restored.errors)")
    try farm.mustReeve(["restore", file, "--yes"])
    #expect(farm.server.exitStatus == nil, "the process is the same: \(farm.server.errors)")
    #expect(farm.port == before)
    let names = try Self.rows(farm, ["jobs", "--all"], "jobs").compactMap { $0["name"] as? String }
    #expect(names.contains("film") && names.contains("still") && !names.contains("later"), "\(names)")
    #expect(try farm.reeve(["job", later]).status == 5)
    #expect(try Self.done(farm, id).isSuperset(of: some))

    // The render comes back by itself, and the job ends.
    let wait = try farm.reeve(["wait", id, "--timeout", "600"], limit: 660)
    #expect(wait.status == 0, "\(wait.errors)\n\(farm.server.errors.suffix(3000))")
    for task in some {
      #expect(scratch.read("frames/frame.\(task + 1)") == "begun\nended\n", "frame \(task + 1) was done at the backup")
    }
    for frame in 1...frames { #expect(scratch.read("frames/frame.\(frame)")?.hasSuffix("ended\n") == true) }
    // A number is never used twice.
    let next = try farm.mustReeve(["run", "--paused", "--name", "next", "--", "true"])
    #expect(Int(next) ?? 0 > Int(later) ?? .max, "job \(next) after job \(later)")

    // What was there is there still.
    let aside = try FileManager.default.contentsOfDirectory(atPath: scratch.file("server")).filter { $0.contains(".replaced-") }
    #expect(aside.count == 1, "\(aside)")
    farm.server.signal(SIGTERM)
    #expect(try farm.server.wait() == 0)
    let old = try Program(
      "reeve-server",
      [
        "--listen", "127.0.0.1:0", "--state", scratch.file("old"), "--store",
        "sqlite:" + scratch.file("server/" + (aside.first ?? "?")),
      ],
      scratch: scratch)
    let line = try old.waitForLine("reeve-server: ready on ")
    let address = String(line.dropFirst("reeve-server: ready on ".count).prefix { $0 != "," })
    let listed = try Program("reeve", ["--server", address, "jobs", "--all", "--json"], scratch: scratch)
    try listed.wait()
    #expect(listed.output.contains("\"later\""), "\(listed.output)\(listed.errors)")
    old.signal(SIGTERM)
    try old.wait()
  }

  @Test("a server that does not run is restored by its own program, and a damaged file changes nothing")
  func stopped() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.mustReeve(["run", "--paused", "--name", "kept", "--", "true"])
    let file = scratch.file("farm.backup")
    try farm.mustReeve(["backup", file])
    try farm.mustReeve(["run", "--paused", "--name", "gone", "--", "true"])

    // While it runs, its program refuses.
    let refused = try Program(
      "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.file("server"), "--restore", file], scratch: scratch)
    #expect(try refused.wait() == 1)
    #expect(refused.errors.contains("\(farm.server.pid)"), "\(refused.errors)")

    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let cut = scratch.file("cut.backup")
    try bytes.prefix(bytes.count - 20).write(to: URL(fileURLWithPath: cut))
    let half = try farm.reeve(["restore", cut, "--yes"])
    #expect(half.status == 1 && half.errors.contains("no whole backup") && half.errors.contains("at byte"), "\(half.errors)")
    bytes[bytes.count / 2] ^= 4
    let flipped = scratch.file("flipped.backup")
    try bytes.write(to: URL(fileURLWithPath: flipped))
    let damaged = try farm.reeve(["restore", flipped, "--yes"])
    #expect(damaged.status == 1 && damaged.errors.contains("checksum"), "\(damaged.errors)")
    #expect(try farm.mustReeve(["jobs", "--all"]).contains("gone"))

    farm.server.signal(SIGTERM)
    try farm.server.wait()
    let bad = try Program(
      "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.file("server"), "--restore", flipped], scratch: scratch)
    #expect(try bad.wait() == 1)
    try farm.restartServer()
    #expect(try farm.mustReeve(["jobs", "--all"]).contains("gone"))
    farm.server.signal(SIGTERM)
    try farm.server.wait()

    let good = try Program(
      "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.file("server"), "--restore", file], scratch: scratch)
    #expect(try good.wait() == 0, "\(good.errors)")
    #expect(good.output.contains("restored \(file)") && good.output.contains(".replaced-"), "\(good.output)")
    try farm.restartServer()
    let jobs = try farm.mustReeve(["jobs", "--all"])
    #expect(jobs.contains("kept") && !jobs.contains("gone"), "\(jobs)")
  }

  @Test("a backup goes to standard output, and into a state directory that is empty")
  func piped() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.mustReeve(["run", "--paused", "--name", "kept", "--", "true"])
    let piped = try farm.reeve(["backup", scratch.file("named.backup")])
    #expect(piped.status == 0)
    let shell = try Program(
      "/bin/sh",
      ["-c", "\"\(Program.path(of: "reeve"))\" --server \(farm.address) --super backup - > \"\(scratch.file("piped.backup"))\""],
      scratch: scratch, environment: ["REEVE_PASSWORD_FILE": farm.passwordFile])
    #expect(try shell.wait() == 0, "\(shell.errors)")
    let fresh = try Program(
      "reeve-server",
      ["--listen", "127.0.0.1:0", "--state", scratch.file("fresh"), "--restore", scratch.file("piped.backup")], scratch: scratch)
    #expect(try fresh.wait() == 0, "\(fresh.errors)")
    let server = try Program("reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.file("fresh")], scratch: scratch)
    let line = try server.waitForLine("reeve-server: ready on ")
    let address = String(line.dropFirst("reeve-server: ready on ".count).prefix { $0 != "," })
    let jobs = try Program("reeve", ["--server", address, "jobs", "--all"], scratch: scratch)
    try jobs.wait()
    #expect(jobs.output.contains("kept"), "\(jobs.output)\(jobs.errors)")
    server.signal(SIGTERM)
    try server.wait()
  }
}
