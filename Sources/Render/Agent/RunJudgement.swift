import EventService
import Glibc
import Model

extension Run {
  /// How the run ended, from its record, its output and what was asked of it (reference/afanasy.md section 9.4).
  func judged(_ record: RunRecord) -> RunResult {
    var result = RunResult(
      outcome: .success, started: record.started, ended: record.ended, memoryPeakMB: (record.memoryPeakKB + 1023) / 1024,
      cpuSeconds: (record.cpuMicroseconds + 500_000) / 1_000_000)
    // The keeper knows the largest single process, the agent has now and then seen all of them.
    result.memoryPeakMB = max(result.memoryPeakMB, memoryPeakMB)
    if parser.progress.hasWarning { result.flags.insert(.warning) }
    switch record.ending {
    case .exited(let status): result.exitCode = status
    case .killed(let signal): result.signal = signal
    case .failedToStart(let reason):
      result.outcome = .failedToStart
      result.reason = reason
      return result
    case .lost:
      result.outcome = .lost
      result.reason = Self.keeperKilled
      return result
    }
    // An agent that was restarted in between does not know why it stopped the run; its parser finds its own reasons again.
    if record.wasStopped, isStopAsked || parser.verdict == nil {
      result.outcome = .stopped
      result.reason = "stopped"
      return result
    }
    switch parser.verdict {
    case .error(let line):
      result.outcome = .parserError
      result.flags.insert(.parserError)
      result.reason = line
      return result
    case .fatalError(let line):
      result.outcome = .parserFatalError
      result.flags.insert(.parserFatal)
      result.reason = line
      return result
    case .success(let line):
      result.outcome = .parserSuccess
      result.flags.insert(.parserSuccess)
      result.reason = line
      return result
    case nil: break
    }
    switch record.ending {
    case .killed(let signal):
      result.outcome = .killed
      result.reason = "killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    case .exited(EventRun.partlyStatus) where note.key.job == .system && note.key.block == SystemBlock.events.index:
      result.outcome = .parserFatalError
      result.flags.insert(.parserFatal)
      result.reason = "some of what the event asked for is done, some failed: it is not tried again, or that would be done twice"
    case .exited(let status) where !successExitCodes.contains(status):
      result.outcome = .exitStatus
      result.reason = "exit status \(status)\(Self.hint(status))"
      if let line = parser.badResult { result.reason += ": \(line)" }
    default:
      if let line = parser.badResult {
        result.outcome = .parserBadResult
        result.flags.insert(.parserBadResult)
        result.reason = line
      }
    }
    return result
  }

  static let keeperKilled = "the keeper of the render's tasks was killed, and the task with it"

  /// How the run ended, once somebody has looked for its files.
  func judged(_ result: RunResult, _ files: ResultFiles.Verdict) -> RunResult {
    guard case .fault(let reason) = files else { return result }
    var result = result
    result.outcome = .badFiles
    result.flags.insert(.badFiles)
    result.reason = reason
    return result
  }

  /// What shells mean by it.
  private static func hint(_ status: Int32) -> String {
    switch status {
    case 126: " (the command cannot be executed)"
    case 127: " (the command was not found)"
    case 129...159: " (signal \(status - 128), \(String(cString: strsignal(status - 128))))"
    default: ""
    }
  }
}
