/// What an order's answer says of taking it back.
public struct UndoOffer: Hashable, Sendable {
  /// What `reeve undo` is given; 0: it cannot be undone, `note` says why.
  public var number: UInt64
  /// For so long from now on.
  public var seconds: Int64
  public var note: String
  public init(number: UInt64, seconds: Int64, note: String = "") {
    self.number = number
    self.seconds = seconds
    self.note = note
  }
}

/// An order that can be taken back: a row of `reeve undo --list`.
public struct UndoSummary: Hashable, Sendable {
  public var number: UInt64
  public var user: String
  public var host: String
  public var at: Instant
  public var until: Instant
  /// `delete job 14 "shot"`, `set priority of 3 jobs`…
  public var text: String
  public init(number: UInt64, user: String, host: String, at: Instant, until: Instant, text: String) {
    self.number = number
    self.user = user
    self.host = host
    self.at = at
    self.until = until
    self.text = text
  }
}

/// What was taken back.
public struct UndoOutcome: Hashable, Sendable {
  public var number: UInt64
  /// The order, as in `UndoSummary`.
  public var text: String
  /// A line for each node; not done: nothing of it was as the order had left it.
  public var nodes: [NodeOutcome]
  /// Those that are jobs, or parts of jobs.
  public var jobs: [JobID]
  public init(number: UInt64, text: String, nodes: [NodeOutcome], jobs: [JobID] = []) {
    self.number = number
    self.text = text
    self.nodes = nodes
    self.jobs = jobs
  }
}
