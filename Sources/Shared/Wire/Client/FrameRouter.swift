import Model
import NIOCore

/// The client's end of a pipeline: welcome first, then responses to their askers, and the rest to the owner. Lives on its event loop.
final class FrameRouter: ChannelInboundHandler, @unchecked Sendable {
  // Sendable because every member is touched on the channel's event loop only (`expect` is called there, the rest is NIO's).
  typealias InboundIn = WireServerFrame

  private let welcome: EventLoopPromise<WireWelcome>
  private let onFrame: @Sendable (WireServerFrame) -> Void
  private let onClose: @Sendable (String) -> Void
  private var waiting: [UInt64: EventLoopPromise<WireResponse>] = [:]
  private var isWelcome = false
  private var isOver = false
  private var reason: Failure?

  init(
    welcome: EventLoopPromise<WireWelcome>, onFrame: @escaping @Sendable (WireServerFrame) -> Void,
    onClose: @escaping @Sendable (String) -> Void
  ) {
    self.welcome = welcome
    self.onFrame = onFrame
    self.onClose = onClose
  }

  func expect(_ id: UInt64, _ promise: EventLoopPromise<WireResponse>, timeout: TimeAmount, on channel: any Channel) {
    guard !isOver else { return promise.fail(reason ?? Failure(.unreachable, "the connection to the server is closed")) }
    waiting[id] = promise
    let timer = channel.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
      self.waiting.removeValue(forKey: id)?.fail(
        Failure(.timedOut, "no answer from the server within \(timeout.nanoseconds / 1_000_000_000) s"))
    }
    promise.futureResult.whenComplete { _ in timer.cancel() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.content {
    case .welcome(let message):
      isWelcome = true
      welcome.succeed(message)
    case .refusal(let refusal):
      let failure = Failure(FailureCode(rawValue: UInt8(truncatingIfNeeded: refusal.code)) ?? .failed, refusal.message)
      reason = failure
      // Behind the welcome it answers what the owner sent: a registration.
      if isWelcome { onFrame(frame) }
      welcome.fail(failure)
      context.close(promise: nil)
    case .response(let response):
      waiting.removeValue(forKey: response.id)?.succeed(response)
    default:
      onFrame(frame)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if reason == nil { reason = (error as? Failure) ?? Failure(.unreachable, "the connection failed: \(error)") }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    isOver = true
    let failure = reason ?? Failure(.unreachable, "the server closed the connection")
    welcome.fail(failure)
    let all = waiting
    waiting.removeAll()
    for id in all.keys.sorted() { all[id]?.fail(failure) }
    if isWelcome { onClose(failure.message) }
    context.fireChannelInactive()
  }
}
