import Files
import Model

/// How a process ended, as the keeper saw it: kept on disk until the agent says that it may be forgotten.
struct RunRecord: Hashable, Sendable {
  enum Ending: Hashable, Sendable {
    case exited(status: Int32)
    case killed(signal: Int32)
    /// Never ran; the sentence says why.
    case failedToStart(String)
    /// Its keeper was killed, and it with it: nobody saw how. Only the output is there.
    case lost
  }

  var ending: Ending
  /// Whether a stop was asked for before the end.
  var wasStopped: Bool
  var started: Instant
  var ended: Instant
  /// Largest resident size of the process or one of its waited-for children, in KiB.
  var memoryPeakKB: Int64
  /// User and system time of the process and its waited-for children.
  var cpuMicroseconds: Int64
  /// Bytes of output in all, cut ones too.
  var outputTotal: UInt64
  var note: [UInt8]

  func write(to out: inout ByteWriter) {
    switch ending {
    case .exited(let status):
      out.put(UInt8(1))
      out.put(status)
    case .killed(let signal):
      out.put(UInt8(2))
      out.put(signal)
    case .failedToStart(let reason):
      out.put(UInt8(3))
      out.put(reason)
    case .lost:
      out.put(UInt8(4))
    }
    out.put(wasStopped)
    out.put(started.microseconds)
    out.put(ended.microseconds)
    out.put(memoryPeakKB)
    out.put(cpuMicroseconds)
    out.put(outputTotal)
    out.put(note)
  }

  init(
    ending: Ending, wasStopped: Bool = false, started: Instant, ended: Instant, memoryPeakKB: Int64 = 0,
    cpuMicroseconds: Int64 = 0, outputTotal: UInt64 = 0, note: [UInt8] = []
  ) {
    self.ending = ending
    self.wasStopped = wasStopped
    self.started = started
    self.ended = ended
    self.memoryPeakKB = memoryPeakKB
    self.cpuMicroseconds = cpuMicroseconds
    self.outputTotal = outputTotal
    self.note = note
  }

  init(from input: inout ByteReader) throws(ByteReader.Truncated) {
    switch try input.uint8() {
    case 1: ending = .exited(status: try input.int32())
    case 2: ending = .killed(signal: try input.int32())
    case 3: ending = .failedToStart(try input.string())
    case 4: ending = .lost
    default: throw ByteReader.Truncated()
    }
    wasStopped = try input.bool()
    started = Instant(microseconds: try input.int64())
    ended = Instant(microseconds: try input.int64())
    memoryPeakKB = try input.int64()
    cpuMicroseconds = try input.int64()
    outputTotal = try input.uint64()
    note = try input.bytes()
  }
}

extension RunRecord {
  private static let magic = Array("reeve-run 1\n".utf8)

  /// The record as a file. Not synced: it must outlive processes, not the machine, whose end ends the runs too.
  func save(to path: String) throws(FileError) {
    var out = ByteWriter()
    write(to: &out)
    try AtomicFile.write(Self.magic + out.bytes, to: path, mode: 0o600, isDurable: false)
  }

  /// - Returns: nil when there is no such file, or it is not whole.
  static func load(from path: String) -> RunRecord? {
    guard let bytes = try? AtomicFile.read(path, limit: KeeperProtocol.messageBytes), bytes.starts(with: magic) else { return nil }
    var input = ByteReader(bytes.dropFirst(magic.count))
    guard let record = try? RunRecord(from: &input), input.isAtEnd else { return nil }
    return record
  }
}
