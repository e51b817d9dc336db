import Model
import Testing

@Suite("Frames and the filling of patterns")
struct FramesTests {
  @Test(
    "frames are cut into tasks",
    arguments: [
      (Frames(first: 1, last: 10), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 10)]),
      (Frames(first: 1, last: 10, perTask: 4), [(1, 4), (5, 8), (9, 10)]), (Frames(first: 1, last: 10, perTask: 100), [(1, 10)]),
      (Frames(first: 1, last: 10, increment: 3), [(1, 1), (4, 4), (7, 7), (10, 10)]),
      (Frames(first: 1, last: 12, increment: 3), [(1, 1), (4, 4), (7, 7), (10, 10)]),
      (Frames(first: 1, last: 20, perTask: 3, increment: 2), [(1, 5), (7, 11), (13, 17), (19, 19)]),
      (Frames(first: -5, last: 5, perTask: 4), [(-5, -2), (-1, 2), (3, 5)]),
      (Frames(first: -10, last: -4, increment: 3), [(-10, -10), (-7, -7), (-4, -4)]),
      (Frames(first: 7, last: 7, perTask: 5, increment: 9), [(7, 7)]), (Frames(first: 5, last: 4), []),
      (Frames(first: 1, last: 3, perTask: 0, increment: 0), [(1, 1), (2, 2), (3, 3)]),
    ] as [(Frames, [(Int64, Int64)])])
  func ranges(frames: Frames, expected: [(Int64, Int64)]) {
    #expect(frames.taskCount == expected.count)
    for (task, range) in expected.enumerated() {
      #expect(frames.range(of: task) == range)
      #expect(frames.count(of: task) == (range.1 - range.0) / frames.increment + 1)
      #expect(frames.task(of: range.0) == task)
      #expect(frames.task(of: range.1) == task)
    }
    #expect(frames.task(of: frames.first - 1) == nil)
    #expect(frames.task(of: frames.last + 1) == nil)
    #expect(expected.indices.reduce(0) { $0 + frames.count(of: $1) } == frames.frameCount)
  }

  @Test(
    "tasks are named by their frames",
    arguments: [
      (Frames(first: 7, last: 9), "frame 7"), (Frames(first: 1, last: 9, perTask: 5), "frame 1-5"),
      (Frames(first: 1, last: 19, perTask: 5, increment: 2), "frame 1-9 / 2"), (Frames(first: -3, last: 9), "frame -3"),
    ])
  func names(frames: Frames, name: String) { #expect(frames.name(of: 0) == name) }

  @Test("the largest ranges are counted without overflow")
  func extremes() {
    let wide = Frames(first: -1_000_000_000, last: 1_000_000_000, perTask: 1_000_000_000, increment: 1_000_000_000)
    #expect(wide.taskCount == 1)
    #expect(wide.range(of: 0) == (-1_000_000_000, 1_000_000_000))
    #expect(Frames(first: -1_000_000_000, last: 1_000_000_000).taskCount == 2_000_000_001)
  }

  @Test(
    "marks in a numeric block are the first and last frame in turn; ';' begins again",
    arguments: [
      ("render @#@", "render 7"), ("@####@", "0007"), ("a.@#@ -e @#@", "a.7 -e 12"), ("@#@ @#@ @#@ @#@", "7 12 7 12"),
      ("s @#@ e @#@; f @###@ t @#@", "s 7 e 12; f 007 t 12"), ("s @#@; s @#@", "s 7; s 7"), ("no mark", "no mark"), ("", ""),
      ("@", "@"), ("@@", "@@"), ("@#", "@#"), ("#@", "#@"), ("@#x@", "@#x@"), ("u@h @#@", "u@h 7"), ("@@#@@", "@7@"),
      ("@#@#@", "7#@"),
      ("@AF_CAPACITY@ @##@", "@AF_CAPACITY@ 07"), ("ä@##@ö", "ä07ö"),
    ])
  func numeric(pattern: String, filled: String) { #expect(Filling.numeric(pattern, first: 7, last: 12) == filled) }

  @Test("a negative frame keeps its sign before the zeros")
  func negative() {
    #expect(Filling.numeric("@####@ @#@", first: -7, last: -1) == "-0007 -1")
    #expect(Filling.numeric("@##@", first: -123, last: 0) == "-123")
  }

  @Test(
    "in a listed block a mark is the task's string; without one it is appended",
    arguments: [
      ("convert @#@", "a.exr", "convert a.exr"), ("@#@ > @###@.log", "x", "x > x.log"), ("convert", "a.exr", "convert a.exr"),
      ("", "all of it", "all of it"), ("convert", "", "convert"), ("convert @#@ -q", "", "convert  -q"), ("a@b", "x", "a@b x"),
    ])
  func listed(pattern: String, task: String, filled: String) { #expect(Filling.listed(pattern, task: task) == filled) }

  @Test("a block names its tasks by its pattern, or by the default")
  func taskNames() {
    var block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: 4, perTask: 2)))
    #expect(block.taskName(1) == "frame 3-4")
    block.tasksName = "shot @###@..@###@"
    #expect(block.taskName(1) == "shot 003..004")
    block = BlockSpec(name: "b", work: .listed([TaskSpec(name: "left"), TaskSpec(name: "")], framesPerTask: 1))
    #expect((0..<3).map(block.taskName) == ["left", "task 1", "task 2"])
    block.tasksName = "eye @#@"
    #expect(block.taskName(0) == "eye left")
  }
}
