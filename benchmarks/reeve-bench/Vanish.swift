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
    var server = try BenchServer(scratch)
    defer { server.program.stop() }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let farm = try LightFarm(to: try SocketAddress(ipAddress: "127.0.0.1", port: server.port), group: group)
    let all = (0..<renders).map { LightRender($0, in: farm) }
    let control = try await server.connect(scratch, group)
    let block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(renders))), command: "true", capacity: 1000)
    let job = try await control.submit(JobSpec(name: "vanish", user: "bench", blocks: [block]))
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
    kill(server.program.pid, SIGKILL)
    try await wait("the end of all connections", 60) { all.allSatisfy { !$0.isAccepted } }
    server.program.stop()
    // An agent looks for its server as soon as it has lost it.
    async let back: Void = connect(all, wasLost: true)
    server = try BenchServer(scratch, port: server.port)
    await back
    report("\(renders) return to a killed server", farm)

    // Whatever the server was to do about them, it has done by now.
    try await Task.sleep(for: .seconds(5))
    heart.cancel()
    for render in all { render.finish() }
    let last = try await server.connect(scratch, group)
    let begin = now()
    var done: Int32 = 0
    while done < Int32(renders), now() - begin < 120 {
      done = try await last.counts(of: job).done
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
