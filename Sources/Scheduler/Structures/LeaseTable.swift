import Model

/// Which lease is whose run: open addressing with linear probing. Never iterated, so that its order cannot reach an effect.
struct LeaseTable: Sendable {
  /// 0: nothing; leases begin at 1.
  private var keys: [UInt64] = Array(repeating: 0, count: 16)
  private var values: [Int32] = Array(repeating: 0, count: 16)
  private(set) var count = 0

  private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
  }

  /// The run's place, or nil.
  subscript(lease: Lease) -> Int? {
    let mask = keys.count - 1
    var at = home(lease.value)
    while keys[at] != 0 {
      if keys[at] == lease.value { return Int(values[at]) }
      at = (at + 1) & mask
    }
    return nil
  }

  /// - Precondition: the lease is not in the table.
  mutating func insert(_ lease: Lease, _ value: Int) {
    precondition(lease.value != 0)
    if (count + 1) * 2 > keys.count { grow() }
    put(lease.value, Int32(value))
    count += 1
  }

  private mutating func put(_ key: UInt64, _ value: Int32) {
    let mask = keys.count - 1
    var at = home(key)
    while keys[at] != 0 { at = (at + 1) & mask }
    keys[at] = key
    values[at] = value
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldValues = values
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    values = Array(repeating: 0, count: oldKeys.count * 2)
    for index in oldKeys.indices where oldKeys[index] != 0 { put(oldKeys[index], oldValues[index]) }
  }

  mutating func remove(_ lease: Lease) {
    let mask = keys.count - 1
    var at = home(lease.value)
    while keys[at] != lease.value {
      if keys[at] == 0 { return }
      at = (at + 1) & mask
    }
    count -= 1
    // Closes the gap: whatever was pushed past it by a collision moves back.
    var gap = at
    var probe = (at + 1) & mask
    while keys[probe] != 0 {
      let wanted = home(keys[probe])
      if (probe - wanted) & mask >= (probe - gap) & mask {
        keys[gap] = keys[probe]
        values[gap] = values[probe]
        gap = probe
      }
      probe = (probe + 1) & mask
    }
    keys[gap] = 0
  }
}
