import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Wire

/// Many clients of one server, as the system sees their sockets. `REEVE_CONNECTIONS`, `REEVE_VISITS` (in a second) and `REEVE_SECONDS`
/// in the environment make them more: `reeve-bench connections` does the same with 5,000.
@Suite("many connections") struct ConnectionTests {
  private static func count(_ name: String, _ fallback: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? fallback
  }

  private let scratch: ScratchFolder
  private let farm: TestFarm
  private let before: Set<SocketTable.Row>

  init() throws {
    scratch = try ScratchFolder()
    farm = try TestFarm(scratch: scratch)
    before = SocketTable().closedFirst(at: farm.port)
  }

  /// Of their own: the clients of other tests are not to wait for these.
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private static func connect(
    _ kind: WireHello.Kind, port: Int, known: KnownServers, onClose: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ServerConnection {
    try await ServerConnection.connect(
      to: ServerAddress(host: "127.0.0.1", port: port), kind: kind, user: "ann", host: "desk", knownServers: known,
      group: group, timeout: .minutes(5), onClose: onClose)
  }

  private func stayers(_ count: Int, _ known: KnownServers, _ ends: Ends) async throws -> [ServerConnection] {
    var all: [ServerConnection] = []
    for number in 0..<count {
      let connection = try await Self.connect(.render, port: farm.port, known: known) { ends.add($0) }
      var frame = WireClientFrame()
      frame.register.name = "r\(number)"
      frame.register.agent = "agent-\(number)"
      frame.register.user = "ann"
      connection.send(frame)
      all.append(connection)
    }
    return all
  }

  private static func beat(_ connections: [ServerConnection]) {
    var frame = WireClientFrame()
    frame.alive = WireAlive()
    for connection in connections { connection.send(frame) }
  }

  @Test("hundreds stay while others come and go: no error, and no socket in TIME-WAIT at the server's port")
  func churn() async throws {
    let (stay, visits, seconds) = (
      Self.count("REEVE_CONNECTIONS", 300), Self.count("REEVE_VISITS", 40), Self.count("REEVE_SECONDS", 5)
    )
    let known = KnownServers(path: scratch.file("known"))
    let ends = Ends()
    let connections = try await stayers(stay, known, ends)
    let port = farm.port
    let empty = farm.server.residentBytes
    for _ in 0..<seconds {
      Self.beat(connections)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<visits {
          group.addTask {
            let visit = try await Self.connect(.command, port: port, known: known)
            guard case .jobs = try await visit.request(.listJobs(WireListJobs())) else { throw NotObserved("a list of jobs") }
            await visit.close()
          }
        }
        try await group.waitForAll()
      }
      // Whatever is closed is closed by its client, at any moment.
      #expect(SocketTable().closedFirst(at: port).subtracting(before).isEmpty)
    }
    try observe("only those that stay") { SocketTable().open(at: port).count == stay }
    let sockets = SocketTable()
    #expect(sockets.closedFirst(at: port).subtracting(before).isEmpty)
    #expect(sockets.rows.filter { $0.localPort == port && $0.state == SocketTable.State.established.rawValue }.count == stay)
    #expect(ends.all.isEmpty, "\(ends.all)")
    // Not a figure: that those who left have left nothing of the kind of what those who stay have.
    #expect(farm.server.residentBytes - empty < (stay + visits * seconds) * 200 << 10)
    for connection in connections { await connection.close() }
  }

  @Test("a server that is told to end closes nothing first, and the next one finds its port clean")
  func restart() async throws {
    let known = KnownServers(path: scratch.file("known"))
    let ends = Ends()
    let connections = try await stayers(20, known, ends)
    let port = farm.port
    farm.server.signal(SIGTERM)
    #expect(try farm.server.wait() == 0)
    try observe("the ends of all connections") { ends.all.count == connections.count && SocketTable().open(at: port).isEmpty }
    #expect(SocketTable().closedFirst(at: port).subtracting(before).isEmpty)
    try farm.restartServer()
    let connection = try await Self.connect(.command, port: port, known: known)
    await connection.close()
  }
}

/// Why connections ended.
private final class Ends: Sendable {
  private let reasons = Mutex<[String]>([])
  var all: [String] { reasons.withLock { $0 } }
  func add(_ reason: String) { reasons.withLock { $0.append(reason) } }
}
