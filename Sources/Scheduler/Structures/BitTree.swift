/// A set of numbers below a bound, as bits with summaries: each level says which words of the level below hold anything.
///
/// Every operation is O(log₆₄ n): four words for ten million numbers. An empty set that never held anything owns no memory;
/// a set costs 65/64 bits a number.
struct BitTree: Sendable {
  /// All levels one after the other, the numbers themselves first. Empty: nothing was ever inserted.
  private var words: [UInt64] = []
  private(set) var bound: Int

  init(bound: Int, filled: Bool = false) {
    self.bound = bound
    guard filled, bound > 0 else { return }
    allocate()
    var offset = 0
    var bits = bound
    while true {
      let width = (bits + 63) >> 6
      for word in offset..<offset + width { words[word] = ~0 }
      if bits & 63 != 0 { words[offset + width - 1] = (1 << UInt64(bits & 63)) - 1 }
      if width == 1 { return }
      offset += width
      bits = width
    }
  }

  private mutating func allocate() {
    var total = 0
    var width = bound
    repeat {
      width = (width + 63) >> 6
      total += width
    } while width > 1
    words = Array(repeating: 0, count: total)
  }

  var isEmpty: Bool { words.last.map { $0 == 0 } ?? true }

  func contains(_ number: Int) -> Bool {
    !words.isEmpty && words[number >> 6] & (1 << UInt64(number & 63)) != 0
  }

  mutating func insert(_ number: Int) {
    precondition(number >= 0 && number < bound)
    if words.isEmpty { allocate() }
    var index = number
    var offset = 0
    var width = (bound + 63) >> 6
    while true {
      let place = offset + index >> 6
      let old = words[place]
      words[place] = old | (1 << UInt64(index & 63))
      if old != 0 || width == 1 { return }
      index >>= 6
      offset += width
      width = (width + 63) >> 6
    }
  }

  mutating func remove(_ number: Int) {
    precondition(number >= 0 && number < bound)
    if words.isEmpty { return }
    var index = number
    var offset = 0
    var width = (bound + 63) >> 6
    while true {
      let place = offset + index >> 6
      let left = words[place] & ~(1 << UInt64(index & 63))
      words[place] = left
      if left != 0 || width == 1 { return }
      index >>= 6
      offset += width
      width = (width + 63) >> 6
    }
  }

  /// The smallest member that is `start` or greater.
  func next(from start: Int) -> Int? {
    if words.isEmpty || start >= bound { return nil }
    var offsets = SIMD8<Int>()
    var level = 0
    var offset = 0
    var width = (bound + 63) >> 6
    var index = start
    while true {
      offsets[level] = offset
      let word = index >> 6
      if word < width {
        let bits = words[offset + word] & (~0 << UInt64(index & 63))
        if bits != 0 {
          index = word << 6 | bits.trailingZeroBitCount
          while level > 0 {
            level -= 1
            index = index << 6 | words[offsets[level] + index].trailingZeroBitCount
          }
          return index
        }
      }
      if width == 1 { return nil }
      index = word + 1
      offset += width
      width = (width + 63) >> 6
      level += 1
    }
  }

  /// The greatest member that is `start` or smaller.
  func previous(from start: Int) -> Int? {
    if words.isEmpty || start < 0 { return nil }
    var offsets = SIMD8<Int>()
    var level = 0
    var offset = 0
    var width = (bound + 63) >> 6
    var index = min(start, bound - 1)
    while true {
      offsets[level] = offset
      let word = index >> 6
      let bits = words[offset + word] & (~0 >> UInt64(63 - index & 63))
      if bits != 0 {
        index = word << 6 | (63 - bits.leadingZeroBitCount)
        while level > 0 {
          level -= 1
          index = index << 6 | (63 - words[offsets[level] + index].leadingZeroBitCount)
        }
        return index
      }
      if width == 1 || word == 0 { return nil }
      index = word - 1
      offset += width
      width = (width + 63) >> 6
      level += 1
    }
  }

  /// The smallest member that is `start` or greater and none of `others`: a step for each 64 numbers of which all members are.
  func next(from start: Int, without others: SparseBits) -> Int? {
    guard var member = next(from: start) else { return nil }
    if others.isEmpty { return member }
    while true {
      let bits = words[member >> 6] & (~0 << UInt64(member & 63)) & ~others[word: member >> 6]
      if bits != 0 { return member & ~63 | bits.trailingZeroBitCount }
      guard let further = next(from: (member | 63) + 1) else { return nil }
      member = further
    }
  }

  /// The greatest member that is `start` or smaller and none of `others`.
  func previous(from start: Int, without others: SparseBits) -> Int? {
    guard var member = previous(from: start) else { return nil }
    if others.isEmpty { return member }
    while true {
      let bits = words[member >> 6] & (~0 >> UInt64(63 - member & 63)) & ~others[word: member >> 6]
      if bits != 0 { return member & ~63 | (63 - bits.leadingZeroBitCount) }
      guard let further = previous(from: (member & ~63) - 1) else { return nil }
      member = further
    }
  }

  /// Makes room for more numbers: O(bound / 64).
  mutating func grow(to bound: Int) {
    precondition(bound >= self.bound)
    var grown = BitTree(bound: bound)
    if !isEmpty {
      grown.allocate()
      let own = (self.bound + 63) >> 6
      for word in 0..<own { grown.words[word] = words[word] }
      var offset = 0
      var width = (bound + 63) >> 6
      while width > 1 {
        let above = offset + width
        for word in 0..<width where grown.words[offset + word] != 0 { grown.words[above + word >> 6] |= 1 << UInt64(word & 63) }
        offset = above
        width = (width + 63) >> 6
      }
    }
    self = grown
  }

  /// Whether some member lies in the range.
  func meets(_ range: Range<Int>) -> Bool {
    guard let found = next(from: range.lowerBound) else { return false }
    return found < range.upperBound
  }

  /// Whether some member of both lies in the range.
  func meets(_ other: BitTree, in range: Range<Int>) -> Bool {
    var from = range.lowerBound
    while let member = next(from: from), member < range.upperBound {
      guard let candidate = other.next(from: member), candidate < range.upperBound else { return false }
      if candidate == member { return true }
      from = candidate
    }
    return false
  }

  /// The smallest number below the bound that is no member and `start` or greater: O(distance / 64).
  func nextAbsent(from start: Int) -> Int? {
    if start >= bound { return nil }
    if words.isEmpty { return start }
    var word = start >> 6
    var bits = ~words[word] & (~0 << UInt64(start & 63))
    let width = (bound + 63) >> 6
    while bits == 0 {
      word += 1
      if word == width { return nil }
      bits = ~words[word]
    }
    let found = word << 6 | bits.trailingZeroBitCount
    return found < bound ? found : nil
  }
}
