import ArgumentParser
import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import Wire

/// Null renders drain one job.
struct Drain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Null renders drain a job; beside it, a bare NIO echo.")

  @Option(help: "Tasks of the job.") var tasks = 100_000
  @Option(help: "Null renders, all in this process.") var renders = 100
  @Option(help: "Tasks at once on each.") var slots: Int32 = 4
  @Option(help: "Threads of this process.") var threads = 1

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let echo = try await Echo.rate(connections: renders, seconds: 2)

    let scratch = try Scratch()
    let server = try BenchServer(scratch)
    defer { server.program.stop() }
    let address = server.address
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let known = KnownServers(path: scratch.path + "/known")
    let control = try await server.connect(scratch, group)

    // Memory of tasks that wait: ten paused jobs, after one that brings everything into memory once.
    _ = try await submit(control, tasks: tasks, name: "warm", paused: true)
    let before = server.program.residentBytes
    for number in 0..<10 { _ = try await submit(control, tasks: tasks, name: "waiting\(number)", paused: true) }
    let bytesPerTask = Double(server.program.residentBytes - before) / Double(10 * tasks)

    let job = try await submit(control, tasks: tasks, name: "drain", paused: true)
    var all: [NullRender] = []
    for number in 0..<renders {
      let render = NullRender()
      try await render.connect(number, to: address, slots: slots, known: known, group: group)
      all.append(render)
    }
    let cpu = server.program.cpuSeconds
    let start = now()
    var operate = WireOperate()
    operate.kind = UInt32(Operation.Kind.start.rawValue)
    operate.selector.ids = [job]
    _ = try await control.request(.operate(operate))
    var lastAlive = start
    while true {
      let counts = try await control.counts(of: job)
      if counts.done == Int32(tasks) { break }
      if now() - start > 300 { throw Measured.Fault(description: "not drained within 300 s: \(counts)") }
      if now() - lastAlive > 3 {
        lastAlive = now()
        for render in all { render.alive() }
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    let seconds = now() - start
    let used = server.program.cpuSeconds - cpu
    let rate = Double(tasks) / seconds
    print("bare NIO echo, \(renders) connections    \(Int(echo)) requests/s")
    print(
      "null renders, \(renders) x \(slots) slots         \(Int(rate)) tasks/s durable (target 20000), \(percent(rate / echo)) of the echo"
    )
    print("server CPU per task                 \(fixed(used * 1000 / Double(tasks), 4)) ms")
    print("memory per waiting numeric task     \(fixed(bytesPerTask, 2)) bytes (target under 16)")
    for render in all { await render.close() }
    await control.close()
    try await group.shutdownGracefully()
  }

  private func submit(_ control: ServerConnection, tasks: Int, name: String, paused: Bool) async throws -> UInt32 {
    let block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(tasks))), command: "true", capacity: 1000)
    return try await control.submit(JobSpec(name: name, user: "bench", blocks: [block]), paused: paused)
  }
}

func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int64((value * scale).rounded())
  let text = String(abs(whole))
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  let fraction = digits == 0 ? "" : "." + padded.suffix(digits)
  return (whole < 0 ? "-" : "") + padded.dropLast(digits) + fraction
}

func percent(_ ratio: Double) -> String { "\(fixed(ratio * 100, 1)) %" }
