import Dispatch
import Files
import Glibc
import Logging
import Model
import Synchronization

/// The output of tasks, in files beside the store. It never passes through the scheduler; all work on files is done on a queue of
/// its own.
///
/// A file appears whole or not at all (written aside, then renamed), before the farm hears that its run is over. It is not synced:
/// after a loss of power the last outputs may be missing, the states of their tasks are not.
final class OutputFiles: Sendable {
  private struct RunID: Hashable {
    let lease: Lease
    let connection: ConnectionID
  }

  let folder: String
  private let log: Logger
  private let queue = DispatchQueue(label: "reeve.output")
  private let writers = Mutex<[RunID: OutputWriter]>([:])
  /// Outputs that wait for room on the disk.
  private let waiting = Mutex(0)
  private static let mostWaiting = 64
  private let retryMilliseconds: Int
  private let isFull: @Sendable (Bool) -> Void

  /// Makes the folder if need be.
  ///
  /// - Parameters:
  ///   - retryMilliseconds: between two tries while the disk is full.
  ///   - isFull: told when outputs begin to wait for room, and when none waits any more.
  /// - Throws: `FileError`.
  init(folder: String, log: Logger, retryMilliseconds: Int = 2000, isFull: @escaping @Sendable (Bool) -> Void = { _ in }) throws {
    self.isFull = isFull
    self.folder = folder
    self.retryMilliseconds = retryMilliseconds
    self.log = log
    try AtomicFile.makeFolder(folder)
  }

  // MARK: Writing

  /// Takes a portion of a run's final output. `done` is called when it is in the system's hands.
  func append(
    _ lease: Lease, of connection: ConnectionID, _ file: OutputFile, offset: UInt64, _ bytes: [UInt8],
    done: @escaping @Sendable () -> Void
  ) {
    queue.async {
      let id = RunID(lease: lease, connection: connection)
      self.writers.withLock { writers in
        writers[id, default: OutputWriter(file, in: self.folder, connection: connection)].append(bytes, at: offset)
      }
      done()
    }
  }

  /// The run has no more output: its file takes its place. Calls `done` afterwards, with the end of the output if the run is one of
  /// the system job. While the disk is full it is tried again, and
  /// the farm does not hear of the end meanwhile, for so many runs at once; what fails for another reason is lost and said.
  func finish(_ lease: Lease, of connection: ConnectionID, done: @escaping @Sendable (_ end: String) -> Void) {
    queue.async {
      let writer = self.writers.withLock { $0.removeValue(forKey: RunID(lease: lease, connection: connection)) }
      if let writer { self.finish(writer, done) } else { done("") }
    }
  }

  /// - Parameter isWaiting: it has been tried before, and stands among those that wait for room.
  private func finish(_ writer: OutputWriter, isWaiting: Bool = false, _ done: @escaping @Sendable (_ end: String) -> Void) {
    var writer = writer
    var fault: FileError?
    do throws(FileError) { try writer.finish() } catch { fault = error }
    let hasNoRoom = fault.map { $0.code == ENOSPC || $0.code == EDQUOT } ?? false
    let (waits, before, after) = waiting.withLock { count in
      let before = count
      let waits = hasNoRoom && (isWaiting || count < Self.mostWaiting)
      count += (waits ? 1 : 0) - (isWaiting ? 1 : 0)
      return (waits, before, count)
    }
    if (before == 0) != (after == 0) { isFull(after > 0) }
    if waits {
      let later = writer
      return queue.asyncAfter(deadline: .now() + .milliseconds(retryMilliseconds)) { self.finish(later, isWaiting: true, done) }
    }
    if let fault {
      writer.abandon()
      log.warning("the output of task \(writer.file.key) is lost: \(fault)")
    }
    done(writer.end)
  }

  /// The connection ended in the middle: the agent will send all of it again.
  func abandon(_ lease: Lease, of connection: ConnectionID) {
    queue.async {
      let writer = self.writers.withLock { $0.removeValue(forKey: RunID(lease: lease, connection: connection)) }
      writer?.abandon()
    }
  }

  // MARK: Reading

  struct Portion: Sendable {
    /// In the whole output.
    var offset: UInt64
    var bytes: [UInt8]
    /// Where the next portion begins; nil: this was the last.
    var next: UInt64?
    /// The bytes are no output but the line in the file that says what was cut out.
    var isMark = false
  }

  /// Reads a portion of at most `Limits.outputPortion` bytes; nil when there is no such file.
  func read(_ file: OutputFile, from offset: UInt64, done: @escaping @Sendable (Portion?) -> Void) {
    queue.async { done(self.portion(of: file, from: offset)) }
  }

  private func portion(of file: OutputFile, from offset: UInt64) -> Portion? {
    let path = "\(folder)/\(file.path)"
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    defer { close(fd) }
    let cut = (try? AtomicFile.read(path + ".cut", limit: 256)).flatMap { $0 }.flatMap { OutputCut($0) }
    let position = cut?.filePosition(of: offset) ?? offset
    var count = Limits.outputPortion
    // A portion never reaches over the cut: the next one has its own offset.
    if let cut {
      if position < UInt64(cut.head) {
        count = min(count, cut.head - Int(position))
      } else if position < UInt64(cut.head + cut.mark) {
        count = min(count, cut.head + cut.mark - Int(position))
      }
    }
    var buffer = [UInt8](repeating: 0, count: count)
    let got = pread(fd, &buffer, count, off_t(min(position, UInt64(Int64.max))))
    guard got > 0 else { return Portion(offset: offset, bytes: [], next: nil) }
    buffer.removeLast(count - got)
    let end = position + UInt64(got)
    let isMark = cut.map { position >= UInt64($0.head) && position < UInt64($0.head + $0.mark) } ?? false
    let isLast = end >= UInt64(max(0, lseek(fd, 0, SEEK_END)))
    return Portion(
      offset: cut?.offset(ofPosition: position) ?? position, bytes: buffer,
      next: isLast ? nil : cut?.nextOffset(afterPosition: end) ?? end, isMark: isMark)
  }

  // MARK: Removing

  /// Deletes all outputs of a job, by and by.
  func remove(_ job: JobID) {
    queue.async { self.removeFolder("\(self.folder)/\(OutputFile.folder(of: job))") }
  }

  /// Deletes outputs of jobs that are not there any more, as a crash may have left them, and files that were never finished.
  func sweep(keeping isKept: @escaping @Sendable (JobID) -> Bool) {
    queue.async {
      for thousand in Self.entries(self.folder) {
        for entry in Self.entries("\(self.folder)/\(thousand)") {
          guard let number = UInt32(entry) else { continue }
          let path = "\(self.folder)/\(thousand)/\(entry)"
          if !isKept(JobID(number)) {
            self.removeFolder(path)
          } else {
            // What an earlier server had half written: its agent sends it again, whole.
            for name in Self.entries(path) where name.hasSuffix(".part") { unlink("\(path)/\(name)") }
          }
        }
      }
    }
  }

  /// Calls back when all that was asked before is done.
  func drain(_ done: @escaping @Sendable () -> Void) { queue.async(execute: done) }

  private func removeFolder(_ path: String) {
    for entry in Self.entries(path) { unlink("\(path)/\(entry)") }
    if rmdir(path) != 0, errno != ENOENT { log.warning("\(FileError("remove", path))") }
  }

  private static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

extension OutputCut {
  /// Behind the head comes the line, behind the line the tail.
  func nextOffset(afterPosition position: UInt64) -> UInt64 {
    if position < UInt64(head) { return position }
    if position < UInt64(head + mark) { return UInt64(head) }
    return position - UInt64(mark) + gap
  }
}
