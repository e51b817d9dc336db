import Glibc

/// A file operation that failed, in a sentence.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let operation: String
  /// errno
  public let code: Int32
  public init(_ operation: String, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }
  public var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}

/// Whole files: read with a bound, written so that a reader (or a crash) sees the old one or the new one, never half of one.
public enum AtomicFile {
  /// Writes `bytes` beside the file, syncs, and renames it over the old one; the folder is synced too.
  ///
  /// - Parameter mode: permission bits of the new file; secrets take 0o600.
  /// - Throws: `FileError`; the old file is then unharmed and the new one removed.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o644, isDurable: Bool = true)
    throws(FileError)
  {
    let bytes = Array(bytes)
    let temporary = "\(path).\(getpid()).tmp"
    let fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard fd >= 0 else { throw FileError("write", temporary) }
    do throws(FileError) {
      try writeAll(fd, bytes, temporary)
      if isDurable, fsync(fd) != 0 { throw FileError("sync", temporary) }
    } catch {
      close(fd)
      unlink(temporary)
      throw error
    }
    close(fd)
    guard rename(temporary, path) == 0 else {
      let error = FileError("replace", path)
      unlink(temporary)
      throw error
    }
    if isDurable { syncFolder(of: path) }
  }

  private static func writeAll(_ fd: Int32, _ bytes: [UInt8], _ path: String) throws(FileError) {
    var at = 0
    while at < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress! + at, $0.count - at) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw FileError("write", path) }
      at += count
    }
  }

  /// Makes renames in the folder of `path` last.
  public static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let fd = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard fd >= 0 else { return }
    fsync(fd)
    close(fd)
  }

  /// - Returns: nil when there is no such file.
  /// - Throws: `FileError` when it cannot be read or is longer than `limit` bytes (code EFBIG).
  public static func read(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8]? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    if fd < 0 {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw FileError("read", path)
    }
    defer { close(fd) }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(fd, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw FileError("read", path) }
      if count == 0 { return out }
      out.append(contentsOf: buffer[..<count])
      if out.count > limit { throw FileError("read", path, code: EFBIG) }
    }
  }

  /// The first bytes of a file, at most so many.
  ///
  /// - Returns: nil when there is no such file.
  public static func read(_ path: String, first count: Int) throws(FileError) -> [UInt8]? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    if fd < 0 {
      if errno == ENOENT { return nil }
      throw FileError("read", path)
    }
    defer { close(fd) }
    var buffer = [UInt8](repeating: 0, count: count)
    let taken = pread(fd, &buffer, count, 0)
    guard taken >= 0 else { throw FileError("read", path) }
    return Array(buffer[..<taken])
  }

  /// In bytes.
  ///
  /// - Throws: `FileError` when there is no such file.
  public static func size(of path: String) throws(FileError) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError("find", path) }
    return Int64(status.st_size)
  }

  /// Lets a file that root wrote belong to whom its folder belongs to; who is not root owns what he writes.
  public static func giveToOwner(ofFolder folder: String, _ path: String) {
    var status = stat()
    if geteuid() == 0, stat(folder, &status) == 0, status.st_uid != 0 { _ = chown(path, status.st_uid, status.st_gid) }
  }

  /// Makes a folder and those above it; new ones get `mode`.
  public static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(FileError) {
    if mkdir(path, mode) == 0 || errno == EEXIST {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw FileError("make the folder", path, code: ENOTDIR)
      }
      return
    }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw FileError("make the folder", path)
    }
    try makeFolder(String(path[..<slash]), mode: mode)
    if mkdir(path, mode) != 0, errno != EEXIST { throw FileError("make the folder", path) }
  }
}
