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
  private struct State {
    var listener: (any Channel)?
    var peer: (any Channel)?
    var frames: [WireClientFrame] = []
    var connections = 0
  }

  private let identity: ServerIdentity
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let state = Mutex(State())
  let port: Int

  init(scratch: ScratchFolder) throws {
    identity = try ServerIdentity.loadOrCreate(directory: scratch.folder("fake-server"))
    let listener = try Self.listen(port: 0, identity, group, state: nil)
    port = listener.localAddress?.port ?? 0
    try listener.close().wait()
    try open()
  }

  deinit { try? group.syncShutdownGracefully() }

  var address: String { "127.0.0.1:\(port)" }

  private static func listen(
    port: Int, _ identity: ServerIdentity, _ group: MultiThreadedEventLoopGroup, state: FakeServer?
  ) throws -> any Channel {
    let context = try TLSContext.server(identity)
    return try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: context), ByteToMessageHandler(FrameDecoder<WireClientFrame>()),
            FrameEncoder<WireServerFrame>(), Listening(server: state),
          ])
        }
      }
      .bind(host: "127.0.0.1", port: port).wait()
  }

  func open() throws {
    let listener = try Self.listen(port: port, identity, group, state: self)
    state.withLock { $0.listener = listener }
  }

  /// Goes away, as a machine that is switched off.
  func close() {
    let (listener, peer) = state.withLock { state in
      defer {
        state.listener = nil
        state.peer = nil
      }
      return (state.listener, state.peer)
    }
    try? listener?.close().wait()
    try? peer?.close().wait()
  }

  fileprivate func heard(_ frame: WireClientFrame, from channel: any Channel) {
    state.withLock { state in
      if case .hello = frame.content {
        state.peer = channel
        state.connections += 1
      }
      state.frames.append(frame)
    }
    if case .hello = frame.content {
      var welcome = WireServerFrame()
      welcome.welcome.protocol = ProtocolVersion.current
      welcome.welcome.serverID = "fake"
      channel.writeAndFlush(welcome, promise: nil)
    }
  }

  // MARK: - What the test says

  func send(_ content: WireServerFrame.OneOf_Content) {
    var frame = WireServerFrame()
    frame.content = content
    state.withLock { $0.peer }?.writeAndFlush(frame, promise: nil)
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

  var frames: [WireClientFrame] { state.withLock { $0.frames } }
  func forgetFrames() { state.withLock { $0.frames.removeAll() } }

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

private final class Listening: ChannelInboundHandler, Sendable {
  typealias InboundIn = WireClientFrame
  typealias OutboundOut = WireServerFrame

  private let server: FakeServer?
  init(server: FakeServer?) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    server?.heard(unwrapInboundIn(data), from: context.channel)
  }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
