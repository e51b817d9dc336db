import Model
import Text

/// Runs as lines of a log: of a render's, which names the tasks, and of a task's, which names the renders.
enum NodeRuns {
  static func began(_ key: TaskKey, start: Int32, at time: Instant) -> NodeLine {
    NodeLine(time: time, level: .info, text: "task \(key) begins\(start > 1 ? " (start \(start))" : "")")
  }

  static func ended(_ end: RunEnd) -> NodeLine {
    let (level, text) = words(end)
    return NodeLine(time: end.ended, level: level, text: "task \(end.key) \(text)")
  }

  static func began(start: Int32, on render: String, at time: Instant) -> NodeLine {
    NodeLine(time: time, level: .info, text: "start \(start) begins on \(render)")
  }

  static func ended(_ end: RunEnd, on render: String) -> NodeLine {
    let (level, text) = words(end)
    return NodeLine(time: end.ended, level: level, text: "start \(end.start) on \(render) \(text)")
  }

  /// What became of it, and after what time.
  private static func words(_ end: RunEnd) -> (NodeLine.Level, String) {
    let after = " after \(Format.duration(seconds: (end.ended - end.started).seconds))"
    let reason = end.reason.isEmpty ? "" : ": \(end.reason)"
    switch end.wish {
    case .requeue: return (.info, "was stopped\(after): it goes back on the queue")
    case .restart: return (.info, "was stopped\(after): it was restarted")
    case .skip: return (.info, "was stopped\(after): it was skipped")
    case .done: return (.info, "was stopped\(after): it was marked as done")
    case .suspend: return (.info, "was stopped\(after): it was suspended")
    case .error: return (.warning, "was stopped\(after): its error stands before this line")
    case nil: break
    }
    switch end.outcome {
    case nil, .lost: return (.notice, "was lost\(after)\(reason)")
    case .stopped: return (.info, "was stopped\(after)\(reason)")
    case .success, .parserSuccess: return (.info, "is done\(after)")
    case .skipped: return (.info, "was not run: its files are there")
    case .killed: return (.warning, "was killed by signal \(end.signal)\(after)\(reason)")
    case .exitStatus: return (.warning, "ended with status \(end.exitCode)\(after)\(reason)")
    case .failedToStart: return (.warning, "could not be started\(reason)")
    case .parserError, .parserFatalError, .parserBadResult, .badFiles: return (.warning, "failed\(after)\(reason)")
    }
  }
}
