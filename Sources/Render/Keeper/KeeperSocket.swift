import Files
import Glibc

/// The keeper's Unix socket. Its path may be longer than the 107 bytes that an address holds: both sides go through a descriptor of
/// the folder, `/proc/self/fd/N/keeper.sock`.
enum KeeperSocket {
  /// - Returns: a listening socket, non-blocking; only its owner may connect.
  static func listen(in folder: KeeperFolder) throws(FileError) -> Int32 {
    let path = "\(folder.path)/\(folder.socketName)"
    // Ours alone by the keeper's lock: what is there is left over.
    unlink(path)
    let socket = try make()
    let mask = umask(0o177)
    let bound = withAddress(folder) { Glibc.bind(socket, $0, $1) }
    umask(mask)
    guard bound == 0, Glibc.listen(socket, 8) == 0 else {
      let error = FileError("listen on", path)
      close(socket)
      throw error
    }
    setNonBlocking(socket)
    return socket
  }

  /// - Returns: a connected socket (blocking).
  static func connect(in folder: KeeperFolder) throws(FileError) -> Int32 {
    let socket = try make()
    guard withAddress(folder, { Glibc.connect(socket, $0, $1) }) == 0 else {
      let error = FileError("connect to", "\(folder.path)/\(folder.socketName)")
      close(socket)
      throw error
    }
    return socket
  }

  static func setNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  private static func make() throws(FileError) -> Int32 {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw FileError("open", "a socket") }
    return socket
  }

  /// Calls `body` with the socket's address; -1 with `errno` when the folder cannot be opened.
  private static func withAddress(_ folder: KeeperFolder, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return -1 }
    defer {
      let code = errno
      close(directory)
      errno = code
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // At most 14 + 11 + 1 + 11 bytes.
    let name = Array("/proc/self/fd/\(directory)/\(folder.socketName)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
