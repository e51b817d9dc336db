import Model
import TestSupport
import Testing
import Wire

@testable import Render

@Suite("result files, sections 1.5.1 and 3.14") struct ResultFileTests {
  private func files(_ patterns: [String], _ frames: TaskFrames? = nil, directory: String = "", min: Int64 = -1, max: Int64 = -1)
    -> ResultFiles
  {
    ResultFiles(patterns: patterns, frames: frames, directory: directory, sizeMin: min, sizeMax: max)
  }

  @Test("1.5.1: files of a numeric task are expanded for each of its frames, those without a mark once")
  func expanded() {
    let frames = TaskFrames(first: 8, increment: 2, count: 3)
    #expect(
      Array(files(["a.@###@.exr", "log.txt", "b.@#@-@#@"], frames).names()) == [
        "a.008.exr", "log.txt", "b.8-8", "a.010.exr", "b.10-10", "a.012.exr", "b.12-12",
      ])
    #expect(Array(files(["a", "b"]).names()) == ["a", "b"])
    #expect(Array(files([], frames).names()) == [])
    // At once, however many frames there are.
    #expect(Array(files(["film.mov"], TaskFrames(count: 1 << 32)).names()) == ["film.mov"])
    #expect(Array(files(["film@#.mov", "film"], TaskFrames(count: 1 << 62)).names()) == ["film@#.mov", "film"])
    #expect(Array(files(["a.@#@", "film@#"], TaskFrames(count: 1 << 62)).names().prefix(4)) == ["a.0", "film@#", "a.1", "a.2"])
  }

  @Test("1.5.1: files of a listed task are the block's patterns with the task's own strings")
  func listed() {
    #expect(Filling.files(["/out/@#@.png", "/tmp/x_"], task: ["a", "b"]) == ["/out/a.png", "/out/b.png", "/tmp/x_a", "/tmp/x_b"])
    #expect(Filling.files([], task: ["a", ""]) == ["a"])
    #expect(Filling.files(["x"], task: []) == ["x"])
  }

  @Test("3.14: a file that is missing, no file, too small or too large is named with what is wrong")
  func faults() throws {
    let scratch = try ScratchFolder()
    try scratch.write("12345", to: "a.1.png")
    try scratch.write("12345", to: "a.2.png")
    _ = try scratch.folder("a.3.png")
    let frames = { TaskFrames(first: 1, increment: 1, count: $0) }
    func look(_ count: Int64, min: Int64 = -1, max: Int64 = -1) -> ResultFiles.Verdict {
      files(["a.@#@.png"], frames(count), directory: scratch.path, min: min, max: max).look(ownFolder: "/nonexistent")
    }
    #expect(look(2) == .complete(2))
    #expect(look(2, min: 0, max: 0) == .complete(2))
    #expect(look(2, min: 5, max: 5) == .complete(2))
    #expect(look(2, min: 6) == .fault("the result file \(scratch.file("a.1.png")) has 5 bytes, at least 6 are expected"))
    #expect(look(2, max: 4) == .fault("the result file \(scratch.file("a.1.png")) has 5 bytes, at most 4 are expected"))
    #expect(look(3) == .fault("the result \(scratch.file("a.3.png")) is no file"))
    #expect(
      files(["b/c"], directory: scratch.path).look(ownFolder: "") == .fault("the result file \(scratch.file("b/c")) is missing"))
    #expect(files([scratch.file("a.1.png")], directory: "/nonexistent").look(ownFolder: "") == .complete(1))
    #expect(files(["a.1.png"]).look(ownFolder: scratch.path) == .complete(1))
    #expect(files([String(repeating: "x", count: 5000)], directory: "/tmp").look(ownFolder: "") != .complete(1))
  }

  @Test("what is looked for at the end is found again with the run's note; a note of the first version is read still")
  func note() throws {
    var block = testBlock("x", directory: "/projects/shot")
    block.flags = UInt32(BlockFlags([.numeric, .checkRenderedFiles]).rawValue)
    block.files = ["", "/projects/out.@#@.exr", "log"]
    block.fileSizeMin = 10
    block.fileSizeMax = -1
    block.parserCoeff = 3
    var plan = TaskPlan(environment: [:])
    plan.paths = PathMap([("/mnt", "/projects")])
    let note = plan.note(testStart(9, task: 9), of: block)
    let frames = TaskFrames(first: 91, increment: 2, count: 5, passes: 3)
    #expect(
      note.files
        == ResultFiles(patterns: ["/mnt/out.@#@.exr", "log"], frames: frames, directory: "/mnt/shot", sizeMin: 10, sizeMax: -1))
    #expect(RunNote(note.encoded()) == note)
    block.flags = 1
    #expect(plan.note(testStart(9, task: 9), of: block).files == nil)

    var old = ByteWriter()
    old.put(UInt8(1))
    for number in [14, 2, 9] as [UInt32] { old.put(number) }
    old.put(Int32(1))
    old.put("generic")
    old.put("")
    for number in [91, 2, 5] as [Int64] { old.put(number) }
    old.put(false)
    let read = try #require(RunNote(old.bytes))
    #expect(read.frames == TaskFrames(first: 91, increment: 2, count: 5))
    #expect(read.host == 0 && read.files == nil && read.service == "generic")
  }
}
