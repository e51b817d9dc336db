import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Wire

/// A server of a few lines: real TLS and frames, and no opinion. It welcomes everybody, remembers what they say, and says what the
/// test tells it to.
final class FakeServer: Sendable {
  private let identity: ServerIdentity
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listener: Mutex<(any Channel)?>
  private let ear: Ear
  let port: Int

  init(scratch: ScratchFolder) throws {
    identity = try ServerIdentity.loadOrCreate(directory: scratch.folder("fake-server"))
    ear = Ear()
    let channel = try Self.listen(port: 0, identity, group, ear)
    listener = Mutex(channel)
    port = channel.localAddress?.port ?? 0
  }

  deinit { try? group.syncShutdownGracefully() }

  var address: String { "127.0.0.1:\(port)" }

  private static func listen(
    port: Int, _ identity: ServerIdentity, _ group: MultiThreadedEventLoopGroup, _ ear: Ear
  ) throws -> any Channel {
    let context = try TLSContext.server(identity)
    return try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: context), ByteToMessageHandler(FrameDecoder<WireClientFrame>()),
            FrameEncoder<WireServerFrame>(), Listening(ear: ear),
          ])
        }
      }
      .bind(host: "127.0.0.1", port: port).wait()
  }

  /// Comes back on the same port; some client elsewhere may have it for a moment.
  func open() throws {
    let channel = try observe("a free port \(port)") { try? Self.listen(port: port, identity, group, ear) }
    listener.withLock { $0 = channel }
  }

  /// Goes away, as a machine that is switched off.
  func close() {
    try? listener.withLock { $0 }?.close().wait()
    try? ear.peer?.close().wait()
  }

  // MARK: - What the test says

  func send(_ content: WireServerFrame.OneOf_Content) {
    var frame = WireServerFrame()
    frame.content = content
    ear.peer?.writeAndFlush(frame, promise: nil)
  }

  func accept(keep: [UInt64] = []) {
    var accepted = WireRenderAccepted()
    accepted.render = 1
    accepted.heartbeatSeconds = 1
    accepted.resourcesSeconds = 1
    accepted.zombieSeconds = 16
    accepted.keep = keep
    send(.accepted(accepted))
  }

  func events(_ change: (inout WireRenderEvents) -> Void) {
    var events = WireRenderEvents()
    change(&events)
    send(.events(events))
  }

  // MARK: - What it heard

  var frames: [WireClientFrame] { ear.frames }
  func forgetFrames() { ear.forget() }

  func wait<Value>(_ what: String, _ look: (WireClientFrame) -> Value?) throws -> Value {
    try observe(what, seen: { "\(self.frames.map { "\($0)" }.suffix(20).joined(separator: "\n"))" }) {
      for frame in frames { if let value = look(frame) { return value } }
      return nil
    }
  }

  func registration() throws -> WireRenderRegister {
    try wait("a registration") { if case .register(let register) = $0.content { register } else { nil } }
  }

  func finished(_ lease: UInt64) throws -> WireRunFinished {
    try wait("the result of run \(lease)") { frame in
      for run in frame.update.runs where run.lease == lease {
        if case .finished(let finished) = run.content { return finished }
      }
      return nil
    }
  }

  func started(_ lease: UInt64) throws -> Int32 {
    try wait("the start of run \(lease)") { frame in
      for run in frame.update.runs where run.lease == lease {
        if case .started(let started) = run.content { return started.pid }
      }
      return nil
    }
  }

  func text(_ lease: UInt64, live: Bool = false) -> String {
    frames.compactMap { frame -> String? in
      guard case .output(let output) = frame.content, output.lease == lease, output.live == live else { return nil }
      return String(decoding: output.data, as: UTF8.self)
    }.joined()
  }
}

/// What was heard, and from whom last.
private final class Ear: Sendable {
  private let state = Mutex((peer: (any Channel)?.none, frames: [WireClientFrame]()))

  var peer: (any Channel)? { state.withLock { $0.peer } }
  var frames: [WireClientFrame] { state.withLock { $0.frames } }
  func forget() { state.withLock { $0.frames.removeAll() } }

  func hear(_ frame: WireClientFrame, from channel: any Channel) {
    state.withLock { state in
      if case .hello = frame.content { state.peer = channel }
      state.frames.append(frame)
    }
    guard case .hello = frame.content else { return }
    var welcome = WireServerFrame()
    welcome.welcome.protocol = ProtocolVersion.current
    welcome.welcome.serverID = "fake"
    channel.writeAndFlush(welcome, promise: nil)
  }
}

private final class Listening: ChannelInboundHandler, Sendable {
  typealias InboundIn = WireClientFrame
  typealias OutboundOut = WireServerFrame

  private let ear: Ear
  init(ear: Ear) { self.ear = ear }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { ear.hear(unwrapInboundIn(data), from: context.channel) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
