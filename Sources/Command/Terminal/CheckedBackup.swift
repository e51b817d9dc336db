import Glibc
import Model
import Wire

/// A backup's file that was read to its end and found whole, and is open still.
final class CheckedBackup {
  let file: String
  let header: WireArchiveHeader
  let end: WireArchiveEnd
  /// In bytes.
  let size: Int
  private let descriptor: Int32

  /// Of one portion of an upload, in bytes.
  private static let portionBytes = 1 << 20

  /// - Throws: `Failure` that says what is wrong with the file, and where.
  init(_ file: String) throws(Failure) {
    self.file = file
    descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(errno == ENOENT ? .notFound : .failed, "cannot read \(file): \(String(cString: strerror(errno)))")
    }
    do {
      var reader = ArchiveReader()
      var check = BackupCheck()
      var size = 0
      try Self.read(descriptor, file) { portion in
        size += portion.count
        reader.append(portion)
        while let record = try reader.next() { try check.take(record) }
      }
      try reader.finish()
      try check.finish(at: reader.offset)
      self.size = size
      header = check.header ?? WireArchiveHeader()
      end = check.end ?? WireArchiveEnd()
    } catch {
      close(descriptor)
      if let failure = error as? Failure { throw failure }
      throw Failure(.failed, "\(file) is no whole backup: \(error)")
    }
  }

  deinit { close(descriptor) }

  /// The file from its beginning.
  func forEachPortion(_ body: ([UInt8]) async throws -> Void) async throws {
    lseek(descriptor, 0, SEEK_SET)
    var left = size
    var buffer = [UInt8](repeating: 0, count: Self.portionBytes)
    while left > 0 {
      let count = Glibc.read(descriptor, &buffer, min(left, buffer.count))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(.failed, "\(file) changed while it was read") }
      left -= count
      try await body(Array(buffer[..<count]))
    }
  }

  private static func read(_ descriptor: Int32, _ file: String, _ body: ([UInt8]) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: portionBytes)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.failed, "cannot read \(file): \(String(cString: strerror(errno)))") }
      if count == 0 { return }
      try body(Array(buffer[..<count]))
    }
  }
}
