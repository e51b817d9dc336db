import Glibc
import Model
import NIOCore
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("what comes to the port") struct ListenerTests {
  @Test(
    "the first bytes tell the dialect",
    arguments: [
      ("\u{16}\u{03}\u{01}", Dialect.tls), ("AFANASY 12 JSON", .afanasy), ("GET / HTTP/1.1", .http), ("POST /x", .http),
      ("OPTIONS *", .http), ("SSH-2.0", .unknown), ("AFANASx", .unknown), ("\u{0}", .unknown),
    ])
  func dialects(text: String, dialect: Dialect) { #expect(Dialect(Array(text.utf8)) == dialect) }

  @Test("a beginning that fits several dialects waits for more", arguments: ["A", "AFANASY", "G", "POS", "OPTIONS", "P"])
  func open(text: String) { #expect(Dialect(Array(text.utf8)) == nil) }

  @Test("Afanasy's protocol and HTTP are told that they are not served, and may close")
  func regrets() async throws {
    var limits = SessionLimits.patient
    limits.farewellTime = .minutes(10)
    let house = try await House.open(limits: limits)
    let afanasy = try await RawConnection.open(to: house.server.address, isTLS: false)
    // Byte by byte: the answer waits for the word.
    for byte in Array("AFANASY 2 JSON{}".utf8) { try? await afanasy.send([byte]) }
    try await eventually("the answer") { afanasy.text.hasSuffix("}") }
    let body = try #require(afanasy.text.split(separator: "{", maxSplits: 1).last)
    #expect(afanasy.text.hasPrefix("AFANASY \(body.utf8.count + 1) JSON{\"error\":"))
    try? await afanasy.channel.close().get()
    let http = try await RawConnection.open(to: house.server.address, isTLS: false)
    try await http.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    try await eventually("the answer") { http.text.hasSuffix("\n") }
    #expect(http.text.hasPrefix("HTTP/1.1 501 Not Implemented\r\n"))
    try? await http.channel.close().get()
    await house.close()
  }

  @Test("anything else is closed without a word, and stands in the log")
  func unknown() async throws {
    let house = try await House.open()
    let raw = try await RawConnection.open(to: house.server.address, isTLS: false)
    try await raw.send([0xFF, 0, 1])
    try await raw.closed.get()
    #expect(raw.bytes.isEmpty)
    #expect(house.tape.contains("it speaks nothing that this server knows"))
    await house.close()
  }

  @Test("one that says nothing, or stops in the middle of TLS, is closed in time")
  func silent() async throws {
    var limits = SessionLimits.patient
    limits.helloTime = .milliseconds(200)
    let house = try await House.open(limits: limits)
    for bytes in [[], [0x16, 3, 1, 0]] as [[UInt8]] {
      let silent = try PlainSocket(port: house.server.address.port)
      silent.send(bytes)
      try await eventually("the end") { silent.isOver }
    }
    // On a busy machine it is over before it is known to be there.
    let tls = try? await RawConnection.open(to: house.server.address, isTLS: true)
    try await tls?.closed.get()
    #expect(house.tape.contains("no hello within 0.2 s"))
    await house.close()
  }

  @Test("a frame that comes a byte at a time ends the connection, and nobody else notices")
  func slow() async throws {
    var limits = SessionLimits.patient
    limits.frameTime = .milliseconds(150)
    let house = try await House.open(limits: limits)
    let guest = try await house.guest()
    let raw = try await RawConnection.open(to: house.server.address, isTLS: true)
    try await raw.hello()
    try await raw.send([0, 0])
    try await raw.closed.get()
    #expect(house.tape.contains("a frame was not complete within 0.15 s"))
    #expect(try await guest.jobs().isEmpty)
    await guest.connection.close()
    await house.close()
  }

  @Test(
    "bad frames end their connection with a reason",
    arguments: [
      ([0x7F, 0xFF, 0xFF, 0xFF], "at most"), ([0, 0, 0, 0], "an empty frame"), ([0, 0, 0, 3, 0xFF, 0xFF, 0xFF], "no message"),
    ] as [([UInt8], String)])
  func badFrames(bytes: [UInt8], reason: String) async throws {
    let house = try await House.open()
    let raw = try await RawConnection.open(to: house.server.address, isTLS: true)
    try await raw.hello()
    try await raw.send(bytes)
    try await raw.closed.get()
    let last = try #require(try raw.frames().last)
    #expect(last.refusal.message.contains(reason))
    #expect(house.tape.contains(reason))
    await house.close()
  }

  @Test("the first frame must be a hello")
  func noHello() async throws {
    let house = try await House.open()
    let raw = try await RawConnection.open(to: house.server.address, isTLS: true)
    var frame = WireClientFrame()
    frame.alive = WireAlive()
    try await raw.channel.writeAndFlush(try frame.framed()).get()
    try await raw.closed.get()
    #expect(try raw.frames().last?.refusal.message.contains("hello") == true)
    await house.close()
  }

  @Test("one that never reads is dropped, and nobody else notices")
  func neverReads() async throws {
    var limits = SessionLimits.patient
    limits.stallTime = .milliseconds(300)
    let house = try await House.open(limits: limits)
    let guest = try await house.guest()
    let job = try await guest.submit(document("big", annotation: String(repeating: "x", count: 60_000)), isPaused: true)
    let raw = try await RawConnection.open(to: house.server.address, isTLS: true)
    try await raw.hello()
    try await raw.channel.setOption(.autoRead, value: false).get()
    var get = WireClientFrame()
    get.request.getJob.selector.ids = [job]
    for number in 1...400 {
      get.request.id = UInt64(number)
      raw.channel.writeAndFlush(try get.framed(), promise: nil)
    }
    try await eventually("the reason in the log") { house.tape.contains("it does not read") }
    #expect(try await guest.jobs().count == 1)
    try? await raw.channel.close().get()
    await guest.connection.close()
    await house.close()
  }

  @Test("a second server on the same state directory ends at once and names the first")
  func lock() async throws {
    let house = try await House.open()
    await #expect { try await House.open(scratch: house.scratch) } throws: { "\($0)".contains("process \(getpid())") }
    await house.close()
    let next = try await House.open(scratch: house.scratch)
    await next.close()
  }

  @Test("frames are followed whatever pieces they come in")
  func progress() {
    let bytes: [UInt8] = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 1, 9, 0, 0, 0, 2, 5]
    for step in 1...bytes.count {
      var progress = FrameProgress()
      for start in stride(from: 0, to: bytes.count, by: step) {
        progress.take(ByteBuffer(bytes: bytes[start..<min(start + step, bytes.count)]))
      }
      #expect(progress.complete == 2)
      #expect(progress.isInside)
      progress.take(ByteBuffer(bytes: [6]))
      #expect(progress.complete == 3)
      #expect(!progress.isInside)
    }
  }
}
