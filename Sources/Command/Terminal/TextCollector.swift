import Synchronization

/// Takes what a command writes, for a program that shows it itself.
final class TextCollector: Sendable {
  /// Bytes that are kept: more than anybody scrolls through.
  static let longest = 8 << 20

  /// As wide as lines may be.
  let columns: Int
  private let kept = Mutex(Kept())

  private struct Kept {
    var bytes: [UInt8] = []
    var isCut = false
  }

  init(columns: Int) { self.columns = columns }

  func take(_ bytes: [UInt8]) {
    kept.withLock { kept in
      let room = Self.longest - kept.bytes.count
      kept.bytes += bytes.prefix(room)
      if bytes.count > room { kept.isCut = true }
    }
  }

  var lines: [String] {
    kept.withLock { kept in
      var lines = String(decoding: kept.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init)
      if lines.last == "" { lines.removeLast() }
      if kept.isCut { lines.append("(there is more: it is left out here)") }
      return lines
    }
  }
}
