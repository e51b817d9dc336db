import Files
import Glibc
import Model

/// Writes the output of one run. Short output is written at once at the end; longer one goes to a file aside.
struct OutputWriter: Sendable {
  let file: OutputFile
  private let folder: String
  private let path: String
  private var buffer: [UInt8] = []
  private var fileBytes = 0
  private var nextOffset: UInt64 = 0
  private var cut: OutputCut?
  private var fault: FileError?

  /// Of the system job: the end of what it printed.
  private var tail: OutputTail?

  /// Bytes of one run that are taken: what agents keep, and some slack.
  private static let bound = Limits.outputKept + (64 << 10)

  /// - Parameter connection: whose portions these are. An agent that comes back over a new connection sends all anew while the old
  ///   one may not be closed yet: each writes aside under a name of its own.
  init(_ file: OutputFile, in folder: String, connection: ConnectionID = ConnectionID(0)) {
    self.file = file
    self.folder = folder
    path = "\(folder)/\(file.path)"
    aside = "\(path).\(connection).part"
    if file.key.job == .system { tail = OutputTail() }
  }

  /// The end of the output, for a journal; empty unless the run is one of the system job.
  var end: String { tail?.text ?? "" }

  private let aside: String

  /// Portions come in order; a gap means that the middle was cut. What repeats is left out.
  mutating func append(_ bytes: [UInt8], at offset: UInt64) {
    var bytes = bytes[...]
    if offset < nextOffset {
      bytes = bytes.dropFirst(Int(min(nextOffset - offset, UInt64(bytes.count))))
    } else if offset > nextOffset {
      // One cut only: an agent keeps a head and a tail.
      if cut == nil {
        let line = OutputCut.line(gap: offset - nextOffset)
        cut = OutputCut(head: fileBytes + buffer.count, mark: line.count, gap: offset - nextOffset)
        buffer += line
      }
      nextOffset = offset
    }
    bytes = bytes.prefix(max(0, Self.bound - fileBytes - buffer.count))
    buffer += bytes
    tail?.append(bytes)
    nextOffset += UInt64(bytes.count)
    if buffer.count > Limits.outputPortion { spill() }
  }

  /// What cannot be written stays in memory, bounded as the file is, and is tried again with the next portion.
  private mutating func spill() {
    do throws(FileError) {
      try AtomicFile.makeFolder("\(folder)/\(OutputFile.folder(of: file.key.job))")
      let fd = open(aside, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (fileBytes == 0 ? O_TRUNC : 0), 0o600)
      guard fd >= 0 else { throw FileError("write", aside) }
      defer { close(fd) }
      var at = 0
      while at < buffer.count {
        let count = buffer[at...].withUnsafeBytes { pwrite(fd, $0.baseAddress, $0.count, off_t(fileBytes + at)) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw FileError("write", aside) }
        at += count
      }
      fileBytes += buffer.count
      buffer.removeAll(keepingCapacity: true)
      fault = nil
    } catch {
      fault = error
    }
  }

  /// Gives the file its name.
  ///
  /// - Throws: `FileError`; when the disk is full it may be tried again.
  mutating func finish() throws(FileError) {
    guard fileBytes > 0 || !buffer.isEmpty else { return }
    if !buffer.isEmpty { spill() }
    if let fault { throw fault }
    if let cut {
      try AtomicFile.write(Array(cut.text.utf8), to: path + ".cut", mode: 0o600, isDurable: false)
    } else {
      // Starts are counted anew after a block's restart: an earlier output of this name may have been cut.
      unlink(path + ".cut")
    }
    guard rename(aside, path) == 0 else { throw FileError("replace", path) }
    forgetOld()
  }

  func abandon() { unlink(aside) }

  private func forgetOld() {
    let old = file.start - Int32(Limits.outputRuns)
    guard old > 0 else { return }
    let name = "\(folder)/\(OutputFile(key: file.key, start: old, host: file.host).path)"
    unlink(name)
    unlink(name + ".cut")
  }
}
