/// A set of small numbers as one bit each: places of renders, or of classes of demands. As long as its greatest member needs.
struct BitSet: Hashable, Sendable {
  private(set) var words: [UInt64] = []

  init() {}
  init(_ members: some Sequence<Int>) { for member in members { insert(member) } }

  var isEmpty: Bool {
    for word in words where word != 0 { return false }
    return true
  }

  var count: Int {
    var sum = 0
    for word in words { sum += word.nonzeroBitCount }
    return sum
  }

  @inline(__always)
  func contains(_ member: Int) -> Bool {
    let word = member >> 6
    return word < words.count && words[word] & (1 << UInt64(member & 63)) != 0
  }

  mutating func insert(_ member: Int) {
    let word = member >> 6
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(member & 63)
  }

  mutating func remove(_ member: Int) {
    let word = member >> 6
    if word < words.count { words[word] &= ~(1 << UInt64(member & 63)) }
  }

  mutating func set(_ member: Int, _ isMember: Bool) {
    if isMember { insert(member) } else { remove(member) }
  }

  mutating func removeAll() {
    for word in words.indices { words[word] = 0 }
  }

  mutating func formUnion(_ other: BitSet) {
    while words.count < other.words.count { words.append(0) }
    words.withUnsafeMutableBufferPointer { words in
      other.words.withUnsafeBufferPointer { others in
        for word in others.indices { words[word] |= others[word] }
      }
    }
  }

  mutating func formIntersection(_ other: BitSet) {
    for word in words.indices { words[word] &= word < other.words.count ? other.words[word] : 0 }
  }

  mutating func subtract(_ other: BitSet) {
    words.withUnsafeMutableBufferPointer { words in
      other.words.withUnsafeBufferPointer { others in
        for word in 0..<min(words.count, others.count) { words[word] &= ~others[word] }
      }
    }
  }

  func meets(_ other: BitSet) -> Bool {
    for word in 0..<min(words.count, other.words.count) where words[word] & other.words[word] != 0 { return true }
    return false
  }

  /// How many members both have; counting ends beyond `limit`.
  func common(_ other: BitSet, limit: Int) -> Int {
    var sum = 0
    for word in 0..<min(words.count, other.words.count) {
      let both = words[word] & other.words[word]
      if both != 0 {
        sum += both.nonzeroBitCount
        if sum > limit { return sum }
      }
    }
    return sum
  }

  /// The smallest member that is `start` or greater.
  func next(from start: Int) -> Int? {
    var word = start >> 6
    guard word < words.count else { return nil }
    var bits = words[word] & (~0 << UInt64(start & 63))
    while bits == 0 {
      word += 1
      if word == words.count { return nil }
      bits = words[word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }

  /// The smallest common member that is `start` or greater.
  func nextCommon(_ other: BitSet, from start: Int) -> Int? {
    let end = min(words.count, other.words.count)
    var word = start >> 6
    guard word < end else { return nil }
    var bits = words[word] & other.words[word] & (~0 << UInt64(start & 63))
    while bits == 0 {
      word += 1
      if word == end { return nil }
      bits = words[word] & other.words[word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }

  var members: [Int] {
    var found: [Int] = []
    var from = 0
    while let member = next(from: from) {
      found.append(member)
      from = member + 1
    }
    return found
  }

  /// Sets are equal that have the same members, however long.
  static func == (a: BitSet, b: BitSet) -> Bool {
    let (short, long) = a.words.count < b.words.count ? (a.words, b.words) : (b.words, a.words)
    for word in short.indices where short[word] != long[word] { return false }
    for word in short.count..<long.count where long[word] != 0 { return false }
    return true
  }

  func hash(into hasher: inout Hasher) {
    for (word, bits) in words.enumerated() where bits != 0 {
      hasher.combine(word)
      hasher.combine(bits)
    }
  }
}
