import Model

/// Where a node stands among its siblings: the least first.
struct RankKey: Comparable, Sendable {
  var major: UInt64 = 0
  var minor: UInt64 = 0
  /// Place in `WorkTree.nodes`: no two are equal.
  var node: Int32 = 0

  static func < (a: RankKey, b: RankKey) -> Bool {
    if a.major != b.major { return a.major < b.major }
    if a.minor != b.minor { return a.minor < b.minor }
    return a.node < b.node
  }
}

/// The children of a node that have something to start, in their order, each with the classes of demands that it has. Chunks of
/// bounded size know the classes of all their entries, so that what does not suit is stepped over 64 at a time.
struct ChildQueue: Sendable {
  struct Entry: Sendable {
    var key: RankKey
    var classes: BitSet
  }

  struct Chunk: Sendable {
    var entries: [Entry]
    var classes: BitSet

    mutating func recount() {
      classes.removeAll()
      for entry in entries { classes.formUnion(entry.classes) }
    }
  }

  private static let bound = 64
  /// None of them is empty.
  private(set) var chunks: [Chunk] = []

  var isEmpty: Bool { chunks.isEmpty }

  /// Of all children.
  var classes: BitSet {
    var all = BitSet()
    for chunk in chunks { all.formUnion(chunk.classes) }
    return all
  }

  /// The chunk and the place in it of the first entry that is not less.
  private func place(_ key: RankKey) -> (chunk: Int, index: Int) {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) >> 1
      if chunks[middle].entries[chunks[middle].entries.count - 1].key < key { low = middle + 1 } else { high = middle }
    }
    if low == chunks.count { return (low, 0) }
    var from = 0
    var to = chunks[low].entries.count
    while from < to {
      let middle = (from + to) >> 1
      if chunks[low].entries[middle].key < key { from = middle + 1 } else { to = middle }
    }
    return (low, from)
  }

  mutating func insert(_ entry: Entry) {
    var (chunk, index) = place(entry.key)
    if chunk == chunks.count {
      if chunks.isEmpty {
        chunks.append(Chunk(entries: [entry], classes: entry.classes))
        return
      }
      chunk -= 1
      index = chunks[chunk].entries.count
    }
    chunks[chunk].entries.insert(entry, at: index)
    chunks[chunk].classes.formUnion(entry.classes)
    if chunks[chunk].entries.count > Self.bound {
      let half = Self.bound / 2
      var upper = Chunk(entries: Array(chunks[chunk].entries[half...]), classes: BitSet())
      chunks[chunk].entries.removeSubrange(half...)
      chunks[chunk].recount()
      upper.recount()
      chunks.insert(upper, at: chunk + 1)
    }
  }

  /// - Precondition: it is in there.
  @discardableResult
  mutating func remove(_ key: RankKey) -> Entry {
    let (chunk, index) = place(key)
    precondition(chunk < chunks.count && chunks[chunk].entries[index].key == key, "removed a child that was not queued")
    let entry = chunks[chunk].entries.remove(at: index)
    if chunks[chunk].entries.isEmpty { chunks.remove(at: chunk) } else { chunks[chunk].recount() }
    return entry
  }

  /// - Precondition: it is in there.
  mutating func update(_ key: RankKey, classes: BitSet) {
    let (chunk, index) = place(key)
    precondition(chunk < chunks.count && chunks[chunk].entries[index].key == key, "changed a child that was not queued")
    chunks[chunk].entries[index].classes = classes
    chunks[chunk].recount()
  }

  mutating func move(_ old: RankKey, to new: RankKey) {
    var entry = remove(old)
    entry.key = new
    insert(entry)
  }

  /// How many entries come before this key.
  func rank(of key: RankKey) -> Int {
    let (chunk, index) = place(key)
    return chunks[..<chunk].reduce(index) { $0 + $1.entries.count }
  }

  /// All entries in order: for explanations and checks.
  var entries: [Entry] { chunks.flatMap(\.entries) }
}
