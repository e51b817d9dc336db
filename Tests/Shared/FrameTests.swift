import Model
import NIOCore
import NIOEmbedded
import Testing
import Wire

@Suite("frames") struct FrameTests {
  private func hello(_ user: String) -> WireClientFrame {
    var frame = WireClientFrame()
    frame.hello.user = user
    return frame
  }

  private func channel() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder<WireClientFrame>()))
    return channel
  }

  @Test("cut at every byte they give the same messages")
  func cuts() throws {
    var bytes = try hello("first").framed()
    var second = try hello("second").framed()
    bytes.writeBuffer(&second)
    let all = Array(bytes.readableBytesView)
    for cut in 1..<all.count {
      let channel = try channel()
      try channel.writeInbound(ByteBuffer(bytes: all[..<cut]))
      try channel.writeInbound(ByteBuffer(bytes: all[cut...]))
      #expect(try channel.readInbound(as: WireClientFrame.self)?.hello.user == "first")
      #expect(try channel.readInbound(as: WireClientFrame.self)?.hello.user == "second")
      _ = try? channel.finish()
    }
  }

  @Test("a length over the bound is refused before its bytes come")
  func tooLong() throws {
    let channel = try channel()
    #expect(throws: FrameError.tooLong(0x7FFF_FFFF, limit: Limits.frameBytes)) {
      try channel.writeInbound(ByteBuffer(bytes: [0x7F, 0xFF, 0xFF, 0xFF]))
    }
  }

  @Test("an empty frame and one that is no message are refused with a reason")
  func malformed() throws {
    #expect(throws: FrameError.empty) { try channel().writeInbound(ByteBuffer(bytes: [0, 0, 0, 0])) }
    #expect(throws: FrameError.self) { try channel().writeInbound(ByteBuffer(bytes: [0, 0, 0, 3, 0xFF, 0xFF, 0xFF])) }
  }

  @Test("random bytes never do more than end the connection", arguments: 0..<200)
  func random(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> UInt8 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    let channel = try channel()
    var bytes: [UInt8] = [0, 0, 0, next() % 64 + 1]
    for _ in 0..<Int(bytes[3]) { bytes.append(next()) }
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    _ = try? channel.finish()
  }
}
