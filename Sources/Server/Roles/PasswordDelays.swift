import NIOCore

/// How long whoever gave wrong passwords has to wait before the next one is looked at: one second after the first, twice as long
/// after each further one. Time comes in with each call; who has been quiet is forgotten, so that it stays small.
struct PasswordDelays {
  struct Limits: Sendable {
    /// Nanoseconds.
    var first: Int64 = 1_000_000_000
    var longest: Int64 = 60_000_000_000
    /// After so long without a wrong one all is forgotten.
    var memory: Int64 = 900_000_000_000
    /// Addresses that are remembered. With more of them than that, all are treated as the one that is known worst.
    var addresses = 4096
  }

  private struct Entry {
    var wrong = 0
    var last: Int64
  }

  private let limits: Limits
  private var entries: [Key: Entry] = [:]

  /// Who tries: an address, or, where it is none of IP, all of these together.
  enum Key: Hashable { case address(AddressKey), local }

  init(limits: Limits = Limits()) { self.limits = limits }

  var count: Int { entries.count }

  /// - Returns: nanoseconds until a password of this address is looked at; 0: now.
  mutating func wait(_ address: SocketAddress?, at now: Int64) -> Int64 {
    forget(at: now)
    if let entry = entries[key(address)] { return rest(entry, now) }
    guard entries.count >= limits.addresses else { return 0 }
    return entries.values.map { rest($0, now) }.max() ?? 0
  }

  /// - Returns: how many wrong ones it is now.
  @discardableResult
  mutating func wrong(_ address: SocketAddress?, at now: Int64) -> Int {
    let key = key(address)
    if entries[key] == nil, entries.count >= limits.addresses, let oldest = entries.min(by: { $0.value.last < $1.value.last }) {
      entries[oldest.key] = nil
    }
    var entry = entries[key] ?? Entry(last: now)
    entry.wrong += 1
    entry.last = now
    entries[key] = entry
    return entry.wrong
  }

  mutating func right(_ address: SocketAddress?) { entries[key(address)] = nil }

  /// After so many wrong ones: 1, 2, 4… seconds, a minute at most.
  func delay(after wrong: Int) -> Int64 {
    wrong == 0 ? 0 : min(limits.longest, limits.first << Int64(min(20, wrong - 1)))
  }

  private func key(_ address: SocketAddress?) -> Key { AddressKey(address).map { .address($0) } ?? .local }
  private func rest(_ entry: Entry, _ now: Int64) -> Int64 { max(0, entry.last + delay(after: entry.wrong) - now) }

  private mutating func forget(at now: Int64) {
    if entries.contains(where: { now - $0.value.last > limits.memory }) {
      entries = entries.filter { now - $0.value.last <= limits.memory }
    }
  }
}
