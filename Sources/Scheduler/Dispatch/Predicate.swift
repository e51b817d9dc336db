import Model

/// One thing that decides whether a render may run something, and that changes rarely: each is asked once for each render, and its
/// answers are kept as a set of renders.
enum Predicate: Hashable, Sendable {
  case hosts(String, MaskType, exclude: Bool)
  case os(String)
  case properties(String)
  case power(Int32)
  case cpuMHz(Int32)
  case cpuCores(Int32)
  case cpuMHzCores(Int32)
  case service(String)
  /// Weights of pools that forbid some (section 3.6), sorted by path.
  case pools([PoolWeight])
  /// nimby, NIMBY and paused: who gets through. `user` is the owner of a nimby render whose tasks may go there; -1: nobody's.
  case access(user: Int32, ignoreNimby: Bool, ignorePaused: Bool)
  /// What one block alone decides: renders that it avoids for its errors, or that its tasks are named after.
  case block(Int32)
}

struct PoolWeight: Hashable, Sendable {
  var path: String
  var weight: Int32

  /// A path that begins with `/` is meant as a beginning, any other as a part of the pool's path. Unlike Afanasy, `/farm` does
  /// not mean `/farm2`.
  func matches(_ pool: String) -> Bool {
    guard path.hasPrefix("/") else { return Mask.contains(pool, path) }
    return pool.hasPrefix(path)
      && (pool.utf8.count == path.utf8.count || path.hasSuffix("/") || pool.utf8.dropFirst(path.utf8.count).first == 0x2F)
  }

  static func sorted(_ map: [String: Int32]) -> [PoolWeight] {
    map.filter { $0.value != 0 }.map { PoolWeight(path: $0.key, weight: $0.value) }.sorted { $0.path < $1.path }
  }
}

extension [PoolWeight] {
  /// Whether renders of this pool are taken: none of its weights forbids it, and it is named if some are required.
  func allow(_ pool: String) -> Bool {
    var isNamed = false
    var isRequired = false
    for entry in self {
      let matches = entry.matches(pool)
      if matches, entry.weight <= -100 { return false }
      if entry.weight >= 100 { isRequired = true }
      if matches { isNamed = true }
    }
    return isNamed || !isRequired
  }

  func weight(_ pool: String) -> Int32 { reduce(0) { $0 + ($1.matches(pool) ? $1.weight : 0) } }
}

/// A predicate with the renders that pass it.
struct PredicateSlot: Sendable {
  let predicate: Predicate
  let mask: Mask?
  var renders = BitSet()
  /// Classes that have it.
  var uses = 0

  init(_ predicate: Predicate) {
    self.predicate = predicate
    mask =
      switch predicate {
      case .hosts(let pattern, let type, _): Mask(pattern, type)
      case .os(let pattern), .properties(let pattern): Mask(pattern, .find, anywhere: true)
      default: nil
      }
  }
}
