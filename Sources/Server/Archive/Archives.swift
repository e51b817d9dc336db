import Dispatch
import Model
import Synchronization
import Wire

/// Backups that are made for connections, and the one that is taken in: one of each at a time, on a thread of their own.
final class Archives: Sendable {
  private struct Making {
    let owner: ConnectionID
    var backup: BackupMaking
    var portions: UInt64 = 0
    var asked = DispatchTime.now()
  }
  /// Lives on `queue` only.
  private final class Work {
    var making: Making?
    var taking: (owner: ConnectionID, backup: BackupTaking, size: UInt64)?
    /// A whole one was taken: the server ends for it.
    var isRestored = false
  }

  /// A backup that nobody asked a portion of for so long is given up: the store cannot tidy its log while it is read. In seconds.
  private static let patience = 120

  private let queue: DispatchQueue
  private let work: QueueBound<Work>
  private let commits: CommitQueue
  private let address: StoreAddress
  private let header: WireArchiveHeader
  private let clock: FarmClock
  private let restored: @Sendable (StoreReplacement) -> Void

  /// - Parameter restored: called when a whole backup lies beside the store, and its sender was told: the server is to start anew.
  init(
    commits: CommitQueue, address: StoreAddress, serverID: String, serverName: String, clock: FarmClock,
    restored: @escaping @Sendable (StoreReplacement) -> Void
  ) {
    let queue = DispatchQueue(label: "reeve.archive", qos: .utility)
    self.queue = queue
    work = QueueBound(Work(), queue)
    self.commits = commits
    self.address = address
    self.clock = clock
    self.restored = restored
    var header = WireArchiveHeader()
    header.kind = .backup
    header.version = ProtocolVersion.program
    header.serverID = serverID
    header.serverName = serverName
    self.header = header
  }

  /// The connection is gone, and what it began with it.
  func forget(_ owner: ConnectionID) {
    queue.async { [work] in
      let work = work.value
      if work.making?.owner == owner { work.making = nil }
      if let taking = work.taking, taking.owner == owner {
        taking.backup.discard()
        work.taking = nil
      }
    }
  }

  /// The store is closed next: nothing may read it any more.
  func close() {
    queue.sync {
      work.value.making = nil
      work.value.taking?.backup.discard()
      work.value.taking = nil
    }
  }

  // MARK: Backup

  /// - Parameter portion: how many came before.
  func backup(
    _ owner: ConnectionID, portion: UInt64, _ answer: @escaping @Sendable (Result<BackupMaking.Portion, Failure>) -> Void
  ) {
    guard portion == 0 else { return queue.async { answer(self.next(owner, portion)) } }
    queue.async {
      if let making = self.work.value.making, making.owner != owner {
        return answer(.failure(Failure(.failed, "another backup is being made (try again when it is done)")))
      }
      self.commits.reading(.everything) { result in
        let time = self.clock.now
        self.queue.async {
          answer(
            Self.said {
              var header = self.header
              header.time = time.microseconds
              let backup = try BackupMaking(try result.get(), header: header)
              self.work.value.making = Making(owner: owner, backup: backup)
              return try self.next(owner, 0).get()
            })
        }
      }
    }
  }

  private func next(_ owner: ConnectionID, _ number: UInt64) -> Result<BackupMaking.Portion, Failure> {
    let work = work.value
    guard var making = work.making, making.owner == owner, making.portions == number else {
      return .failure(Failure(.failed, "the backup was given up (begin it again)"))
    }
    // Not twice in memory while it grows.
    work.making = nil
    return Self.said {
      let portion = try making.backup.next()
      making.portions += 1
      making.asked = .now()
      if !portion.isEnd {
        work.making = making
        watch(owner, making.portions)
      }
      return portion
    }
  }

  private func watch(_ owner: ConnectionID, _ portions: UInt64) {
    queue.asyncAfter(deadline: .now() + .seconds(Self.patience)) { [work] in
      if let making = work.value.making, making.owner == owner, making.portions == portions { work.value.making = nil }
    }
  }

  // MARK: Restore

  /// - Parameter size: of the file, in bytes.
  func beginRestore(_ owner: ConnectionID, size: UInt64, _ answer: @escaping @Sendable (Result<Void, Failure>) -> Void) {
    queue.async {
      let work = self.work.value
      answer(
        Self.said {
          if work.isRestored { throw Failure(.failed, "a backup was restored; the server is starting anew") }
          if let taking = work.taking {
            guard taking.owner == owner else { throw Failure(.failed, "another backup is being restored") }
            taking.backup.discard()
            work.taking = nil
          }
          work.taking = (owner, try BackupTaking(self.address.replacement), size)
        })
    }
  }

  func restore(
    _ owner: ConnectionID, offset: UInt64, _ bytes: [UInt8], _ answer: @escaping @Sendable (Result<Int, Failure>) -> Void
  ) {
    queue.async {
      let work = self.work.value
      answer(
        Self.said {
          guard let taking = work.taking, taking.owner == owner else { throw Failure(.usage, "no backup was begun") }
          guard offset == UInt64(taking.backup.taken), !bytes.isEmpty, offset + UInt64(bytes.count) <= taking.size else {
            throw Failure(.usage, "a portion of a backup at the wrong place")
          }
          do { try taking.backup.append(bytes) } catch {
            taking.backup.discard()
            work.taking = nil
            throw error
          }
          return taking.backup.taken
        })
    }
  }

  /// All was sent.
  func commitRestore(_ owner: ConnectionID, _ answer: @escaping @Sendable (Result<WireArchiveEnd, Failure>) -> Void) {
    queue.async {
      let work = self.work.value
      let result = Self.said {
        guard let taking = work.taking, taking.owner == owner else { throw Failure(.usage, "no backup was begun") }
        work.taking = nil
        do {
          let end = try taking.backup.finish()
          work.isRestored = true
          return end
        } catch {
          taking.backup.discard()
          throw error
        }
      }
      answer(result)
      if work.isRestored { self.restored(self.address.replacement) }
    }
  }

  private static func said<Value>(_ body: () throws -> Value) -> Result<Value, Failure> {
    do { return .success(try body()) } catch let failure as Failure { return .failure(failure) } catch {
      return .failure(Failure(.failed, "\(error)"))
    }
  }
}

/// A value that only the work of one serial queue touches.
///
/// `@unchecked Sendable`: `value` ends the program on any other thread.
private final class QueueBound<Value>: @unchecked Sendable {
  private let bound: Value
  private let queue: DispatchQueue

  init(_ value: Value, _ queue: DispatchQueue) {
    bound = value
    self.queue = queue
  }

  var value: Value {
    dispatchPrecondition(condition: .onQueue(queue))
    return bound
  }
}
