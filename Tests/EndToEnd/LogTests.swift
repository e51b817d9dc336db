import Foundation
import TestSupport
import Testing

@Suite("outputs of tasks that run, with the real programs") struct LogTests {
  @Test("without --follow all that there is so far is read, however much, and no end of the task is waited for")
  func soFar() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let mark = scratch.file("written")
    let job = try farm.mustReeve(["run", "--", "seq 1 60000; touch '\(mark)'; sleep 600"])
    try observe("the output") { FileManager.default.fileExists(atPath: mark) }
    let result = try farm.reeve(["log", job, "0", "0"])
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 60_000 && lines.last == "60000")
    try farm.mustReeve(["stop", job])
  }

  @Test("a follower of a very long output sees where the middle is missing, in a file too")
  func cut() throws {
    let scratch = try ScratchFolder()
    let farm = try TestFarm(scratch: scratch)
    try farm.startRender("r1")
    let mark = scratch.file("written")
    let job = try farm.mustReeve([
      "run", "--", "seq 1 600000; touch '\(mark)'; while [ ! -e '\(mark).end' ]; do sleep 0.1; done; echo over",
    ])
    try observe("the output") { FileManager.default.fileExists(atPath: mark) }
    let log = try farm.startReeve(["log", "--follow", job, "0", "0"])
    try log.waitForLine("bytes of output were cut out here")
    _ = FileManager.default.createFile(atPath: mark + ".end", contents: nil)
    #expect(try log.wait() == 0)
    let lines = log.output.split(separator: "\n")
    #expect(lines.first == "1" && lines.last == "over")
    #expect(lines.filter { $0.contains("were cut out here") }.count == 1)
    // Once it is over the same is read from the server's file.
    let stored = try farm.mustReeve(["log", job, "0", "0"]).split(separator: "\n")
    #expect(stored.first == "1" && stored.last == "over" && stored.filter { $0.contains("were cut out here") }.count == 1)
  }
}
