import Model

/// A job as the scheduler keeps it.
struct Job: Sendable {
  let id: JobID
  var spec: JobSpec
  var user: Int
  var priority: UInt8
  var isOffline: Bool
  /// Places in `Farm.blocks`, by block index.
  var blocks: [Int]
  /// The sum of what its blocks present.
  var counts = Counts()
  var created: Instant
  var started = Instant.never
  var done = Instant.never

  /// A place that holds no job.
  static let vacant = Job(
    id: JobID(0), spec: JobSpec(name: "", user: "", blocks: []), user: 0, priority: 0, isOffline: true, blocks: [], created: .never)

  var stored: StoredJobState {
    StoredJobState(id: id, priority: priority, isOffline: isOffline, created: created, started: started, done: done)
  }

  /// Whether its tasks may start at all.
  var isStartable: Bool { !isOffline && priority > 0 }
}

/// A user: made at the first job, or when one of the user's renders is nimby.
struct User: Sendable {
  let name: String
  var parameters: UserParameters
  var registered: Instant
  var jobs: Int32 = 0
  var running: Int32 = 0
  /// Whether the store has been told.
  var isStored = false

  var stored: StoredUser { StoredUser(name: name, parameters: parameters, registered: registered) }
}
