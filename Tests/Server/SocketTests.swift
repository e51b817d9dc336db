import Model
import NIOCore
import Settings
import TestSupport
import Testing
import Wire

@testable import Server

/// Whoever closes first has the socket in TIME-WAIT for a minute: it must never be the server.
@Suite("who closes first") struct SocketTests {
  /// A house, and what was in TIME-WAIT at its port before it was built: a client's, of another test.
  private struct Place {
    let house: House
    let before: Set<SocketTable.Row>
    var port: Int { house.server.address.port }

    init(_ limits: SessionLimits = .patient, settings: [String: String] = [:]) async throws {
      house = try await House.open(limits: limits, settings: try Settings.load(overrides: settings))
      before = SocketTable().closedFirst(at: house.server.address.port)
    }

    /// All connections are over, and none of them was closed first by the server.
    func isClean() async throws {
      try await eventually("the ends of all connections") { SocketTable().open(at: port).isEmpty }
      #expect(SocketTable().closedFirst(at: port).subtracting(before).isEmpty)
    }
  }

  /// - Parameter helloTime: milliseconds.
  private static func limits(helloTime: Int64 = 600_000) -> SessionLimits {
    var limits = SessionLimits()
    limits.farewellTime = .milliseconds(100)
    limits.helloTime = .milliseconds(helloTime)
    limits.frameTime = .milliseconds(300)
    return limits
  }

  @Test("the table of sockets tells who closed first")
  func table() async throws {
    for isServerFirst in [true, false] {
      let listening = try PlainListener()
      let client = try PlainSocket(port: listening.port)
      let accepted = try listening.accept()
      let before = SocketTable().closedFirst(at: listening.port)
      let (first, second) = isServerFirst ? (accepted, client) : (client, accepted)
      first.close()
      try await eventually("the end") { second.isOver }
      second.close()
      try await eventually("the table") {
        let sockets = SocketTable()
        return sockets.open(at: listening.port).isEmpty
          && sockets.closedFirst(at: listening.port).subtracting(before).count == (isServerFirst ? 1 : 0)
          && sockets.closedByClients(of: listening.port).count == (isServerFirst ? 0 : 1)
      }
    }
  }

  @Test("commands, consoles and renders close first, and their sockets wait at their end")
  func clients() async throws {
    let place = try await Place()
    for kind in [WireHello.Kind.command, .console, .render] {
      let guest = try await place.house.guest(kind)
      if kind == .render { _ = try await guest.register("r1") } else { _ = try await guest.jobs() }
      await guest.connection.close()
    }
    try await place.isClean()
    await place.house.close()
  }

  @Test("a refused client is told, and closes first")
  func refusal() async throws {
    let place = try await Place()
    let first = try await place.house.guest(.render)
    _ = try await first.register("r1")
    let second = try await place.house.guest(.render)
    var register = WireRenderRegister()
    register.name = "r1"
    register.agent = "another"
    register.user = "ann"
    second.send(.register(register))
    _ = try await second.closes.first("the end of the refused one") { $0.first }
    await first.connection.close()
    try await place.isClean()
    await place.house.close()
  }

  @Test(
    "one that does not close after its refusal gets a reset",
    arguments: [
      [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0, 0, 0, 3, 0xFF, 0xFF, 0xFF], [0, 0],
    ] as [[UInt8]])
  func stubborn(bytes: [UInt8]) async throws {
    let place = try await Place(Self.limits())
    let raw = try await RawConnection.open(to: place.house.server.address, isTLS: true)
    try await raw.hello()
    try await raw.send(bytes)
    try await raw.closed.get()
    try await place.isClean()
    await place.house.close()
  }

  @Test(
    "bad first bytes, none, and half a handshake end in a reset",
    arguments: [
      "GET / HTTP/1.1\r\n\r\n", "AFANASY 2 JSON{}", "SSH-2.0-x\r\n", "", "\u{16}\u{03}\u{01}\u{00}",
      "\u{16}\u{03}\u{01}\u{00}\u{04}abcd",
    ])
  func strangers(text: String) async throws {
    let place = try await Place(Self.limits(helloTime: 300))
    let silent = try PlainSocket(port: place.port)
    silent.send(Array(text.utf8))
    // It never closes of itself: the end must come from the server.
    try await eventually("the end") { silent.isOver }
    try await place.isClean()
    withExtendedLifetime(silent) {}
    await place.house.close()
  }

  @Test("when all places are taken, the next one is reset at once, and the others stay")
  func full() async throws {
    let place = try await Place(settings: ["af_server_max_connections": "16"])
    var guests: [Guest] = []
    for _ in 0..<16 { guests.append(try await place.house.guest()) }
    let late = try PlainSocket(port: place.port)
    try await eventually("the end") { late.isOver }
    #expect(place.house.tape.contains("16 are open (af_server_max_connections)"))
    #expect(SocketTable().closedFirst(at: place.port).subtracting(place.before).isEmpty)
    for guest in guests {
      _ = try await guest.jobs()
      await guest.connection.close()
    }
    try await place.isClean()
    #expect(place.house.hall.admission.open == 0)
    #expect(place.house.hall.admission.strangers == 0)
    await place.house.close()
  }

  @Test("one that never reads gets a reset")
  func stalled() async throws {
    var limits = SessionLimits.patient
    limits.stallTime = .milliseconds(300)
    let place = try await Place(limits)
    let guest = try await place.house.guest()
    let job = try await guest.submit(document("big", annotation: String(repeating: "x", count: 60_000)), isPaused: true)
    let raw = try await RawConnection.open(to: place.house.server.address, isTLS: true)
    try await raw.hello()
    try await raw.channel.setOption(.autoRead, value: false).get()
    var get = WireClientFrame()
    get.request.getJob.selector.ids = [job]
    for number in 1...400 {
      get.request.id = UInt64(number)
      raw.channel.writeAndFlush(try get.framed(), promise: nil)
    }
    try await eventually("the reason in the log") { place.house.tape.contains("it does not read") }
    await guest.connection.close()
    try await eventually("the ends at the server") { SocketTable().open(at: place.port).isEmpty }
    try? await raw.channel.close().get()
    try await place.isClean()
    await place.house.close()
  }

  @Test("a server that stops says farewell: its clients close first, and who does not is reset")
  func stop() async throws {
    let place = try await Place(Self.limits())
    var guests: [Guest] = []
    for number in 0..<5 {
      let guest = try await place.house.guest(.render)
      _ = try await guest.register("r\(number)")
      guests.append(guest)
    }
    let console = try await place.house.guest(.console)
    let silent = try PlainSocket(port: place.port)
    try await eventually("seven connections") { place.house.hall.admission.open == 7 }
    #expect(await place.house.close())
    for guest in guests + [console] { _ = try await guest.closes.first("the end") { $0.first } }
    try await eventually("the end") { silent.isOver }
    try await place.isClean()
    withExtendedLifetime(silent) {}
  }

  @Test("the system looks after peers that say nothing, on every connection")
  func keepAlive() async throws {
    let place = try await Place()
    let guest = try await place.house.guest()
    let channel = try #require(place.house.hall.present.first)
    for option in KeepAlive.server.options {
      #expect(try await channel.getOption(option.name).get() == SocketOptionValue(option.value))
    }
    #expect(try await channel.getOption(.tcpOption(.tcp_nodelay)).get() != 0)
    await guest.connection.close()
    await place.house.close()
  }
}
