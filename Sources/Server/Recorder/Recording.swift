import Files
import Glibc
public import Model
public import Scheduler
import SwiftProtobuf
import Text
import Wire

/// What a flight recorder took down: the farm as it was at any moment of it. A server may be writing it meanwhile.
public struct Recording {
  /// One file.
  private struct Part {
    let path: String
    let time: Instant
    let continues: Bool
    /// Of the last batch that can be read.
    let end: Instant
    /// The snapshot that it begins with is whole.
    let hasSnapshot: Bool
    /// What keeps the rest from being read; empty: nothing.
    let trouble: String
  }

  private let parts: [Part]
  /// What could not be read, a sentence each.
  public let troubles: [String]

  /// Looks at the files of a recording.
  ///
  /// - Parameter folder: of the recorder, or the state directory that it lies in.
  /// - Throws: `Failure` when there is none.
  public static func open(_ folder: String) throws(Failure) -> Recording {
    let below = RecorderFolder(path: folder + "/recorder")
    var entries = below.entries()
    if entries.isEmpty { entries = RecorderFolder(path: folder).entries() }
    guard !entries.isEmpty else { throw Failure(.notFound, "there is no recording in \(folder)") }
    var parts: [Part] = []
    var troubles: [String] = []
    for entry in entries {
      do {
        let part = try look(entry.path)
        if !part.trouble.isEmpty { troubles.append("\(entry.path): \(part.trouble)") }
        parts.append(part)
      } catch { troubles.append("\(entry.path): \(error)") }
    }
    return Recording(parts: parts, troubles: troubles)
  }

  /// From when to when the farm is known without a gap, the oldest first.
  public var times: [ClosedRange<Instant>] {
    var ranges: [ClosedRange<Instant>] = []
    for (index, part) in parts.enumerated() {
      if part.continues, index > 0, parts[index - 1].trouble.isEmpty, let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, part.end)
      } else if part.hasSnapshot {
        ranges.append(part.time...max(part.time, part.end))
      }
    }
    return ranges
  }

  /// The farm as it was at a moment: what was stored, with the renders that were online and what ran on them. It stands still.
  ///
  /// - Parameter settings: those of the server that recorded it.
  /// - Throws: `Failure` for a moment before the recording.
  public func farm(at moment: Instant, settings: FarmSettings = FarmSettings()) throws(Failure) -> Farm {
    guard let last = parts.lastIndex(where: { $0.time <= moment }) else {
      let first = times.first.map { " (it begins at \(TimeText.local(microseconds: $0.lowerBound.microseconds)))" } ?? ""
      throw Failure(.notFound, "the recording has nothing of that time\(first)")
    }
    // A snapshot that a crash cut short is made up for by the segment before.
    var first = last
    while !parts[first].hasSnapshot {
      guard first > 0, parts[first].continues, parts[first - 1].trouble.isEmpty else {
        throw Failure(.failed, "of that time only a part was taken down: the snapshot in \(parts[first].path) is not whole")
      }
      first -= 1
    }
    var replay = Replay()
    do {
      try replay.takeSnapshot(parts[first].path)
      for part in parts[first...last] { try replay.takeBatches(part.path, until: moment) }
    } catch let failure as Failure { throw failure } catch { throw Failure(.failed, "\(error)") }
    return replay.farm(settings, at: moment)
  }

  // MARK: Files

  private static func look(_ path: String) throws -> Part {
    var header: WireArchiveHeader?
    var end = Instant.never
    var hasSnapshot = false
    let trouble = try RecordFile.each(path) { record in
      switch record.kind {
      case .header:
        let found = try WireArchiveHeader(serializedBytes: record.payload)
        guard found.kind == .recording else { throw ArchiveFault(.foreign, at: 0, "this is no recording") }
        header = found
      case .batch: end = Instant(microseconds: try WireRecordedBatch(serializedBytes: record.payload).time)
      case .baseline: hasSnapshot = true
      default: break
      }
      return true
    }
    guard let header else { throw ArchiveFault(.cut, at: 0, trouble ?? "the file ends before its header") }
    return Part(
      path: path, time: Instant(microseconds: header.time), continues: header.continues, end: end, hasSnapshot: hasSnapshot,
      trouble: trouble ?? "")
  }
}

