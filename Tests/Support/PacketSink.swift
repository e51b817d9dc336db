import Foundation

/// Keeps the datagrams that come to a port of loopback: what stands for a sleeping machine's network card.
public final class PacketSink {
  private let socket: Int32
  public let port: Int
  /// In the order in which they came.
  public private(set) var packets: [[UInt8]] = []

  public init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, length) = (socket, size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard socket >= 0, code == 0 else { throw NotObserved("no socket for datagrams") }
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(socket) }

  /// Takes what has come so far.
  public func take() -> [[UInt8]] {
    var buffer = [UInt8](repeating: 0, count: 2048)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return packets }
      packets.append(Array(buffer[..<count]))
    }
  }
}
