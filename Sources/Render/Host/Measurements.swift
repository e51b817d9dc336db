import Model
import NIOPosix
import Synchronization

/// Measures the machine and its tasks away from the event loop; the graphics card, which takes a program to ask, only now and then.
final class Measurements: Sendable {
  private struct State {
    var meter: HostMeter
    var reading: GraphicsMeter.Reading?
    /// Monotonic milliseconds.
    var readAt: Int64 = -60_000
  }

  /// What was found at one moment.
  struct Taken: Sendable {
    var resources: HostResources
    /// Resident memory of tasks in MB, by the leaders of their groups.
    var memory: [Int32: Int64]
  }

  private static let graphicsMilliseconds: Int64 = 30_000

  private let state: Mutex<State>
  private let graphics: GraphicsMeter?
  private let pool: NIOThreadPool

  init(diskPath: String, path: String, pool: NIOThreadPool) {
    state = Mutex(State(meter: HostMeter(diskPath: diskPath)))
    graphics = GraphicsMeter(path: path)
    self.pool = pool
  }

  /// - Parameter leaders: of the process groups of tasks.
  /// - Returns: nil when the pool is shut down.
  func take(leaders: Set<Int32> = []) async -> Taken? {
    try? await pool.runIfActive { Taken(resources: self.measure(), memory: TaskMemory.measure(leaders)) }
  }

  private func measure() -> HostResources {
    // The pool may run two at once: the graphics card is asked outside of the lock by the one that finds it due.
    let isDue = state.withLock { state in
      let now = Clock.monotonicMilliseconds
      guard graphics != nil, now - state.readAt >= Self.graphicsMilliseconds else { return false }
      state.readAt = now
      return true
    }
    if isDue, let reading = graphics?.read() { state.withLock { $0.reading = reading } }
    return state.withLock { state in
      var resources = state.meter.measure()
      if let reading = state.reading {
        resources.gpuPercent = reading.percent
        resources.gpuMemoryTotalMB = reading.memoryTotalMB
        resources.gpuMemoryUsedMB = reading.memoryUsedMB
        resources.gpuName = reading.name
      }
      return resources
    }
  }
}
