import Glibc
import NIOCore
import Wire

/// Whether a server could listen at an address: found out before it makes anything that would stay behind.
enum ListenCheck {
  /// - Parameter anyPort: whether only the host is looked at: a server that runs already has the port.
  /// - Throws: `CannotListen`.
  static func check(_ address: ServerAddress, anyPort: Bool = false) throws(CannotListen) {
    let place: SocketAddress
    do {
      place = try SocketAddress.makeAddressResolvingHost(address.host, port: anyPort ? 0 : address.port)
    } catch {
      throw CannotListen(address: address, reason: "there is no host \"\(address.host)\"", isBusy: false)
    }
    let descriptor = socket(place.protocol == .inet6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw failure(address) }
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let code = place.withSockAddr { pointer, size in bind(descriptor, pointer, socklen_t(size)) }
    guard code == 0 else { throw failure(address) }
  }

  private static func failure(_ address: ServerAddress) -> CannotListen {
    let number = errno
    let reason = number == EADDRNOTAVAIL ? "this machine has no such address" : String(cString: strerror(number))
    return CannotListen(address: address, reason: reason, isBusy: number == EADDRINUSE)
  }
}
