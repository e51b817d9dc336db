import Model
import NIOCore
import NIOEmbedded
import Scheduler
import SwiftProtobuf
import Wire

@testable import Server

extension FuzzTarget {
  /// The first bytes of a connection: the more of them there are, the surer it is what it speaks.
  static let firstBytes = FuzzTarget("first-bytes", longest: 64) { bytes in
    var known: Dialect?
    for count in 0...bytes.count {
      let dialect = Dialect(bytes.prefix(count))
      if let known { demand(dialect == known, "a connection's dialect does not change") }
      known = dialect
    }
    _ = known?.regret
  }

  /// A stream of frames in portions of any length.
  static let frames = FuzzTarget("frames") { bytes in
    var input = FuzzInput(bytes)
    let cut = Int(input.byte()) + 1
    let stream = input.rest()
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(FrameDecoder<WireClientFrame>(limit: 2048)))
    var progress = FrameProgress()
    var decoded = 0
    var hasFailed = false
    for start in stride(from: 0, to: stream.count, by: cut) where !hasFailed {
      let portion = ByteBuffer(bytes: stream[start..<min(start + cut, stream.count)])
      progress.take(portion)
      do { try channel.writeInbound(portion) } catch { hasFailed = true }
      while let frame = try? channel.readInbound(as: WireClientFrame.self) {
        decoded += 1
        demand(
          (try? WireClientFrame(serializedBytes: frame.serializedBytes() as [UInt8])) == frame, "a frame is read as it was written")
      }
    }
    if !hasFailed { demand(decoded == progress.complete, "the deadline counts the frames that the decoder sees") }
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }

  /// What a client says after its hello: messages to the server's end of a connection, up to what the farm's actor is handed.
  static let clientFrames = FuzzTarget("client-frames") { bytes in
    var input = FuzzInput(bytes)
    let kinds: [WireHello.Kind] = [.command, .console, .render]
    var hello = WireHello()
    hello.protocol = ProtocolVersion.current
    hello.kind = kinds[Int(input.byte() % 3)]
    hello.user = "ann"
    hello.host = "desk"
    guard let entry = hall.admission.enter(nil) else { return demand(false, "there is room for one connection") }
    let door = Door(hall: hall, entry: entry)
    // It greets where the hello is good.
    var isGreeted = false
    defer { hall.admission.leave(entry, isGreeted: isGreeted) }
    let handler = SessionHandler(hall: hall, door: door)
    let channel = EmbeddedChannel(handler: handler)
    var first = WireClientFrame()
    first.hello = hello
    _ = try? channel.writeInbound(first)
    isGreeted = handler.session != nil
    while !input.isAtEnd {
      guard let frame = try? WireClientFrame(serializedBytes: input.part()) else { continue }
      _ = try? channel.writeInbound(frame)
      channel.embeddedEventLoop.run()
    }
    _ = try? channel.finish(acceptAlreadyClosed: true)
    channel.embeddedEventLoop.run()
    for mail in hall.mailbox.take() { check(mail) }
  }

  private static let hall = Hall.forFuzzing

  /// What is kept of a render is bounded.
  private static func check(_ mail: Mail) {
    demand(mail.weight > 0, "a mail has a weight")
    switch mail {
    case .news(_, let news):
      for run in news.runs {
        if case .progressed(_, let progress) = run {
          demand(progress.activity.utf8.count <= 1024 && progress.report.utf8.count <= 1024, "what a run says of itself is short")
        }
        if case .finished(_, _, let result) = run { demand(result.reason.utf8.count <= 4096, "why a run ended is short") }
      }
    case .register(_, let registration):
      demand(registration.version.utf8.count <= 512 && registration.os.utf8.count <= 512, "a render's version is short")
    default: break
    }
  }
}
