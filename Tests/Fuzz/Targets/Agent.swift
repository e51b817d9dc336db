import Model

@testable import Render

extension FuzzTarget {
  /// What agent and keeper say to each other.
  static let keeper = FuzzTarget("keeper") { bytes in
    var input = FuzzInput(bytes)
    let cut = Int(input.byte()) + 1
    let stream = input.rest()
    var buffer = MessageBuffer()
    for start in stride(from: 0, to: stream.count, by: cut) {
      buffer.append(stream[start..<min(start + cut, stream.count)])
      do { while let message = try buffer.next() { read(message) } } catch { break }
    }
    // Without lengths, so that the messages themselves are reached.
    read(stream[...])
  }

  private static func read(_ message: ArraySlice<UInt8>) {
    if let request = try? KeeperRequest.decode(message) {
      demand((try? KeeperRequest.decode(request.encoded()[4...])) == request, "a request is read as it was written")
    }
    if let report = try? KeeperReport.decode(message) {
      demand((try? KeeperReport.decode(report.encoded()[4...])) == report, "a report is read as it was written")
      if case .kept(let run) = report { use(RunNote(run.note)) }
    }
  }

  /// What an agent finds on its disk when it starts: records of runs, notes in them, their output.
  static let records = FuzzTarget("records") { bytes in
    var input = FuzzInput(bytes)
    let magic = Array("reeve-run 1\n".utf8)
    switch input.byte() % 3 {
    case 0:
      _ = RunRecord.load(from: Scratch.file("record", input.rest()))
    case 1:
      let record = RunRecord.load(from: Scratch.file("record", magic + input.rest()))
      if let record { use(RunNote(record.note)) }
    default:
      let (total, offset, limit) = (input.anyNumber(), input.anyNumber(), Int(UInt32(truncatingIfNeeded: input.anyNumber())))
      let head = Scratch.file("head", input.part())
      let files = OutputFiles(
        head: head, tail: Scratch.file("tail", input.part()), kept: 64, total: UInt64(bitPattern: total))
      let (start, data) = files.read(from: UInt64(bitPattern: offset), limit: limit)
      demand(data.count <= 64 && (data.isEmpty || start >= UInt64(bitPattern: offset)), "a portion is of what was asked for")
      use(RunNote(input.rest()))
    }
  }

  private static func use(_ note: RunNote?) {
    guard let note else { return }
    demand(RunNote(note.encoded()) == note, "a note is read as it was written")
    var parser = OutputParser(rules: rules, frames: note.frames)
    parser.feed(Array("frame 7\n50%\nframe -9000000000000000000\nof 3\n7 of 12\nend\n".utf8))
    parser.finish()
    guard let files = note.files, files.patterns.count < 8, files.patterns.allSatisfy({ $0.utf8.count < 64 }) else { return }
    for name in files.names().prefix(16) { _ = name.utf8.count }
  }

  private static let rules: [ParserRule] = [
    (ParserRule.Kind.frame, "frame (-?[0-9]+)"), (.framePercent, "([0-9]+)%"), (.frameOrdinal, "([0-9]+) of ([0-9]+)"),
    (.framesDone, "of ([0-9]+)"), (.frameDone, "end"),
  ].compactMap { kind, text in (try? Pattern(text)).map { ParserRule(kind: kind, pattern: $0) } }
}
