import Logging
import NIOCore
import NIOPosix
import Wire

/// The port: accepts connections and gives each its first handler.
struct Listener {
  let channel: any Channel

  /// The address in use, with the port that was picked if none was named.
  let address: ServerAddress

  /// Connections that wait to be accepted: those of a farm whose server starts anew.
  static let backlog: Int32 = 4096

  /// - Throws: what the system says (port taken, no such address).
  static func open(at address: ServerAddress, hall: Hall, group: any EventLoopGroup) async throws -> Listener {
    var bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // The sockets of connections have these from the one that listens.
      .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    for option in KeepAlive.server.options {
      bootstrap = bootstrap.serverChannelOption(option.name, value: SocketOptionValue(option.value))
    }
    let channel =
      try await bootstrap
      .serverChannelOption(.maxMessagesPerRead, value: 16)
      .childChannelOption(.maxMessagesPerRead, value: 4)
      // Most frames are short, and each connection keeps its buffer.
      .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65536))
      .childChannelInitializer { channel in
        guard let entry = hall.admission.enter(channel.remoteAddress) else {
          Door.resetAtClose(channel)
          return channel.close()
        }
        let door = Door(hall: hall, entry: entry)
        return channel.eventLoop.makeCompletedFuture {
          do { try channel.pipeline.syncOperations.addHandler(door) } catch {
            hall.admission.leave(entry, isGreeted: false)
            throw error
          }
          try channel.pipeline.syncOperations.addHandler(FirstBytes(hall: hall, door: door))
        }
      }
      .bind(host: address.host, port: address.port).get()
    let port = channel.localAddress?.port ?? address.port
    return Listener(channel: channel, address: ServerAddress(host: address.host, port: port))
  }
}
