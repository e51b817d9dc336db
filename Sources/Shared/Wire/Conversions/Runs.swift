public import Model

extension WireRunReport {
  public init(_ report: RunReport) {
    self.init()
    lease = report.lease.value
    key = WireTaskKey(report.key)
  }
}

extension RunReport {
  public init(_ wire: WireRunReport) { self.init(lease: Lease(wire.lease), key: TaskKey(wire.key)) }
}

extension WireRunProgress {
  public init(_ progress: RunProgress) {
    self.init()
    percent = progress.percent
    frame = progress.frame
    framePercentPlusOne = UInt32(max(0, progress.framePercent + 1))
    memoryMb = progress.memoryMB
    activity = progress.activity
    report = progress.report
    warning = progress.hasWarning
  }
}

extension RunProgress {
  /// Texts are cut to a line's length: they come from a renderer's output.
  public init(_ wire: WireRunProgress) {
    self.init(
      percent: max(-1, min(100, wire.percent)), frame: wire.frame,
      framePercent: Int32(min(101, wire.framePercentPlusOne)) - 1, activity: wire.activity.beginning(256),
      report: wire.report.beginning(256), hasWarning: wire.warning, memoryMB: max(0, wire.memoryMb))
  }
}

extension WireRunFinished {
  public init(key: TaskKey, start: Int32, _ result: RunResult) {
    self.init()
    self.key = WireTaskKey(key)
    self.start = start
    outcome = UInt32(result.outcome.rawValue)
    exitCode = result.exitCode
    signal = result.signal
    reason = result.reason
    flags = UInt32(result.flags.rawValue)
    started = result.started.microseconds
    ended = result.ended.microseconds
    memoryPeakMb = result.memoryPeakMB
    cpuSeconds = result.cpuSeconds
  }
}

extension RunResult {
  /// nil: an outcome that this program does not know.
  public init?(_ wire: WireRunFinished) {
    guard let outcome = RunOutcome(rawValue: UInt8(truncatingIfNeeded: wire.outcome)) else { return nil }
    self.init(
      outcome: outcome, exitCode: wire.exitCode, signal: wire.signal, reason: wire.reason.beginning(1024),
      flags: TaskFlags(rawValue: UInt8(truncatingIfNeeded: wire.flags)), started: Instant(microseconds: wire.started),
      ended: Instant(microseconds: wire.ended), memoryPeakMB: wire.memoryPeakMb, cpuSeconds: wire.cpuSeconds)
  }
}
