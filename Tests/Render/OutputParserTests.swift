import Foundation
import Model
import Testing

@testable import Render

/// The services as they are shipped.
let shipped: ServiceCatalog = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  guard let catalog = try? ServiceCatalog(folder: root.appendingPathComponent("services").path) else { return ServiceCatalog() }
  return catalog
}()

/// What a program really wrote.
func captured(_ name: String) throws -> [UInt8] {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return Array(try Data(contentsOf: tests.appendingPathComponent("Fixtures/output/\(name).txt")))
}

@Suite struct OutputParserTests {
  private func parser(_ service: String, frames: TaskFrames = TaskFrames()) throws -> OutputParser {
    OutputParser(rules: try #require(shipped.services[service]).rules, frames: frames)
  }

  /// The progress after each line that changed it.
  private func steps(_ parser: inout OutputParser, _ bytes: [UInt8]) -> [RunProgress] {
    var steps: [RunProgress] = []
    for byte in bytes {
      parser.feed([byte])
      if steps.last != parser.progress { steps.append(parser.progress) }
    }
    parser.finish()
    return steps
  }

  @Test("all services of the project are sound")
  func sound() {
    #expect(
      shipped.names == ["blender", "events", "ffmpeg", "generic", "imagemagick", "multihost", "postcmd", "povray", "wakeonlan"])
    #expect(shipped.faults.isEmpty)
  }

  @Test("POV-Ray's animation becomes frames and percent")
  func povray() throws {
    var parser = try parser("povray")
    let steps = steps(&parser, try captured("povray-animation"))
    let percents = steps.map(\.percent).filter { $0 >= 0 }
    #expect(percents.first == 0)
    #expect(percents.last == 100)
    #expect(percents == percents.sorted())
    #expect(percents.contains(33) && percents.contains(66))
    #expect(Set(steps.map(\.frame).filter { $0 > 0 }) == [1, 2, 3])
    #expect(Set(steps.map(\.activity)).contains("Rendering"))
    #expect(parser.progress.hasWarning)
    #expect(parser.verdict == nil)
    #expect(parser.badResult == nil)
  }

  @Test("a part of POV-Ray's animation, as a task with these frames, is counted from its first")
  func povrayPart() throws {
    var parser = try parser("povray", frames: TaskFrames(first: 5, count: 2))
    let steps = steps(&parser, try captured("povray-part"))
    #expect(Set(steps.map(\.frame).filter { $0 > 0 }) == [5, 6])
    #expect(parser.progress.percent == 100)
  }

  @Test("POV-Ray's parse error is a bad result that says where")
  func povrayError() throws {
    var parser = try parser("povray")
    parser.feed(try captured("povray-parse-error"))
    parser.finish()
    #expect(parser.badResult == "File 'bad.pov' line 1: Parse Error: Expected 'numeric expression', undeclared")
    #expect(parser.verdict == nil)
  }

  @Test("the missing configuration file of POV-Ray means nothing")
  func ignored() throws {
    var parser = try parser("povray")
    parser.feed(Array("povray: cannot open the user configuration file /x: Possible Warning: y\n".utf8))
    #expect(!parser.progress.hasWarning)
  }

  @Test("ImageMagick's complaint is a bad result, whatever its exit status")
  func imagemagick() throws {
    var parser = try parser("imagemagick")
    parser.feed(try captured("imagemagick-error"))
    parser.finish()
    #expect(parser.badResult?.contains("No such file or directory") == true)
    var monitor = try self.parser("imagemagick")
    monitor.feed(try captured("imagemagick-monitor"))
    #expect(monitor.progress.activity == "save image[y.png]")
    #expect(monitor.badResult == nil)
  }

