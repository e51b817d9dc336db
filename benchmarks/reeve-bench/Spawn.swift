import ArgumentParser
import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import Wire

/// Real renders run `/bin/true`.
struct Spawn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Real renders run /bin/true; beside it, a bare posix_spawn loop.")

  @Option(help: "Tasks of the job.") var tasks = 10_000
  @Option(help: "Agents.") var renders = 2
  @Option(help: "Tasks at once on each.") var slots = 4

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let bare = try bareLoop(count: min(tasks, 3000))

    let scratch = try Scratch()
    let server = try Measured(
      "reeve-server", ["--listen", "127.0.0.1:0", "--state", scratch.path + "/server"], errors: scratch.path + "/errors")
    defer { server.stop() }
    let ready = try server.line(containing: "ready on ")
    guard let text = ready.split(separator: " ").first(where: { $0.hasPrefix("127.0.0.1:") }) else {
      throw Measured.Fault(description: ready)
    }
    let address = try ServerAddress(parsing: String(text.prefix { $0 != "," }))
    var agents: [Measured] = []
    defer { for agent in agents { agent.stop() } }
    for number in 1...renders {
      let agent = try Measured(
        "reeve-render",
        [
          "--server", "\(address)", "--name", "real\(number)", "--state", "\(scratch.path)/render\(number)", "--capacity",
          "\(slots * 1000)", "--max-tasks", "\(slots)", "--eject",
        ], errors: scratch.path + "/errors\(number)")
      _ = try agent.line(containing: "registered with")
      agents.append(agent)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let control = try await ServerConnection.connect(
      to: address, kind: .command, user: "bench", host: "bench", knownServers: KnownServers(path: scratch.path + "/known"),
      group: group)
    var submit = WireSubmitJob()
    let block = BlockSpec(name: "b", work: .numeric(Frames(first: 1, last: Int64(tasks))), command: "/bin/true", capacity: 1000)
    submit.document = Data(JobSpec(name: "true", user: "bench", blocks: [block]).document.text().utf8)
    let start = now()
    guard case .submitted(let answer) = try await control.request(.submit(submit)) else {
      throw Measured.Fault(description: "not submitted")
    }
    while true {
      var get = WireGetJob()
      get.selector.ids = [answer.job]
      guard case .job(let detail) = try await control.request(.getJob(get)) else { throw Measured.Fault(description: "no job") }
      if detail.row.counts.done == Int32(tasks) { break }
      if now() - start > 300 { throw Measured.Fault(description: "not run within 300 s: \(detail.row.counts)") }
      try await Task.sleep(for: .milliseconds(20))
    }
    let rate = Double(tasks) / (now() - start)
    print("bare posix_spawn + wait             \(Int(bare)) processes/s")
    print(
      "real renders, \(renders) x \(slots) slots           \(Int(rate)) tasks/s, \(percent(rate / bare)) of the bare loop (target 50 %)"
    )
    await control.close()
    try await group.shutdownGracefully()
  }

  private func bareLoop(count: Int) throws -> Double {
    let start = now()
    for _ in 0..<count { _ = try Measured.run("/bin/true", []) }
    return Double(count) / (now() - start)
  }
}
