import Model

/// A row of a tree: a node by its path, or a leaf by its id.
enum TreeKey<ID: Hashable & Comparable & Sendable>: Hashable, Comparable, Sendable {
  case node(String)
  case leaf(ID)
}

/// A tree of paths with leaves in its nodes, as one list: a node, the nodes in it, then its own leaves. What is closed takes one row.
///
/// Leaves are sorted in their nodes, so that one that changes costs O(log leaves); where rows are is counted over the open nodes,
/// never over leaves, and only when rows came or went.
struct TreeRows<ID: Hashable & Comparable & Sendable>: Sendable {
  private struct Segment: Sendable {
    var path: String
    var depth: Int
    /// The leaves of the node; else the node itself.
    var isLeaves: Bool
    /// Its first row.
    var first: Int
    var count: Int
  }

  private let isDescending: Bool
  /// Nodes without leaves in or below them are not shown.
  private let hidesEmpty: Bool
  private(set) var closed: Set<String>
  private var paths: Set<String> = []
  private var children: [String: [String]] = [:]
  private var leaves: [String: SortedRows<ID>] = [:]
  private var homes: [ID: String] = [:]
  private var segments: [Segment] = []
  private var isStale = true
  private(set) var count = 0

  init(closed: Set<String>, isDescending: Bool, hidesEmpty: Bool) {
    self.closed = closed
    self.isDescending = isDescending
    self.hidesEmpty = hidesEmpty
  }

  func has(_ path: String) -> Bool { paths.contains(path) }
  func home(of id: ID) -> String? { homes[id] }
  func isOpen(_ path: String) -> Bool { !closed.contains(path) }

  mutating func close(_ paths: Set<String>) {
    closed = paths
    isStale = true
  }

  mutating func set(paths all: [String]) {
    paths = Set(all)
    children = [:]
    for path in all.sorted() { if let parent = Self.parent(path) { children[parent, default: []].append(path) } }
    isStale = true
  }

  mutating func fill(_ ids: [ID], home: (ID) -> String?, key: (ID) -> SortedRows<ID>.Key?) {
    var groups: [String: [ID]] = [:]
    for id in ids {
      guard let path = home(id), key(id) != nil else { continue }
      groups[path, default: []].append(id)
      homes[id] = path
    }
    for (path, group) in groups { leaves[path, default: SortedRows()].fill(group, key: key) }
    isStale = true
  }

  /// Takes the new places and keys of some leaves. A key of nil: it is not in the tree.
  mutating func update(_ ids: some Collection<ID>, home: (ID) -> String?, key: (ID) -> SortedRows<ID>.Key?) {
    var groups: [String: [ID]] = [:]
    for id in ids {
      let old = homes[id]
      let new = key(id) == nil ? nil : home(id)
      if let old, old != new { leaves[old]?.update([id]) { _ in nil } }
      if old != new { isStale = true }
      homes[id] = new
      if let new { groups[new, default: []].append(id) }
    }
    for (path, group) in groups { leaves[path, default: SortedRows()].update(group, key: key) }
  }

  /// The rows of a range, from the first on.
  mutating func rows(_ range: (Int) -> Range<Int>) -> [(key: TreeKey<ID>, depth: Int)] {
    layOut()
    let range = range(count)
    guard !range.isEmpty else { return [] }
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].first + segments[middle].count <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var found: [(key: TreeKey<ID>, depth: Int)] = []
    for segment in segments[low...] {
      if segment.first >= range.upperBound { break }
      guard segment.isLeaves else {
        found.append((.node(segment.path), segment.depth))
        continue
      }
      let part = range.clamped(to: segment.first..<segment.first + segment.count)
      let places = part.lowerBound - segment.first..<part.upperBound - segment.first
      for id in leaves[segment.path]?.ids(places, isDescending: isDescending) ?? [] { found.append((.leaf(id), segment.depth)) }
    }
    return found
  }

  private mutating func layOut() {
    guard isStale else { return }
    isStale = false
    segments = []
    count = 0
    if paths.contains("/") { _ = visit("/", depth: 0, isShown: true) }
  }

  /// Returns whether there are leaves in it or below. Paths are at most 32 levels deep.
  private mutating func visit(_ path: String, depth: Int, isShown: Bool) -> Bool {
    let place = segments.count
    let own = leaves[path]?.count ?? 0
    var hasLeaves = own > 0
    if isShown { add(path, depth: depth, isLeaves: false, count: 1) }
    let isOpen = isShown && isOpen(path)
    if isOpen || hidesEmpty {
      for child in children[path] ?? [] where visit(child, depth: depth + 1, isShown: isOpen) { hasLeaves = true }
    }
    if isOpen, own > 0 { add(path, depth: depth + 1, isLeaves: true, count: own) }
    if isShown, hidesEmpty, !hasLeaves, path != "/" {
      count = segments[place].first
      segments.removeSubrange(place...)
    }
    return hasLeaves
  }

  private mutating func add(_ path: String, depth: Int, isLeaves: Bool, count: Int) {
    segments.append(Segment(path: path, depth: depth, isLeaves: isLeaves, first: self.count, count: count))
    self.count += count
  }

  // MARK: Paths

  /// `/a` of `/a/b`; nil of `/`.
  static func parent(_ path: String) -> String? {
    guard path != "/", let slash = path.utf8.lastIndex(of: 0x2F) else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A node and those above it.
  static func chain(_ path: String?) -> [String] {
    var found: [String] = []
    var next = path
    while let path = next {
      found.append(path)
      next = parent(path)
    }
    return found
  }
}
