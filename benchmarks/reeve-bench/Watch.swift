import ArgumentParser
import Glibc
import Model
import NIOCore
import NIOPosix
import Wire

/// The console in front of a large farm.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The console in an 80x24 terminal before a large farm: first screen, scrolling, bytes on the link, memory.")

  @Option(help: "Renders.") var renders = 10_000
  @Option(help: "Jobs.") var jobs = 100_000
  @Option(help: "Tasks of one of them.") var tasks = 1_000_000
  @Option(help: "Seconds of each measurement.") var seconds = 15.0

  private static let pageDown = "\u{1B}[6~"

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    let scratch = try Scratch()
    let server = try BenchServer(scratch)
    defer { server.program.stop() }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let address = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
    let control = try await server.connect(scratch, group)
    _ = try await control.submit(
      JobSpec(
        name: "long", user: "bench", priority: 99,
        blocks: [
          BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(tasks))), command: "render -f @#@", capacity: 1000)
        ]))
    try await fill(control)
    let farm = try LightFarm(to: address, group: group)
    let all = (0..<renders).map { LightRender($0, in: farm) }
    let heart = Task {
      while !Task.isCancelled {
        for render in all { render.beat() }
        try? await Task.sleep(for: .seconds(4))
      }
    }
    for start in stride(from: 0, to: all.count, by: 500) { await connect(Array(all[start..<min(all.count, start + 500)])) }
    try await wait("a task on each render", 600) { all.allSatisfy { $0.running == 1 } }
    say("\(renders) renders, each with a task, \(jobs + 1) jobs, \(tasks) tasks in one of them; terminal of 80x24")

    let meter = try await ByteMeter(to: address, group: group)
    try measureStart(meter, scratch)
    let console = try open(meter, scratch)
    try console.wait(for: "waits ")
    try scroll(console, "jobs", key: "j", of: jobs + 1)

    // Nothing that is on screen changes: signs of life come and go.
    try idle(console, meter, "a quiet link, list of jobs", target: "1 KB/s")
    try await busy(console, meter, all)

    // Only the long one, its cells, and the list of its tasks.
    console.type("1flong\r")
    console.listen(seconds: 2)
    try console.repaint(until: " 1/1")
    console.type("\r")
    try console.wait(for: "a cell")
    console.type("\t")
    console.listen(seconds: 1)
    try scroll(console, "tasks of one job", key: "j", of: tasks)
    try page(console, of: tasks)
    say("memory of the console                \(Measured.residentBytes(of: console.pid) / 1_048_576) MiB")

    console.stop()
    heart.cancel()
    await meter.close()
    for render in all { await render.close() }
    await control.close()
    try await group.shutdownGracefully()
  }

  private func open(_ meter: ByteMeter, _ scratch: Scratch) throws -> PseudoTerminal {
    try PseudoTerminal(
      "reeve-watch", ["--server", "127.0.0.1:\(meter.port)"],
      environment: [
        "HOME=\(scratch.path)", "XDG_CONFIG_HOME=\(scratch.path)/config", "XDG_STATE_HOME=\(scratch.path)/state",
        "REEVE_USER=bench",
      ])
  }

  private func fill(_ control: ServerConnection) async throws {
    var submitted = 0
    while submitted < jobs {
      let batch = submitted..<min(jobs, submitted + 500)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in batch {
          group.addTask {
            _ = try await control.submit(
              JobSpec(
                name: "waits \(number)", user: "bench", priority: 10,
                blocks: [BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: 10)), command: "true", capacity: 1000)]),
              paused: true)
          }
        }
        try await group.waitForAll()
      }
      submitted = batch.upperBound
    }
  }

  /// From the start of the program to the first rows.
  private func measureStart(_ meter: ByteMeter, _ scratch: Scratch) throws {
    var times: [Double] = []
    for _ in 0..<9 {
      let begin = now()
      let console = try open(meter, scratch)
      try console.wait(for: "waits ")
      times.append((now() - begin) * 1000)
      console.stop()
    }
    times.sort()
    var bare: [Double] = []
    for _ in 0..<9 {
      let begin = now()
      _ = try Measured.run("/bin/true", [])
      bare.append((now() - begin) * 1000)
    }
    bare.sort()
    say(
      "first screen                         \(fixed(times[4], 0)) ms, worst of nine \(fixed(times[8], 0)) ms (target 150 ms); /bin/true \(fixed(bare[4], 1)) ms"
    )
  }

  /// A key again and again, each when the frame of the one before has come.
  private func scroll(_ console: PseudoTerminal, _ what: String, key: String, of total: Int) throws {
    console.type("g")
    console.listen(seconds: 0.5)
    let begin = (time: now(), bytes: console.bytes, cpu: Measured.cpuSeconds(of: console.pid))
    var presses = 0
    while now() - begin.time < min(seconds, 10) {
      console.type(key)
      guard console.frame(within: 2000) > 0 else { throw Measured.Fault(description: "no frame came for a key") }
      presses += 1
    }
    let time = now() - begin.time
    let frames = Double(presses) / time
    let bytes = Double(console.bytes - begin.bytes) / Double(presses)
    let cpu = (Measured.cpuSeconds(of: console.pid) - begin.cpu) / time
    // Whether each key did its work.
    try console.repaint(until: "\(presses + 1)/\(total)")
    say(
      "scrolling in \(total) \(what)".padded(to: 37)
        + "\(fixed(frames, 0)) frames/s (target 60), \(fixed(bytes, 0)) bytes a frame, \(percent(cpu)) of a core")
  }

  /// Pages of rows that are not here yet.
  private func page(_ console: PseudoTerminal, of total: Int) throws {
    console.type("g")
    console.listen(seconds: 0.5)
    let begin = now()
    var presses = 0
    while now() - begin < min(seconds, 10) {
      console.type(Self.pageDown)
      guard console.frame(within: 2000) > 0 else { throw Measured.Fault(description: "no frame came for a key") }
      presses += 1
    }
    say(
      "pages of \(total) tasks".padded(to: 37)
        + "\(fixed(Double(presses) / (now() - begin), 0)) frames/s, each with rows from the server")
  }

  private func idle(_ console: PseudoTerminal, _ meter: ByteMeter, _ what: String, target: String) throws {
    console.listen(seconds: 2)
    let begin = (time: now(), terminal: console.bytes, link: meter.bytes, cpu: Measured.cpuSeconds(of: console.pid))
    console.listen(seconds: seconds)
    let time = now() - begin.time
    say(
      what.padded(to: 37)
        + "\(fixed(Double(meter.bytes - begin.link) / time, 0)) B/s from and to the server (target \(target)), \(fixed(Double(console.bytes - begin.terminal) / time, 0)) B/s to the terminal, \(percent((Measured.cpuSeconds(of: console.pid) - begin.cpu) / time)) of a core"
    )
  }

  /// Each render ends its task every thirty seconds and gets another; every second one of them says how busy it is.
  private func busy(_ console: PseudoTerminal, _ meter: ByteMeter, _ all: [LightRender]) async throws {
    let work = Task {
      var number = 0
      while !Task.isCancelled {
        let count = max(1, all.count / 300)
        for _ in 0..<count {
          all[number % all.count].finish()
          all[(number * 7 + 3) % all.count].tell(cpuPercent: Int32(number % 100))
          number += 1
        }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    defer { work.cancel() }
    for (key, what) in [("3vvv", "a busy farm, tree of pools"), ("v", "a busy farm, list of renders"), ("v", "a busy farm, map")] {
      console.type(key)
      try idle(console, meter, what, target: "20 KB/s")
    }
    console.type("v1")
    try idle(console, meter, "a busy farm, list of jobs", target: "20 KB/s")
  }
}

/// A line that is seen at once, also where it goes into a file.
private func say(_ line: String) {
  print(line)
  fflush(nil)
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(1, width - count)) }
}
