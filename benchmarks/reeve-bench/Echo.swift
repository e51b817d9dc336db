import NIOCore
import NIOPosix
import Synchronization

/// What loopback and NIO give at best: 64-byte requests answered by a bare echo, over plain TCP, one outstanding on each connection.
enum Echo {
  private final class Server: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
  }

  private final class Client: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    let count: Atomic<Int> = Atomic(0)
    func channelActive(context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 7, count: 64)), promise: nil)
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      count.wrappingAdd(1, ordering: .relaxed)
      context.writeAndFlush(data, promise: nil)
    }
  }

  /// Requests per second over `connections`, for `seconds`.
  static func rate(connections: Int, seconds: Int64) async throws -> Double {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let server = try await ServerBootstrap(group: group)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Server()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let client = Client()
    var channels: [any Channel] = []
    let start = now()
    for _ in 0..<connections {
      channels.append(
        try await ClientBootstrap(group: group)
          .channelOption(.tcpOption(.tcp_nodelay), value: 1)
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(client) }
          }
          .connect(to: server.localAddress!).get())
    }
    try await Task.sleep(for: .seconds(seconds))
    let rate = Double(client.count.load(ordering: .relaxed)) / (now() - start)
    for channel in channels { try? await channel.close() }
    try await server.close()
    try await group.shutdownGracefully()
    return rate
  }
}
