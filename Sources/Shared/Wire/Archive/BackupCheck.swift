import SwiftProtobuf

/// Whether a file is a whole backup: it begins with its header, ends with its end, and has as many records as that says. Each
/// record's own checksum was looked at by the reader.
public struct BackupCheck: Sendable {
  public private(set) var header: WireArchiveHeader?
  public private(set) var end: WireArchiveEnd?
  private var records: UInt64 = 0

  public init() {}

  /// Takes the next record.
  public mutating func take(_ record: ArchiveRecord) throws(ArchiveFault) {
    guard end == nil else { throw ArchiveFault(.damaged, at: record.offset, "something stands behind the end of the backup") }
    switch (record.kind, header) {
    case (.header, nil):
      let header: WireArchiveHeader
      do { header = try WireArchiveHeader(serializedBytes: record.payload) } catch {
        throw ArchiveFault(.damaged, at: record.offset, "the header is damaged")
      }
      guard header.kind == .backup else { throw ArchiveFault(.foreign, at: record.offset, "this is no backup") }
      self.header = header
    case (_, nil): throw ArchiveFault(.damaged, at: record.offset, "the header is missing")
    case (.changes, _), (.tasks, _): break
    case (.end, _):
      let end: WireArchiveEnd
      do { end = try WireArchiveEnd(serializedBytes: record.payload) } catch {
        throw ArchiveFault(.damaged, at: record.offset, "the end of the backup is damaged")
      }
      guard end.records == records else {
        throw ArchiveFault(.damaged, at: record.offset, "the backup has \(records) records, and its end says \(end.records)")
      }
      self.end = end
    default: throw ArchiveFault(.damaged, at: record.offset, "a record that does not belong into a backup")
    }
    records += 1
  }

  /// Called when no more records come.
  public func finish(at offset: Int) throws(ArchiveFault) {
    guard end != nil else { throw ArchiveFault(.cut, at: offset, "the file ends before the end of the backup") }
  }
}
