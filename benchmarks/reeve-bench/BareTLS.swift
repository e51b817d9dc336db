import ArgumentParser
import Glibc
import Identity
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// What NIO and BoringSSL take at least: a server that gives back what it gets, over the same TLS with the same kind of certificate.
/// Started by `connections` as a process of its own.
struct BareTLS: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bare-tls", shouldDisplay: false)

  @Argument var folder: String

  private final class Mirror: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  func run() async throws {
    let tls = try TLSContext.server(try ServerIdentity.loadOrCreate(directory: folder))
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 2))
      .serverChannelOption(.backlog, value: 4096)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: tls), Mirror()])
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    print("ready on 127.0.0.1:\(channel.localAddress?.port ?? 0),")
    fflush(nil)
    try await channel.closeFuture.get()
  }
}
