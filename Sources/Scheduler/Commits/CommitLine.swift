public import Model

/// The rules of group commit, without a store, threads or connections: what waits, what is tried next, and what becomes of it.
///
/// What the farm hands over while the store writes is committed together in one transaction, and only then do the messages leave
/// that let somebody rely on it. Order is kept, over batches and inside them.
///
/// When the store fails, submits that wait are given up and their users told; everything else stays, in order, and is tried again
/// until it is kept. When it is, submits are welcome again as soon as there is room for one like those that failed.
///
/// Whoever owns the line does as it says: `add` each batch; when woken, `take` until there is nothing, give what was taken to the
/// store, and tell the line with `kept` or `failed` how that ended.
public struct CommitLine<Message: CommitMessage>: Sendable {
  public typealias Batch = CommitBatch<Message>

  /// How long to wait after a failure, in milliseconds: `first`, twice that, … at most `last`.
  public struct Retry: Sendable {
    public var first: Int
    public var last: Int
    public init(first: Int = 1000, last: Int = 5000) {
      self.first = first
      self.last = last
    }
  }

  public enum Health: Sendable {
    case well
    /// Nothing can be kept.
    case failing
    /// What is small can be kept, a new job cannot.
    case tight
  }

  private var waiting: [Batch] = []
  /// Rows that wait for the store: too many mean that no more work should be taken.
  public private(set) var waitingRows = 0
  /// The store is at work, or will be after a failure.
  public private(set) var isBusy = false
  public private(set) var health = Health.well
  /// About the size of what failed, in bytes.
  public private(set) var needed = 0
  /// Failures in a row.
  private var attempts = 0
  private let retry: Retry
  private var isProbeDue = false
  /// Jobs that were given back to their submitters: whatever the farm still does for them before it hears of it is left out. The
  /// numbers are never used again, and stay.
  private var withdrawn: Set<JobID> = []

  public init(retry: Retry = Retry()) { self.retry = retry }

  /// What becomes of a batch that was added.
  public enum Added {
    /// It needs no store and nothing is before it: it leaves now.
    case leaves(Batch)
    /// It waits, and the store's side is to be woken.
    case wakes
    /// It waits for what is under way.
    case waits
  }

  public mutating func add(_ new: consuming Batch) -> Added {
    var batch = new
    if !withdrawn.isEmpty { batch.outgoing += batch.withdraw(withdrawn, saying: Self.withdrawal) }
    if batch.rows.isEmpty && !isBusy { return .leaves(batch) }
    waitingRows += batch.rows.count
    waiting.append(batch)
    defer { isBusy = true }
    return isBusy ? .waits : .wakes
  }

  /// What is to be kept next, in one transaction; empty: nothing waits, and the line rests until the next batch wakes it.
  public mutating func take() -> [Batch] {
    if waiting.isEmpty { isBusy = false }
    defer {
      waiting = []
      waitingRows = 0
    }
    return waiting
  }

  /// What was taken is kept: its messages may leave.
  ///
  /// - Returns: whether the store failed before: then it is to be asked (`needed`) whether there is room for a new job.
  public mutating func kept() -> Bool {
    attempts = 0
    return health == .failing
  }

  /// What follows from a failure.
  public struct Failed {
    /// To be sent now: nobody is left waiting for a store that fails.
    public var leaving: [Message]
    /// Jobs that were given up, ascending. The farm is to forget them.
    public var withdrawn: [JobID]
    /// When to try again, in milliseconds; nil: given up, and all that waited with it.
    public var retryAfter: Int?
  }

  /// The store said no: submits go back to their users, the rest waits for the next try.
  ///
  /// - Parameters:
  ///   - batches: what was taken.
  ///   - reason: the store's, for people.
  ///   - isLast: there will be no other try; the line rests.
  public mutating func failed(_ batches: consuming [Batch], because reason: String, isLast: Bool = false) -> Failed {
    var all = batches
    all += waiting
    let given = Set(all.lazy.flatMap(\.submitted))
    withdrawn.formUnion(given)
    needed = all.reduce(0) { $0 + $1.roughBytes }
    var leaving: [Message] = []
    if !given.isEmpty {
      let said = Failure(.failed, "the store could not keep the job: \(reason)")
      for index in all.indices { leaving += all[index].withdraw(given, saying: said) }
    }
    let unkept = Failure(
      .failed, "done, but not kept: \(reason) (it is kept when there is room again, and lost if the server ends before)")
    for index in all.indices { leaving += all[index].storeFails(saying: unkept) }
    health = .failing
    attempts += 1
    if isLast {
      waiting = []
      waitingRows = 0
      isBusy = false
      return Failed(leaving: leaving, withdrawn: given.sorted(), retryAfter: nil)
    }
    waitingRows = all.reduce(0) { $0 + $1.rows.count }
    waiting = all
    return Failed(
      leaving: leaving, withdrawn: given.sorted(), retryAfter: min(retry.last, retry.first << min(attempts - 1, 10)))
  }

  /// The store was asked whether there is room for a new job.
  ///
  /// - Returns: when to ask again, in milliseconds; nil: not at all, or somebody will already.
  public mutating func probed(hasRoom: Bool) -> Int? {
    health = hasRoom ? .well : .tight
    if hasRoom || isProbeDue { return nil }
    isProbeDue = true
    return retry.last
  }

  /// The moment has come at which to ask again.
  ///
  /// - Returns: whether it is still wanted.
  public mutating func probeIsDue() -> Bool {
    isProbeDue = false
    return health == .tight
  }

  private static var withdrawal: Failure { Failure(.failed, "the store could not keep the job") }
}
