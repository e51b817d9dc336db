/// A small set of numbers among many, 64 to a word: what it costs follows what is in it.
struct SparseBits: Sendable, Equatable {
  private var words: [Int32: UInt64] = [:]

  var isEmpty: Bool { words.isEmpty }

  /// 64 numbers from `64 * word` on.
  subscript(word word: Int) -> UInt64 { words[Int32(word)] ?? 0 }

  func contains(_ number: Int) -> Bool { self[word: number >> 6] & (1 << UInt64(number & 63)) != 0 }

  mutating func insert(_ number: Int) { words[Int32(number >> 6), default: 0] |= 1 << UInt64(number & 63) }

  mutating func remove(_ number: Int) {
    let left = self[word: number >> 6] & ~(1 << UInt64(number & 63))
    words[Int32(number >> 6)] = left == 0 ? nil : left
  }
}
