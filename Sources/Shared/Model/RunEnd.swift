/// A run that is over. The farm itself remembers of a task only its last one; whoever wants to show earlier ones keeps these.
public struct RunEnd: Sendable, Hashable {
  /// Why the server ended it.
  public enum Wish: UInt8, Sendable, Hashable, CaseIterable {
    /// Its task was to go back on the queue.
    case requeue = 1
    case restart, skip, done, suspend
    /// It broke a limit, or a host of it was lost.
    case error
  }
  public var key: TaskKey
  /// Which start of the task it was, from 1.
  public var start: Int32
  public var render: RenderID
  /// By the farm's clock.
  public var started: Instant
  public var ended: Instant
  /// As its agent told it; nil: it was lost, or its agent was not there to tell.
  public var outcome: RunOutcome?
  public var exitCode: Int32
  /// 0: none.
  public var signal: Int32
  /// For people; empty: nothing is to be said.
  public var reason: String
  public var memoryPeakMB: Int64
  public var cpuSeconds: Int64
  /// nil: it ended by itself.
  public var wish: Wish?

  public init(
    key: TaskKey, start: Int32, render: RenderID, started: Instant, ended: Instant, result: RunResult? = nil, wish: Wish? = nil
  ) {
    self.key = key
    self.start = start
    self.render = render
    self.started = started
    self.ended = ended
    self.wish = wish
    outcome = result?.outcome
    exitCode = result?.exitCode ?? 0
    signal = result?.signal ?? 0
    reason = result?.reason ?? ""
    memoryPeakMB = result?.memoryPeakMB ?? 0
    cpuSeconds = result?.cpuSeconds ?? 0
  }
}
