import Foundation
import Model
import Scheduler
import SwiftProtobuf
import Wire

/// Changes to the bytes of a backup, gathered into records of some hundred KiB.
struct BackupWriter {
  private var changes = WireStoredChanges()
  private var roughBytes = 0
  private var counts = WireArchiveEnd()
  private var bytes: [UInt8] = ArchiveRecord.prefix

  /// Of a record, roughly, in bytes.
  private static let recordBytes = 256 << 10

  init(_ header: WireArchiveHeader) throws {
    try put(.header, header)
  }

  mutating func add(_ change: StoreChange) throws {
    var pieces: [WireStoredTasks] = []
    var isFlushed = false
    let wire = try ChangeEncoding.wire(change) { piece in
      // The pieces of one change are only as long as its list.
      pieces.append(piece)
      isFlushed = true
    }
    if isFlushed { try flush() }
    for piece in pieces { try put(.tasks, piece) }
    changes.changes.append(wire)
    roughBytes += wire.roughBytes
    count(change)
    if roughBytes > Self.recordBytes { try flush() }
  }

  /// What was made since it was last asked for.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  var count: Int { bytes.count }

  /// Writes the end.
  mutating func finish() throws {
    try flush()
    try put(.end, counts)
  }

  /// Ends the record at hand.
  mutating func flush() throws {
    guard !changes.changes.isEmpty else { return }
    try put(.changes, changes)
    changes = WireStoredChanges()
    roughBytes = 0
  }

  private mutating func put(_ kind: ArchiveRecord.Kind, _ message: some SwiftProtobuf.Message) throws {
    bytes += ArchiveRecord.encoded(kind, try message.serializedBytes())
    counts.records += 1
  }

  private mutating func count(_ change: StoreChange) {
    counts.changes += 1
    switch change {
    // The system job is nobody's.
    case .putJob(let job): if job.id != .system { counts.jobs += 1 }
    case .putTask: counts.tasks += 1
    case .putRun: counts.runs += 1
    case .putRender: counts.renders += 1
    case .putUser: counts.users += 1
    default: break
    }
  }
}

extension WireStoredChange {
  /// About its length as bytes.
  var roughBytes: Int {
    switch content {
    case .putJob(let job): 64 + job.document.count
    case .putJobParameters(let parameters): 16 + parameters.document.count
    case .appendTasks(let append): 32 + append.document.count
    case .putTask(let task): 56 + task.reason.utf8.count
    case .putRender(let render): 512 + render.parameters.utf8.count
    case .putSystemCommand(let command): 128 + command.text.utf8.count
    case .putUser, .putPool, .putBranch, .journal, .putEvent: 256
    default: 48
    }
  }
}
