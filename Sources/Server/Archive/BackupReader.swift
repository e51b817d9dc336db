import Model
import Scheduler
import SwiftProtobuf
import Wire

/// The bytes of a backup to changes, as they come: `append` portions of the file, take changes with `next` until there are none.
///
/// Whatever the bytes are, it gives changes or an `ArchiveFault` that names the place.
public struct BackupReader {
  private var reader = ArchiveReader()
  private var check = BackupCheck()
  private var decoding = ChangeDecoding()
  private var changes: UInt64 = 0

  public init() {}

  /// Of the file, where the next record begins.
  public var offset: Int { reader.offset }
  public var end: WireArchiveEnd? { check.end }

  public mutating func append(_ portion: some Collection<UInt8>) { reader.append(portion) }

  /// The changes of the next record; nil: more bytes are needed.
  public mutating func next() throws(ArchiveFault) -> [StoreChange]? {
    guard let record = try reader.next() else { return nil }
    try check.take(record)
    switch record.kind {
    case .changes: return try changes(record)
    case .tasks:
      do { try decoding.take(try WireStoredTasks(serializedBytes: record.payload), at: record.offset) } catch {
        throw (error as? ArchiveFault) ?? ArchiveFault(.damaged, at: record.offset, "a record is no message")
      }
    case .end:
      guard let end = check.end, end.changes == changes, decoding.isBetweenChanges else {
        throw ArchiveFault(.damaged, at: record.offset, "the backup has not as many changes as its end says")
      }
    default: break
    }
    return []
  }

  /// Called when no more bytes come.
  public func finish() throws(ArchiveFault) {
    try reader.finish()
    try check.finish(at: reader.offset)
  }

  private mutating func changes(_ record: ArchiveRecord) throws(ArchiveFault) -> [StoreChange] {
    let message: WireStoredChanges
    do { message = try WireStoredChanges(serializedBytes: record.payload) } catch {
      throw ArchiveFault(.damaged, at: record.offset, "a record is no message")
    }
    var all: [StoreChange] = []
    all.reserveCapacity(message.changes.count)
    for wire in message.changes {
      let change = try decoding.change(wire, at: record.offset) { _ in nil }
      guard change.isWhole else { throw ArchiveFault(.damaged, at: record.offset, "a change that does not belong into a backup") }
      all.append(change)
    }
    changes += UInt64(all.count)
    return all
  }

  /// All changes of a file that lies in memory.
  public static func changes(in file: [UInt8]) throws(ArchiveFault) -> [StoreChange] {
    var reader = BackupReader()
    reader.append(file)
    var all: [StoreChange] = []
    while let some = try reader.next() { all += some }
    try reader.finish()
    return all
  }
}

extension StoreChange {
  /// It makes something that was not there, and needs nothing that was.
  var isWhole: Bool {
    switch self {
    case .putJob, .putTask, .putRun, .putRender, .putUser, .putPool, .putBranch, .putErrorHost, .journal, .putSystemCommand,
      .putEvent, .putCounter:
      true
    default: false
    }
  }
}
