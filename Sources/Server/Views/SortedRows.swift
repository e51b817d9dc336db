/// The ids of a list in its order, kept while things change. 100,000 rows are some megabytes and a change is cheap: a few at a time
/// are put where they belong, many are merged in one pass.
struct SortedRows<ID: Hashable & Comparable & Sendable>: Sendable {
  /// What a row is ordered by; equal keys by id.
  struct Key: Comparable, Sendable {
    var number: Int64 = 0
    var text = ""
    static func < (a: Key, b: Key) -> Bool { (a.number, a.text) < (b.number, b.text) }
  }

  private struct Entry: Comparable, Sendable {
    var key: Key
    var id: ID
    static func < (a: Entry, b: Entry) -> Bool { a.key == b.key ? a.id < b.id : a.key < b.key }
  }

  private var entries: [Entry] = []
  private var keys: [ID: Key] = [:]

  var count: Int { entries.count }

  /// Ids of a range of places, from the end if the order is descending.
  func ids(_ range: Range<Int>, isDescending: Bool) -> [ID] {
    isDescending ? range.map { entries[entries.count - 1 - $0].id } : range.map { entries[$0].id }
  }

  mutating func fill(_ ids: [ID], key: (ID) -> Key?) {
    entries = ids.compactMap { id in key(id).map { Entry(key: $0, id: id) } }
    entries.sort()
    keys = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0.key) })
  }

  /// Takes the new keys of some rows.
  ///
  /// - Parameter key: nil: the row does not belong to the list.
  /// - Returns: whether the order or the rows of the list changed.
  @discardableResult
  mutating func update(_ ids: some Collection<ID>, key: (ID) -> Key?) -> Bool {
    var gone: [Entry] = []
    var come: [Entry] = []
    for id in ids {
      let old = keys[id]
      let new = key(id)
      if old == new { continue }
      if let old { gone.append(Entry(key: old, id: id)) }
      if let new { come.append(Entry(key: new, id: id)) }
      keys[id] = new
    }
    if gone.isEmpty, come.isEmpty { return false }
    if gone.count + come.count <= 64 {
      for entry in gone {
        let place = self.place(of: entry)
        if place < entries.count, entries[place].id == entry.id { entries.remove(at: place) }
      }
      for entry in come { entries.insert(entry, at: place(of: entry)) }
    } else {
      let leaving = Set(gone.map(\.id))
      entries.removeAll { leaving.contains($0.id) }
      come.sort()
      entries = Self.merged(entries, come)
    }
    return true
  }

  /// Where a row stands, counted from the first of an ascending order; nil: it is not in the list.
  func place(of id: ID) -> Int? { keys[id].map { place(of: Entry(key: $0, id: id)) } }

  private func place(of entry: Entry) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func merged(_ a: [Entry], _ b: [Entry]) -> [Entry] {
    var out: [Entry] = []
    out.reserveCapacity(a.count + b.count)
    var i = 0
    var j = 0
    while i < a.count, j < b.count {
      if b[j] < a[i] {
        out.append(b[j])
        j += 1
      } else {
        out.append(a[i])
        i += 1
      }
    }
    out += a[i...]
    out += b[j...]
    return out
  }
}
