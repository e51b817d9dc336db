import Text

/// The last lines of an output, for people.
struct OutputTail: Sendable {
  private static let bytes = 4 << 10
  private var kept: [UInt8] = []
  private var isCut = false

  mutating func append(_ more: ArraySlice<UInt8>) {
    kept += more.suffix(Self.bytes)
    isCut = isCut || more.count > Self.bytes
    guard kept.count > Self.bytes else { return }
    kept.removeFirst(kept.count - Self.bytes)
    isCut = true
  }

  /// Whole lines, as far as there are such, with controls made visible.
  var text: String {
    var shown = kept[...]
    if isCut, let end = shown.firstIndex(of: 0x0A), end + 1 < shown.endIndex { shown = shown[(end + 1)...] }
    while let last = shown.last, last == 0x0A || last == 0x0D { shown.removeLast() }
    return (isCut ? "…\n" : "") + Sanitize.output(String(decoding: shown, as: UTF8.self))
  }
}
