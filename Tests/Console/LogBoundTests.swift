import Testing

@testable import Console

@Suite("The output of a task: its bounds") struct LogBoundTests {
  @Test("output that is no text is cut into lines and bounded like any other", arguments: [UInt8(0x80), 0xBF, 0xFF, 0x41])
  func bytes(_ byte: UInt8) {
    var buffer = LogBuffer()
    let portion = [UInt8](repeating: byte, count: 1 << 20)
    for number in 0..<12 { buffer.append(portion, at: UInt64(number << 20)) }
    #expect(buffer.all.count <= LogBuffer.capacity && buffer.dropped > 0)
    #expect((0..<buffer.count).allSatisfy { buffer.line($0).count <= LogBuffer.longestLine + 4 })
  }

  @Test("a character is not cut in two where a line is")
  func characters() {
    var buffer = LogBuffer()
    buffer.append(Array(("x" + String(repeating: "\u{1F600}", count: 3000)).utf8), at: 0)
    #expect((0..<buffer.count).allSatisfy { !buffer.text($0).contains("\u{FFFD}") })
  }
}
