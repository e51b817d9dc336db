import Model
import Scheduler
import Wire

@testable import Server

extension FuzzTarget {
  /// A backup: as it comes, or records with right checksums whose payload nobody wrote.
  static let archive = FuzzTarget("archive", longest: 8192) { bytes in
    var input = FuzzInput(bytes)
    var file: [UInt8] = []
    if input.byte() % 4 == 0 {
      file = input.rest()
    } else {
      file = ArchiveRecord.prefix
      let kinds = ArchiveRecord.Kind.allCases
      while !input.isAtEnd {
        let kind = kinds[Int(input.byte()) % kinds.count]
        file += ArchiveRecord.encoded(kind, input.part())
      }
    }
    do { _ = try BackupReader.changes(in: file) } catch { demand(!"\(error)".isEmpty, "a fault is said") }
    // As it comes over a wire: the same, portion by portion.
    var reader = BackupReader()
    do {
      for start in stride(from: 0, to: file.count, by: 100) {
        reader.append(file[start..<min(start + 100, file.count)])
        while try reader.next() != nil {}
      }
      try reader.finish()
    } catch { demand(reader.offset <= file.count, "a fault lies within the file") }
  }
}
