import ArgumentParser
import Foundation
import Glibc
import Model
import NIOCore
import NIOPosix
import Wire

/// A server that is killed with all its work in the store is started again.
struct Start: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A start with ten million waiting tasks in the store and a thousand running: how long until it answers.")

  @Option(help: "Jobs that wait.") var jobs = 10_000
  @Option(help: "Tasks of each.") var tasks = 1000
  @Option(help: "How many of the jobs list their tasks one by one; the others have frames.") var listed = 100
  @Option(help: "Renders, each with a task that runs.") var renders = 1000

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let scratch = try Scratch()
    var server = try BenchServer(scratch)
    defer { server.program.stop() }
    let emptySeconds = server.startSeconds
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let farm = try LightFarm(to: try SocketAddress(ipAddress: "127.0.0.1", port: server.port), group: group)
    let all = (0..<renders).map { LightRender($0, in: farm) }
    let control = try await server.connect(scratch, group)
    try await fill(control)
    let running = try await control.submit(job("runs", .numeric(Frames(first: 1, last: Int64(renders)))))
    await connect(all)
    try await wait("a task on each render", 300) { all.allSatisfy { $0.running == 1 } }
    // The store holds all of it once a further submit is answered.
    _ = try await control.submit(job("last", .numeric(Frames(first: 1, last: 1)), priority: 0))
    await control.close()

    kill(server.program.pid, SIGKILL)
    try await wait("the end of all connections", 60) { all.allSatisfy { !$0.isAccepted } }
    server.program.stop()
    let store = scratch.path + "/server"
    let bytes = try Self.bytes(below: store)
    let bareSeconds = try Self.read(store)
    farm.forgetTimes()
    let begin = now()
    server = try BenchServer(scratch, port: server.port)
    async let back: Void = connect(all, wasLost: true)
    let asking = try await server.connect(scratch, group)
    let counts = try await asking.counts(of: running)
    let answered = now() - begin
    await back
    let allBack = now() - begin
    let memory = server.program.residentBytes
    // Renders are full: whoever is given a task now has lost the one that it ran.
    let seen = farm.counts
    let restarted = max(seen.lost, seen.starts - renders)
    for render in all { render.finish() }
    try await wait("the end of what ran", 300) { try await asking.counts(of: running).done == Int32(renders) }

    let waiting = jobs * tasks
    print(
      "\(waiting) waiting tasks in \(jobs) jobs, \(counts.running + counts.waitingReconnect) tasks out; \(bytes / 1_048_576) MiB in the state directory"
    )
    print(
      "listening after                     \(fixed(server.startSeconds, 2)) s (target 10 s); with an empty store \(fixed(emptySeconds, 2)) s"
    )
    print("a first question is answered after  \(fixed(answered, 2)) s, all renders are back after \(fixed(allBack, 2)) s")
    print(
      "reading the same files, bare        \(fixed(bareSeconds, 3)) s: \(fixed(server.startSeconds / max(bareSeconds, 0.000_1), 1)) x"
    )
    print(
      "memory of the server                \(memory / 1_048_576) MiB, \(fixed(Double(memory) / Double(waiting), 1)) bytes a waiting task"
    )
    print("tasks that ran and were restarted   \(restarted) (target 0)")
    for render in all { await render.close() }
    await asking.close()
    try await group.shutdownGracefully()
    if restarted > 0 || server.startSeconds > 10 { throw ExitCode(1) }
  }

  private func fill(_ control: ServerConnection) async throws {
    var submitted = 0
    while submitted < jobs {
      let batch = submitted..<min(jobs, submitted + 100)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in batch {
          group.addTask {
            let work: BlockSpec.Work =
              number < listed
              ? .listed(
                TaskList((1...tasks).map { TaskSpec(name: "take \($0)", command: "render --take \($0)") }), framesPerTask: 1)
              : .numeric(Frames(first: 1, last: Int64(tasks)))
            // Before this one all of them wait: no render has room for two.
            _ = try await control.submit(job("waits \(number)", work, priority: 10))
          }
        }
        try await group.waitForAll()
      }
      submitted = batch.upperBound
    }
  }

  private func job(_ name: String, _ work: BlockSpec.Work, priority: UInt8 = 99) -> JobSpec {
    JobSpec(
      name: name, user: "bench", priority: priority,
      blocks: [BlockSpec(name: "b", work: work, command: "render -f @#@", capacity: 1000)])
  }

  private static func files(below folder: String) throws -> [String] {
    let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return all.map { folder + "/" + $0 }
  }

  private static func bytes(below folder: String) throws -> Int {
    try files(below: folder).reduce(0) {
      $0 + ((try FileManager.default.attributesOfItem(atPath: $1)[.size] as? Int) ?? 0)
    }
  }

  /// Seconds that it takes to read all files there from first to last.
  private static func read(_ folder: String) throws -> Double {
    let begin = now()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    for path in try files(below: folder) {
      let file = open(path, O_RDONLY)
      guard file >= 0 else { continue }
      while Glibc.read(file, &buffer, buffer.count) > 0 {}
      close(file)
    }
    return now() - begin
  }
}