/// The records of one file, as far as they go.
enum RecordFile {
  /// - Parameter body: returns false when it has enough.
  /// - Returns: what ended the reading before the file's end: a record that a crash cut short, or damage; nil: nothing did.
  /// - Throws: `FileError`; what `body` throws.
  static func each(_ path: String, _ body: (ArchiveRecord) throws -> Bool) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("read", path) }
    defer { close(descriptor) }
    var reader = ArchiveReader()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path) }
      if count == 0 { break }
      reader.append(buffer[..<count])
      while true {
        let record: ArchiveRecord?
        do { record = try reader.next() } catch { return "\(error); what comes after is not read" }
        guard let record else { break }
        if !(try body(record)) { return nil }
      }
    }
    do { try reader.finish() } catch { return "\(error): the last moments are missing" }
    return nil
  }
}

/// A farm that is put together from a recording.
struct Replay {
  private var kept = KeptFarm()
  private var presence = Presence()

  /// Takes the snapshot that a segment begins with; batches that stand in between come later.
  mutating func takeSnapshot(_ path: String) throws {
    var decoding = ChangeDecoding()
    var pieces: [(WireStoredTasks, Int)] = []
    _ = try RecordFile.each(path) { record in
      switch record.kind {
      case .tasks: pieces.append((try WireStoredTasks(serializedBytes: record.payload), record.offset))
      case .changes:
        for (piece, offset) in pieces { try decoding.take(piece, at: offset) }
        pieces = []
        for wire in try WireStoredChanges(serializedBytes: record.payload).changes {
          kept.apply(try decoding.change(wire, at: record.offset) { _ in nil })
        }
      case .baseline: return false
      default: pieces = []
      }
      return true
    }
  }

  /// Takes what happened up to a moment.
  mutating func takeBatches(_ path: String, until moment: Instant) throws {
    var decoding = ChangeDecoding()
    var pieces: [(WireStoredTasks, Int)] = []
    _ = try RecordFile.each(path) { record in
      switch record.kind {
      case .tasks: pieces.append((try WireStoredTasks(serializedBytes: record.payload), record.offset))
      case .batch:
        let batch = try WireRecordedBatch(serializedBytes: record.payload)
        guard batch.time <= moment.microseconds else { return false }
        for (piece, offset) in pieces { try decoding.take(piece, at: offset) }
        pieces = []
        for wire in batch.changes {
          let change = try decoding.change(wire, at: record.offset) { kept.spec($0) }
          kept.apply(change)
          if case .deleteRun(let lease) = change { presence.ended(lease) }
        }
        for wire in batch.presence {
          if let note = wire.note {
            presence.apply(note, at: Instant(microseconds: wire.time == 0 ? batch.time : wire.time))
          }
        }
      default: pieces = []
      }
      return true
    }
  }

  /// The renders that were there come back with all that ran on them.
  func farm(_ settings: FarmSettings, at moment: Instant) -> Farm {
    var commands: [(time: Instant, command: Command)] = []
    var runs: [RenderID: [RunReport]] = [:]
    for run in kept.runsOut { runs[run.render, default: []].append(RunReport(lease: run.lease, key: run.key)) }
    for (id, arrival) in presence.renders {
      var registration = arrival.registration
      registration.runs = (runs[id] ?? []).sorted { $0.lease < $1.lease }
      // Connections of a farm that nobody is connected to.
      commands.append((arrival.time, .renderRegistered(registration, connection: ConnectionID(UInt64(id.value)))))
    }
    commands.sort { $0.time < $1.time }
    let progress = presence.progress.sorted { ($0.value.time, $0.key) < ($1.value.time, $1.key) }
    var farm = Farm(settings: settings, snapshot: kept.snapshot, at: min(moment, commands.first?.time ?? moment))
    farm.standStill()
    var now = Instant.never
    for (time, command) in commands {
      now = max(now, min(time, moment))
      _ = farm.apply(command, at: now)
    }
    for (lease, progress) in progress {
      now = max(now, min(progress.time, moment))
      _ = farm.apply(.runProgressed(progress.render, lease, progress.progress), at: now)
    }
    return farm
  }
}
