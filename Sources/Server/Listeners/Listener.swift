import Logging
import NIOCore
import NIOPosix
import Wire

/// The port: accepts connections and gives each its first handler.
struct Listener {
  let channel: any Channel

  /// The address in use, with the port that was picked if none was named.
  let address: ServerAddress

  /// - Parameters:
  ///   - bound: connections at once; further ones are closed at once.
  /// - Throws: what the system says (port taken, no such address).
  static func open(at address: ServerAddress, hall: Hall, bound: Int, group: any EventLoopGroup) async throws -> Listener {
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 4)
      .childChannelInitializer { channel in
        guard hall.enter(bound: bound) else {
          hall.log.warning(
            "connection from \(channel.remoteAddress.map(Hall.text) ?? "?") refused: \(bound) are open (af_server_max_connections)")
          return channel.close()
        }
        channel.closeFuture.whenComplete { _ in hall.leave() }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FirstBytes(hall: hall))
        }
      }
      .bind(host: address.host, port: address.port).get()
    let port = channel.localAddress?.port ?? address.port
    return Listener(channel: channel, address: ServerAddress(host: address.host, port: port))
  }
}
