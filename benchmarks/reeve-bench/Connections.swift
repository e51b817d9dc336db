import ArgumentParser
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Thousands of connections to a real server: what each costs, and that none stays behind on its port.
struct Connections: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Thousands of renders that beat, and others that come and go; beside them, a bare TLS echo.")

  @Option(help: "Renders that stay.") var connections = 5000
  @Option(help: "Connections that come and go in a second.") var visits = 500
  @Option(help: "Seconds of that.") var seconds = 60
  @Option(help: "Seconds of that with the bare echo.") var bareSeconds = 10
  @Option(help: "Threads of this process.") var threads = 1

  private struct Seen {
    var bytes = 0.0
    var bytesAfter = 0.0
    /// Milliseconds of the server's processor time.
    var visit = 0.0
    var beats = 0.0
    var rate = 0.0
    var faults = 0
    var troubles: [String: Int] = [:]
    var closedByServer = 0
    var waitingAtClients = 0
    var established = 0
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    let scratch = try Scratch()
    let bare = try await measure(
      try Measured("reeve-bench", ["bare-tls", scratch.path + "/bare"], errors: scratch.path + "/bare-errors"),
      stay: { _ in .echo(stays: true) }, visit: .echo(stays: false), seconds: bareSeconds, beats: false)
    let reeve = try await measure(
      try Measured(
        "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.path + "/server"], errors: scratch.path + "/errors"),
      stay: { .render($0) }, visit: .visit, seconds: seconds, beats: true)

    print("\(connections) renders connected, TLS 1.3         \(reeve.established) established at the end")
    print(
      "memory of the server a connection   \(fixed(reeve.bytes / 1024, 1)) KiB (target 30 KB), \(fixed(reeve.bytesAfter / 1024, 1)) KiB at the end; bare echo \(fixed(bare.bytes / 1024, 1)) KiB"
    )
    print("\(visits)/s come and go for \(seconds) s         \(Int(reeve.rate))/s, \(reeve.faults) faults (target 0)")
    print(
      "server CPU a visit                  \(fixed(reeve.visit, 3)) ms; bare echo \(fixed(bare.visit, 3)) ms: \(fixed(reeve.visit / max(bare.visit, 0.000_1), 1)) x"
    )
    print("server CPU for signs of life        \(percent(reeve.beats)) of a core")
    print(
      "closed first by the server          \(reeve.closedByServer) sockets (target 0); \(reeve.waitingAtClients) in TIME-WAIT at the clients; bare echo \(bare.closedByServer)"
    )
    for (trouble, count) in reeve.troubles.sorted(by: { $0.value > $1.value }).prefix(5) { print("  \(count) x \(trouble)") }
    if reeve.faults > 0 || reeve.closedByServer > 0 { throw ExitCode(1) }
  }

  private func measure(
    _ server: Measured, stay: (Int) -> LightClients.Errand, visit: LightClients.Errand, seconds: Int, beats: Bool
  ) async throws -> Seen {
    defer { server.stop() }
    let ready = try server.line(containing: "ready on ")
    guard let place = ready.split(separator: " ").first(where: { $0.hasPrefix("127.0.0.1:") })?.prefix(while: { $0 != "," }),
      let port = Int(place.dropFirst("127.0.0.1:".count))
    else { throw Measured.Fault(description: ready) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let clients = try LightClients(to: try SocketAddress(ipAddress: "127.0.0.1", port: port), group: group)
    var seen = Seen()
    // What a first connection brings into memory is none of the others'.
    await clients.run(Array(repeating: visit, count: 20), width: 4)
    let before = server.residentBytes
    let heart = beats ? try clients.beat(every: 4) : nil
    await clients.run((0..<connections).map(stay), width: 200)
    seen.bytes = Double(server.residentBytes - before) / Double(connections)

    let quiet = (cpu: server.cpuSeconds, time: now())
    try await Task.sleep(for: .seconds(beats ? 8 : 1))
    seen.beats = (server.cpuSeconds - quiet.cpu) / (now() - quiet.time)

    let start = (cpu: server.cpuSeconds, time: now())
    let all = visits * seconds
    await withTaskGroup(of: Void.self) { tasks in
      for number in 0..<all {
        let wait = start.time + Double(number) / Double(visits) - now()
        if wait > 0.002 { try? await Task.sleep(for: .seconds(wait)) }
        tasks.addTask { await clients.run(visit) }
      }
      await tasks.waitForAll()
    }
    let time = now() - start.time
    seen.rate = Double(all) / time
    seen.visit = max(0, server.cpuSeconds - start.cpu - seen.beats * time) * 1000 / Double(all)
    seen.bytesAfter = Double(server.residentBytes - before) / Double(connections)
    let sockets = Sockets(port: port)
    seen.closedByServer = sockets.closedByServer
    seen.waitingAtClients = sockets.waitingAtClients
    seen.established = sockets.established
    heart?.cancel()
    seen.faults = clients.faults.load(ordering: .relaxed)
    seen.troubles = clients.troubles
    await clients.leave()
    try await group.shutdownGracefully()
    return seen
  }
}
