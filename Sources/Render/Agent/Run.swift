import Model

/// One start of one task, from the server's order until its acknowledgement.
struct Run {
  enum Phase {
    /// Somebody looks whether its files are there already; else it is started.
    case looking(TaskStart)
    /// The keeper was asked.
    case starting(TaskStart)
    case running(pid: Int32)
    /// Its keeper was killed: the next one knows whether anything is left of it.
    case missing
    /// Over. Without a record it never reached the keeper, or was lost with it.
    case ended(RunRecord?)
  }

  /// Who reads the output, each at its own place. One portion serves all that are due for it.
  struct Cursors {
    var parser: UInt64 = 0
    /// Of the people who follow it while it runs; nil: nobody.
    var live: UInt64?
    /// Of its delivery at the end; nil: not yet, or done.
    var delivery: UInt64?
  }

  let lease: Lease
  let note: RunNote
  let successExitCodes: Set<Int32>
  var phase: Phase
  var parser: OutputParser
  /// For its standard input; until it is started.
  var input: [UInt8]?
  /// Bytes of output so far.
  var total: UInt64 = 0
  var cursors = Cursors()
  /// Offset of the portion that was asked for and has not come.
  var reading: UInt64?
  var isStopAsked = false
  /// The server does not count on it any more: at its end it is forgotten.
  var isAbandoned = false
  /// When it is over: how. Set when all of the output has been read and its files have been looked for.
  var result: RunResult?
  /// Somebody looks for the files of a run that ended well so far.
  var unproven: RunResult?
  /// The last byte of the output that was delivered did not end a line.
  var isLineOpen = false
  /// The result was told on this connection.
  var isTold = false
  /// The progress that the server knows.
  var told = RunProgress()
  /// Resident memory of its processes, as it is told, and the most that was seen.
  var memoryMB: Int64 = 0
  var memoryPeakMB: Int64 = 0

  init(lease: Lease, note: RunNote, service: Service, rules: [ParserRule], phase: Phase, total: UInt64 = 0) {
    self.lease = lease
    self.note = note
    self.phase = phase
    self.total = total
    successExitCodes = service.successExitCodes
    parser = OutputParser(rules: rules, frames: note.frames)
  }

  var isOver: Bool { if case .ended = phase { true } else { false } }
  var pid: Int32? { if case .running(let pid) = phase { pid } else { nil } }

  var progress: RunProgress {
    var progress = parser.progress
    progress.memoryMB = memoryMB
    return progress
  }

  /// Where the next portion is needed; nil: nowhere.
  ///
  /// - Parameter isCongested: the server reads slower than is sent: only the parser goes on.
  func nextRead(isCongested: Bool) -> UInt64? {
    var next: UInt64?
    func want(_ cursor: UInt64?) {
      if let cursor, cursor < total { next = min(next ?? cursor, cursor) }
    }
    if parser.verdict == nil { want(cursors.parser) }
    if !isCongested {
      if !isOver { want(cursors.live) }
      want(cursors.delivery)
    }
    return next
  }

  /// Nothing of the output is left to be read for the result.
  var isParsed: Bool { parser.verdict != nil || cursors.parser >= total }
}
