import Foundation
import Identity
import Model
import NIOCore
import NIOPosix
import Wire

/// A real server under measurement, and the way to it.
struct BenchServer {
  let program: Measured
  let port: Int
  /// Seconds from the start of its process until it said that it is ready.
  let startSeconds: Double

  /// - Parameter port: 0: a free one.
  init(_ scratch: Scratch, port: Int = 0) throws {
    let begin = now()
    program = try Measured(
      "reeve-server", ["--listen", "127.0.0.1:\(port)", "--state", scratch.path + "/server"], errors: scratch.path + "/errors")
    let ready = try program.line(containing: "ready on ")
    startSeconds = now() - begin
    guard let place = ready.split(separator: " ").first(where: { $0.hasPrefix("127.0.0.1:") })?.prefix(while: { $0 != "," }),
      let port = Int(place.dropFirst("127.0.0.1:".count))
    else { throw Measured.Fault(description: ready) }
    self.port = port
  }

  var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: port) }

  func connect(_ scratch: Scratch, _ group: any EventLoopGroup) async throws -> ServerConnection {
    try await ServerConnection.connect(
      to: address, kind: .command, user: "bench", host: "bench", knownServers: KnownServers(path: scratch.path + "/known"),
      group: group)
  }
}

extension ServerConnection {
  /// Submits a job and returns its number.
  func submit(_ job: JobSpec, paused: Bool = false) async throws -> UInt32 {
    var submit = WireSubmitJob()
    submit.document = Data(job.document.text().utf8)
    submit.paused = paused
    guard case .submitted(let answer) = try await request(.submit(submit)) else {
      throw Measured.Fault(description: "not submitted")
    }
    return answer.job
  }

  func counts(of job: UInt32) async throws -> TaskCounts {
    var get = WireGetJob()
    get.selector.ids = [job]
    guard case .job(let detail) = try await request(.getJob(get)) else { throw Measured.Fault(description: "no job") }
    return TaskCounts(detail.row.counts)
  }
}

/// Looks every 50 ms until a condition holds.
func wait(_ what: String, _ seconds: Double, until condition: () async throws -> Bool) async throws {
  let begin = now()
  while !(try await condition()) {
    guard now() - begin < seconds else { throw Measured.Fault(description: "not seen within \(seconds) s: \(what)") }
    try await Task.sleep(for: .milliseconds(50))
  }
}

func connect(_ renders: [LightRender], wasLost: Bool = false) async {
  await withTaskGroup(of: Void.self) { tasks in
    for render in renders { tasks.addTask { await render.connect(wasLost: wasLost) } }
  }
}
