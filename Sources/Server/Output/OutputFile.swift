import Model

/// The file of one run's output: `output/<job/1000>/<job>/<block>.<task>.<start>.txt`; of a multi-host task's slave, which has the
/// task's number and start too, `….<start>.host<number>.txt`.
struct OutputFile: Hashable, Sendable {
  var key: TaskKey
  /// Which start of the task, from 1.
  var start: Int32
  /// Of a multi-host task: 0 for the master, from 1 for its slaves.
  var host: Int32 = 0

  /// Relative to the folder of all outputs.
  static func folder(of job: JobID) -> String { "\(job.value / 1000)/\(job.value)" }
  var name: String { "\(key.block.value).\(key.task.value).\(start)\(host > 0 ? ".host\(host)" : "").txt" }
  var path: String { "\(Self.folder(of: key.job))/\(name)" }
}

/// Where output was cut: stands beside the file as `<name>.cut`, because the file itself is for people to read.
struct OutputCut: Hashable, Sendable {
  /// Bytes of output in front of the cut.
  var head: Int
  /// Length of the line that says so, in bytes of the file.
  var mark: Int
  /// Bytes that are missing.
  var gap: UInt64

  static func line(gap: UInt64) -> [UInt8] { Array("\n[… \(gap) bytes of output were cut out here …]\n".utf8) }

  var text: String { "\(head) \(mark) \(gap)\n" }

  init(head: Int, mark: Int, gap: UInt64) {
    self.head = head
    self.mark = mark
    self.gap = gap
  }

  init?(_ bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 3, let head = Int(words[0]), let mark = Int(words[1]), let gap = UInt64(words[2]), head >= 0, mark >= 0
    else { return nil }
    self.init(head: head, mark: mark, gap: gap)
  }

  /// Where in the file the byte of output at `offset` stands; bytes that were cut out: the line that says so.
  func filePosition(of offset: UInt64) -> UInt64 {
    if offset < UInt64(head) { return offset }
    if offset < UInt64(head) + gap { return UInt64(head) }
    return offset - gap + UInt64(mark)
  }

  /// The offset in the output of a position in the file. The line is where the gap begins.
  func offset(ofPosition position: UInt64) -> UInt64 {
    if position < UInt64(head + mark) { return min(position, UInt64(head)) }
    return position - UInt64(mark) + gap
  }
}
