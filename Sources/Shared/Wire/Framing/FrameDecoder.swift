import Model
public import NIOCore
import SwiftProtobuf

/// What is wrong with a frame: the connection that carried it ends with this reason.
public enum FrameError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooLong(UInt32, limit: Int)
  case empty
  case malformed(String)

  public var description: String {
    switch self {
    case .tooLong(let length, let limit): "a frame of \(length) bytes; at most \(limit) are taken"
    case .empty: "an empty frame"
    case .malformed(let reason): "a frame that is no message: \(reason)"
    }
  }
}

/// Bytes to messages: 4 bytes of length (big-endian), then a protobuf message. The length is checked before anything is allocated.
public struct FrameDecoder<Frame: SwiftProtobuf.Message & Sendable>: ByteToMessageDecoder, Sendable {
  public typealias InboundOut = Frame
  private let limit: Int

  public init(limit: Int = Limits.frameBytes) { self.limit = limit }

  public mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
    guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return .needMoreData }
    guard length <= UInt32(limit) else { throw FrameError.tooLong(length, limit: limit) }
    guard length > 0 else { throw FrameError.empty }
    guard buffer.readableBytes >= 4 + Int(length) else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 4)
    guard let bytes = buffer.readBytes(length: Int(length)) else { return .needMoreData }
    let frame: Frame
    do { frame = try Frame(serializedBytes: bytes) } catch { throw FrameError.malformed("\(error)") }
    context.fireChannelRead(wrapInboundOut(frame))
    return .continue
  }

  public mutating func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
    while try decode(context: context, buffer: &buffer) == .continue {}
    return .needMoreData
  }
}

extension SwiftProtobuf.Message {
  /// The message as a frame: length and bytes.
  public func framed(allocator: ByteBufferAllocator = ByteBufferAllocator()) throws -> ByteBuffer {
    let bytes: [UInt8] = try serializedBytes()
    var buffer = allocator.buffer(capacity: bytes.count + 4)
    buffer.writeInteger(UInt32(bytes.count))
    buffer.writeBytes(bytes)
    return buffer
  }
}

/// Messages to bytes, at the end of a pipeline.
public final class FrameEncoder<Frame: SwiftProtobuf.Message & Sendable>: ChannelOutboundHandler, Sendable {
  public typealias OutboundIn = Frame
  public typealias OutboundOut = ByteBuffer

  public init() {}

  public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    do {
      let buffer = try unwrapOutboundIn(data).framed(allocator: context.channel.allocator)
      context.write(wrapOutboundOut(buffer), promise: promise)
    } catch {
      promise?.fail(error)
      context.fireErrorCaught(error)
    }
  }
}
