import Model
import NIOCore
import NIOPosix
import NIOSSL
import SwiftProtobuf
import Wire

@testable import Server

/// A connection that says whatever a test wants, byte for byte, with TLS or without.
struct RawConnection: Sendable {
  let channel: any Channel
  let received: Inbox<[UInt8]>
  let closed: EventLoopFuture<Void>

  static func open(to address: ServerAddress, isTLS: Bool) async throws -> RawConnection {
    let received = Inbox<[UInt8]>()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if isTLS {
            let tls = try NIOSSLClientHandler(context: try TLSContext.client(), serverHostname: nil) { _, verdict in
              verdict.succeed(.certificateVerified)
            }
            try channel.pipeline.syncOperations.addHandler(tls)
          }
          try channel.pipeline.syncOperations.addHandler(Reader(received: received))
        }
      }
      .connect(host: address.host, port: address.port).get()
    return RawConnection(channel: channel, received: received, closed: channel.closeFuture)
  }

  var bytes: [UInt8] { received.all.flatMap { $0 } }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

  func hello(_ kind: WireHello.Kind = .command) async throws {
    var frame = WireClientFrame()
    frame.hello.protocol = ProtocolVersion.current
    frame.hello.kind = kind
    frame.hello.user = "ann"
    frame.hello.host = "desk"
    try await channel.writeAndFlush(try frame.framed()).get()
    _ = try await received.first("the welcome") { $0.first }
  }

  /// The frames that came, as far as they are complete.
  func frames() throws -> [WireServerFrame] { try Self.frames(received.all) }

  static func frames(_ pieces: [[UInt8]]) throws -> [WireServerFrame] {
    var buffer = ByteBuffer(bytes: pieces.flatMap { $0 })
    var frames: [WireServerFrame] = []
    while let length = buffer.readInteger(as: UInt32.self), let bytes = buffer.readBytes(length: Int(length)) {
      frames.append(try WireServerFrame(serializedBytes: bytes))
    }
    return frames
  }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let received: Inbox<[UInt8]>
    init(received: Inbox<[UInt8]>) { self.received = received }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { received.add(Array(unwrapInboundIn(data).readableBytesView)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
