/// Cuts a stream of output into lines as it comes. A carriage return ends a line too: progress that is written over itself.
struct LineSplitter {
  /// Longer lines are cut: what stands behind is not looked at.
  static let lineBytes = 8 << 10

  private var line: [UInt8] = []

  /// Takes a portion and gives each line that it ends, without its end. Empty lines are left out.
  mutating func feed(_ bytes: some Sequence<UInt8>, _ body: (String) -> Void) {
    for byte in bytes {
      if byte == 0x0a || byte == 0x0d {
        end(body)
      } else if line.count < Self.lineBytes {
        line.append(byte)
      }
    }
  }

  /// The end of the output: what has no end of its own is a line too.
  mutating func end(_ body: (String) -> Void) {
    if !line.isEmpty { body(String(decoding: line, as: UTF8.self)) }
    line.removeAll(keepingCapacity: true)
  }

  /// Part of the stream is missing: the line that was begun is worth nothing.
  mutating func skip() { line.removeAll(keepingCapacity: true) }
}
