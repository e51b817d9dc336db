/// Runs a program over a text: all ways to match at once, character by character (Pike's machine). Each instruction is at most
/// once in the list of threads, so that a character costs at most one step for each instruction.
struct PatternMachine {
  private let program: PatternProgram
  /// UTF-8, valid: a string's.
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ program: PatternProgram, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.program = program
    self.bytes = bytes
  }

  mutating func matchesWhole() -> Bool { run(.whole, slots: 0) != nil }
  mutating func isFound() -> Bool { run(.found, slots: 0) != nil }
  /// Start and end of the match and of each group, in bytes; -1 where a group had no part in it.
  mutating func firstMatch() -> [Int]? { run(.first, slots: 2 * (program.groups + 1)) }

  private enum Goal { case whole, found, first }

  /// The threads of one place in the text, in order of preference: a sparse set.
  private struct Threads {
    let dense: UnsafeMutableBufferPointer<Int32>
    let sparse: UnsafeMutableBufferPointer<Int32>
    /// Captures of the thread at each instruction.
    let slots: UnsafeMutableBufferPointer<Int>
    var count = 0

    @inline(__always)
    mutating func insert(_ at: Int32) -> Bool {
      let place = Int(sparse[Int(at)])
      if place < count, dense[place] == at { return false }
      dense[count] = at
      sparse[Int(at)] = Int32(count)
      count += 1
      return true
    }
  }

  /// What is still to do while one thread spreads: an instruction to go to, or a slot to put back.
  private struct Pending {
    var at: Int32
    var old: Int
  }

  private func run(_ goal: Goal, slots: Int) -> [Int]? {
    let size = program.instructions.count
    return program.instructions.withUnsafeBufferPointer { instructions in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: size * 4) { words in
        // The sparse halves may hold anything as long as it can be compared: written once.
        words.initialize(repeating: 0)
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, size * slots * 2 + slots)) { places in
          places.initialize(repeating: -1)
          return withUnsafeTemporaryAllocation(of: Pending.self, capacity: size * 3 + 3) { stack in
            func part(_ number: Int) -> UnsafeMutableBufferPointer<Int32> {
              UnsafeMutableBufferPointer(rebasing: words[number * size..<(number + 1) * size])
            }
            func slotsPart(_ number: Int) -> UnsafeMutableBufferPointer<Int> {
              UnsafeMutableBufferPointer(rebasing: places[number * size * slots..<(number + 1) * size * slots])
            }
            return loop(
              goal, instructions, slots,
              current: Threads(dense: part(0), sparse: part(1), slots: slotsPart(0)),
              following: Threads(dense: part(2), sparse: part(3), slots: slotsPart(1)),
              scratch: UnsafeMutableBufferPointer(rebasing: places[size * slots * 2..<size * slots * 2 + slots]),
              stack: stack)
          }
        }
      }
    }
  }

  private func loop(
    _ goal: Goal, _ instructions: UnsafeBufferPointer<PatternProgram.Instruction>, _ slots: Int, current: Threads,
    following: Threads, scratch: UnsafeMutableBufferPointer<Int>, stack: UnsafeMutableBufferPointer<Pending>
  ) -> [Int]? {
    var current = current
    var following = following
    let isAnchored = goal == .whole || program.isAnchoredAtStart
    var result: [Int]?
    var at = 0
    while true {
      if current.count == 0 {
        if result != nil || isAnchored && at > 0 { return result }
        if !isAnchored {
          guard let candidate = nextCandidate(at) else { return nil }
          at = candidate
        }
      }
      if result == nil, !isAnchored || at == 0 {
        for slot in 0..<slots { scratch[slot] = -1 }
        if slots > 0 { scratch[0] = at }
        spread(0, at, &current, instructions, slots, scratch, stack)
      }
      if current.count == 0, at >= bytes.count { return result }
      let (scalar, length) = at < bytes.count ? decode(at) : (UInt32.max, 0)
      var index = 0
      threads: while index < current.count {
        let here = current.dense[index]
        index += 1
        switch instructions[Int(here)] {
        case .one(let wanted):
          guard scalar == wanted else { continue }
        case .set(let set):
          guard length > 0, program.contains(set, scalar) else { continue }
        case .match:
          switch goal {
          case .whole: if length == 0 { return [] }
          case .found: return []
          case .first:
            var found = Array(current.slots[Int(here) * slots..<(Int(here) + 1) * slots])
            found[1] = at
            result = found
            // All further threads of this place are less preferred.
            break threads
          }
          continue
        case .split, .jump, .save, .assertion: continue
        }
        for slot in 0..<slots { scratch[slot] = current.slots[Int(here) * slots + slot] }
        spread(here + 1, at + length, &following, instructions, slots, scratch, stack)
      }
      swap(&current, &following)
      following.count = 0
      if length == 0 { return result }
      at += length
    }
  }

  /// Follows all that takes no character from an instruction on, in order of preference.
  @inline(__always)
  private func spread(
    _ start: Int32, _ at: Int, _ threads: inout Threads, _ instructions: UnsafeBufferPointer<PatternProgram.Instruction>,
    _ slots: Int, _ captures: UnsafeMutableBufferPointer<Int>, _ stack: UnsafeMutableBufferPointer<Pending>
  ) {
    stack[0] = Pending(at: start, old: 0)
    var depth = 1
    while depth > 0 {
      depth -= 1
      let pending = stack[depth]
      if pending.at < 0 {
        captures[Int(-pending.at - 1)] = pending.old
        continue
      }
      var here = pending.at
      while threads.insert(here) {
        switch instructions[Int(here)] {
        case .jump(let to):
          here = to
          continue
        case .split(let a, let b):
          stack[depth] = Pending(at: b, old: 0)
          depth += 1
          here = a
          continue
        case .save(let slot):
          if Int(slot) < slots {
            stack[depth] = Pending(at: -slot - 1, old: captures[Int(slot)])
            depth += 1
            captures[Int(slot)] = at
          }
          here += 1
          continue
        case .assertion(let assertion):
          if !holds(assertion, at) { break }
          here += 1
          continue
        case .one, .set, .match:
          for slot in 0..<slots { threads.slots[Int(here) * slots + slot] = captures[slot] }
        }
        break
      }
    }
  }

  private func holds(_ assertion: PatternAssertion, _ at: Int) -> Bool {
    switch assertion {
    case .start: at == 0
    case .end: at == bytes.count
    case .wordEdge: isWord(at - 1) != isWord(at)
    case .noWordEdge: isWord(at - 1) == isWord(at)
    }
  }

  /// Whether the byte is an ASCII letter, digit or `_`; outside the text: no.
  private func isWord(_ at: Int) -> Bool {
    guard at >= 0, at < bytes.count else { return false }
    let byte = bytes[at]
    return (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20) || byte == 0x5F
  }

  /// Where a match may begin, at `from` or later; nil when none can any more.
  private func nextCandidate(_ from: Int) -> Int? {
    if !program.prefix.isEmpty { return Literal.find(program.prefix, in: bytes, from: from) }
    guard let (low, high, other) = program.firstBytes else { return from }
    var at = from
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 64 {
        if low >> UInt64(byte) & 1 == 1 { return at }
      } else if byte < 128 {
        if high >> UInt64(byte - 64) & 1 == 1 { return at }
      } else if other, byte >= 0xC0 {
        return at
      }
      at += 1
    }
    return nil
  }

  /// The character at a place and its length in bytes.
  @inline(__always)
  private func decode(_ at: Int) -> (UInt32, Int) {
    let first = UInt32(bytes[at])
    if first < 0x80 { return (first, 1) }
    func next(_ offset: Int) -> UInt32 { at + offset < bytes.count ? UInt32(bytes[at + offset] & 0x3F) : 0 }
    if first < 0xE0 { return ((first & 0x1F) << 6 | next(1), 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3) }
    return ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
  }
}
