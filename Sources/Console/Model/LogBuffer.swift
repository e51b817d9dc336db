import Model

/// The output of a run as far as it is held: bytes, and where their lines begin.
///
/// Bounded: beyond `capacity` the oldest lines go. A line longer than `longestLine` bytes is cut into several.
struct LogBuffer: Sendable {
  static let capacity = 8 << 20
  static let longestLine = 4096

  private var bytes: [UInt8] = []
  /// Where each line begins in `bytes`; the last is the one that may still grow.
  private var starts: [Int] = [0]
  /// When each of them began to come, in seconds since 1970; 0: not known. Four bytes a line.
  private var arrivals: [UInt32] = [0]
  /// Offset in the run's output of what comes next.
  private(set) var next: UInt64 = 0
  /// Lines that went to keep within the capacity.
  private(set) var dropped = 0

  /// Lines that are held; a last line without anything in it does not count.
  var count: Int { starts.last == bytes.count ? starts.count - 1 : starts.count }
  var isEmpty: Bool { count == 0 }

  /// The bytes of a line, without what ended it.
  func line(_ index: Int) -> ArraySlice<UInt8> {
    let from = starts[index]
    var to = index + 1 < starts.count ? starts[index + 1] : bytes.count
    if to > from, bytes[to - 1] == 0x0A { to -= 1 }
    while to > from, bytes[to - 1] == 0x0D { to -= 1 }
    return bytes[from..<to]
  }

  /// When the line began to come; nil: it was there before.
  func arrival(_ index: Int) -> Instant? { arrivals[index] == 0 ? nil : Instant(seconds: Int64(arrivals[index])) }

  /// Whether the time of any line is known.
  var hasArrivals: Bool { arrivals.contains { $0 != 0 } }

  func text(_ index: Int) -> String { String(decoding: line(index), as: UTF8.self) }

  /// All that is held, as it came.
  var all: [UInt8] { bytes }

  /// Takes output that begins at `offset` of the run's; what is held already is left out. Returns the lines that went.
  ///
  /// - Parameter arrived: when it was written, as far as that is known: it came while it was being followed.
  @discardableResult
  mutating func append(_ data: [UInt8], at offset: UInt64, arrived: Instant? = nil) -> Int {
    let arrived = arrived.map { UInt32(clamping: $0.seconds) } ?? 0
    var news = data[...]
    if offset < next { news = news.dropFirst(Int(min(next - offset, UInt64(data.count)))) }
    if offset > next, !isEmpty || next > 0 {
      add(Array("[\(offset - next) bytes are not kept]\n".utf8)[...], 0)
    }
    next = max(next, offset + UInt64(data.count))
    add(news, arrived)
    return trim()
  }

  private mutating func add(_ news: ArraySlice<UInt8>, _ arrived: UInt32) {
    // A lone carriage return ends a line too: progress that overwrites itself is shown line after line. Whether it is lone shows
    // with the byte after it.
    for byte in news {
      if byte != 0x0A, let last = bytes.last, last == 0x0D, byte != 0x0D { beginLine() }
      let length = bytes.count - (starts.last ?? 0)
      // Not within a character, unless there is no end to it.
      if byte & 0xC0 != 0x80 || length >= Self.longestLine + 4, length >= Self.longestLine, byte != 0x0A { beginLine() }
      if starts.last == bytes.count { arrivals[arrivals.count - 1] = arrived }
      bytes.append(byte)
      if byte == 0x0A { beginLine() }
    }
  }

  private mutating func beginLine() {
    starts.append(bytes.count)
    arrivals.append(0)
  }

  private mutating func trim() -> Int {
    guard bytes.count > Self.capacity else { return 0 }
    let goal = bytes.count - Self.capacity * 3 / 4
    let lines = starts.firstIndex { $0 >= goal } ?? starts.count - 1
    let cut = starts[lines]
    bytes.removeFirst(cut)
    starts = starts[lines...].map { $0 - cut }
    arrivals.removeFirst(lines)
    dropped += lines
    return lines
  }
}

/// A text that is looked for: smart case (ASCII letters), by bytes.
struct Search: Hashable, Sendable {
  let text: String
  private let bytes: [UInt8]
  private let isExact: Bool

  init(_ text: String) {
    self.text = text
    isExact = text.utf8.contains { (0x41...0x5A).contains($0) }
    bytes = Array(text.utf8)
  }

  var isEmpty: Bool { bytes.isEmpty }

  func isFound(in line: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && firstMatch(line, equals: folded, bytes) != nil }
  func isFound(in text: String) -> Bool { isFound(in: Array(text.utf8)[...]) }

  /// Where it stands in glyphs, as ranges of indices.
  func matches(in glyphs: [Glyph]) -> [Range<Int>] {
    let needle = Glyphs(text).map(\.scalar)
    guard !needle.isEmpty else { return [] }
    var found: [Range<Int>] = []
    var at = 0
    while at + needle.count <= glyphs.count {
      if (0..<needle.count).allSatisfy({ fold(glyphs[at + $0].scalar) == needle[$0] }) {
        found.append(at..<at + needle.count)
        at += needle.count
      } else {
        at += 1
      }
    }
    return found
  }

  private func folded(_ byte: UInt8) -> UInt8 { UInt8(truncatingIfNeeded: fold(UInt32(byte))) }
  private func fold(_ scalar: UInt32) -> UInt32 { !isExact && (0x41...0x5A).contains(scalar) ? scalar | 0x20 : scalar }

  private func firstMatch(_ line: ArraySlice<UInt8>, equals fold: (UInt8) -> UInt8, _ needle: [UInt8]) -> Int? {
    guard line.count >= needle.count else { return nil }
    for at in line.startIndex...(line.endIndex - needle.count) where fold(line[at]) == needle[0] {
      if needle.indices.allSatisfy({ fold(line[at + $0]) == needle[$0] }) { return at }
    }
    return nil
  }
}
