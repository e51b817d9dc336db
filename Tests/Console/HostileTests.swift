import Model
import Testing

@testable import Console

/// Whatever is in output and names, a terminal gets text.
@Suite("Output and names that would command the terminal")
struct HostileTests {
  /// Every control of C0 and C1, as bytes and as scalars; what moves the cursor, sets the title, writes the clipboard, asks for an
  /// answer; and all that turns the direction of writing.
  static let hostile: [String] = {
    var all = (0..<0x20).map { "c0 \(String(Character(Unicode.Scalar(UInt8($0))))) end" }
    all += (0x7F..<0xA0).compactMap { Unicode.Scalar(UInt32($0)) }.map { "c1 \(String(Character($0))) end" }
    let sequences = [
      "[2J", "[H", "[31m", "[?1049l", "[6n", "[c", "]0;title\u{7}", "]52;c;cm0gLXJmIC8=\u{7}", "]52;c;?\u{1B}\\",
      "]8;;http://x\u{1B}\\",
      "]9;notice\u{7}", "P+q544e\u{1B}\\", "_G\u{1B}\\", "^pm\u{1B}\\", "c", "7", "8", "#8", "(0", "[?2004h", "[200~",
      "]4;1;?\u{7}",
    ]
    all += sequences.map { "esc \u{1B}\($0) end" }
    all += sequences.filter { $0.first == "[" || $0.first == "]" }.map { sequence in
      "csi \(sequence.first == "[" ? "\u{9B}" : "\u{9D}")\(sequence.dropFirst()) end"
    }
    let turning: [UInt32] = [0x061C, 0x200E, 0x200F] + Array(0x2028...0x202E) + Array(0x2066...0x2069)
    all += turning.compactMap(Unicode.Scalar.init).map { "turn \(String(Character($0))) end" }
    all += sequences.map { "https://farm.example/a\u{1B}\($0) end" } + ["http://x/\u{9C}\u{7}y", "http://x/\u{202E}gpj"]
    all += ["zero\u{200B}width\u{FEFF}", "tags \u{E0041}\u{E007F}", "tower e" + String(repeating: "\u{301}", count: 200)]
    return all
  }()

  private func expectHarmless(_ grid: Grid, _ what: Comment) {
    for cell in grid.cells {
      for scalar in [cell.scalar, cell.combining] where scalar != 0 {
        let isControl = scalar < 0x20 || (0x7F..<0xA0).contains(scalar)
        let turns =
          [0x061C, 0x200E, 0x200F].contains(scalar) || (0x2028...0x202E).contains(scalar) || (0x2066...0x2069).contains(scalar)
        let isHidden = (0x200B...0x200D).contains(scalar) || scalar == 0xFEFF || (0xE0000...0xE0FFF).contains(scalar)
        if isControl || turns || isHidden { Issue.record("U+\(String(scalar, radix: 16)) in a cell: \(what)") }
      }
    }
    for link in grid.hyperlinks where !link.target.unicodeScalars.allSatisfy({ (0x21..<0x7F).contains($0.value) }) {
      Issue.record("an address that is none, \(link.target): \(what)")
    }
  }

  @Test("as output of a task, whole and wrapped, searched and filtered", arguments: [false, true])
  func output(_ wraps: Bool) throws {
    let size = Size(rows: 24, columns: 80)
    for start in stride(from: 0, to: Self.hostile.count, by: 20) {
      var console = Fixture(size)
      console.connect()
      console.showJobs(Sample.jobs)
      console.type("Enter")
      console.showJob(Sample.jobs[0], blocks: [Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)], letters: "DDDD")
      console.type("Enter")
      let lines = Self.hostile[start..<min(start + 20, Self.hostile.count)]
      // As bytes too: a lone byte of C1 is no UTF-8.
      var bytes = Array(lines.joined(separator: "\n").utf8) + [0x0A]
      bytes += [0x41, 0x9B, 0x32, 0x4A, 0x0A, 0x9D, 0x35, 0x32, 0x07, 0x0A, 0xFF, 0xFE, 0xC0, 0x80, 0x0A]
      console.happens(
        .log(
          LogPortion(
            subscription: console.number(.log), offset: 0, data: bytes, isEnd: true, task: Sample.task(JobID(2), BlockIndex(0), 0)))
      )
      if wraps { console.type("w") }
      expectHarmless(draw(console.model, size, .dark), "lines \(start) on")
      console.type("g", "/")
      console.enter("end")
      console.type("Enter")
      expectHarmless(draw(console.model, size, .dark), "lines \(start) on, searched")
      console.type("f")
      console.enter("end")
      console.type("Enter")
      expectHarmless(draw(console.model, size, .dark), "lines \(start) on, filtered")
    }
  }

  @Test("as names of jobs, users, blocks, tasks and renders, in lists, panels, menus, questions and messages")
  func names() throws {
    let size = Size(rows: 40, columns: 120)
    for text in Self.hostile {
      var console = Fixture(size)
      console.connect()
      var job = Sample.jobs[0]
      job.name = text
      job.user = text
      job.annotation = text
      console.showJobs([job])
      expectHarmless(draw(console.model, size, .dark), "list: \(text.unicodeScalars.map { String($0.value, radix: 16) })")
      for key in ["i", "a", "D", "y"] {
        console.type(key)
        expectHarmless(
          draw(console.model, size, .dark), "panel of \(key): \(text.unicodeScalars.map { String($0.value, radix: 16) })")
        console.type("Esc")
      }
      console.happens(.copied(.success(text)))
      expectHarmless(draw(console.model, size, .dark), "a message")
      console.happens(.link(.lost(reason: text, nextTry: console.now)))
      expectHarmless(draw(console.model, size, .dark), "why the server is gone")
      console.type("Enter")
      var block = Sample.block(2, 0, "render", counts: Sample.jobs[0].counts)
      block.name = text
      block.service = text
      console.showJob(job, blocks: [block], letters: "DDDD")
      expectHarmless(draw(console.model, size, .dark), "a block")

      var farm = Fixture(size, screen: .farm)
      farm.connect()
      var render = Sample.renders[0]
      render.name = text
      render.user = text
      render.os = text
      farm.showRenders([render])
      expectHarmless(draw(farm.model, size, .dark), "a render")
      farm.type("i")
      expectHarmless(draw(farm.model, size, .dark), "all about a render")
    }
  }
}
