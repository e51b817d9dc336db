import Glibc
import NIOCore

/// The end of a connection's pipeline that is nearest to the socket. It sees to it that the peer closes first, so that TIME-WAIT
/// gathers there and never on the server's port: whoever closes a connection only asks for its end, and the door waits for the peer's.
/// A peer that does not close in time, or that is shown out, gets a reset, which leaves nothing behind.
final class Door: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  /// Asks the pipeline to end from outside of its event loop: the server stops.
  struct Farewell: Sendable {}

  private let hall: Hall
  private let entry: Admission.Entry
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?
  private var isClosing = false
  private var isGreeted = false

  init(hall: Hall, entry: Admission.Entry) {
    self.hall = hall
    self.entry = entry
  }

  /// The peer has said who it is.
  func greet() {
    guard !isGreeted else { return }
    isGreeted = true
    hall.admission.greet()
  }

  /// The last was said: from now on the peer may close. It is not read any further than needed to see that.
  func expectEnd() {
    guard timer == nil, let context else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: hall.limits.farewellTime) { [self] in shut() }
  }

  /// Ends the connection at once, by a reset. What was written and has not left is lost.
  func shut() {
    guard let context else { return }
    Self.resetAtClose(context.channel)
    context.close(promise: nil)
  }

  /// The system forgets a socket that is closed after this. On the channel's event loop only.
  static func resetAtClose(_ channel: any Channel) {
    _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    hall.arrived(context.channel)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    timer?.cancel()
    timer = nil
    hall.left(context.channel)
    hall.admission.leave(entry, isGreeted: isGreeted)
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, context.channel.isActive else { return context.close(mode: mode, promise: promise) }
    if let promise { context.channel.closeFuture.cascade(to: promise) }
    expectEnd()
    guard !isClosing else { return }
    isClosing = true
    // Whatever holds reading back further up, the peer's close must be seen.
    context.read()
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    if event is Farewell { expectEnd() }
    context.triggerUserOutboundEvent(event, promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isClosing { context.fireChannelRead(data) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isClosing { context.read() } else { context.fireChannelReadComplete() }
  }
}
