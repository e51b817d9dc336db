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
    var classes: BitSet { didSet { few = Few(classes) } }
    private var few: Few

    init(key: RankKey, classes: BitSet) {
      self.key = key
      self.classes = classes
      few = Few(classes)
    }

    /// Whether it has one of these. What a job has is asked without a look into its set, which lies elsewhere.
    @inline(__always)
    func meets(_ wanted: BitSet) -> Bool {
      if few.first < 0 { return few.isNone ? false : classes.meets(wanted) }
      if wanted.contains(Int(few.first)) { return true }
      return few.second >= 0 ? wanted.contains(Int(few.second)) : false
    }

    /// The members of a set that has at most two.
    private struct Few: Sendable {
      /// -1: none, or more than two.
      var first: Int32 = -1
      var second: Int32 = -1
      var isNone = false

      init(_ classes: BitSet) {
        guard let one = classes.next(from: 0) else {
          isNone = true
          return
        }
        let two = classes.next(from: one + 1)
        if let two, classes.next(from: two + 1) != nil { return }
        first = Int32(one)
        second = two.map { Int32($0) } ?? -1
      }
    }
  }

  struct Chunk: Sendable {
    var entries: [Entry]
    var classes: BitSet

    mutating func recount() {
      classes.removeAll()
      for index in entries.indices { classes.formUnion(entries[index].classes) }
    }

    /// Some entry has these classes no more: those go that no other has. Most are found at once with another.
    mutating func forget(_ gone: BitSet) {
      var left = gone
      for index in entries.indices {
        left.subtract(entries[index].classes)
        if left.isEmpty { return }
      }
      classes.subtract(left)
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
    if chunks[chunk].entries.isEmpty { chunks.remove(at: chunk) } else { chunks[chunk].forget(entry.classes) }
    return entry
  }

  /// - Precondition: it is in there.
  mutating func update(_ key: RankKey, classes: BitSet) {
    let (chunk, index) = place(key)
    precondition(chunk < chunks.count && chunks[chunk].entries[index].key == key, "changed a child that was not queued")
    var gone = chunks[chunk].entries[index].classes
    chunks[chunk].entries[index].classes = classes
    chunks[chunk].classes.formUnion(classes)
    gone.subtract(classes)
    if !gone.isEmpty { chunks[chunk].forget(gone) }
  }

  mutating func move(_ old: RankKey, to new: RankKey) {
    let (chunk, index) = place(old)
    precondition(chunk < chunks.count && chunks[chunk].entries[index].key == old, "moved a child that was not queued")
    let (other, before) = place(new)
    let isWithin = other == chunk || other == chunk + 1 && before == 0 || other == chunks.count && chunk == other - 1
    if isWithin {
      // Most moves are short: the chunk has what it had.
      var to = other == chunk ? before : chunks[chunk].entries.count
      if to > index { to -= 1 }
      shift(chunk, from: index, to: to)
      chunks[chunk].entries[to].key = new
      return
    }
    var entry = remove(old)
    entry.key = new
    insert(entry)
  }

  /// Moves an entry within its chunk, those between making room: memory is moved, and nothing is copied.
  private mutating func shift(_ chunk: Int, from: Int, to: Int) {
    let count = chunks[chunk].entries.count
    precondition(from >= 0 && to >= 0 && from < count && to < count)
    if from == to { return }
    chunks[chunk].entries.withUnsafeMutableBufferPointer { entries in
      // There are entries, so that there is an address; what is moved out of is moved into again, for both places are among them.
      guard let base = entries.baseAddress else { return }
      let moved = (base + from).move()
      if from < to {
        (base + from).moveInitialize(from: base + from + 1, count: to - from)
      } else {
        (base + to + 1).moveInitialize(from: base + to, count: from - to)
      }
      (base + to).initialize(to: moved)
    }
  }

  /// How many entries come before this key.
  func rank(of key: RankKey) -> Int {
    let (chunk, index) = place(key)
    return chunks[..<chunk].reduce(index) { $0 + $1.entries.count }
  }

  /// All entries in order: for explanations and checks.
  var entries: [Entry] { chunks.flatMap(\.entries) }
}
