import Files
import Glibc
import Model

/// The file that a backup goes to: whole, or not there at all. `-` is standard output.
final class BackupFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private(set) var bytes = 0

  /// - Throws: `Failure` when it cannot be made.
  init(_ path: String) throws(Failure) {
    self.path = path
    temporary = path == "-" ? "" : "\(path).\(getpid()).tmp"
    guard path != "-" else {
      guard isatty(STDOUT_FILENO) != 1 else {
        throw Failure(.usage, "a backup is not for a terminal (give a file, or redirect it)")
      }
      descriptor = STDOUT_FILENO
      return
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw Failure(.usage, "\(path) is no ordinary file") }
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Failure(.failed, "cannot write \(path): \(String(cString: strerror(errno)))") }
  }

  func write(_ portion: [UInt8]) throws(Failure) {
    var at = 0
    while at < portion.count {
      let count = portion.withUnsafeBytes { raw in raw.baseAddress.map { Glibc.write(descriptor, $0 + at, raw.count - at) } ?? 0 }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(.failed, "cannot write \(path): \(String(cString: strerror(errno)))") }
      at += count
    }
    bytes += portion.count
  }

  /// All was written: it gets its name when it is on the disk.
  func finish() throws(Failure) {
    guard path != "-" else { return }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
      throw Failure(.failed, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    AtomicFile.syncFolder(of: path)
  }

  func discard() {
    if path != "-" { unlink(temporary) }
  }
}
