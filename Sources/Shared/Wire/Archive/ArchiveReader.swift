/// Bytes to records, as they come: `append` portions of the file, take records with `next` until there is none.
///
/// A length is looked at before anything is kept for it, and memory is taken only for bytes that are there.
public struct ArchiveReader: Sendable {
  private var bytes: [UInt8] = []
  /// What of `bytes` was taken.
  private var at = 0
  /// Of the file, where `bytes` begins.
  private var before = 0
  private var isBegun = false

  public init() {}

  /// Where the next record begins in the file.
  public var offset: Int { before + at }
  /// Bytes that are the beginning of something.
  public var rest: Int { bytes.count - at }

  public mutating func append(_ portion: some Collection<UInt8>) {
    if at > 1 << 20 || at == bytes.count {
      before += at
      bytes.removeFirst(at)
      at = 0
    }
    bytes += portion
  }

  /// The next record; nil: more bytes are needed.
  ///
  /// - Throws: `ArchiveFault`; the reader can go no further then.
  public mutating func next() throws(ArchiveFault) -> ArchiveRecord? {
    if !isBegun {
      guard try begin() else { return nil }
    }
    let head = ArchiveFormat.recordBytes
    guard rest >= head else { return nil }
    let lengthBytes = Array(bytes[at..<at + 4])
    let length = UInt32(bytes: lengthBytes)
    guard length <= UInt32(ArchiveFormat.payloadBytes) else {
      throw ArchiveFault(.damaged, at: offset, "a record of \(length) bytes; at most \(ArchiveFormat.payloadBytes) are taken")
    }
    guard rest >= head + Int(length) else { return nil }
    let sum = UInt32(bytes: bytes[at + 4..<at + 8])
    let number = bytes[at + 8]
    let payload = Array(bytes[at + head..<at + head + Int(length)])
    guard ArchiveRecord.checksum(lengthBytes, number, payload) == sum else {
      throw ArchiveFault(.damaged, at: offset, "a record is damaged: its checksum is wrong")
    }
    guard let kind = ArchiveRecord.Kind(rawValue: number) else {
      throw ArchiveFault(.newer, at: offset, "a record of the kind \(number), which this version does not know")
    }
    defer { at += head + Int(length) }
    return ArchiveRecord(kind, payload, offset: offset)
  }

  /// Called when no more bytes come.
  ///
  /// - Throws: `ArchiveFault` when the file ends within something.
  public func finish() throws(ArchiveFault) {
    guard isBegun else {
      if rest == 0 { throw ArchiveFault(.cut, at: offset, "the file is empty") }
      throw ArchiveFault(.foreign, at: 0, "this is no file of Reeve's")
    }
    guard rest == 0 else { throw ArchiveFault(.cut, at: offset, "the file ends within a record") }
  }

  private mutating func begin() throws(ArchiveFault) -> Bool {
    let known = min(rest, ArchiveFormat.magic.count)
    guard bytes[at..<at + known].elementsEqual(ArchiveFormat.magic[..<known]) else {
      throw ArchiveFault(.foreign, at: 0, "this is no file of Reeve's")
    }
    guard rest >= ArchiveFormat.prefixBytes else { return false }
    let version = UInt32(bytes: bytes[at + 8..<at + 12])
    guard version == ArchiveFormat.version else {
      throw ArchiveFault(
        .newer, at: 8, "it has the format \(version), and this version reads \(ArchiveFormat.version) (was a newer one here?)")
    }
    at += ArchiveFormat.prefixBytes
    isBegun = true
    return true
  }
}
