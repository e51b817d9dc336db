public import Model

/// Something that leaves the server: as much of it as the rules of the commit line must know.
public protocol CommitMessage: Sendable {
  /// These jobs are given up. Takes out what it says of them; a submitter's answer becomes `failure`.
  mutating func withdraw(_ jobs: Set<JobID>, saying failure: Failure) -> CommitFate

  /// The store fails. What tells that something was done becomes `failure`; what only shows the farm need not wait.
  mutating func storeFails(saying failure: Failure) -> CommitFate
}

/// What becomes of a message whose rows could not be kept.
public enum CommitFate: Hashable, Sendable {
  /// Goes on waiting for its rows.
  case waits
  /// Leaves now, as it is: nobody is left waiting for a store that fails.
  case leaves
  /// Nobody needs it any more.
  case dropped
}
