import Model

/// One regular expression of a parser, and what a line that it is found in means.
struct ParserRule: Hashable, Sendable {
  /// The keys of `parser` in a service file. In brackets what the groups of the expression hold.
  enum Kind: String, Hashable, Sendable, CaseIterable {
    /// [percent of the task] or [part, whole].
    case percent
    /// [percent of the current frame] or [part, whole].
    case framePercent = "frame_percent"
    /// [number of the frame that begins, as in the scene].
    case frame
    /// [which of its frames begins, from 1] or [which, of how many].
    case frameOrdinal = "frame_ordinal"
    /// [how many frames are done].
    case framesDone = "frames_done"
    /// The current frame is done.
    case frameDone = "frame_done"
    /// [how long all of it is], a number or a time as `HH:MM:SS.ss`.
    case total
    /// [how far it is], in the unit of `total`.
    case position
    /// What it is busy with: the first group, or all that matched.
    case activity
    /// What it has to say for itself, likewise.
    case report
    /// The task is marked.
    case warning
    /// The task is stopped and is an error.
    case error
    /// The same, and it is not tried again.
    case fatalError = "fatal_error"
    /// The task runs to its end and is then an error.
    case badResult = "bad_result"
    /// The task is stopped and is done.
    case success
    /// Whatever else matches, the line means nothing.
    case ignore

    /// How many groups the expression must have.
    var groups: ClosedRange<Int> {
      switch self {
      case .percent, .framePercent, .frameOrdinal: 1...2
      case .frame, .framesDone, .total, .position: 1...1
      case .activity, .report: 0...1
      case .frameDone, .warning, .error, .fatalError, .badResult, .success, .ignore: 0...9
      }
    }
  }

  var kind: Kind
  var pattern: Pattern
}
