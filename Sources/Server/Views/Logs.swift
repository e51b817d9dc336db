import Model
import Scheduler

/// The outputs that people look at: of runs that are over from their files, of runs that go on from their renders.
///
/// A follower of a run that goes on gets what its render sends, each byte once and in order; when the run ends, what is still
/// missing comes from the file that the render has left by then.
struct Logs: Sendable {
  struct Name: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
  }

  struct Reader: Sendable {
    enum Source: Sendable {
      /// Reading its file.
      case file
      /// Listening to the render that runs it.
      case live(Lease)
    }
    let session: Session
    let number: UInt32
    let file: OutputFile
    var source: Source
    /// Of the next byte that it wants.
    var offset: UInt64
    /// Ends at this moment: it has what there is, or its render is silent; nil: follows to the end.
    var quietAt: Instant?
    /// Bytes were left out because the connection was clogged, or it waits to go on with the file.
    var isBehind = false
  }

  private(set) var readers: [Name: Reader] = [:]
  private var byLease: [Lease: Set<Name>] = [:]
  /// Tasks whose runs are followed.
  private var followed: [TaskKey: Int] = [:]

  var isEmpty: Bool { readers.isEmpty }

  subscript(_ name: Name) -> Reader? {
    get { readers[name] }
    set {
      if let old = readers[name] { unlink(name, old) }
      readers[name] = newValue
      if let newValue { link(name, newValue) }
    }
  }

  private mutating func link(_ name: Name, _ reader: Reader) {
    guard case .live(let lease) = reader.source else { return }
    byLease[lease, default: []].insert(name)
    followed[reader.file.key, default: 0] += 1
  }

  private mutating func unlink(_ name: Name, _ reader: Reader) {
    guard case .live(let lease) = reader.source else { return }
    byLease[lease]?.remove(name)
    if byLease[lease]?.isEmpty == true { byLease[lease] = nil }
    let left = followed[reader.file.key, default: 1] - 1
    followed[reader.file.key] = left > 0 ? left : nil
  }

  func isFollowed(_ key: TaskKey) -> Bool { followed[key] != nil }

  func readers(of lease: Lease) -> Set<Name> { byLease[lease] ?? [] }

  func readers(of key: TaskKey) -> [Name] {
    readers.filter { $0.value.file.key == key && $0.value.isLive }.map(\.key)
  }

  func readers(of connection: ConnectionID) -> [Name] { readers.keys.filter { $0.connection == connection } }

  var leases: [Lease] { byLease.keys.sorted() }

  /// The earliest moment at which a reader that does not follow ends.
  var due: Instant? { readers.values.lazy.compactMap(\.quietAt).min() }
}

extension Logs.Reader {
  var isLive: Bool { if case .live = source { true } else { false } }
}
