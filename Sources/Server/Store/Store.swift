public import Model
public import Scheduler

/// Where the farm outlives the server.
///
/// What is durable when: when `append` returns, all changes given to it are on disk and survive a crash of the process, of the
/// system and of the power; when it throws, none of them happened. Changes take effect in the order in which they were given,
/// over all calls. `CommitQueue` sees to it that nobody hears of a change before `append` has returned.
///
/// A store is used by one thread at a time.
public protocol Store: AnyObject, Sendable {
  /// For logs and messages: `sqlite:/var/lib/reeve/reeve.sqlite`.
  var name: String { get }

  /// All that was kept, as of now.
  func load() throws -> StoreSnapshot

  /// Keeps the changes, all or none.
  ///
  /// - Throws: `StoreFailure`.
  func append(_ changes: [StoreChange]) throws

  /// Whether about `bytes` more would find room: asked before submits are taken again after a failure.
  ///
  /// - Throws: `StoreFailure` that says what is missing.
  func probe(bytes: Int) throws

  /// Lines of the journal, the newest first.
  ///
  /// - Parameters:
  ///   - object: of this one only, as `job 14`; nil: of all.
  ///   - before: only lines with smaller numbers; nil: from the newest on.
  ///   - limit: at most so many.
  func journal(object: String?, before: UInt64?, limit: Int) throws -> [JournalEntry]

  /// The last events, at most so many, the oldest first.
  func events(limit: Int) throws -> [FarmEvent]

  /// Whether appends left something behind for `compact`.
  var hasHousework: Bool { get }

  /// Does a bounded portion (some ten milliseconds) of the housekeeping that deletions and journals leave behind.
  ///
  /// - Returns: whether there is more to do.
  func compact() throws -> Bool

  /// Begins to read all that is kept as of now, portion by portion, while commits go on.
  func reading(_ extent: StoreExtent) throws -> any StoreReading

  /// Nothing may be called afterwards.
  func close() throws
}

extension Store {
  public var hasHousework: Bool { false }

  public func journal(object: String?, before: UInt64?, limit: Int) throws -> [JournalEntry] {
    throw StoreFailure(.other, "\(name) keeps no journal")
  }

  public func events(limit: Int) throws -> [FarmEvent] { [] }

  public func reading(_ extent: StoreExtent) throws -> any StoreReading {
    extent == .farm
      ? SnapshotReading(try load())
      : SnapshotReading(
        try load(), events: try events(limit: Limits.events), journal: try journal(object: nil, before: nil, limit: .max).reversed()
      )
  }
}

/// Why a store did not keep something.
public struct StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case diskFull
    /// The device or file system reports errors, or took the right to write away.
    case device
    /// The store's files are damaged, or were made by a newer version.
    case damaged
    case other
  }
  public let reason: Reason
  public let message: String
  public init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
  public var description: String { message }
}
