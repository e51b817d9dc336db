import Identity
import Model
import NIOCore
import NIOPosix
import Synchronization
import Wire

/// A render that starts no process: it says of each task at once that it is done. Real TLS, real frames.
final class NullRender: Sendable {
  private let connection: Mutex<ServerConnection?> = Mutex(nil)
  private let finished: Atomic<Int> = Atomic(0)

  var count: Int { finished.load(ordering: .relaxed) }

  func connect(_ number: Int, to address: ServerAddress, slots: Int32, known: KnownServers, group: any EventLoopGroup) async throws
  {
    let connected = try await ServerConnection.connect(
      to: address, kind: .render, user: "bench", host: "bench", knownServers: known, group: group,
      onFrame: { [weak self] frame in self?.take(frame) })
    connection.withLock { $0 = connected }
    var register = WireRenderRegister()
    register.name = "null\(number)"
    register.agent = "null-agent-\(number)"
    register.user = "bench"
    register.capacity = slots * 1000
    register.maxTasks = slots
    var frame = WireClientFrame()
    frame.register = register
    connected.send(frame)
  }

  private func take(_ frame: WireServerFrame) {
    guard case .events(let events) = frame.content, !events.starts.isEmpty else { return }
    var update = WireRenderUpdate()
    update.runs = events.starts.map { start in
      var run = WireRunUpdate()
      run.lease = start.lease
      run.finished = WireRunFinished(
        key: TaskKey(job: JobID(start.job), block: BlockIndex(UInt16(start.block)), task: TaskIndex(start.task)),
        start: start.start,
        RunResult(outcome: .success))
      return run
    }
    var answer = WireClientFrame()
    answer.update = update
    connection.withLock { $0 }?.send(answer)
    finished.wrappingAdd(events.starts.count, ordering: .relaxed)
  }

  func alive() {
    var frame = WireClientFrame()
    frame.alive = WireAlive()
    connection.withLock { $0 }?.send(frame)
  }

  func close() async { await connection.withLock { $0 }?.close() }
}
