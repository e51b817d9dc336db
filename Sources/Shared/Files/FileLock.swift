import Glibc

/// Keeps a second process out of a folder: a locked file that holds the owner's pid. The kernel frees it however the owner ends.
public final class FileLock: Sendable {
  private let descriptor: Int32

  public struct Taken: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// Of the owner; 0 when it could not be read.
    public let pid: Int32
    public var description: String { "\(path) is held by process \(pid)" }
  }

  /// - Throws: `Taken` when somebody else holds it, `FileError` when it cannot be made.
  public init(_ path: String) throws {
    let fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw FileError("open", path) }
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(fd) }
      guard code == EWOULDBLOCK else { throw FileError("lock", path, code: code) }
      var buffer = [UInt8](repeating: 0, count: 32)
      let count = max(0, pread(fd, &buffer, buffer.count, 0))
      let text = String(decoding: buffer[..<count].prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
      throw Taken(path: path, pid: Int32(text) ?? 0)
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(fd, 0) == 0, pwrite(fd, text, text.count, 0) == text.count else {
      let error = FileError("write", path)
      close(fd)
      throw error
    }
    descriptor = fd
  }

  deinit { close(descriptor) }
}
