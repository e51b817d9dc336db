import Files
import Foundation
import Glibc
import Model
import Scheduler
import SwiftProtobuf
import Wire

/// A segment of the recording that is being written: a snapshot of the farm, and what happened since. The snapshot is written in
/// portions, with batches in between; whoever reads takes the whole snapshot first.
final class Segment {
  let path: String
  /// Bytes in the file.
  private(set) var bytes = 0
  /// Of them, those of the snapshot.
  private(set) var snapshotBytes = 0
  private(set) var isComplete = false
  private let descriptor: Int32
  private var baseline: BackupWriter
  private let time: Instant

  /// What is written in one record at most, of the changes of a batch, in bytes, about.
  private static let batchBytes = 1 << 20

  /// - Throws: `FileError`.
  init(path: String, header: WireArchiveHeader) throws {
    self.path = path
    time = Instant(microseconds: header.time)
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("write", path) }
    baseline = try BackupWriter(header)
    do { try write(baseline.take()) } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// A portion of the snapshot; nil: that was all.
  func add(snapshot changes: [StoreChange]?) throws {
    let before = bytes
    if let changes {
      for change in changes { try baseline.add(change) }
      try baseline.flush()
      try write(baseline.take())
    } else {
      var end = WireRecordedBaseline()
      end.time = time.microseconds
      try write(ArchiveRecord.encoded(.baseline, try end.serializedBytes()))
      isComplete = true
    }
    snapshotBytes += bytes - before
  }

  /// What a batch did. A long one becomes several of the same moment.
  func add(_ changes: [StoreChange], _ commands: [BatchNotes.Brief], _ presence: [WireRecordedPresence], at time: Instant) throws {
    var out: [UInt8] = []
    var batch = WireRecordedBatch()
    batch.time = time.microseconds
    batch.commands = commands.map { brief in
      var command = WireRecordedCommand()
      command.kind = brief.kind
      command.who = brief.who
      command.about = brief.about
      return command
    }
    batch.presence = presence
    var rough = 0
    for change in changes {
      var pieces: [UInt8] = []
      let wire = try ChangeEncoding.wire(change) { piece in
        pieces += ArchiveRecord.encoded(.tasks, try piece.serializedBytes())
      }
      if !pieces.isEmpty || rough > Self.batchBytes {
        // A list of tasks stands right before the record of its change, which is the first in it.
        out += ArchiveRecord.encoded(.batch, try batch.serializedBytes())
        batch = WireRecordedBatch()
        batch.time = time.microseconds
        rough = 0
        out += pieces
      }
      batch.changes.append(wire)
      rough += wire.roughBytes
    }
    out += ArchiveRecord.encoded(.batch, try batch.serializedBytes())
    try write(out)
  }

  /// Something was not taken down.
  func add(gapFrom from: Instant, until: Instant) throws {
    var gap = WireRecordedGap()
    gap.from = from.microseconds
    gap.until = until.microseconds
    try write(ArchiveRecord.encoded(.gap, try gap.serializedBytes()))
  }

  /// What cannot be written whole is not there at all.
  private func write(_ portion: [UInt8]) throws {
    var at = 0
    while at < portion.count {
      let count = portion.withUnsafeBytes { raw in raw.baseAddress.map { Glibc.write(descriptor, $0 + at, raw.count - at) } ?? 0 }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = FileError("write", path)
        ftruncate(descriptor, off_t(bytes))
        throw error
      }
      at += count
    }
    bytes += portion.count
  }
}
