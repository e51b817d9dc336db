import NIOCore

/// Follows the lengths in a stream of frames: whether the last byte so far lies inside a frame, and how many have ended. Copies
/// nothing.
struct FrameProgress {
  private var header: UInt32 = 0
  private var headerBytes = 0
  private var remaining = 0
  /// Frames that are complete.
  private(set) var complete = 0

  /// Whether a frame has begun and not ended.
  var isInside: Bool { headerBytes > 0 || remaining > 0 }

  mutating func take(_ buffer: ByteBuffer) {
    var view = buffer.readableBytesView
    while !view.isEmpty {
      if remaining > 0 {
        let step = min(remaining, view.count)
        view = view.dropFirst(step)
        remaining -= step
        if remaining == 0 { complete += 1 }
      } else if let byte = view.popFirst() {
        header = header << 8 | UInt32(byte)
        headerBytes += 1
        if headerBytes == 4 {
          remaining = Int(header)
          header = 0
          headerBytes = 0
        }
      }
    }
  }
}

/// Between TLS and the frame decoder: ends a connection whose frame does not become complete in time.
final class FrameDeadline: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  struct TooSlow: Error, CustomStringConvertible {
    let seconds: Double
    var description: String { "a frame was not complete within \(seconds) s" }
  }

  private let time: TimeAmount
  private var progress = FrameProgress()
  private var timer: Scheduled<Void>?
  private var startedWith = 0

  init(time: TimeAmount) { self.time = time }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    progress.take(unwrapInboundIn(data))
    if !progress.isInside {
      timer?.cancel()
      timer = nil
    } else if timer == nil || progress.complete != startedWith {
      timer?.cancel()
      startedWith = progress.complete
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
        context.pipeline.fireErrorCaught(TooSlow(seconds: Double(self.time.nanoseconds) / 1e9))
      }
    }
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }
}
