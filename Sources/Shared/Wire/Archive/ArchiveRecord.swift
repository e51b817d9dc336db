/// A file of records: backups, and segments of the flight recorder.
///
/// A magic word and the version of the format, then records: 4 bytes of length, 4 bytes of CRC-32C over length, kind and payload, a
/// byte that says the kind, the payload. Numbers are big-endian. The first record is the header; a backup's last one is its end.
public enum ArchiveFormat {
  /// Such that a transfer as text damages it.
  public static let magic: [UInt8] = Array("REEVE\r\n".utf8) + [0x1A]
  public static let version: UInt32 = 1
  /// Of a record's payload, in bytes: a job's document is the longest that can come.
  public static let payloadBytes = 384 << 20
  /// Bytes before the first record.
  static let prefixBytes = 12
  /// Bytes of a record before its payload.
  static let recordBytes = 9
}

/// One record, as it stands in the file.
public struct ArchiveRecord: Sendable, Hashable {
  /// Numbers are for ever.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// `WireArchiveHeader`
    case header = 1
    /// `WireStoredChanges`
    case changes = 2
    /// `WireStoredTasks`
    case tasks = 3
    /// `WireArchiveEnd`
    case end = 4
    /// `WireRecordedBatch`
    case batch = 5
    /// `WireRecordedGap`
    case gap = 6
    /// `WireRecordedBaseline`
    case baseline = 7
  }

  public let kind: Kind
  public let payload: [UInt8]
  /// Where it begins in the file.
  public let offset: Int

  public init(_ kind: Kind, _ payload: [UInt8], offset: Int = 0) {
    self.kind = kind
    self.payload = payload
    self.offset = offset
  }

  /// The record as bytes of a file.
  public static func encoded(_ kind: Kind, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + ArchiveFormat.recordBytes)
    let length = UInt32(payload.count).bytes
    bytes += length
    bytes += checksum(length, kind.rawValue, payload).bytes
    bytes.append(kind.rawValue)
    bytes += payload
    return bytes
  }

  /// What a file begins with, before its header.
  public static var prefix: [UInt8] { ArchiveFormat.magic + ArchiveFormat.version.bytes }

  static func checksum(_ length: [UInt8], _ kind: UInt8, _ payload: [UInt8]) -> UInt32 {
    var sum = CRC32C()
    sum.update(length)
    sum.update([kind])
    sum.update(payload)
    return sum.value
  }
}

/// What is wrong with a file of records, and where.
public struct ArchiveFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// It begins with something else.
    case foreign
    /// A later version of the programs made it.
    case newer
    /// It ends too early.
    case cut
    case damaged
  }
  public let kind: Kind
  /// In bytes from the file's beginning.
  public let offset: Int
  public let message: String
  public init(_ kind: Kind, at offset: Int, _ message: String) {
    self.kind = kind
    self.offset = offset
    self.message = message
  }
  public var description: String { "\(message) (at byte \(offset))" }
}

extension UInt32 {
  /// Big-endian.
  var bytes: [UInt8] { [UInt8(self >> 24), UInt8(self >> 16 & 0xFF), UInt8(self >> 8 & 0xFF), UInt8(self & 0xFF)] }

  init(bytes: some Collection<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
