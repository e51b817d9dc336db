import ArgumentParser
import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import Wire

/// Half of a farm goes away without a word and comes back; then the server is killed under all of it.
struct Vanish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Half of a farm vanishes and returns; then its server is killed: which tasks were started again, how fast they come back."
  )

  @Option(help: "Renders, each with one task.") var renders = 1000
  @Option(help: "Seconds for which half of them are away.") var away = 90

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let scratch = try Scratch()
    var (server, port) = try start(scratch, port: 0)
    defer { server.stop() }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let farm = try LightFarm(to: try SocketAddress(ipAddress: "127.0.0.1", port: port), group: group)
    let all = (0..<renders).map { LightRender($0, in: farm) }
    let control = try await connect(port, scratch, group)
    var submit = WireSubmitJob()
    let block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(renders))), command: "true", capacity: 1000)
    submit.document = Data(JobSpec(name: "vanish", user: "bench", blocks: [block]).document.text().utf8)
    guard case .submitted(let job) = try await control.request(.submit(submit)) else {
      throw Measured.Fault(description: "not submitted")
    }
    await control.close()
    await connect(all)
    try await wait("a task on each render", 120) { all.allSatisfy { $0.running == 1 } }
    let heart = Task {
      while !Task.isCancelled {
        for render in all where render.isAccepted { render.beat() }
        try? await Task.sleep(for: .seconds(4))
      }
    }

    for render in all.prefix(renders / 2) { render.vanish() }
    try await Task.sleep(for: .seconds(away))
    farm.forgetTimes()
    await withTaskGroup(of: Void.self) { tasks in
      for render in all.prefix(renders / 2) { tasks.addTask { await render.comeBack() } }
    }
    report("\(renders / 2) return after \(away) s", farm)

    farm.forgetTimes()
    kill(server.pid, SIGKILL)
    try await wait("the end of all connections", 60) { all.allSatisfy { !$0.isAccepted } }
    server.stop()
    // An agent looks for its server as soon as it has lost it.
    async let back: Void = connect(all, wasLost: true)
    (server, port) = try self.start(scratch, port: port)
    await back
    report("\(renders) return to a killed server", farm)

    // Whatever the server was to do about them, it has done by now.
    try await Task.sleep(for: .seconds(5))
    heart.cancel()
    for render in all { render.finish() }
    let last = try await connect(port, scratch, group)
    var get = WireGetJob()
    get.selector.ids = [job.job]
    let begin = now()
    var done: Int32 = 0
    while done < Int32(renders), now() - begin < 120 {
      guard case .job(let detail) = try await last.request(.getJob(get)) else { throw Measured.Fault(description: "no job") }
      done = detail.row.counts.done
      try await Task.sleep(for: .milliseconds(50))
    }
    let counts = farm.counts
    print("tasks started                       \(counts.starts) for \(renders) tasks: \(counts.starts - renders) again (target 0)")
    print("tasks taken from who still ran them \(counts.lost) (target 0); done \(done) of \(renders)")
    for render in all { await render.close() }
    await last.close()
    try await group.shutdownGracefully()
    if counts.starts != renders || counts.lost > 0 || done != Int32(renders) { throw ExitCode(1) }
  }

  private func start(_ scratch: Scratch, port: Int) throws -> (Measured, Int) {
    let server = try Measured(
      "reeve-server", ["--listen", "127.0.0.1:\(port)", "--state", scratch.path + "/server"], errors: scratch.path + "/errors")
    let ready = try server.line(containing: "ready on ")
    guard let place = ready.split(separator: " ").first(where: { $0.hasPrefix("127.0.0.1:") })?.prefix(while: { $0 != "," }),
      let port = Int(place.dropFirst("127.0.0.1:".count))
    else { throw Measured.Fault(description: ready) }
    return (server, port)
  }

  private func connect(_ port: Int, _ scratch: Scratch, _ group: any EventLoopGroup) async throws -> ServerConnection {
    try await ServerConnection.connect(
      to: ServerAddress(host: "127.0.0.1", port: port), kind: .command, user: "bench", host: "bench",
      knownServers: KnownServers(path: scratch.path + "/known"), group: group)
  }

  private func connect(_ renders: [LightRender], wasLost: Bool = false) async {
    await withTaskGroup(of: Void.self) { tasks in
      for render in renders { tasks.addTask { await render.connect(wasLost: wasLost) } }
    }
  }

  private func wait(_ what: String, _ seconds: Double, until condition: () -> Bool) async throws {
    let begin = now()
    while !condition() {
      guard now() - begin < seconds else { throw Measured.Fault(description: "not seen within \(seconds) s: \(what)") }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func report(_ what: String, _ farm: LightFarm) {
    let counts = farm.counts
    guard let first = counts.tries.min(), let last = counts.registrations.max() else { return }
    print(
      "\(what.padding(toLength: 35, withPad: " ", startingAt: 0)) all within \(fixed(last - first, 1)) s; \(peak(counts.tries)) tries and \(peak(counts.registrations)) registrations in the busiest second"
    )
  }

  /// The most within any second.
  private func peak(_ times: [Double]) -> Int {
    let sorted = times.sorted()
    var most = 0
    var from = 0
    for to in sorted.indices {
      while sorted[to] - sorted[from] > 1 { from += 1 }
      most = max(most, to - from + 1)
    }
    return most
  }
}