  @Test("Blender's frames and samples become percent of the task")
  func blender() throws {
    var parser = try parser("blender", frames: TaskFrames(first: 11, increment: 1, count: 2))
    let output = """
      Read blend: "/shot/scene.blend"
      Fra:11 Mem:45.31M (Peak 60.03M) | Time:00:00.31 | Mem:0.00M, Peak:0.00M | Scene, ViewLayer | Synchronizing object | Cube
      Fra:11 Mem:46.31M (Peak 60.03M) | Time:00:01.23 | Remaining:00:05.10 | Mem:2.00M, Peak:2.00M | Scene, ViewLayer | Sample 32/128
      Saved: '/shot/0011.png'
      Time: 00:03.34 (Saving: 00:00.01)
      Fra:12 Mem:46.31M (Peak 60.03M) | Time:00:01.23 | Remaining:00:01.10 | Mem:2.00M, Peak:2.00M | Scene, ViewLayer | Sample 64/128
      Saved: '/shot/0012.png'

      """
    let steps = steps(&parser, Array(output.utf8))
    #expect(
      steps.map(\.percent).filter { $0 >= 0 }.reduce(into: [Int32]()) { if $0.last != $1 { $0.append($1) } } == [
        0, 12, 50, 75, 100,
      ])
    #expect(parser.progress.frame == 12)
    #expect(parser.progress.activity == "00:01.10")
    #expect(parser.progress.report == "'/shot/0012.png'")
    #expect(parser.verdict == nil)
  }

  @Test("a scene that Blender cannot read is not tried again")
  func blenderFatal() throws {
    var parser = try parser("blender")
    parser.feed(Array("Error: Cannot read file \"/shot/none.blend\": No such file or directory\nmore\n".utf8))
    #expect(parser.verdict == .fatalError("Error: Cannot read file \"/shot/none.blend\": No such file or directory"))
  }

  @Test("ffmpeg's time over its duration is the percent")
  func ffmpeg() throws {
    var parser = try parser("ffmpeg")
    parser.feed(Array("  Duration: 00:00:20.00, start: 0.000000, bitrate: 1205 kb/s\n".utf8))
    parser.feed(Array("frame=  123 fps= 25 q=28.0 size=     256kB time=00:00:05.12 bitrate= 409.6kbits/s speed=1.02x    \r".utf8))
    #expect(parser.progress.percent == 25)
    #expect(parser.progress.activity == "fps= 25")
    parser.feed(Array("Conversion failed!\n".utf8))
    #expect(parser.badResult == "Conversion failed!")
  }

  @Test("ffmpeg counts frames when the task has some")
  func ffmpegFrames() throws {
    var parser = try parser("ffmpeg", frames: TaskFrames(first: 1, count: 48))
    parser.feed(Array("frame=   12 fps=0.0 q=0.0 size=N/A time=N/A bitrate=N/A speed=N/A\r".utf8))
    #expect(parser.progress.percent == 25)
  }

  struct Marked: Sendable {
    let line: String
    let percent: Int32
    let activity: String
    let report: String
  }

  @Test(
    "every parser knows Afanasy's marks",
    arguments: [
      Marked(line: "PROGRESS: 42%", percent: 42, activity: "", report: ""),
      Marked(line: "PROGRESS: 142%", percent: 100, activity: "", report: ""),
      Marked(line: "PROGRESS: lots", percent: -1, activity: "", report: ""),
      Marked(line: "ACTIVITY:  copying  ", percent: -1, activity: "copying", report: ""),
      Marked(line: "REPORT: 3 files", percent: -1, activity: "", report: "3 files"),
      Marked(line: "say REPORT: 3 files", percent: -1, activity: "", report: ""),
    ])
  func marks(_ example: Marked) throws {
    var parser = OutputParser(rules: [], frames: TaskFrames())
    parser.feed(Array((example.line + "\r\n").utf8))
    #expect(parser.progress.percent == example.percent)
    #expect(parser.progress.activity == example.activity)
    #expect(parser.progress.report == example.report)
  }

  @Test("lines are cut at their bound, whatever comes in one portion")
  func longLines() throws {
    let rules = [ParserRule(kind: .error, pattern: try Pattern("end$"))]
    var parser = OutputParser(rules: rules, frames: TaskFrames())
    parser.feed([UInt8](repeating: 0x61, count: 3 * LineSplitter.lineBytes) + Array("end\n".utf8))
    #expect(parser.verdict == nil)
    parser.feed(Array("the end\n".utf8))
    #expect(parser.verdict == .error("the end"))
  }

  @Test("output without an end of line counts at the end, and not behind a gap")
  func lastLine() throws {
    let rules = [ParserRule(kind: .badResult, pattern: try Pattern("^no licence"))]
    var parser = OutputParser(rules: rules, frames: TaskFrames())
    parser.feed(Array("no li".utf8))
    parser.feed(Array("cence".utf8))
    #expect(parser.badResult == nil)
    parser.finish()
    #expect(parser.badResult == "no licence")
    var cut = OutputParser(rules: rules, frames: TaskFrames())
    cut.feed(Array("no li".utf8))
    cut.skip()
    cut.feed(Array("cence\n".utf8))
    #expect(cut.badResult == nil)
  }

  @Test("1.7: the percent of the frame is told beside that of the task")
  func framePercent() throws {
    var parser = try parser("blender", frames: TaskFrames(first: 11, increment: 1, count: 100))
    #expect(parser.progress.framePercent == -1)
    parser.feed(Array("Fra:12 Mem:46.31M | Sample 32/128\n".utf8))
    let before = parser.progress
    #expect(before.percent == 1 && before.frame == 12 && before.framePercent == 25)
    parser.feed(Array("Fra:12 Mem:46.31M | Sample 64/128\n".utf8))
    #expect(parser.progress.percent == 1 && parser.progress.framePercent == 50)
    #expect(parser.progress.position != before.position, "a long frame is progress, though the task's percent stays")
    parser.feed(Array("Fra:12 Mem:46.31M | Compositing\n".utf8))
    #expect(parser.progress.framePercent == 50, "a line that says nothing of it takes nothing back")
  }

  @Test("1.5: with parser_coeff a program goes several times through each frame")
  func passes() throws {
    let rules = [
      ParserRule(kind: .frame, pattern: try Pattern("^Frame (\\d+)$")),
      ParserRule(kind: .framePercent, pattern: try Pattern("^(\\d+)%")),
      ParserRule(kind: .frameDone, pattern: try Pattern("^done")),
    ]
    var parser = OutputParser(rules: rules, frames: TaskFrames(first: 5, count: 2, passes: 2))
    var seen: [[Int32]] = []
    for line in ["Frame 5", "50%", "done", "Frame 5", "Frame 5", "50%", "done", "Frame 6", "done", "Frame 6", "done", "Frame 6"] {
      parser.feed(Array("\(line)\n".utf8))
      seen.append([parser.progress.frame, parser.progress.framePercent, parser.progress.percent])
    }
    #expect(
      seen == [
        [5, 0, 0], [5, 25, 12], [5, 50, 25], [5, 50, 25], [5, 50, 25], [5, 75, 37], [5, 100, 50], [6, 0, 50], [6, 50, 75],
        [6, 50, 75], [6, 100, 100], [6, 100, 100],
      ])
    let counted = [ParserRule(kind: .framesDone, pattern: try Pattern("^(\\d+) frames"))]
    parser = OutputParser(rules: counted, frames: TaskFrames(first: 1, count: 10, passes: 2))
    parser.feed(Array("10 frames\n".utf8))
    #expect(parser.progress.percent == 50 && parser.progress.frame == 6)
  }

  @Test("hostile numbers and bytes do no harm")
  func hostile() throws {
    for service in shipped.services.values {
      var parser = OutputParser(rules: service.rules, frames: TaskFrames(first: .max / 4, increment: 3, count: 5, passes: .max))
      parser.feed(
        Array(
          "PROGRESS: 1e400%\nPROGRESS: -nan%\nFra:99999999999999999999 Mem\nRendering frame 0 of 0\nRendered 5 of 0 pixels\n".utf8))
      parser.feed(Array("frame=99999999999999999999 x time=99:99:99.99\n  Duration: 00:00:00.00,\n time=00:00:01.0\n".utf8))
      parser.feed((0...255).map { UInt8($0) } + [0xc3, 0x28, 0xe2, 0x28, 0xa1, 0x0a])
      parser.finish()
      #expect((-1...100).contains(parser.progress.percent))
    }
  }
}
