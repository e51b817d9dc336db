/// How a run ended (section 9.4), as its agent reports it.
public enum RunOutcome: UInt8, Hashable, Sendable {
  case success = 1
  /// Exit status that the service does not count as success.
  case exitStatus
  /// Killed by a signal that was not ours.
  case killed
  /// Could not be started at all: no such command, no such directory…
  case failedToStart
  case parserError
  case parserFatalError
  case parserBadResult
  /// The parser saw the end and the process was stopped for it.
  case parserSuccess
  /// Stopped because the server asked.
  case stopped
  /// The agent lost the run: its keeper died.
  case lost
  /// Not run: all of its result files are there already (section 3.14, flag skipexistingfiles).
  case skipped
  /// Ended well, and a result file is missing or of a wrong size (section 3.14, flag checkrenderedfiles).
  case badFiles
}

/// What an agent says of a run that is over.
public struct RunResult: Hashable, Sendable {
  public var outcome: RunOutcome
  public var exitCode: Int32
  /// 0: none.
  public var signal: Int32
  /// For people: why it failed.
  public var reason: String
  public var flags: TaskFlags
  /// When the process started and ended, by the render's clock.
  public var started: Instant
  public var ended: Instant
  public var memoryPeakMB: Int64
  public var cpuSeconds: Int64
  /// Of a failed run of the system job: the end of what it printed, for the job's log; bounded by who fills it.
  public var output: String

  public init(
    outcome: RunOutcome, exitCode: Int32 = 0, signal: Int32 = 0, reason: String = "", flags: TaskFlags = [],
    started: Instant = .never, ended: Instant = .never, memoryPeakMB: Int64 = 0, cpuSeconds: Int64 = 0, output: String = ""
  ) {
    self.output = output
    self.outcome = outcome
    self.exitCode = exitCode
    self.signal = signal
    self.reason = reason
    self.flags = flags
    self.started = started
    self.ended = ended
    self.memoryPeakMB = memoryPeakMB
    self.cpuSeconds = cpuSeconds
  }
}

/// What an agent says of a run that goes on, each time that something of it has changed. What counts as a change of progress
/// (section 2.2) is in `position`: a new activity or more memory is none.
public struct RunProgress: Hashable, Sendable {
  /// Of the whole task; -1: unknown.
  public var percent: Int32
  /// The frame that it is at: of a numeric block its number as in the scene, of others counted from 1; -1: unknown. Frames before it
  /// are done.
  public var frame: Int32
  /// Of that frame; -1: unknown.
  public var framePercent: Int32
  public var activity: String
  public var report: String
  public var hasWarning: Bool
  /// Resident memory of its processes together, at the last measurement; 0: not measured yet.
  public var memoryMB: Int64
  public init(
    percent: Int32 = -1, frame: Int32 = -1, framePercent: Int32 = -1, activity: String = "", report: String = "",
    hasWarning: Bool = false, memoryMB: Int64 = 0
  ) {
    self.percent = percent
    self.frame = frame
    self.framePercent = framePercent
    self.activity = activity
    self.report = report
    self.hasWarning = hasWarning
    self.memoryMB = memoryMB
  }

  /// How far a run is. As long as it stays the same, there is no progress.
  public struct Position: Hashable, Sendable {
    public var percent: Int32
    public var frame: Int32
    public var framePercent: Int32
  }

  public var position: Position { Position(percent: percent, frame: frame, framePercent: framePercent) }
}

/// A run as an agent knows it when it registers: what goes on, or waits to be acknowledged.
public struct RunReport: Hashable, Sendable {
  public var lease: Lease
  public var key: TaskKey
  public init(lease: Lease, key: TaskKey) {
    self.lease = lease
    self.key = key
  }
}
