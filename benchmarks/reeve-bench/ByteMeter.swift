import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server and counts what goes through.
final class ByteMeter: Sendable {
  private final class Count: Sendable {
    let bytes = Atomic<Int>(0)
  }

  private let count: Count
  private let channel: any Channel

  /// Bytes both ways.
  var bytes: Int { count.bytes.load(ordering: .relaxed) }
  var port: Int { channel.localAddress?.port ?? 0 }

  private final class Counter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel
    private let count: Count

    init(to other: any Channel, _ count: Count) {
      self.other = other
      self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      count.bytes.wrappingAdd(buffer.readableBytes, ordering: .relaxed)
      other.writeAndFlush(buffer, promise: nil)
    }
    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
  }

  init(to address: SocketAddress, group: any EventLoopGroup) async throws {
    let count = Count()
    self.count = count
    channel = try await ServerBootstrap(group: group)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { near in
        // Both ends on one event loop.
        ClientBootstrap(group: near.eventLoop)
          .channelOption(.tcpOption(.tcp_nodelay), value: 1)
          .channelInitializer { far in
            far.eventLoop.makeCompletedFuture {
              try far.pipeline.syncOperations.addHandler(Counter(to: near, count))
            }
          }
          .connect(to: address)
          .flatMapThrowing { far in
            try near.pipeline.syncOperations.addHandler(Counter(to: far, count))
          }
          .flatMap { near.setOption(.autoRead, value: true) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func close() async { try? await channel.close().get() }
}
