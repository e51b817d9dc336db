import Model
import Wire

/// A backup that is being made, portion by portion.
struct BackupMaking: Sendable {
  struct Portion: Sendable {
    var bytes: [UInt8]
    var isEnd: Bool
  }

  /// Of one portion at most, in bytes.
  private static let portionBytes = 1 << 20

  private let reading: any StoreReading
  private var writer: BackupWriter
  /// Made and not handed out yet: a job's document may be longer than a portion.
  private var made: [UInt8] = []
  private var handed = 0
  private var isComplete = false

  init(_ reading: any StoreReading, header: WireArchiveHeader) throws {
    self.reading = reading
    writer = try BackupWriter(header)
  }

  mutating func next() throws -> Portion {
    while made.count - handed < Self.portionBytes, !isComplete {
      if handed > 0 {
        made.removeFirst(handed)
        handed = 0
      }
      if let changes = try reading.next() {
        for change in changes { try writer.add(change) }
      } else {
        try writer.finish()
        isComplete = true
      }
      made += writer.take()
    }
    let portion = made[handed..<min(made.count, handed + Self.portionBytes)]
    handed += portion.count
    return Portion(bytes: Array(portion), isEnd: isComplete && handed == made.count)
  }
}
