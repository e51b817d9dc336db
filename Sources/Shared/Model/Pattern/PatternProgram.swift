/// A regular expression as instructions for `PatternMachine`. Never changes once made, so that all may share it.
final class PatternProgram: Sendable {
  /// Instructions at most: with it a match is bounded to this many steps a character.
  static let sizeLimit = 10_000
  /// Steps of the translation at most: what is repeated may be empty and still cost time.
  private static let workLimit = 100_000

  enum Instruction {
    /// One character.
    case one(UInt32)
    /// A character of the class with this number.
    case set(Int32)
    /// Goes on at both places, and prefers the first.
    case split(Int32, Int32)
    case jump(Int32)
    /// Notes the place in a slot: captures.
    case save(Int32)
    case assertion(PatternAssertion)
    case match
  }

  let instructions: [Instruction]
  let sets: [ScalarSet]
  /// Two words for each class: its ASCII members, negation and case considered.
  let asciiMaps: [UInt64]
  let groups: Int
  let isIgnoringCase: Bool
  /// Every match begins at the start of the text.
  let isAnchoredAtStart: Bool
  /// The whole expression is this plain text.
  let literal: [UInt8]?
  /// Every match begins with these bytes; may be empty.
  let prefix: [UInt8]
  /// Two words for bytes below 0x80 that can begin a match, and whether another byte can; nil: a match may be empty.
  let firstBytes: (UInt64, UInt64, Bool)?

  init(_ node: PatternNode, groups: Int, ignoringCase: Bool) throws(PatternError) {
    var writer = Writer(isIgnoringCase: ignoringCase)
    try writer.write(node)
    writer.instructions.append(.match)
    instructions = writer.instructions
    sets = writer.sets
    asciiMaps = writer.asciiMaps
    self.groups = groups
    isIgnoringCase = ignoringCase
    isAnchoredAtStart = node.isAnchoredAtStart
    let plain = ignoringCase ? ([], false) : Self.leadingText(node)
    literal = plain.1 ? plain.0 : nil
    prefix = plain.0
    firstBytes = Self.firstBytes(writer.instructions, writer.asciiMaps)
  }

