import NIOCore

/// How many connections each address has, and how fast it makes new ones. Time comes in with each call; addresses that have been quiet
/// are forgotten, so that it stays small whatever number of them come.
struct AddressBook {
  struct Limits: Sendable {
    /// Connections of one address at once.
    var atOnce = 2000
    /// New ones of one address a second, in the long run.
    var perSecond = 200
    /// New ones of one address in one go.
    var burst = 2000
  }

  enum Reason: Hashable, Sendable { case tooMany, tooFast }

  enum Verdict: Hashable, Sendable {
    case welcome
    /// `count` is how many were refused since this was last told; nil: it was told less than a second ago.
    case refused(Reason, count: Int?)
  }

  private struct Entry {
    var open = 0
    var tokens: Double
    /// Nanoseconds: when the tokens were counted.
    var counted: Int64
    var refused = 0
    /// Nanoseconds.
    var told = Int64.min / 2
  }

  static let second: Int64 = 1_000_000_000
  /// Addresses without a connection that are remembered at most. Who has more of them than that is not to be stopped by counting.
  static let quietBound = 65_536

  private let limits: Limits
  private var entries: [AddressKey: Entry] = [:]
  private var sweepAt = 1024
  private var isFull: Bool { entries.count >= sweepAt }

  var count: Int { entries.count }

  init(limits: Limits) { self.limits = limits }

  /// - Parameter now: nanoseconds of a monotonic clock.
  mutating func admit(_ key: AddressKey, at now: Int64) -> Verdict {
    if isFull { sweep(at: now) }
    var entry = entries[key] ?? Entry(tokens: Double(limits.burst), counted: now)
    defer { entries[key] = entry }
    entry.tokens = tokens(of: entry, at: now)
    entry.counted = now
    let reason: Reason
    if entry.open >= limits.atOnce {
      reason = .tooMany
    } else if entry.tokens < 1 {
      reason = .tooFast
    } else {
      entry.tokens -= 1
      entry.open += 1
      return .welcome
    }
    entry.refused += 1
    guard now - entry.told >= Self.second else { return .refused(reason, count: nil) }
    defer { entry.refused = 0 }
    entry.told = now
    return .refused(reason, count: entry.refused)
  }

  mutating func leave(_ key: AddressKey) { entries[key]?.open -= 1 }

  private func tokens(of entry: Entry, at now: Int64) -> Double {
    let gained = Double(now - entry.counted) / Double(Self.second) * Double(limits.perSecond)
    return min(Double(limits.burst), entry.tokens + max(0, gained))
  }

  /// Forgets the addresses that a newcomer would be treated like; and all that have no connection, when these are too many.
  private mutating func sweep(at now: Int64) {
    entries = entries.filter { $0.value.open > 0 || tokens(of: $0.value, at: now) < Double(limits.burst) }
    let open = entries.values.reduce(0) { $0 + ($1.open > 0 ? 1 : 0) }
    if entries.count - open > Self.quietBound { entries = entries.filter { $0.value.open > 0 } }
    sweepAt = max(1024, entries.count * 2)
  }
}

/// What counts as one address: of IPv6 the network, since a machine has a whole one (its first 64 bits).
struct AddressKey: Hashable, Sendable {
  private let bits: UInt64
  private let isV6: Bool

  /// - Parameter v4: an address of IPv4, as it lies in memory.
  init(v4: UInt32) { self.init(bits: UInt64(v4), isV6: false) }

  private init(bits: UInt64, isV6: Bool) {
    self.bits = bits
    self.isV6 = isV6
  }

  /// nil: no address of IP.
  init?(_ address: SocketAddress?) {
    guard let address else { return nil }
    switch address.protocol {
    case .inet:
      self.init(v4: Self.read(address, at: 4, as: UInt32.self))
    case .inet6:
      let start = 8
      let network = Self.read(address, at: start, as: UInt64.self)
      // An address of IPv4 that is written as one of IPv6: 80 bits of 0, 16 of 1.
      let mark = UInt32(bigEndian: Self.read(address, at: start + 8, as: UInt32.self))
      if network == 0, mark == 0xFFFF {
        self.init(v4: Self.read(address, at: start + 12, as: UInt32.self))
      } else {
        self.init(bits: network, isV6: true)
      }
    default: return nil
    }
  }

  /// Of `sockaddr_in` and `sockaddr_in6`, whose addresses stand at their bytes 4 and 8.
  private static func read<Value: FixedWidthInteger>(_ address: SocketAddress, at offset: Int, as: Value.Type) -> Value {
    address.withSockAddr { pointer, _ in UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: offset, as: Value.self) }
  }
}
