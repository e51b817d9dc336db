import Glibc
import Synchronization

/// A connection of which one end is the system's alone: it answers nothing, and closes when it is told to.
public final class PlainSocket: Sendable {
  private let descriptor: Int32
  private let isClosed = Atomic(false)

  fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

  public init(port: Int) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.descriptor = descriptor
    let code = withLoopback(port) { connect(descriptor, $0, $1) }
    // It may be over before this end was told that it is there.
    guard code == 0 || errno == ECONNRESET else { throw NotObserved("connect: \(errno)") }
  }

  public func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  /// The other end has ended it, in whatever way; what came before that is read away.
  public var isOver: Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 { continue }
      return count == 0 || errno != EAGAIN
    }
  }

  public func close() {
    if !isClosed.exchange(true, ordering: .relaxed) { Glibc.close(descriptor) }
  }

  deinit { close() }
}

/// A port that accepts when it is told to.
public final class PlainListener: Sendable {
  private let descriptor: Int32
  public let port: Int

  public init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.descriptor = descriptor
    let code = withLoopback(0) { bind(descriptor, $0, $1) }
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    port = Int(in_port_t(bigEndian: address.sin_port))
    guard code == 0, named == 0, listen(descriptor, 16) == 0 else { throw NotObserved("listen: \(errno)") }
  }

  public func accept() throws -> PlainSocket {
    let accepted = Glibc.accept(descriptor, nil, nil)
    guard accepted >= 0 else { throw NotObserved("accept: \(errno)") }
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    return PlainSocket(descriptor: accepted)
  }

  deinit { close(descriptor) }
}

private func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}