  /// Whether a character is in a class.
  @inline(__always)
  func contains(_ set: Int32, _ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return asciiMaps[Int(set) * 2 + Int(scalar >> 6)] >> UInt64(scalar & 63) & 1 == 1 }
    return containsBeyondASCII(Int(set), scalar)
  }

  private func containsBeyondASCII(_ index: Int, _ scalar: UInt32) -> Bool {
    let set = sets[index]
    var isListed = set.lists(scalar)
    if !isListed, isIgnoringCase { isListed = set.lists(LetterCase.lower(scalar)) || set.lists(LetterCase.upper(scalar)) }
    return isListed != set.isNegated
  }

  /// The plain text with which every match begins, and whether that is the whole expression.
  private static func leadingText(_ node: PatternNode) -> ([UInt8], Bool) {
    switch node {
    case .empty: return ([], true)
    case .scalar(let value): return (Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? [], true)
    case .sequence(let nodes):
      var out: [UInt8] = []
      for node in nodes {
        let (text, isAll) = leadingText(node)
        out += text
        if !isAll { return (out, false) }
      }
      return (out, true)
    case .group(let inner, let number):
      let (text, isAll) = leadingText(inner)
      return (text, isAll && number == nil)
    case .repeated(let inner, let least, _, _, _): return (least > 0 ? leadingText(inner).0 : [], false)
    case .set, .assertion, .either: return ([], false)
    }
  }

  private static func firstBytes(_ instructions: [Instruction], _ maps: [UInt64]) -> (UInt64, UInt64, Bool)? {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var other = false
    var seen = Array(repeating: false, count: instructions.count)
    var open = [0]
    while let at = open.popLast() {
      if seen[at] { continue }
      seen[at] = true
      switch instructions[at] {
      case .one(let scalar):
        if scalar < 64 {
          low |= 1 << UInt64(scalar)
        } else if scalar < 128 {
          high |= 1 << UInt64(scalar - 64)
        } else {
          other = true
        }
      case .set(let set):
        low |= maps[Int(set) * 2]
        high |= maps[Int(set) * 2 + 1]
        other = true
      case .split(let a, let b): open += [Int(a), Int(b)]
      case .jump(let to): open.append(Int(to))
      case .save, .assertion: open.append(at + 1)
      case .match: return nil
      }
    }
    return (low, high, other)
  }

  /// Translates the tree.
  private struct Writer {
    var instructions: [Instruction] = []
    var sets: [ScalarSet] = []
    var asciiMaps: [UInt64] = []
    let isIgnoringCase: Bool
    /// Position of the innermost quantifier, for the message when the program grows too large.
    private var position = 1
    private var work = 0

    init(isIgnoringCase: Bool) { self.isIgnoringCase = isIgnoringCase }

    private mutating func emit(_ instruction: Instruction) throws(PatternError) {
      guard instructions.count < PatternProgram.sizeLimit - 1 else { throw tooLarge() }
      instructions.append(instruction)
    }

    private func tooLarge() -> PatternError {
      PatternError(position: position, "the expression becomes too large: use smaller counts, or * and + instead of them")
    }

    private var here: Int32 { Int32(instructions.count) }

    mutating func write(_ node: PatternNode) throws(PatternError) {
      work += 1
      guard work <= PatternProgram.workLimit else { throw tooLarge() }
      switch node {
      case .empty: break
      case .scalar(let value): try scalar(value)
      case .set(let set): try emit(.set(add(set)))
      case .assertion(let assertion): try emit(.assertion(assertion))
      case .sequence(let nodes): for node in nodes { try write(node) }
      case .group(let inner, let number):
        if let number { try emit(.save(Int32(number * 2))) }
        try write(inner)
        if let number { try emit(.save(Int32(number * 2 + 1))) }
      case .either(let options): try either(options)
      case .repeated(let inner, let least, let most, let isLazy, let position):
        self.position = position
        try repeated(inner, least, most, isLazy)
      }
    }

    private mutating func scalar(_ value: UInt32) throws(PatternError) {
      guard isIgnoringCase else { return try emit(.one(value)) }
      let lower = LetterCase.lower(value)
      let upper = LetterCase.upper(value)
      if lower == upper { return try emit(.one(value)) }
      var set = ScalarSet()
      for variant in [value, lower, upper] { set.insert(variant) }
      try emit(.set(add(set)))
    }

    private mutating func add(_ set: ScalarSet) -> Int32 {
      var words: [UInt64] = [0, 0]
      for scalar in UInt32(0)..<128 where set.lists(scalar) != set.isNegated { words[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63) }
      sets.append(set)
      asciiMaps += words
      return Int32(sets.count - 1)
    }

    private mutating func either(_ options: [PatternNode]) throws(PatternError) {
      var ends: [Int] = []
      for (index, option) in options.enumerated() {
        if index == options.count - 1 {
          try write(option)
          break
        }
        let split = instructions.count
        try emit(.split(here + 1, 0))
        try write(option)
        ends.append(instructions.count)
        try emit(.jump(0))
        instructions[split] = .split(Int32(split) + 1, here)
      }
      for end in ends { instructions[end] = .jump(here) }
    }

    private mutating func repeated(_ inner: PatternNode, _ least: Int, _ most: Int?, _ isLazy: Bool) throws(PatternError) {
      func choice(_ inside: Int32, _ outside: Int32) -> Instruction {
        isLazy ? .split(outside, inside) : .split(inside, outside)
      }
      guard let most else {
        // x* is (x+)?, so that a piece that can be empty does not lose its turn.
        for _ in 0..<max(0, least - 1) { try write(inner) }
        let skip = instructions.count
        if least == 0 { try emit(.split(0, 0)) }
        let start = here
        try write(inner)
        try emit(choice(start, here + 1))
        if least == 0 { instructions[skip] = choice(start, here) }
        return
      }
      for _ in 0..<least { try write(inner) }
      var skips: [Int] = []
      for _ in least..<most {
        skips.append(instructions.count)
        try emit(.split(0, 0))
        try write(inner)
      }
      for skip in skips { instructions[skip] = choice(Int32(skip) + 1, here) }
    }
  }
}
